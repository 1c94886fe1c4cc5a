"""Every question and change as a call: which document, with which variables, and how its answer is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import uuid4

from sangam import reading
from sangam.answers import (
    AnyRecord,
    AudienceSnapshot,
    Explanation,
    FollowerAct,
    HeldEnquiry,
    History,
    Hit,
    Identifier,
    Joined,
    Network,
    NodeKind,
    OfferedStatute,
    OfferedUnit,
    Page,
    Paths,
    Reader,
)
from sangam.documents import Document, packaged
from sangam.errors import Waits
from sangam.spelling import camel, changes, theirs
from schemas.audience import AudienceAsked
from schemas.draft import ValueEnd
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.follower import FollowerAsked, FollowerContent
from schemas.ids import RecordType, ValueKind, parse_urn
from schemas.link import ASSERTED, Criterion, LinkContent, LinkKind
from schemas.officer import Officer
from schemas.person import Category
from schemas.records import RECORDS, WORD_OF
from schemas.word import Word

Answer = TypeVar("Answer")

LARGEST_PAGE = 50

# Which kinds of nodes, on which day, and as of which moment: all, any and now where nothing is said.
Kinds = Sequence[NodeKind] | None
ValidAt = date | None
KnownAt = datetime | None


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """One request to be: `key` makes a change safe to send twice, and `repeatable` says that it may be."""

    document: Document
    variables: Mapping[str, Any]
    read: Callable[[Mapping[str, Any]], Answer]
    key: str | None = None
    repeatable: bool = True


def text(document: str, variables: Mapping[str, Any]) -> Call[Mapping[str, Any]]:
    """Ask a document of the caller's own; one that may change something is sent once."""
    return Call(Document.of(document), variables, lambda data: data, repeatable="mutation" not in document)


def me() -> Call[Officer]:
    """Ask who asks."""
    return question("me", {}, reading.officer)


def enquiries() -> Call[list[HeldEnquiry]]:
    """Ask for the officer's own enquiries."""
    return question("enquiries", {}, reading.enquiries)


def open_enquiry(content: EnquiryContent) -> Call[HeldEnquiry]:
    """Open an enquiry; a second sending would open a second one."""
    variables = {"enquiry": theirs(content.model_dump(mode="json"))}
    return Call(document_of("open_enquiry"), variables, made("openEnquiry", "enquiry", reading.enquiry), None, False)


def close_enquiry(id: str) -> Call[HeldEnquiry]:
    """Close an enquiry."""
    return Call(document_of("close_enquiry"), {"id": id}, made("closeEnquiry", "enquiry", reading.enquiry), None, False)


def find(
    words: str, kinds: Kinds, valid_at: ValidAt, known_at: KnownAt, after: str | None, first: int
) -> Call[Page[Hit]]:
    """Find by a name in any script, a phone, a social id or a FIR number."""
    variables = {"text": words, "kinds": names(kinds), **when(valid_at, known_at), "first": first, "after": after}
    return question("find", variables, reading.hits)


def network(
    from_: Sequence[str], hops: int, along: Sequence[LinkKind] | None, valid_at: ValidAt, known_at: KnownAt, limit: int
) -> Call[Network]:
    """Ask for the network around some nodes."""
    variables = {
        "from": list(from_),
        "hops": hops,
        "along": names(along),
        **when(valid_at, known_at),
        "limit": limit,
    }
    return question("network", variables, reading.network)


def paths(
    from_: str, to: str, max_hops: int, k: int, along: Sequence[LinkKind] | None, valid_at: ValidAt, known_at: KnownAt
) -> Call[Paths]:
    """Ask for the shortest paths between two nodes."""
    variables = {
        "from": from_,
        "to": to,
        "maxHops": max_hops,
        "k": k,
        "along": names(along),
        **when(valid_at, known_at),
    }
    return question("paths", variables, reading.paths)


def record(id: str, valid_at: ValidAt, known_at: KnownAt) -> Call[AnyRecord]:
    """Ask for a record, by the question for its kind."""
    return question(_root(id), {"id": id, **when(valid_at, known_at)}, reading.record)


def joined(id: str, connection: str, valid_at: ValidAt, known_at: KnownAt, after: str | None) -> Call[Page[Joined]]:
    """Ask for a page of one connection of a record. Raises ValueError for a connection that it has not."""
    root, field = _root(id), camel(connection)
    document = packaged().get(_file_name(f"{root}_{connection}"))
    if document is None:
        raise ValueError(f"A record of this kind has no connection {connection}.")
    variables = {"id": id, **when(valid_at, known_at), "first": LARGEST_PAGE, "after": after}
    return Call(document, variables, lambda data: reading.joined(data[root][field]))


