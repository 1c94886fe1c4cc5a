"""The page of settings: what a node reads from its environment, and what the command line reads besides."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from api.reference.forms import annotation_of, inside, type_of
from api.reference.markdown import code, codes, page, table
from api.settings import Settings

_INTRODUCTION = """\
# Settings

What a node reads from its environment when it starts. One that lacks what is needed, or cannot read it, says so and
stops. A secret has no default. `sangam settings` prints where each value of a machine comes from.
`make schema` writes this page from `api/settings.py`."""

_BESIDE = """\
## Beside the settings

These are read by the command line, whatever the node. A password or a code that is not here is asked for at the
terminal."""

# Read where they are used, and by no Settings.
BESIDE: dict[str, str] = {
    "SANGAM_CACHE": "The folder with Neo4j's jars and Java's class data, for all nodes of a machine; without it the "
    "user's cache folder.",
    "SANGAM_URL": "The address of the node that a question goes to.",
    "SANGAM_TOKEN": "The token of the officer who asks. Secret.",
    "SANGAM_ENQUIRY": "The open enquiry that a question is for.",
    "SANGAM_SESSION": "The session to use where no address and token are given.",
    "SANGAM_OFFICER_PASSWORD": "The password of the officer who acts beside the node. Secret.",
    "SANGAM_OFFICER_CODE": "The one-time code of the officer who acts beside the node. Secret.",
    "SANGAM_NEW_PASSWORD": "The password that an account gets. Secret.",
    "SANGAM_REVOKED_TOKEN": "The token that becomes worthless. Secret.",
    "SANGAM_PASSWORD_…": "The password of one of the first officers, with the officer's id in capitals. Secret.",
}

_PLAIN: dict[type, str] = {SecretStr: "secret", Path: "path"}


def settings() -> str:
    """Give the page."""
    return page(
        _INTRODUCTION,
        table(("Setting", "Type", "Without it", "What it is"), map(_row, Settings.model_fields.items())),
        _BESIDE,
        table(("Variable", "What it is"), ((code(name), told) for name, told in BESIDE.items())),
    )


def variable(name: str) -> str:
    """Give the variable that a setting is read from."""
    return f"{Settings.model_config['env_prefix']}{name}".upper()


def is_secret(info: FieldInfo) -> bool:
    """Say whether a setting is a secret."""
    return SecretStr in inside(annotation_of(info))


def _row(field: tuple[str, FieldInfo]) -> tuple[str, ...]:
    name, info = field
    kind = "; ".join([_type(info), *_bounds(info)])
    return code(variable(name)), kind, _without(info), info.description or ""


def _type(info: FieldInfo) -> str:
    annotation = annotation_of(info)
    for kind in inside(annotation):
        if kind in _PLAIN:
            return _PLAIN[kind]
        if issubclass(kind, Enum):
            return f"one of {codes(one.value for one in kind)}"
    return type_of(annotation)


def _bounds(info: FieldInfo) -> Iterator[str]:
    least: Any = next((mark.ge for mark in info.metadata if isinstance(mark, Ge)), None)
    most: Any = next((mark.le for mark in info.metadata if isinstance(mark, Le)), None)
    if most is not None:
        yield f"{least or 0:,} to {most:,}"
    elif least is not None:
        yield f"at least {least:,}"


def _without(info: FieldInfo) -> str:
    """Say what holds where a setting is not there."""
    if info.is_required():
        return "the node stops"
    if info.default is None:
        return "nothing"
    return code(info.default.value if isinstance(info.default, Enum) else info.default)
