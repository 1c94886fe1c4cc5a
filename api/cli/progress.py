"""Progress bars for whoever waits, on the terminal's error stream, so that output stays output."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from api.cli.saying import err

Tell = Callable[[str, int, int], None]

_PLAIN = {
    "jars": "Fetching Neo4j",
    "page": "Fetching GraphiQL",
    "class data": "Making Java's class data",
    "database": "Starting the database",
    "backup": "Backing up",
    "restore": "Restoring",
    "nodes": "Copying nodes",
    "links": "Copying links",
}


@contextmanager
def bars(*, quiet: bool) -> Iterator[Tell]:
    """Give what draws a bar for each kind of work that it is told of, as (what, done, of how many)."""
    # Where nobody watches, a bar is an empty line before whatever is said.
    if quiet or not err.is_terminal:
        yield lambda what, done, total: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as drawn:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = drawn.add_task(_PLAIN.get(what, what), total=total)
            drawn.update(tasks[what], completed=done, total=total)

        yield tell
