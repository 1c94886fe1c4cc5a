"""What an owner gave of a network over states, and what is asked of one: the pieces that are joined.

In order:
1. What an owner gave stays its own: a fragment, of records, identifiers and links between them.
2. An identifier is told to another state only if the officer typed it, if a record and the link by which it bears it
   are this state's own with that state in their audience, or if their owner lets both be passed on to that state; a
   call between two numbers has no record, and is judged by itself.
3. A record is told to a state that its owner shows it to or lets it be passed on to; and to its owner, if an assertion
   about it and the record that this goes from may be told there.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.asserted import Asserted
from schemas.federated import ReasonCode
from schemas.ids import BadIdentifier, ValueKind, normal_form
from schemas.link import LinkKind

Number = tuple[ValueKind, str]
"""An identifier by its kind and normal form: the same in every state."""

Thing = Number | str
"""What states are asked about: an identifier, or a record by its id."""


@dataclass(frozen=True)
class Seen:
    """A record or identifier of a fragment: `kind` of an identifier; `shown_to` which states it may be told to."""

    id: str
    hops: int
    kind: ValueKind | None = None
    shown_to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bond:
    """A link of a fragment: the number as it was written, if it bears one, and which states it may be told to."""

    id: str
    relation: str
    from_id: str
    to_id: str
    written: str | None
    shown_to: frozenset[str]

    def bearing(self, nodes: Mapping[str, Seen]) -> str | None:
        """Give the identifier that it writes: the only one at it, or of two the one that it goes from."""
        for id in (self.from_id, self.to_id):
            near = nodes.get(id)
            if near is not None and near.kind is not None:
                return id
        return None


@dataclass(frozen=True)
class Said:
    """An assertion of a fragment: what its owner says of a record of its own and of another's, and since when.

    `at` is in epoch seconds; `shown_to` are the states that it may be told to.
    """

    id: str
    kind: LinkKind
    from_id: str
    of: str
    at: int
    shown_to: frozenset[str]


@dataclass(frozen=True)
class Fragment:
    """What one owner gave around what it was asked about; `cut` are nodes around which it did not show all."""

    owner: str
    nodes: Mapping[str, Seen]
    bonds: Sequence[Bond]
    cut: Sequence[str] = ()
    said: Sequence[Said] = ()

    def same(self) -> list[Said]:
        """Give what says here that two records are one, as far as it counts: nothing as new or newer denies it.

        What was denied since opens nothing, though a newer one joins the two again.
        """
        asserted = Asserted()
        for one in self.said:
            asserted.note(one.kind, one.at, frozenset((one.from_id, one.of)))
        denied = asserted.apart
        return [
            one
            for one in self.said
            if one.kind is LinkKind.SAME_AS and denied.get(frozenset((one.from_id, one.of)), one.at - 1) < one.at
        ]

    def numbers(self) -> dict[str, Number]:
        """Give the number of each identifier that some link here writes."""
        found: dict[str, Number] = {}
        for bond in self.bonds:
            id = bond.bearing(self.nodes)
            if id is None or bond.written is None or id in found:
                continue
            kind = self.nodes[id].kind
            try:
                found[id] = (kind, normal_form(kind, bond.written)) if kind is not None else found[id]
            except BadIdentifier:
                continue
        return found

    def told_to(self) -> dict[str, frozenset[str]]:
        """Give the states that each record and identifier here may be told to: this, as what bears it allows."""
        found: dict[str, frozenset[str]] = defaultdict(frozenset)
        found.update({id: seen.shown_to for id, seen in self.nodes.items() if seen.kind is None})
        for bond in self.bonds:
            for id, other in ((bond.from_id, bond.to_id), (bond.to_id, bond.from_id)):
                near, far = self.nodes.get(id), self.nodes.get(other)
                if near is None or far is None or near.kind is None:
                    continue
                found[id] |= bond.shown_to & far.shown_to if far.kind is None else bond.shown_to
        return found


@dataclass(frozen=True, order=True)
class Gap:
    """What was not asked of a state, or not shown by it, at a record or identifier."""

    at: str
    state: str
    reason: ReasonCode


@dataclass(frozen=True)
class Asked:
    """What one state is asked in one round, and how far to go from it: its own records, which must be there, and
    identifiers and records that it may know, or may have said something about.
    """

    state: str
    hops: int
    ids: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def things(self) -> tuple[Thing, ...]:
        """Give what it may know, or may have said something about."""
        return (*self.numbers, *self.records)
