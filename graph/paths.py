"""How far two records are from each other, along links and records that may be walked."""

from graph.library import statement
from graph.session import GraphSession

_LENGTH = statement("path/length")

LONGEST = 8


async def distance(graph: GraphSession, a: str, b: str) -> int | None:
    """Give the number of links on the shortest permitted way between two different records, or None beyond 8.

    A record that the viewer may not walk has no way to it. Raises ValueError for one record twice: the database's
    search for a way from a record to itself does not end.
    """
    if a == b:
        raise ValueError("A way needs two ends.")
    rows = await graph.read(_LENGTH, id=a, other=b)
    return int(rows[0][0]) if rows else None
