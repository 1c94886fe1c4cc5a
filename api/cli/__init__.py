"""The command line `sangam`: every command in one place, and how each ends.

Exit codes: 0 done, 1 refused or broken off, 2 wrong usage, 3 unavailable.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import stamina
import typer
from typer.core import TyperGroup

from api.cli.saying import Honest, Sourced, group

# A command's module is imported when it is named: a question over HTTP waits for no room behind a node.
_COMMANDS = {
    "demo": "demo",
    "serve": "node",
    "ask": "asking",
    "find": "asking",
    "network": "asking",
    "path": "asking",
    "record": "asking",
    "readers": "asking",
    "same": "asserting",
    "statutes": "offering",
    "units": "offering",
    "acts": "following",
    "audience": "following",
    "export": "exporting",
    "inbox": "second",
    "approve": "second",
    "decline": "second",
    "take-back": "second",
    "review": "reviewing",
    "dispute": "reviewing",
    "settle": "reviewing",
    "settings": "node",
    "schema": "node",
}
_GROUPS = {
    "enquiry": ("Enquiries: why you look.", "asking", ("open", "close")),
    "file": ("Photos of a person, files of a document.", "filing", ("add", "list", "get", "remove")),
    "officer": (
        "Accounts: who may sign in, and what they hold.",
        "accounts",
        (
            "bootstrap",
            "add",
            "list",
            "disable",
            "enable",
            "reset",
            "secrets",
            "revoke",
            "grant",
            "pending",
            "confirm",
            "decline",
            "take-back",
            "lower",
        ),
    ),
    "jobs": ("What the node does by itself, and how it went.", "jobs", ("list", "run")),
    "keys": ("The keys that sign this state's tokens.", "keys", ("rotate",)),
    "peers": (
        "The other states: who they are, and what each may ask here.",
        "peers",
        ("list", "show", "diff", "trust", "agree", "rotate"),
    ),
    "membership": (
        "What a state needs to join or to change: files that the states read, compare and sign.",
        "membership",
        ("request", "introduce", "draft", "sign"),
    ),
    "ledger": ("The ledger of every look.", "ledger", ("verify", "search")),
    "import": ("Bringing files in: sangam import SOURCE --mapping FILE.", "importing", ("import", "undo", "runs")),
    "database": (
        "The node's own Neo4j, and all that a node keeps.",
        "database",
        ("start", "stop", "status", "migrate", "fetch", "backup", "restore", "compact"),
    ),
}


class _Loaded(Honest):
    """All commands by name; each is loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Give the names in the order in which help shows them."""
        return [*_COMMANDS, *_GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a command or a group of commands; None if there is none of that name."""
        if cmd_name in _COMMANDS:
            one = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            one.command(cmd_name)(_function(_COMMANDS[cmd_name], cmd_name))
            return typer.main.get_command(one)
        if cmd_name in _GROUPS:
            help, module, names = _GROUPS[cmd_name]
            commands = {name: _function(module, name) for name in names}
            made = typer.main.get_group(group(help, commands, Sourced if cmd_name in names else TyperGroup))
            made.name = cmd_name
            return made
        return None


def _function(module: str, name: str) -> Callable[..., Any]:
    """Give a command's function; one whose name Python has taken ends in an underscore."""
    inside = vars(import_module(f"api.cli.{module}"))
    known = name.replace("-", "_")
    function: Callable[..., Any] = inside.get(f"{known}_") or inside[known]
    return function


app = typer.Typer(cls=_Loaded, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _all() -> None:
    """Sangam: the police of each state share what they know of organised crime, and keep it."""


def main() -> None:
    """Run the command line."""
    stamina.instrumentation.set_on_retry_hooks([])  # what matters is said once, at the end
    app(prog_name="sangam")
