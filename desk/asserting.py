"""Assertions: that two records are of one thing, that they are not, or that it cannot be told. Nothing is merged.

In order:
1. The grant must allow it, and marking and evidence must stand by themselves, before the graph is opened.
2. What cannot be judged joins and parts nothing: graded X or 4, it is asserted that it cannot be told.
3. Both records are of one kind and there for the writer. Who is protected in one of them is told at level 3 to nobody
   else.
4. It is a link like any other, as strict as the strictest of itself and both records; `unlink` takes it back.
5. One of the two may be another state's, which its owner shows to the officer then. What stands for it here holds its
   id and is as strict as the assertion; who sees that is of this state, of the owner's, or such as the owner passes it
   on to.
"""

from dataclasses import dataclass
from datetime import datetime

from auth.policy import LIVE_CLASS
from desk.looking import Look
from desk.recording import Abroad, EndAsked, joined
from graph.stored import Gate
from graph.writing import ForeignRef
from schemas.codes.states import mask
from schemas.envelope import Marking
from schemas.errors import FieldProblem
from schemas.gradings import InfoGrade, SourceGrade
from schemas.ids import RecordType, make_urn, parse_urn
from schemas.link import Evidence, LinkContent, LinkKind


async def asserted(
    look: Look,
    kind: LinkKind,
    from_: str,
    to: str,
    marking: Marking,
    evidence: Evidence,
    *,
    key: str | None,
    abroad: Abroad | None = None,
) -> str:
    """Say whether two records are one, and give the assertion's id; raise BadInput or NotFound.

    `abroad` gives a record of another state; without it there is none. From whichever side it is said, the assertion
    is kept with the record of this one.
    """
    content = LinkContent(criteria=evidence.evidence)
    problems = _unjudged(marking) if kind is not LinkKind.UNSURE else []
    urns = [urn for urn in (parse_urn(from_), parse_urn(to)) if urn is not None and urn.type in set(RecordType)]
    if len({urn.type for urn in urns}) > 1:
        problems.append(FieldProblem(path="to", message="Both records are of one kind."))
    foreign = [urn for urn in urns if urn.state != look.desk.state]
    if len(foreign) > 1:
        problems.append(FieldProblem(path="to", message=f"One of the two is a record of {look.desk.state}."))
    if foreign and foreign[0] == parse_urn(from_):
        from_, to = to, from_
    ends = EndAsked(id=from_), EndAsked(id=to)
    # A node without peers knows of no other state's record, and finds none.
    ask = abroad if foreign and look.desk.federation is not None else None
    return await joined(look, f"assert {kind}", kind, *ends, marking, content, problems, key=key, abroad=ask)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the owner of a record says of who may see it: a person's category, and when it is reviewed or ends."""

    id: str
    level: int
    compartment: str | None
    onward: tuple[str, ...]
    category: str | None
    until: datetime


def stands_for(look: Look, shown: Shown, owner: str) -> ForeignRef:
    """Make what stands here for a record of another state, as strict as that is there."""
    states = {look.desk.state, owner, *shown.onward}
    gate = Gate(
        aud=mask(states),
        level=shown.level,
        comp=shown.compartment or "",
        cls=shown.category or LIVE_CLASS,
        until=int(shown.until.timestamp()),
        audience=tuple(sorted(states)),
    )
    return ForeignRef(shown.id, gate, make_urn(look.desk.state, "foreign", look.desk.random.uuid(look.officer.id)))


def _unjudged(marking: Marking) -> list[FieldProblem]:
    graded = {
        "sourceGrade": marking.source_grade is SourceGrade.X,
        "infoGrade": marking.info_grade is InfoGrade.CANNOT_BE_JUDGED,
    }
    return [FieldProblem(path=f"marking.{name}", message=_UNJUDGED) for name, holds in graded.items() if holds]


_UNJUDGED = "What cannot be judged joins and parts no records: assert that you are unsure."
