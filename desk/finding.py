"""One box: a name in any script, or a number of any kind, answered with a score and the reasons for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from analysis.names.keys import keys
from analysis.names.rank import rank
from desk.asking import instant, picked, second, written
from desk.clusters import Marked, marked
from desk.errors import BadInput
from desk.looking import Look
from desk.paging import as_known, page_size, unseal
from graph import finding
from graph.connections import Kind
from graph.fragments import COUNT_STOPS_AT
from graph.picks import Node, Pick
from graph.session import GraphSession
from schemas.errors import FieldProblem
from schemas.ids import BadIdentifier, ValueKind, normal_form
from schemas.link import LinkKind

LONGEST_TEXT = 200
_OF_THE_IDENTIFIER = 1.0
_JOINED_TO_IT = 0.95


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found, how well it fits (0 to 1), and why; `said_by` is the link that is the reason, if one is."""

    id: str
    kind: Kind
    score: float
    reasons: tuple[str, ...]
    said_by: str | None = None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of hits in order of (score descending, id), each with its node; clusters by what is in them."""

    hits: list[tuple[Hit, Node]]
    more: bool
    total: int
    clusters: Mapping[str, Marked]


async def find(
    look: Look,
    text: str,
    kinds: Sequence[Kind],
    picks: Sequence[Pick],
    *,
    valid_at: date | None = None,
    known_at: datetime | None = None,
    first: int,
    after: str | None,
    clustered: bool = False,
) -> FoundPage:
    """Find what one line of text may mean, best first; ties stand in order of id. Clusters come if they are wanted.

    As of a moment, by the names and identifiers that were borne then.
    """
    said = {"valid_at": written(valid_at), "known_at": written(known_at)}
    look.note("find", text=look.term(text), kinds=list(kinds), **said, first=first)
    graph = (await look.graph()).as_of(second(known_at))
    first = page_size(look, first)
    readable(text)
    place = unseal(look, question(text, kinds, valid_at, known_at), after, float, str)
    hits = sorted(await _hits(look, graph, text, kinds, valid_at), key=lambda hit: (-hit.score, hit.id))
    total = min(len(hits), COUNT_STOPS_AT)
    if place is not None:
        hits = [hit for hit in hits if (-hit.score, hit.id) > (-place[0], place[1])]
    page = hits[:first]
    nodes = await picked(graph, [(hit.id, hit.kind) for hit in page], picks, valid_at=valid_at)
    graph.disclosed.update(nodes)
    graph.disclosed.update(hit.said_by for hit in page if hit.said_by and hit.id in nodes)
    shown = [(hit, nodes[hit.id]) for hit in page if hit.id in nodes]
    found = await marked(look, graph, [hit.id for hit, _ in shown], valid_at=instant(valid_at)) if clustered else []
    return FoundPage(shown, len(hits) > first, total, {id: one for one in found for id in one.members})


def readable(text: str) -> None:
    """Raise BadInput for a text that nothing is found by."""
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise BadInput([FieldProblem(path="text", message=f"Type between 1 and {LONGEST_TEXT} characters to find.")])


def question(text: str, kinds: Sequence[Kind], valid_at: date | None, known_at: datetime | None) -> str:
    """Name the question, which a cursor is bound to."""
    return f"find {sorted(kinds)} {valid_at}{as_known(second(known_at))} {text}"


async def _hits(look: Look, graph: GraphSession, text: str, kinds: Sequence[Kind], valid_at: date | None) -> list[Hit]:
    """Give every hit once: an identifier and what it is joined to, else what bears such a name."""
    values = _values(look, text)
    names = [look.desk.keys.key_id("name", key) for key in sorted(keys(text))]
    found = await finding.search(graph, list(values), names, kinds, valid_at=instant(valid_at))
    hits: dict[str, Hit] = {}
    for value in found.touched:
        hits[value] = Hit(value, Kind.VALUE, _OF_THE_IDENTIFIER, (f"This is the {_PLAIN[values[value]]}.",))
    for one in sorted(found.joined, key=lambda one: (one.id, one.value, one.how, one.link)):
        reason = f"{_HOW[LinkKind(one.how)]} the {_PLAIN[values[one.value]]}."
        hits.setdefault(one.id, Hit(one.id, one.kind, _JOINED_TO_IT, (reason,), one.link))
    kind_of = {record.id: record.kind for record in found.named}
    for id, likeness in rank(text, [(record.id, record.names) for record in found.named]):
        hits[id] = Hit(id, kind_of[id], likeness.score, likeness.reasons)
    return list(hits.values())


_HOW = {
    LinkKind.USES_PHONE: "Uses",
    LinkKind.USED_IN: "Involved the use of",
    LinkKind.IDENTIFIED_BY: "Is identified by",
}
_PLAIN = {
    ValueKind.PHONE: "phone number",
    ValueKind.SOCIAL_ID: "social account id",
    ValueKind.FIR: "FIR number",
    ValueKind.IMEI: "IMEI",
    ValueKind.VEHICLE: "registration mark",
    ValueKind.PASSPORT: "passport number",
    ValueKind.UPI: "UPI address",
    ValueKind.BANK_ACCOUNT: "bank account number",
    ValueKind.CNR: "CNR number",
    ValueKind.PRISONER: "prisoner's number",
    ValueKind.LOC: "look-out circular",
    ValueKind.INTERPOL: "Interpol notice",
    ValueKind.CHARGE_SHEET: "charge-sheet number",
}


def _values(look: Look, text: str) -> dict[str, ValueKind]:
    """Give the ids of the identifiers that a text can be read as, with what each would be."""
    values = {}
    for kind in ValueKind:
        try:
            values[look.desk.keys.value_id(kind.value, normal_form(kind, text))] = kind
        except BadIdentifier:
            continue
    return values