def identifier(kind: ValueKind, value: str, valid_at: ValidAt, known_at: KnownAt) -> Call[Identifier]:
    """Ask what visible links say of an identifier."""
    variables = {"kind": kind.name, "value": value, **when(valid_at, known_at)}
    return question("identifier", variables, reading.identifier)


def records(
    content: type[Word], where: Mapping[str, Any] | None, order_by: str | None, known_at: KnownAt, after: str | None
) -> Call[Page[Any]]:
    """Ask for a page of one kind of record; conditions are named as in our words.

    Raises ValueError for a kind that is not listed.
    """
    plural = listed(content)
    variables: dict[str, Any] = {"where": conditions(where), "knownAt": _written(known_at)}
    variables |= {"first": LARGEST_PAGE, "after": after}
    if order_by is not None:
        variables["orderBy"] = order_by
    return question(plural, variables, reading.records)


def explain_access(id: str) -> Call[Explanation]:
    """Ask why a record is seen."""
    return question("explainAccess", {"id": id}, reading.explanation)


def put_on_record(content: Word, marking: Marking, key: str | None) -> Call[AnyRecord]:
    """Record something new."""
    word = WORD_OF[type(content)]
    field = f"record{word.name}"
    said = content.model_dump(mode="json", include=set(type(content).model_fields))
    variables = {word.root: theirs(said), "marking": theirs(marking.model_dump(mode="json"))}
    return changing(field, variables, made(field, word.root, reading.record), key)


def revise(
    record: AnyRecord, change: Mapping[str, Any], marking: Mapping[str, Any], reason: str, key: str | None
) -> Call[AnyRecord]:
    """Change fields of a record as it was read; a None clears one. Raises pydantic's ValidationError for a bad one."""
    kind = type(record.content)
    word = WORD_OF[kind]
    field = f"revise{word.name}"
    kept = {name: getattr(record.content, name) for name in kind.model_fields}
    said = {name: value for name, value in (kept | dict(change)).items() if value is not None}
    whole = kind.model_validate(said).model_dump(mode="json", include=set(change))
    given = {name: None if change[name] is None else whole[name] for name in change}
    variables = {
        "id": record.id,
        "rev": record.provenance.rev,
        "change": changes(given),
        "marking": changes(marking) if marking else None,
        "reason": reason,
    }
    return changing(field, variables, made(field, word.root, reading.record), key)


def history(id: str) -> Call[History]:
    """Ask what became of a record."""
    return question("history", {"id": id}, reading.history)


def link(
    kind: LinkKind,
    from_: str | ValueEnd,
    to: str | ValueEnd,
    marking: Marking,
    content: LinkContent | None,
    key: str | None,
) -> Call[str]:
    """Join two nodes."""
    variables = {
        "kind": kind.name,
        "from": _end(from_),
        "to": _end(to),
        "marking": theirs(marking.model_dump(mode="json")),
        "content": theirs(content.model_dump(mode="json")) if content else None,
    }
    return changing("link", variables, made("link", "id", str), key)


def asserted(
    kind: LinkKind, from_: str, to: str, marking: Marking, evidence: Sequence[Criterion], key: str | None
) -> Call[str]:
    """Say whether two records are one."""
    variables = {
        "from": from_,
        "to": to,
        "marking": theirs(marking.model_dump(mode="json")),
        "evidence": [theirs(one.model_dump(mode="json")) for one in evidence],
    }
    return changing(ASSERTED[kind], variables, made(ASSERTED[kind], "id", str), key)


def unlink(from_: str, id: str, reason: str, key: str | None) -> Call[str]:
    """Close a link."""
    return changing("unlink", {"from": from_, "id": id, "reason": reason}, made("unlink", "id", str), key)


def withdraw(id: str, reason: str, key: str | None) -> Call[str]:
    """Withdraw a record."""
    return changing("withdraw", {"id": id, "reason": reason}, made("withdraw", "id", str), key)


def follower_acts(account: str, after: str | None) -> Call[Page[FollowerAct]]:
    """Ask for a page of acts of those who follow an account."""
    return _of_account("follower_acts", account, after, reading.follower_acts)


def audience(account: str, after: str | None) -> Call[Page[AudienceSnapshot]]:
    """Ask for a page of the audiences of an account."""
    return _of_account("audience", account, after, reading.audience)


