"""How a command speaks: tables for people, one line of JSON for programs, and an exit code for both.

Exit codes: 0 done, 1 refused or broken off, 2 wrong usage, 3 unavailable.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NoReturn

import orjson
import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from typer.core import TyperGroup

from sangam.errors import Refused, Unavailable
from schemas.errors import ErrorCode, FieldProblem

DONE, REFUSED, WRONG_USAGE, UNAVAILABLE = 0, 1, 2, 3

_JSON = "sangam.json"
# What a machine refuses until somebody changes it; the rest, as a port that is taken or a full disk, may pass.
_STAYING = (PermissionError, FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError)
_AWAY = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.DEADLINE, ErrorCode.INTERNAL})

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def _remember(context: typer.Context, wanted: bool) -> bool:
    context.meta[_JSON] = wanted
    return wanted


JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for programs.", callback=_remember)]


def say_json(value: Any) -> None:
    """Print one line of JSON."""
    sys.stdout.write(orjson.dumps(value, default=_plain).decode() + "\n")
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(type(value).__name__)


class Honest(TyperGroup):
    """A group of commands in which every failure that we know is one clear line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what it raises becomes its exit code."""
        try:
            return super().invoke(ctx)
        except Exception as problem:
            failure = read_failure(problem)
            if failure is None:
                raise
            _end(ctx, failure)


class Sourced(Honest):
    """A group whose own name is also a command: what names none of its commands is that one's first argument."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the group's own name before arguments that begin with none of its commands."""
        named = args[:1] and args[0] in self.commands
        return super().resolve_command(ctx, args if named else [str(ctx.info_name), *args])


class Failure(BaseModel):
    """Why a command failed: its exit code, a code for programs, a sentence and the fields at fault."""

    exit_code: int
    code: str
    message: str
    problems: tuple[FieldProblem, ...] = ()


def read_failure(problem: Exception) -> Failure | None:
    """Say what a failure means to whoever typed the command; None for one that nobody foresaw."""
    for read in (_of_client, _of_desk, _of_node, _of_input, _of_machine):
        failure = read(problem)
        if failure is not None:
            return failure
    return None


def _of_client(problem: Exception) -> Failure | None:
    match problem:
        case Refused():
            said = f"{problem} (reference {problem.reference})" if problem.reference else str(problem)
            return Failure(
                exit_code=_exit_code(problem.code), code=problem.code.value, message=said, problems=problem.problems
            )
        case Unavailable():
            return Failure(exit_code=UNAVAILABLE, code=ErrorCode.UNAVAILABLE.value, message=str(problem))
    return None


# The rooms behind a node are imported when something has failed: a question over HTTP needs none of them.
def _of_desk(problem: Exception) -> Failure | None:
    from desk.errors import DeskError

    if not isinstance(problem, DeskError):
        return None
    problems = tuple(FieldProblem.model_validate(one) for one in problem.more.get("problems", ()))
    code = ErrorCode(problem.code)
    return Failure(exit_code=_exit_code(code), code=code.value, message=problem.message, problems=problems)


def _of_node(problem: Exception) -> Failure | None:
    from api.joining import NotJoined
    from api.node import StampDiffers
    from graph.errors import GraphUnavailable
    from register.store import RegisterOfAnotherState, RegisterTooNew, RegisterUnavailable

    if isinstance(problem, GraphUnavailable | RegisterUnavailable | RegisterTooNew):
        return Failure(exit_code=UNAVAILABLE, code=ErrorCode.UNAVAILABLE.value, message=str(problem))
    if isinstance(problem, StampDiffers | NotJoined | RegisterOfAnotherState):
        return Failure(exit_code=REFUSED, code=ErrorCode.REFUSED.value, message=str(problem))
    return None


def _of_input(problem: Exception) -> Failure | None:
    from pydantic_settings import SettingsError

    from intake.lines import BadMapping
    from intake.rows import BadSource

    if isinstance(problem, BadMapping | BadSource):
        return Failure(exit_code=WRONG_USAGE, code=ErrorCode.BAD_INPUT.value, message=str(problem))
    if isinstance(problem, SettingsError):
        return Failure(
            exit_code=WRONG_USAGE, code=ErrorCode.BAD_INPUT.value, message=f"A setting cannot be read: {problem}."
        )
    if isinstance(problem, ValidationError):
        before = "SANGAM_" if problem.title == "Settings" else ""
        problems = tuple(
            FieldProblem(path=_path(before, error["loc"]), message=error["msg"])
            for error in problem.errors(include_url=False, include_input=False)
        )
        message = "A setting is missing or cannot stand." if before else "Some of what was given cannot stand."
        return Failure(exit_code=WRONG_USAGE, code=ErrorCode.BAD_INPUT.value, message=message, problems=problems)
    return None


def _of_machine(problem: Exception) -> Failure | None:
    from auth.safe import SafeBroken

    # Whoever reads no further, as `head` does, is told nothing more.
    if not isinstance(problem, OSError) or isinstance(problem, BrokenPipeError):
        return None
    if isinstance(problem, SafeBroken):
        return Failure(exit_code=REFUSED, code=ErrorCode.REFUSED.value, message=str(problem))
    where = f"{problem.filename}: " if problem.filename else ""
    said = f"{where}{problem.strerror or problem}."
    if isinstance(problem, _STAYING):
        return Failure(exit_code=REFUSED, code=ErrorCode.REFUSED.value, message=said)
    return Failure(exit_code=UNAVAILABLE, code=ErrorCode.UNAVAILABLE.value, message=said)


def _path(before: str, place: tuple[int | str, ...]) -> str:
    path = ".".join(str(part) for part in place)
    return before + path.upper() if before else path


def _exit_code(code: ErrorCode) -> int:
    if code in _AWAY:
        return UNAVAILABLE
    return WRONG_USAGE if code is ErrorCode.BAD_INPUT else REFUSED


def _end(context: Any, failure: Failure) -> NoReturn:
    if context.meta.get(_JSON):
        say_json({"error": failure.model_dump(mode="json", exclude={"exit_code"})})
    else:
        err.print(f"[bold red]{failure.code}[/] ", end="")
        err.print(failure.message, markup=False, soft_wrap=True)
        for one in failure.problems:
            err.print(f"  {one.path}: {one.message}", markup=False, soft_wrap=True)
    raise typer.Exit(failure.exit_code)


def group(help: str, commands: Mapping[str, Callable[..., Any]], cls: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """Make a group of commands by their names."""
    made = typer.Typer(help=help, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, cls=cls)
    for name, command in commands.items():
        made.command(name)(command)
    return made
