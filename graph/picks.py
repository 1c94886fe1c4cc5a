"""What is asked of records and identifiers, at any depth and with pages inside, and what comes back of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.connections import Attached, Connection, Kind
from schemas.link import LinkKind


@dataclass(frozen=True, slots=True)
class Pick:
    """What was asked of one kind of node: content and envelope fields by name, and connections.

    `since` is the epoch second from which on charge-sheets are counted, for a gang.
    """

    kind: Kind
    fields: tuple[str, ...] = ()
    links: "tuple[LinkPick, ...]" = ()
    attached: "tuple[AttachedPick, ...]" = ()
    since: int = 0


@dataclass(frozen=True, slots=True)
class LinkPick:
    """One asked connection: a page of `first` links after (far id, link id), and whether to count them all.

    `valid_at` is an epoch second or None; `kinds` narrows the connection's own.
    """

    key: str
    connection: Connection
    node: Pick
    kinds: tuple[LinkKind, ...]
    first: int
    after: tuple[str, str] | None = None
    valid_at: int | None = None
    fields: tuple[str, ...] = ()
    counted: bool = False


@dataclass(frozen=True, slots=True)
class AttachedPick:
    """A page of what is attached to a record: `first` after (time, id), newest first, and whether to count them all."""

    key: str
    attached: Attached
    fields: tuple[str, ...]
    first: int
    after: tuple[int, str] | None = None
    counted: bool = False


@dataclass(slots=True)
class Attachment:
    """One of what is attached, as it came back; of another one, `beside` is its gates and what it tells."""

    id: str
    at: int
    gate: Sequence[Any]
    version: Sequence[Any]
    values: dict[str, Any]
    beside: Sequence[Any] | None


@dataclass(slots=True)
class AttachedPage:
    """One page of what is attached, newest first; `total` and `too_many` are as of a page of links."""

    attached: Attached
    rows: list[Attachment]
    more: bool
    total: int | None
    too_many: bool = False


@dataclass(slots=True)
class Node:
    """One node as it came back: id, gate as returned, properties by name, and pages by their key.

    `known_at` is the moment as of which it was asked, an epoch second; None is now.
    """

    id: str
    kind: Kind
    gate: Sequence[Any]
    values: dict[str, Any]
    pages: "dict[str, Page]" = field(default_factory=dict)
    attached: "dict[str, AttachedPage]" = field(default_factory=dict)
    known_at: int | None = None


@dataclass(slots=True)
class Drawn:
    """One link as it came back, with its far node. `from_id` and `to_id` keep the direction as recorded."""

    id: str
    kind: str
    from_id: str
    to_id: str
    gate: Sequence[Any]
    values: dict[str, Any]
    node: Node


@dataclass(slots=True)
class Page:
    """One page of links in order of (far id, link id); `total` stops at 1,000 and is None where it was not asked.

    `too_many` says that the node has more such links than the page may look at: then none is given.
    """

    connection: Connection
    links: list[Drawn]
    more: bool
    total: int | None
    too_many: bool = False


@dataclass(slots=True)
class Found:
    """What a compiled selection brought back: nodes, each with the key that orders it, and the total if it was asked.

    `more` says that others come after them. Asked by ids, nodes stand in order of the kinds asked and then of id,
    and that is all their order.
    """

    rows: list[tuple[Any, Node]]
    total: int | None = None
    more: bool = False


def every(node: Node) -> Iterator[Node]:
    """Give a node and all below it."""
    yield node
    for page in node.pages.values():
        for drawn in page.links:
            yield from every(drawn.node)


def class_of(node: Node) -> str:
    """Give of what class a record is today, whatever it says as of another moment."""
    return str(node.gate[4])


def gates(node: Node) -> Iterator[Sequence[Any]]:
    """Give every gate in a node and below it, for the check that each gets before it leaves."""
    if node.kind is Kind.VALUE:
        yield from node.values.get("__said_by", ())
    else:
        yield node.gate
        yield node.values.pop("__version")
        yield from (link for link, _, _ in node.values.get("references", ()))
        for link, sheet, version, numbers in node.values.get("bns111_threshold_met", ()):
            yield from (link, sheet, [sheet[0], *version], *(number for number, _ in numbers))
    for page in node.pages.values():
        for drawn in page.links:
            yield drawn.gate
            yield from gates(drawn.node)
    for attached in node.attached.values():
        for one in attached.rows:
            yield one.gate
            yield one.version
            if one.beside is not None:
                yield from one.beside[:2]


def referred(node: Node) -> Iterator[Sequence[Any]]:
    """Give the gates of all persons that a node and those below it refer to, without their content."""
    yield from (person for _, person, _ in node.values.get("references", ()))
    for page in node.pages.values():
        for drawn in page.links:
            yield from referred(drawn.node)


def ids(node: Node) -> Iterator[str]:
    """Give the ids of a node, its links and all below it, identifiers included."""
    yield node.id
    yield from (gate[0] for gate in node.values.pop("__said_by", ()))
    for page in node.pages.values():
        for drawn in page.links:
            yield drawn.id
            yield from ids(drawn.node)
    for attached in node.attached.values():
        yield from (one.id for one in attached.rows)
