"""Links and provenance: what every record and link says of itself beside its content."""

from typing import Any

import orjson
import strawberry

from api.gql.said import as_day, as_instant, listed, member, said
from api.gql.scalars import Day, Instant, StateCode
from desk.revs import rev_of
from graph.connections import DISPUTED, Kind
from graph.network import NetworkLink
from graph.picks import Drawn, Node
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling
from schemas.ids import parse_urn
from schemas.link import Basis, LinkKind, Role

_GATE = ("id", "audience", "level", "compartment", "class", "until")


@strawberry.type(description="Whose a record or link is, how good it is, how it may be used and when it ends.")
class Provenance:
    """Reads the envelope of a node or link."""

    node: strawberry.Private[Any]

    owner = said("owner", StateCode, "The state that owns it and alone may change it.")
    unit = said("unit", str, "The police unit that recorded it.")
    recorded_at = said("recorded_at", Instant, "When it was recorded.", as_instant)
    legal_basis = said("legal_basis", str, "The law under which it is kept.")
    case_ref = said("case_ref", str, "The case that it was recorded for.")
    source_grade = said("source_grade", SourceGrade, "How reliable the source is.", member(SourceGrade))
    info_grade = said("info_grade", InfoGrade, "How sure the information is.", member(InfoGrade))
    handling = said("handling", Handling, "How it may be used.", member(Handling))
    handling_text = said("handling_text", str | None, "The conditions of handling H3, in words.")
    onward = said("onward", list[StateCode], "States to which it may be passed on.", listed)
    valid_from = said("valid_from", Day | None, "From which day it holds true in the world.", as_day)
    valid_to = said("valid_to", Day | None, "Until which day it held true in the world.", as_day)
    review_on = said("review_on", Day, "When it must be reviewed, or be hidden.", as_day)
    expires_at = said("expires_at", Instant, "When it ends.", as_instant)

    @strawberry.field(description="The officer who recorded it; told to officers of the state that owns it.")
    def recorded_by(self, info: strawberry.Info) -> str | None:
        return self.node.values["recorded_by"] if self._own(info) else None

    @strawberry.field(description="Which other states may see it; told to officers of the state that owns it.")
    def audience(self, info: strawberry.Info) -> list[StateCode] | None:
        owner = info.context.look.desk.state
        return sorted(map(StateCode, set(self.node.gate[1]) - {owner})) if self._own(info) else None

    def _own(self, info: strawberry.Info) -> bool:
        urn = parse_urn(self.node.gate[0])
        return urn is not None and info.context.look.granted_to(urn.state)

    @strawberry.field(description="What is disputed about a record, until that is settled; a link has none.")
    def disputed(self) -> str | None:
        disputed: str | None = self.node.values.get(DISPUTED)
        return disputed

    @strawberry.field(
        description="What a revision names to say which reading of the record it changes; links have none, for they "
        "are closed and drawn anew."
    )
    def rev(self, info: strawberry.Info) -> str | None:
        if not isinstance(self.node, Node) or self.node.kind is Kind.VALUE:
            return None
        return rev_of(info.context.look.desk.keys, self.node.id, self.node.kind, self.node.values)

    @strawberry.field(description="From which level of need-to-know it may be seen.")
    def level(self) -> int:
        return int(self.node.gate[2])

    @strawberry.field(description="The named compartment that it is kept in, if any.")
    def compartment(self) -> str | None:
        return self.node.gate[3] or None


@strawberry.type(description="One reason why a person counts as a member, or for an assertion.")
class Criterion:
    """A criterion of a membership, or a piece of evidence."""

    text: str = strawberry.field(description="What speaks for it.")
    source: str = strawberry.field(description="Where that was learnt.")


def _criteria(texts: Any) -> list[Criterion]:
    return [Criterion(**item) for item in orjson.loads(texts)] if texts else []


@strawberry.type(description="A dated, graded statement that joins two nodes.")
class Link:
    """Reads one link."""

    node: strawberry.Private[Drawn | NetworkLink]

    @strawberry.field(description="The link's own id.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.node.id)

    @strawberry.field(description="Which relation it states.")
    def kind(self) -> LinkKind:
        return LinkKind(self.node.kind)

    @strawberry.field(name="from", description="The node that it goes from, as recorded.")
    def from_(self) -> strawberry.ID:
        return strawberry.ID(self.node.from_id)

    @strawberry.field(description="The node that it goes to, as recorded.")
    def to(self) -> strawberry.ID:
        return strawberry.ID(self.node.to_id)

    role = said("role", Role | None, "What the member does in the gang.", member(Role))
    criteria = said("criteria", list[Criterion], "Why the person counts as a member, or what it rests on.", _criteria)
    basis = said("basis", Basis | None, "What an association rests on.", member(Basis))
    weight = said("weight", int | None, "How many calls, meetings or the like.")
    as_written = said("as_written", str | None, "The number or handle as it was written.")
    note = said("note", str | None, "What else was noted.")

    @strawberry.field(description="Whose the link is, how good it is and when it ends.")
    def provenance(self) -> Provenance:
        return Provenance(node=self.node)
