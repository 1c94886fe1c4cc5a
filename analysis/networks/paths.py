"""The k shortest paths between two nodes, in one order that is the same whatever order the network was built in.

Yen's algorithm (J. Y. Yen, "Finding the k shortest loopless paths in a network", Management Science 17, 1971) with
Lawler's parting of what is left (E. L. Lawler, Management Science 18, 1972): each path that is found parts the others
into those that leave it at its first node, at its second and so on, and the first of each part is a candidate.
"""

import heapq
from collections.abc import Collection, Mapping, Set

Path = tuple[str, ...]
Neighbours = Mapping[str, Collection[str]]


def k_shortest(neighbours: Neighbours, a: str, b: str, *, most: int, longest: int) -> list[Path]:
    """Give the first `most` paths from a to b, each as its nodes, in order of (number of links, ids of its nodes).

    A path meets no node twice and has at most `longest` links. `neighbours` is symmetric; a and b are two.
    """
    found: list[Path] = []
    first = _first(neighbours, (a,), frozenset(), b, longest)
    parts: list[tuple[int, Path, int, Set[str]]] = [(len(first), first, 0, frozenset())] if first else []
    while parts and len(found) < most:
        _, path, shared, barred = heapq.heappop(parts)
        found.append(path)
        for at in range(shared, len(path) - 1):
            # What leaves where its own part left is barred from all that this part was barred from.
            bars = {path[at + 1], *(barred if at == shared else ())}
            if other := _first(neighbours, path[: at + 1], bars, b, longest):
                heapq.heappush(parts, (len(other), other, at, bars))
    return found


def _first(neighbours: Neighbours, prefix: Path, barred: Set[str], b: str, longest: int) -> Path:
    """Give the first path to b that begins with a prefix and does not go on to what is barred, or an empty one."""
    here, passed = prefix[-1], set(prefix)
    nexts = set(neighbours.get(here, ())) - barred - passed
    layers: list[set[str]] = [{b}]  # by distance from b, on ways that do not meet the prefix
    met = {b}
    while not (ends := layers[-1] & nexts):
        if not layers[-1] or len(prefix) + len(layers) > longest:
            return ()
        fresh = {far for node in layers[-1] for far in neighbours.get(node, ())} - met - passed
        met |= fresh
        layers.append(fresh)
    path = [*prefix, min(ends)]
    for layer in reversed(layers[:-1]):
        path.append(min(layer & set(neighbours[path[-1]])))
    return tuple(path)