def _of_account(name: str, account: str, after: str | None, read: Callable[[Any], Answer]) -> Call[Answer]:
    variables = {"id": account, "first": LARGEST_PAGE, "after": after}
    return Call(packaged()[name], variables, lambda data: read(data["socialAccount"]))


def record_follower_act(
    account: str, follower: FollowerAsked, act: FollowerContent, marking: Marking, key: str | None
) -> Call[str]:
    """Keep one act of one who follows an account."""
    variables = {
        "account": account,
        "follower": theirs(follower.model_dump(mode="json")),
        "act": theirs(act.model_dump(mode="json")),
        "marking": theirs(marking.model_dump(mode="json")),
    }
    return changing("recordFollowerAct", variables, made("recordFollowerAct", "id", str), key)


def record_audience(account: str, audience: AudienceAsked, marking: Marking, key: str | None) -> Call[str]:
    """Publish an audience of an account."""
    variables = {
        "account": account,
        "audience": theirs(audience.model_dump(mode="json")),
        "marking": theirs(marking.model_dump(mode="json")),
    }
    return changing("recordAudienceSnapshot", variables, made("recordAudienceSnapshot", "id", str), key)


def set_category(
    person: AnyRecord,
    category: Category,
    reason: str,
    document: str | None,
    marking: Mapping[str, Any],
    key: str | None,
) -> Call[AnyRecord]:
    """Move a person, as they were read, to another category."""
    variables = {
        "id": person.id,
        "rev": person.provenance.rev,
        "category": category.name,
        "reason": reason,
        "document": document,
        "marking": changes(marking) if marking else None,
    }
    return changing("setCategory", variables, made("setCategory", "person", reading.record), key)


def readers(id: str, after: str | None) -> Call[Page[Reader]]:
    """Ask for a page of looks at a record."""
    return question("readers", {"id": id, "first": LARGEST_PAGE, "after": after}, reading.readers)


def statutes(on: date, text: str, after: str | None) -> Call[Page[OfferedStatute]]:
    """Ask for a page of sections in force on a day."""
    variables = {"on": on.isoformat(), "text": text, "first": LARGEST_PAGE, "after": after}
    return question("statutes", variables, reading.statutes)


def units(on: date, under: str | None, after: str | None) -> Call[Page[OfferedUnit]]:
    """Ask for a page of units that stand on a day."""
    variables = {"on": on.isoformat(), "under": under, "first": LARGEST_PAGE, "after": after}
    return question("units", variables, reading.units)


def question(field: str, variables: Mapping[str, Any], read: Callable[[Any], Answer]) -> Call[Answer]:
    return Call(document_of(field), variables, lambda data: read(data[field]))


def changing(
    field: str, variables: Mapping[str, Any], read: Callable[[Mapping[str, Any]], Answer], key: str | None
) -> Call[Answer]:
    return Call(document_of(field), variables, read, key or str(uuid4()))


def made(field: str, part: str, read: Callable[[Any], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """Give the reader of a change's payload, which raises Waits where a second officer must say yes first.

    Its problems are raised before, by whoever received them.
    """

    def made(data: Mapping[str, Any]) -> Answer:
        payload = data[field]
        if payload.get("waits"):
            raise Waits(reading.pending(payload["waits"]))
        return read(payload[part])

    return made


def document_of(field: str) -> Document:
    return packaged()[_file_name(field)]


def listed(content: type[Word]) -> str:
    """Give the question that lists a kind of record. Raises ValueError for a kind that is not listed."""
    plural = WORD_OF[content].plural
    if _file_name(plural) not in packaged():
        raise ValueError(f"There is no list of {WORD_OF[content].nouns}.")
    return plural


def _file_name(field: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in field)


def _root(id: str) -> str:
    urn = parse_urn(id)
    known = urn is not None and urn.type in set(RecordType)
    return RECORDS[RecordType(urn.type) if urn and known else RecordType.PERSON].root


def _end(end: str | ValueEnd) -> dict[str, Any]:
    return {"id": end} if isinstance(end, str) else {"kind": end.kind.name, "value": end.value}


def names(words: Sequence[NodeKind] | Sequence[LinkKind] | None) -> list[str] | None:
    return None if words is None else [word.name for word in words]


def when(valid_at: ValidAt, known_at: KnownAt) -> dict[str, str | None]:
    return {"validAt": _written(valid_at), "knownAt": _written(known_at)}


def _written(when: date | None) -> str | None:
    return None if when is None else when.isoformat()


def conditions(where: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Write a filter, named as in our words, as the schema names it."""
    if where is None:
        return None
    return {camel(name): value.isoformat() if isinstance(value, date) else value for name, value in where.items()}
