"""Who looked at a record: told from the ledger to whoever supervises the unit that the record is of.

In order:
1. The record is there for the officer who asks, or it is NOT_FOUND.
2. An officer of the owner's state is told, of an Inspector's rank or above, in the record's unit or above it on that
   day, or on its unit's last; nobody else is told anything. Rank gives the right to ask, and no view.
3. A look tells who, when, for which case, and by which questions; not what else they showed.
4. A change is no look: what it drew at the record may be hidden, and what it did to the record itself is its history.
   A revision that was answered with what the record says by now is one: a conflict.
5. No look tells its place on the ledger: a page goes on after so many looks of a moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auth.second import holds_rank
from desk.asking import kind_of_id
from desk.errors import NotFound
from desk.looking import Look
from desk.paging import page_size, seal, unseal
from graph import records
from graph.connections import Kind
from graph.picks import Pick
from register.ledger import Written
from schemas.codes.units import last_line_of
from schemas.envelope import day_in_india
from schemas.errors import ErrorCode
from schemas.ids import RecordType, parse_urn
from schemas.officer import Rank

LEAST = Rank.INSPECTOR
BATCH = 200

_OF_MANY = ("find", "record", "persons", "gangs", "incidents", "socialAccounts", "cases", "notices", "network", "paths")
# The questions that show records, by the names that the ledger has for them.
LOOKS = frozenset(
    {
        "entities",
        "explainAccess",
        "export",
        *(f"federated {question}" for question in _OF_MANY),
        "fetch file",
        "find",
        "history",
        "identifier",
        "inbox DISPUTE",
        "inbox REVIEW_DUE",
        "list files",
        *(f"list {kind}" for kind in Kind),
        "network",
        "paths",
        "readers",
        "record",
    }
)
# What waits names records, and shows nothing of them; that it waits, or with what one is matched, may be hidden.
QUESTIONS = LOOKS | {"inbox", "inbox MATCH", "pending change", "statutes", "units"}
REVISING = frozenset({"set category", *(f"revise {type}" for type in RecordType)})
CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Reader:
    """One look at a record: who, when, for which case, and what was asked."""

    at: datetime
    officer: str
    case_ref: str | None
    operation: str


@dataclass(frozen=True, slots=True)
class Readers:
    """A page of looks, newest first, each with its cursor."""

    rows: list[tuple[str, Reader]]
    more: bool


async def readers(look: Look, id: str, *, first: int, after: str | None) -> Readers | None:
    """Give who looked at a record; None to whoever does not supervise its unit. Raise NotFound, BadInput."""
    kind = kind_of_id(id)
    look.note("readers", id=id if kind else look.term(id), first=first)
    graph = await look.graph()
    first = page_size(look, first)
    question = f"readers {id}"
    last = unseal(look, question, after, str, int)
    if kind is None or kind is Kind.VALUE:
        raise NotFound
    found = await records.records(graph, [(Pick(kind, ("unit",)), [id])])
    if not found:
        raise NotFound
    if not _supervises(look, id, found[0].values["unit"]):
        return None
    begin = (datetime.fromisoformat(last[0]), last[1]) if last else None
    told = await _told(look, id, first=first + 1, after=begin)
    cases = await _cases(look, [one for one, _ in told[:first]])
    rows, (moment, given) = [], begin or (None, 0)
    for one, asked in told[:first]:
        moment, given = one.at, given + 1 if one.at == moment else 1
        said = one.entry
        case = cases.get(said.enquiry or "") or _case_of_peer(one)
        reader = Reader(one.at, said.officer or "", case, " ".join(asked))
        rows.append((seal(look, question, (one.at.isoformat(), given)), reader))
    return Readers(rows, len(told) > first)


async def _told(
    look: Look, id: str, *, first: int, after: tuple[datetime, int] | None
) -> list[tuple[Written, list[str]]]:
    """Give looks at a record with what they asked, newest first, after so many of a moment; no change is among them."""
    found: list[tuple[Written, list[str]]] = []
    passed = after[1] if after else 0
    read = (after[0], 0) if after else None
    while len(found) < first:
        rows = await look.desk.register.ledger.looks(id, first=BATCH, after=read)
        for one in rows:
            read = (one.at, read[1] + 1 if read and one.at == read[0] else 1)
            if not (asked := _asked(one)):
                continue
            if after and one.at == after[0] and passed:
                passed -= 1
            else:
                found.append((one, asked))
        if len(rows) < BATCH:
            break
    return found[:first]


def _asked(one: Written) -> list[str]:
    """Give by which questions a look was, each once; none for what is no look."""
    said = one.entry.variables
    asked = said.get("asked") if isinstance(said, Mapping) else None
    acts = [str(act["act"]) for act in asked if isinstance(act, Mapping)] if isinstance(asked, Sequence) else []
    if acts and one.entry.code == ErrorCode.CONFLICT and REVISING.issuperset(acts):
        return [CONFLICT]
    return [act for act in dict.fromkeys(acts) if act in LOOKS] if QUESTIONS.issuperset(acts) else []


def _case_of_peer(one: Written) -> str | None:
    """Give the case that another state's officer asked for, whose enquiry stands in no register here."""
    said = one.entry.variables
    case = said.get("case") if isinstance(said, Mapping) else None
    return case if isinstance(case, str) else None


def _supervises(look: Look, id: str, unit: str) -> bool:
    who, urn = look.officer, parse_urn(id)
    if urn is None or urn.state != who.state or not holds_rank(who, LEAST):
        return False
    return who.unit in {one.code for one in last_line_of(unit, day_in_india(look.at))}


async def _cases(look: Look, written: list[Written]) -> dict[str, str]:
    """Give the case of each enquiry that these looks were for."""
    named = sorted({one.entry.enquiry for one in written if one.entry.enquiry is not None})
    found = [await look.desk.register.enquiries.get(id) for id in named]
    return {one.id: one.case_ref for one in found if one is not None}
