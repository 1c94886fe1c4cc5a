"""The k shortest paths are the first of all paths in their order, whatever order the network was built in."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.networks import k_shortest

NODES = "abcdefgh"
PAIRS = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda pair: pair[0] != pair[1])


def joined(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Give the neighbours of each node, in the order in which the pairs came."""
    neighbours: dict[str, list[str]] = {}
    for x, y in pairs:
        neighbours.setdefault(x, []).append(y)
        neighbours.setdefault(y, []).append(x)
    return neighbours


def every(neighbours: dict[str, list[str]], path: tuple[str, ...], end: str, longest: int) -> set[tuple[str, ...]]:
    """Give all paths that go on from one to an end."""
    if path[-1] == end:
        return {path}
    if len(path) > longest:
        return set()
    farther = (far for far in neighbours.get(path[-1], []) if far not in path)
    return set().union(*(every(neighbours, (*path, far), end, longest) for far in farther))


@settings(max_examples=400, deadline=None)
@given(st.lists(PAIRS, max_size=22), PAIRS, st.integers(1, 8), st.integers(1, 7))
def test_they_are_the_first_of_all_by_number_of_links_and_ids(
    pairs: list[tuple[str, str]], ends: tuple[str, str], longest: int, most: int
) -> None:
    neighbours = joined(pairs)
    expected = sorted(every(neighbours, ends[:1], ends[1], longest), key=lambda path: (len(path), path))
    assert k_shortest(neighbours, *ends, most=most, longest=longest) == expected[:most]
    assert k_shortest(joined(pairs[::-1]), *ends, most=most, longest=longest) == expected[:most]


def test_a_node_through_which_every_path_must_go_is_met_once() -> None:
    """All walks but one pass the only way twice."""
    dense = [(x, y) for x in "cdefgh" for y in "cdefgh" if x < y]
    assert k_shortest(joined([*dense, ("a", "c"), ("b", "c")]), "a", "b", most=5, longest=8) == [("a", "c", "b")]
