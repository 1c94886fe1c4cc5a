"""What a node does by itself, at the command line: where each job stands, and one run now."""

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from api.cli import beside
from api.cli.progress import bars
from api.cli.running import run as carry_out
from api.cli.saying import UNAVAILABLE, JsonFlag, err, out, say_json
from api.settings import Settings
from desk.keeping import Run, standing
from register.clockwork import Outcome, Standing


def list_(json: JsonFlag = False) -> None:
    """Show each job: when it last ran, how that came out, when it is due, and whether it is overdue."""
    found = carry_out(_standing())
    if json:
        say_json([_told(one) for one in found])
        return
    table = Table("job", "last run", "came out", "due")
    for one in found:
        came_out = "runs now" if one.running else (one.outcome.value.lower() if one.outcome else "")
        due = "at once" if one.due_at is None else _minute(one.due_at)
        table.add_row(one.name, _minute(one.started_at), came_out, f"{due} · overdue" if one.overdue else due)
    out.print(table)


async def _standing() -> list[Standing]:
    async with beside.open_register(Settings()) as (register, _):
        return await standing(register)


def _told(one: Standing) -> dict[str, object]:
    moments = {name: getattr(one, name) for name in ("started_at", "ended_at", "due_at")}
    return {
        "name": one.name,
        **{name: at and at.isoformat() for name, at in moments.items()},
        "outcome": one.outcome and one.outcome.value,
        "running": one.running,
        "overdue": one.overdue,
    }


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def run(
    name: Annotated[str, typer.Argument(help="The job, by its name in `sangam jobs list`.")], json: JsonFlag = False
) -> None:
    """Run a job now, due or not, beside a node that is not running."""
    done = carry_out(_run(name, quiet=json))
    if json:
        say_json({"job": done.name, "outcome": done.outcome.value, "found": dict(done.found), "fault": done.fault})
    else:
        found = ", ".join(f"{number} {what}" for what, number in done.found.items())
        (err if done.fault else out).print(
            f"{done.name}: {done.outcome.value.lower()}, {done.fault or found}.", markup=False
        )
    if done.outcome is not Outcome.DONE:
        raise typer.Exit(UNAVAILABLE)


async def _run(name: str, *, quiet: bool) -> Run:
    from api.node import open_node
    from desk.errors import Unavailable

    with bars(quiet=quiet) as tell:
        async with open_node(Settings(), progress=tell) as node:
            done = await node.keeper.run(name)
            if done is None:
                raise Unavailable("Another process runs this job just now.")
            return done
