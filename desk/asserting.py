"""Assertions: that two records are of one thing, that they are not, or that it cannot be told. Nothing is merged.

In order:
1. The grant must allow it, and marking and evidence must stand by themselves, before the graph is opened.
2. What cannot be judged joins and parts nothing: graded X or 4, it is asserted that it cannot be told.
3. Both records are of one kind and there for the writer. Who is protected in one of them is told at level 3 to nobody
   else.
4. It is a link like any other, as strict as the strictest of itself and both records; `unlink` takes it back.
"""

from desk.looking import Look
from desk.recording import EndAsked, joined
from schemas.envelope import Marking
from schemas.errors import FieldProblem
from schemas.gradings import InfoGrade, SourceGrade
from schemas.ids import RecordType, parse_urn
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
) -> str:
    """Say whether two records are one, and give the assertion's id; raise BadInput or NotFound."""
    content = LinkContent(criteria=evidence.evidence)
    problems = _unjudged(marking) if kind is not LinkKind.UNSURE else []
    types = {urn.type for urn in (parse_urn(from_), parse_urn(to)) if urn is not None and urn.type in set(RecordType)}
    if len(types) > 1:
        problems.append(FieldProblem(path="to", message="Both records are of one kind."))
    ends = EndAsked(id=from_), EndAsked(id=to)
    return await joined(look, f"assert {kind}", kind, *ends, marking, content, problems, key=key)


def _unjudged(marking: Marking) -> list[FieldProblem]:
    graded = {
        "sourceGrade": marking.source_grade is SourceGrade.X,
        "infoGrade": marking.info_grade is InfoGrade.CANNOT_BE_JUDGED,
    }
    return [FieldProblem(path=f"marking.{name}", message=_UNJUDGED) for name, holds in graded.items() if holds]


_UNJUDGED = "What cannot be judged joins and parts no records: assert that you are unsure."
