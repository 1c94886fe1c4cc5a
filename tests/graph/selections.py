"""Random selections over the tables of connections, as the node's clients could ask them."""

from typing import Any

from hypothesis import strategies as st

from graph import projection
from graph.connections import (
    ATTACHED,
    CONNECTIONS,
    CONTENT_FIELDS,
    ENVELOPE_FIELDS,
    LINK_FIELDS,
    Attached,
    Connection,
    Kind,
)
from graph.fragments import REFERENCES, THRESHOLD
from graph.picks import AttachedPick, LinkPick, Pick
from graph.projection import SORT_KEYS, Compiled, Order, by_ids, listed

# What a caller could write where he chooses the words: it must never be in a text.
HOSTILE = "x}) DETACH DELETE n //` $g VISIBLE(n) OR true \u2028"


def picks(kind: Kind, depth: int) -> st.SearchStrategy[Pick]:
    """Give selections of one kind, `depth` connections deep at most."""
    looked_for = {Kind.INCIDENT: [REFERENCES], Kind.GANG: [THRESHOLD]}.get(kind, [])
    told = [*CONTENT_FIELDS[kind], *ENVELOPE_FIELDS, HOSTILE, *looked_for]
    fields = st.lists(st.sampled_from(told), unique=True, max_size=4)
    links: st.SearchStrategy[list[LinkPick]] = st.just([])
    if depth:
        connection = st.sampled_from(list(CONNECTIONS[kind].values()))
        links = st.lists(connection.flatmap(lambda found: link_picks(found, depth - 1)), max_size=2)
    attached: st.SearchStrategy[list[AttachedPick]] = st.just([])
    if ATTACHED[kind]:
        attached = st.lists(st.sampled_from(list(ATTACHED[kind].values())).flatmap(attached_picks), max_size=2)
    return st.builds(lambda f, k, a: Pick(kind, tuple(f), tuple(k), tuple(a)), fields, links, attached)


def attached_picks(attached: Attached) -> st.SearchStrategy[AttachedPick]:
    """Give selections of what is attached."""
    names = [*attached.fields, attached.beside, *ENVELOPE_FIELDS, HOSTILE]
    return st.builds(
        AttachedPick,
        key=st.just(HOSTILE),
        attached=st.just(attached),
        fields=st.lists(st.sampled_from(names), unique=True, max_size=5).map(tuple),
        first=st.integers(1, 1_000),
        after=st.none() | st.tuples(st.integers(-(2**62), 2**62), st.just(HOSTILE)),
        counted=st.booleans(),
    )


def link_picks(connection: Connection, depth: int) -> st.SearchStrategy[LinkPick]:
    """Give selections of one connection."""
    return st.builds(
        LinkPick,
        key=st.just(HOSTILE) | st.text(max_size=5),
        connection=st.just(connection),
        node=picks(connection.far, depth),
        kinds=st.lists(st.sampled_from(connection.kinds), unique=True, min_size=1).map(tuple),
        first=st.integers(1, 1_000),
        after=st.none() | st.tuples(st.just(HOSTILE), st.text(max_size=5)),
        valid_at=st.none() | st.integers(0, 2**40),
        fields=st.lists(st.sampled_from([*LINK_FIELDS, *ENVELOPE_FIELDS, HOSTILE]), unique=True, max_size=4).map(tuple),
        counted=st.booleans(),
    )


def conditions(kind: Kind) -> st.SearchStrategy[list[projection.Test]]:
    """Give conditions of a filtered list."""
    properties = [*CONTENT_FIELDS[kind], *ENVELOPE_FIELDS, *SORT_KEYS[kind]]
    one = st.builds(
        lambda name, compare: projection.Test(name, compare, [HOSTILE] if compare == "in" else 7),
        st.sampled_from(properties),
        st.sampled_from(["in", "from", "before", "is"]),
    )
    return st.lists(one, max_size=3)


@st.composite
def compiled(draw: st.DrawFn, depth: int = 3, *, past: bool = False) -> Compiled:
    """Give a compiled question of either form: by ids, of one kind or several, or a list, of today or of the past."""
    kinds = draw(st.lists(st.sampled_from(Kind), unique=True, min_size=1, max_size=3))
    [kind, *_] = kinds
    if kind is Kind.VALUE or draw(st.booleans()):
        return by_ids([(draw(picks(one, depth)), [HOSTILE]) for one in kinds], valid_at=draw(st.none() | st.just(7)))
    after: Any = draw(st.none() | st.just((HOSTILE, HOSTILE)))
    order = Order(draw(st.sampled_from(SORT_KEYS[kind])), draw(st.booleans()))
    first = draw(st.integers(1, 1_000))
    tests = draw(conditions(kind))
    total = draw(st.booleans())
    return listed(draw(picks(kind, depth)), tests, order, first=first, after=after, counted=total, past=past)
