"""Bring a register to the form that this code knows, once, whoever comes first."""

from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_STEPS = Path(__file__).parent / "migrations"

# Alembic keeps the migration under way in globals of its module.
_ONE_AT_A_TIME = Lock()


class RegisterTooNew(Exception):
    """A register that newer code has changed: this code would misread it."""


def migrate(engine: Engine) -> None:
    """Apply the steps that are missing, all in one transaction. Raises RegisterTooNew."""
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    with _ONE_AT_A_TIME, engine.begin() as connection:
        reached = set(MigrationContext.configure(connection).get_current_heads())
        if reached - known:
            raise RegisterTooNew("The register was written by a newer version of this program: install that one.")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
