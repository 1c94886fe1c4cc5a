"""Worlds: small graphs of people, gangs, incidents, accounts and numbers, much of which one viewer does not see."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import orjson
from pydantic import ValidationError

from analysis.names.fold import fold
from analysis.names.keys import keys
from auth.sealing import StateKeys
from graph.connections import LABEL, Kind
from graph.stored import content_properties, envelope_properties, flat
from schemas.account import AccountContent, TakedownRequest
from schemas.envelope import Envelope, Marking
from schemas.gang import GangContent, ModusOperandi, Standing
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling, Level
from schemas.ids import RecordType, ValueKind, normal_form
from schemas.incident import Channel, Escalation, IncidentContent, Step, TargetType
from schemas.link import BORNE_BY_ONE, RELATIONS, Basis, Criterion, End, LinkContent, LinkKind, Role
from schemas.pending import LinkAsked
from schemas.person import Category, Caution, Custody, NameKind, PersonContent, RecordedName, Script, Sex
from schemas.records import RECORDS, WORD_OF, Content
from tests.noninterference.low import ASKER, HOME, NUMBER, UNITS, VIEWER, Edge, Graph, Named, Node, Viewer, low
from tests.noninterference.tape import Tape
from tests.words import SAID, WRITTEN, content_of

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
KEYS = StateKeys.from_master(b"n" * 32)
COMPARTMENTS = ("IN-RJ:ALPHA", "IN-RJ:BETA")
GATE = ("aud", "level", "comp", "class", "until")

# Invented names in five scripts; few, so that keys are shared and orders have ties.
NAMES = (
    ("Bhanwar Lal Thoriya", Script.LATIN),
    ("भंवर लाल थोरिया", Script.DEVANAGARI),
    ("Harjot Singh Dhudike", Script.LATIN),
    ("ਹਰਜੋਤ ਸਿੰਘ ਧੂੜੀਕੇ", Script.GURMUKHI),
    ("Kiran Mewada", Script.LATIN),
    ("કિરણ મેવાડા", Script.GUJARATI),
    ("Salim Qalandar", Script.LATIN),
    ("سلیم قلندر", Script.ARABIC),
    ("Thoriya Group", Script.LATIN),
    ("Black Camel", Script.LATIN),
)
PHONES = tuple(f"+91 94140 1{number:04d}" for number in range(8))
SOCIAL_IDS = tuple(f"INSTAGRAM:1784140000000{number}" for number in range(6))
FIRS = tuple(f"IN-RJ, Jaipur East, Vaishali Nagar, {number:04d}/2025" for number in range(1, 6))
TEXTS: dict[ValueKind, tuple[str, ...]] = {
    ValueKind.PHONE: PHONES,
    ValueKind.SOCIAL_ID: SOCIAL_IDS,
    ValueKind.FIR: FIRS,
    **{kind: (text,) for kind, text in WRITTEN.items()},
}


COMMON = (Kind.PERSON, Kind.GANG, Kind.INCIDENT, Kind.ACCOUNT)
SOME = tuple(kind for kind in Kind if kind not in (*COMMON, Kind.VALUE))


@dataclass
class Record:
    """A record as it lies: its gate, its versions' gates and content, newest first, and the keys that lead to it.

    `former` are the keys of versions before that bore other names, by the operations that wrote them.
    """

    id: str
    kind: Kind
    gate: dict[str, Any]
    versions: list[dict[str, Any]]
    keys: tuple[str, ...] = ()
    key_gate: dict[str, Any] = field(default_factory=dict)
    former: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Link:
    """A link as it lies, from and to records' or Values' ids."""

    id: str
    kind: str
    start: str
    end: str
    properties: dict[str, Any]


@dataclass
class Waiting:
    """A change that waits, as it lies in the graph and in the register."""

    id: str
    makes: str
    names: tuple[str, ...]
    gate: dict[str, Any]
    asked: str
    named: Named


# Another state, and the ids that its records have in as many kinds as are asked of.
ELSEWHERE = "IN-GJ"
THEIRS = tuple(f"{number:08x}-0000-4000-8000-000000000000" for number in range(2))


@dataclass
class Attached:
    """What names an account and is joined to nothing, as it lies."""

    id: str
    label: str
    gate: dict[str, Any]
    head: dict[str, Any]

    def node(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.label.lower(), **self.gate}


@dataclass
class Abroad:
    """What stands for a record of another state, as it lies: that record's id, and the gate of the one assertion."""

    id: str
    of: str
    gate: dict[str, Any]

    def node(self) -> dict[str, Any]:
        return {"id": self.id, "kind": "foreign", "of": self.of, **self.gate}


@dataclass
class World:
    """A graph to be: `early` is built first and purged before anyone asks; `order` shuffles how the rest is built."""

    records: dict[str, Record] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    orphan_keys: set[str] = field(default_factory=set)
    early: "World | None" = None
    order: int | None = None
    crowd: int = 0
    held: tuple[str, ...] = ()
    waiting: dict[str, Waiting] = field(default_factory=dict)
    attached: dict[str, Attached] = field(default_factory=dict)
    abroad: dict[str, Abroad] = field(default_factory=dict)

    def graph(self) -> Graph:
        """Give the world as `low` reads it."""
        nodes = {id: Node("Value", {"id": id, "kind": kind}) for id, kind in self.values.items()}
        for record in self.records.values():
            properties = {"id": record.id, "kind": record.kind.value, **record.gate}
            nodes[record.id] = Node(LABEL[record.kind], properties, record.versions[0], tuple(record.versions[1:]))
        for one in self.attached.values():
            nodes[one.id] = Node(one.label, one.node(), one.head)
        for stands in self.abroad.values():
            nodes[stands.id] = Node("Foreign", stands.node())
        for change in self.waiting.values():
            if change.named.state == "OPEN":
                nodes[change.id] = Node("Change", *change_nodes(change))
        edges = (Edge(link.kind, link.start, link.end, link.properties) for link in self.links.values())
        return Graph(nodes, tuple(edges), {id: change.named for id, change in self.waiting.items()})


@dataclass(frozen=True)
class Marked:
    """What decides about a record or link: its owner and gate, and the gate properties that were lost."""

    owner: str = HOME
    audience: tuple[str, ...] = ()
    level: int = 0
    comp: str = ""
    status: str = "LIVE"
    category: str | None = None
    ended: bool = False
    soon: bool = False
    unit: str | None = None
    holes: tuple[str, ...] = ()


class Draft:
    """Draws a world for a viewer; all ids come from one tape, so that equal things have equal ids in both worlds."""

    def __init__(self, rng: Random, viewer: Viewer, world: World | None = None, actor: str = "base") -> None:
        self.rng = rng
        self.viewer = viewer
        self.world = world if world is not None else World()
        self._tape = Tape(str(rng.getrandbits(64)))
        self._actor = actor

    def visible(self, kind: Kind | None = None) -> Marked:
        """Mark something so that the viewer sees it, as far as his purpose sees anything."""
        rng, viewer = self.rng, self.viewer
        owner = HOME if rng.random() < 0.8 else rng.choice(["IN-PB", "IN-HR"])
        audience = [] if owner == HOME else [HOME]
        if rng.random() < 0.3:
            audience.append("IN-DL")
        category = None
        if kind is Kind.PERSON:
            usual = ["SUSPECT", "ACCUSED_CHARGED", "CONVICTED", "PROCLAIMED", "ASSOCIATE"]
            wide = sorted(viewer.classes - {"-"}) if rng.random() < 0.4 else usual
            category = rng.choice(wide or usual)
        comp = rng.choice(sorted(viewer.comps))
        return Marked(owner, tuple(audience), rng.randint(0, viewer.level), comp, category=category)

    def hidden(self, kind: Kind | None = None, *, version: bool = False) -> Marked:
        """Mark something so that the viewer does not see it, for one reason of those that can hide it from him.

        A `version` ends with its record, and with nothing else.
        """
        rng, viewer, plain = self.rng, self.viewer, self.visible(kind)
        ways: list[Marked] = [
            _but(plain, owner="IN-PB", audience=tuple(rng.sample(["IN-HR", "IN-DL"], 1))),
            _but(plain, status=rng.choice(["PENDING", "WITHDRAWN", "PURGED"])),
            _but(plain, holes=(rng.choice(GATE),)),
        ]
        if not version:
            # What lapsed of the viewer's own state is his to review; another's is nobody's here.
            ways.append(_but(plain, ended=True, owner="IN-PB", audience=(HOME,)))
        if viewer.level < 3:
            ways += [_but(plain, level=rng.randint(viewer.level + 1, 3))] * 3
        if shut := sorted({"", *COMPARTMENTS, "TRAINING"} - viewer.comps):
            ways += [_but(plain, comp=rng.choice(shut))] * 3
        if kind is Kind.PERSON and (unread := sorted({c.value for c in Category} - viewer.classes)):
            ways += [_but(plain, category=rng.choice(unread))] * 2
        return rng.choice(ways)

    def record(self, kind: Kind, marked: Marked, names: Sequence[tuple[str, Script]] | None = None) -> Record:
        """Draw a record with its content, now and then with an older version."""
        rng = self.rng
        id = f"urn:sangam:{marked.owner}:{kind.value}:{self._tape.uuid(self._actor)}"
        chosen = names or rng.sample(NAMES, rng.choice([1, 1, 2]))
        content = _content(rng, kind, chosen, marked)
        gate = _gate(marked)
        versions = [self._version(content, marked)]
        known = {}
        if rng.random() < 0.3:
            # It said something else before, as often as not under another name.
            other = _content(rng, kind, rng.sample(NAMES, 1) if rng.random() < 0.5 else chosen, marked)
            since = versions[0]["recorded_at"] - 86_400 * rng.randint(1, 60)
            before = {**self._version(other, marked), "recorded_at": since}
            versions.append(before)
            known[before["op_id"]] = _keys(kind, other)
        record = Record(id, kind, gate, versions, _keys(kind, content), {name: gate[name] for name in GATE}, known)
        for hole in marked.holes:
            # The hole may be in any of the places that are looked at, or in all.
            for place in rng.choice([(record.gate,), (record.gate, *versions), (record.gate, record.key_gate)]):
                place.pop(hole, None)
        self.world.records[id] = record
        return record

    def link(self, kind: LinkKind, start: str, end: str, marked: Marked) -> Link:
        """Draw a link between two ids that are there."""
        rng = self.rng
        id = f"urn:sangam:{marked.owner}:link:{self._tape.uuid(self._actor)}"
        envelope = _envelope(rng, marked, dated=rng.random() < 0.3)
        properties = {
            "id": id,
            **_gate(marked),
            **envelope_properties(envelope),
            **content_properties(_link_content(rng, kind)),
            "op_id": str(self._tape.uuid(self._actor)),
        }
        for hole in marked.holes:
            properties.pop(hole)
        said = {name: value for name, value in properties.items() if value is not None}
        link = Link(id, kind.value, start, end, said)
        self.world.links[id] = link
        return link

    def close(self, link: Link) -> None:
        """Let a link be over since some day after it was recorded."""
        link.kind = f"WAS_{link.kind}"
        since = link.properties["recorded_at"]
        link.properties["recorded_until"] = since + self.rng.randint(1, int(NOW.timestamp()) - since)

    def to_look_at(self, marked: Marked | None = None) -> Record:
        """Draw a record that the viewer's unit must look at: to be reviewed soon, lapsed, or disputed."""
        rng = self.rng
        kind = rng.choice(COMMON)
        way = rng.choice([{"soon": True}, {"ended": True}, {}, {}])
        plain = marked or _but(self.visible(kind), owner=HOME, audience=())
        record = self.record(kind, _but(plain, unit=UNITS[VIEWER], **(way if marked is None else {})))
        if not way or rng.random() < 0.3:
            dispute(record, rng)
        return record

    def borne_alike(self) -> None:
        """Draw two records of a kind that bear what one alone bears, one of them of the viewer's unit, all seen."""
        record, value = self.rng.choice([BORNE_BY_ONE[0], self.rng.choice(BORNE_BY_ONE)])
        kind, number = _KIND[record], self.value(value)
        pair = [self.record(kind, _but(self.visible(kind), unit=unit)).id for unit in (UNITS[VIEWER], None)]
        for id in pair:
            self.link(LinkKind.IDENTIFIED_BY, id, number, self.visible())
        if self.rng.random() < 0.2:
            self.said_to_be_one(pair[:1], pair[1:], self.visible, turned=True)

    def act(self, account: str, marked: Marked, stricter: Marked | None = None) -> Attached:
        """Draw an act of one of two who follow an account; what it says may be stricter than that it is there."""
        day = int((NOW - timedelta(days=self.rng.randint(1, 60))).timestamp()) // 86_400 * 86_400
        act = self.rng.choice(["PAYMENT", "RECCE", "ARMS"])
        said = {"act": act, "happened_on": day, "sort_time": day, "section": "BNS 111(3)"}
        return self._attached("Follower", account, marked, stricter, said | {"pseudonym": self.rng.choice("ab")})

    def audience(self, account: str, marked: Marked, stricter: Marked | None = None) -> Attached:
        """Draw an audience of an account."""
        day = int((NOW - timedelta(days=self.rng.randint(15, 90))).timestamp()) // 86_400 * 86_400
        number = self.rng.choice([None, 20, 150])
        cells = orjson.dumps([{"district": "RJ-D-AJM", "followers": number}]).decode()
        said = {"taken_on": day, "sort_time": day, "cells": cells, "total": number or 0}
        return self._attached("Audience", account, marked, stricter, said)

    def _attached(
        self, label: str, account: str, marked: Marked, stricter: Marked | None, said: dict[str, Any]
    ) -> Attached:
        id = f"urn:sangam:{marked.owner}:{label.lower()}:{self._tape.uuid(self._actor)}"
        gates = [_gate(marked), _gate(stricter or marked)]
        for gate, of in zip(gates, (marked, stricter or marked), strict=True):
            for hole in of.holes:
                gate.pop(hole, None)
        told = envelope_properties(_envelope(self.rng, marked, dated=False))
        told = {name: value for name, value in (told | said).items() if value is not None}
        head = {**gates[1], **told, "account": account, "op_id": str(self._tape.uuid(self._actor))}
        self.world.attached[id] = one = Attached(id, label, gates[0], head)
        return one

    def charge(self, gang: str, sheet: Marked, link: Marked) -> None:
        """Draw a charge-sheet that BNS 111 counts, for an act of a gang."""
        made = self.record(Kind.CHARGE_SHEET, sheet)
        made.versions[0] |= content_properties(content_of(RecordType.CHARGE_SHEET))
        self.link(LinkKind.CHARGED_BY, gang, made.id, link)

    def value(self, kind: ValueKind, text: str | None = None) -> str:
        """Give the id of an identifier, which is there from then on."""
        text = text if text is not None else self.rng.choice(TEXTS[kind])
        id = KEYS.value_id(kind.value, normal_form(kind, text))
        self.world.values[id] = kind.value
        return id

    def end(self, of: End, ids: Sequence[str]) -> str | None:
        """Give an id of the kind that a relation wants, among these records, or a Value."""
        if isinstance(of, ValueKind):
            return self.value(of)
        fitting = [id for id in ids if self.world.records[id].kind is _KIND[of]]
        return self.rng.choice(fitting) if fitting else None

    def any_link(
        self, starts: Sequence[str], ends: Sequence[str], marked: Callable[[], Marked], *, touching: bool = False
    ) -> Link | None:
        """Draw a link of any kind that fits between two groups of records, Values standing for themselves.

        With `touching` one end is surely a record of the second group.
        """
        rng = self.rng
        for _ in range(20):
            row = rng.choice(list(RELATIONS.values()))
            first, second = rng.choice(row.ends)
            turned = rng.random() < 0.5
            if isinstance(first if turned else second, ValueKind) and (touching or rng.random() < 0.5):
                continue
            groups = (ends, starts) if turned else (starts, ends)
            start, end = self.end(first, groups[0]), self.end(second, groups[1])
            if start is not None and end is not None and start != end:
                return self.link(row.kind, start, end, marked())
        return None

    def said_to_be_one(
        self, starts: Sequence[str], ends: Sequence[str], marked: Callable[[], Marked], *, turned: bool = False
    ) -> Link | None:
        """Say that a record of the first group is one with one of the second, or with `turned` now and then not."""
        one = self.rng.choice(list(starts)) if starts else ""
        others = [id for id in ends if id != one and self.world.records[id].kind is self.world.records[one].kind]
        if not others:
            return None
        kind = LinkKind.NOT_SAME_AS if turned and self.rng.random() < 0.4 else LinkKind.SAME_AS
        return self.link(kind, one, self.rng.choice(others), marked())

    def said_of_another(self, starts: Sequence[str], marked: Marked) -> None:
        """Say that a record is, or is not, one with one of few of another state."""
        if not starts:
            return
        start = self.rng.choice(list(starts))
        of = f"urn:sangam:{ELSEWHERE}:{self.world.records[start].kind.value}:{self.rng.choice(THEIRS)}"
        kind = self.rng.choice([LinkKind.SAME_AS, LinkKind.SAME_AS, LinkKind.NOT_SAME_AS, LinkKind.UNSURE])
        id = f"urn:sangam:{marked.owner}:foreign:{self._tape.uuid(self._actor)}"
        link = self.link(kind, start, id, marked)
        gate = {name: link.properties[name] for name in (*GATE, "audience") if name in link.properties}
        self.world.abroad[id] = Abroad(id, of, gate)

    def waits(
        self,
        author: str,
        names: Sequence[str],
        marked: Marked,
        *,
        rank: str = "DYSP_ACP",
        loose: bool = False,
        **named: Any,
    ) -> Waiting | None:
        """Draw a membership of a person in a gang that waits; None where their compartments do not go together.

        A `loose` one is less strict than what it names, as it is where that was narrowed since.
        """
        gates = [_gate(marked), *(self.world.records[name].gate for name in names if not loose)]
        comps = {gate["comp"] for gate in gates if gate.get("comp")}
        if len(comps) > 1:
            return None
        level, until = (
            pick(gate[name] for gate in gates if name in gate) for name, pick in (("level", max), ("until", min))
        )
        gate = {"aud": 1, "level": level, "comp": next(iter(comps), ""), "class": "PENDING", "until": until}
        id, makes = (f"urn:sangam:{HOME}:{kind}:{self._tape.uuid(self._actor)}" for kind in ("change", "link"))
        envelope = _envelope(self.rng, marked, dated=False)
        marking = Marking(**{name: getattr(envelope, name) for name in Marking.model_fields})
        content = LinkContent(role=Role.SHOOTER, criteria=(Criterion(text="Seen", source="Diary 4"),))
        asked = LinkAsked(
            makes=makes,
            kind=LinkKind.MEMBER_OF,
            from_=names[0],
            to=names[1],
            marking=marking,
            content=content,
            stood={name: self.world.records[name].versions[0]["op_id"] for name in names},
        )
        told = Named(author, rank, gate["level"], gate["comp"], int((NOW + timedelta(days=6)).timestamp()), "OPEN")
        told = Named(**{**vars(told), **named})
        gate["audience"] = [HOME]
        change = Waiting(id, makes, tuple(names), gate, asked.model_dump_json(), told)
        self.world.waiting[id] = change
        return change

    def member(self, ids: Sequence[str], gangs: Sequence[str] | None = None) -> tuple[str, str] | None:
        """Give a person and a gang among these records."""
        found = [
            [id for id in of if self.world.records[id].kind is kind]
            for kind, of in ((Kind.PERSON, ids), (Kind.GANG, ids if gangs is None else gangs))
        ]
        return (self.rng.choice(found[0]), self.rng.choice(found[1])) if all(found) else None

    def _version(self, content: Any, marked: Marked) -> dict[str, Any]:
        envelope = _envelope(self.rng, marked, dated=False)
        said = {**envelope_properties(envelope), **content_properties(content)}
        word = WORD_OF[type(content)]
        said["called"] = word.names(content) or None
        if word.timed_by is not None:
            at = getattr(content, word.timed_by)
            said["sort_time"] = flat(envelope.recorded_at if at is None else at)
        else:
            said["sort_name"] = " ".join(fold(next(iter(word.names(content)), "")))
        said = {name: value for name, value in said.items() if value is not None and name != "category"}
        return {**_gate(marked), **said, "op_id": str(self._tape.uuid(self._actor))}


def base(rng: Random, viewer: Viewer, size: tuple[int, int] = (14, 36)) -> World:
    """Draw the world that both sides share: what the viewer sees, among much that he does not."""
    draft = Draft(rng, viewer)
    ids = []
    # Few enough kinds that they are joined to one another; over the worlds of a run each comes often enough.
    kinds = [*COMMON, *rng.sample(SOME, 6)]
    for number in range(rng.randint(*size)):
        kind = kinds[number] if number < len(kinds) else rng.choice(COMMON if rng.random() < 0.7 else kinds)
        sees = number < len(kinds) or rng.random() < 0.7
        record = draft.record(kind, draft.visible(kind) if sees else draft.hidden(kind))
        if sees and number >= len(kinds) and rng.random() < 0.08:
            # What it says now is stricter than that it is there.
            stricter = draft.hidden(kind, version=True)
            record.versions[0] |= _gate(stricter)
            for hole in stricter.holes:
                record.versions[0].pop(hole)
        ids.append(record.id)
    for _ in range(len(ids) // 2):
        draft.said_to_be_one(
            ids, ids, lambda: draft.visible() if rng.random() < 0.8 else draft.hidden(), turned=rng.random() < 0.5
        )
    for _ in range(rng.randint(2, 6)):
        draft.said_of_another(ids, draft.visible() if rng.random() < 0.8 else draft.hidden())
    for _ in range(rng.randint(2, 4)):
        draft.to_look_at()
    for _ in range(rng.randint(1, 3)):
        draft.borne_alike()
    for _ in range(int(len(ids) * 2.5)):
        draft.any_link(ids, ids, lambda: draft.visible() if rng.random() < 0.8 else draft.hidden())
    for link in list(draft.world.links.values()):
        if rng.random() < 0.15:
            draft.close(link)
    seen = [id for id in low(draft.world.graph(), viewer, int(NOW.timestamp())).records if id in draft.world.records]
    for author in (ASKER, ASKER, ASKER, VIEWER, VIEWER):
        if ends := draft.member(seen):
            plain = draft.visible()
            draft.waits(author, ends, Marked(level=plain.level, comp=plain.comp))
    for account in (id for id in seen if draft.world.records[id].kind is Kind.ACCOUNT):
        for _ in range(rng.randint(0, 3)):
            draft.act(account, draft.visible())
            draft.audience(account, draft.visible())
    for gang in (id for id in seen if draft.world.records[id].kind is Kind.GANG):
        for _ in range(rng.choice([0, 1, 1, 2])):
            draft.charge(gang, draft.visible(), draft.visible())
    return draft.world


def change_nodes(change: Waiting) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the properties of a waiting change's two nodes."""
    at = int((NOW - timedelta(days=1)).timestamp())
    said = {"asked": change.asked, "names": list(change.names), "recorded_at": at, "recorded_by": change.named.author}
    node = {**change.gate, "id": change.id, "kind": "change"}
    return node, {**change.gate, **said, "op_id": f"op {change.id}", "nth": 1}


def dispute(record: Record, rng: Random) -> None:
    """Let a record be disputed."""
    at = int((NOW - timedelta(days=rng.randint(1, 20))).timestamp())
    record.versions[0] |= {"disputed": rng.choice(["It was his brother.", "He was in Ajmer."]), "disputed_at": at}
    record.versions[0]["disputed_by"] = "rj.recorder"


def viewer(rng: Random) -> Viewer:
    """Draw a viewer."""
    purposes = ["INVESTIGATION"] * 10 + ["PREVENTION_OF_NAMED_THREAT", "JOINT_OPERATION", "COURT", "CORRECTION"]
    purposes += ["FUGITIVE", "FUGITIVE", "PRISON_INTEL", "TRAINING"]
    chosen = tuple(sorted(rng.sample(COMPARTMENTS, rng.choice([0, 0, 1, 1, 1, 2]))))
    return Viewer(rng.choice([0, 1, 1, 2, 2, 3]), chosen, rng.choice(purposes))


def _but(marked: Marked, **changed: Any) -> Marked:
    return Marked(**{**marked.__dict__, **changed})


def _gate(marked: Marked) -> dict[str, Any]:
    """Write a gate by the design's own sentence, not by the product's function."""
    states = sorted({marked.owner, *marked.audience})
    live = marked.category if marked.category is not None else "-"
    return {
        "aud": sum(2 ** NUMBER[state] for state in states),
        "level": marked.level,
        "comp": marked.comp,
        "class": live if marked.status == "LIVE" else marked.status,
        "until": int((NOW + timedelta(days=-1 if marked.ended else 20 if marked.soon else 300)).timestamp()),
        "audience": states,
    }


def _envelope(rng: Random, marked: Marked, *, dated: bool) -> Envelope:
    begins = date(2024, 1, 1) + timedelta(days=rng.randint(0, 500))
    return Envelope(
        owner=marked.owner,
        recorded_at=NOW - timedelta(days=rng.randint(1, 200)),
        recorded_by=rng.choice(["rj.recorder", "rj.other"]),
        # The viewer supervises the unit in which he stands.
        unit=marked.unit or rng.choice(["RJ-JPC", "RJ-JDC", UNITS[VIEWER], UNITS[VIEWER]]),
        valid_from=begins if dated else None,
        valid_to=begins + timedelta(days=rng.randint(30, 600)) if dated else None,
        legal_basis="BNSS 173",
        case_ref="FIR 0123/2026",
        source_grade=rng.choice(list(SourceGrade)),
        info_grade=rng.choice(list(InfoGrade)),
        handling=Handling.H1,
        level=Level(marked.level),
        audience=marked.audience,
        compartment=marked.comp or None,
        review_on=date(2027, 3, 1),
        expires_at=NOW + timedelta(days=600),
    )


def _named(names: Sequence[tuple[str, Script]]) -> tuple[RecordedName, ...]:
    return tuple(
        RecordedName(text=text, script=script, kind=NameKind.LEGAL, source="A statement") for text, script in names
    )


def _person(rng: Random, names: Sequence[tuple[str, Script]], marked: Marked) -> PersonContent:
    return PersonContent(
        category=Category(marked.category or "SUSPECT"),
        names=_named(names),
        sex=rng.choice(list(Sex)),
        custody=rng.choice(list(Custody)),
        cautions=tuple(rng.sample(list(Caution), rng.randint(0, 2))),
        marks=("Scar over the left eye",) if rng.random() < 0.3 else (),
    )


def _gang(rng: Random, names: Sequence[tuple[str, Script]], marked: Marked) -> GangContent:
    how = tuple(rng.sample(list(ModusOperandi), 2))
    return GangContent(names=_named(names), standing=rng.choice(list(Standing)), areas=("Jaipur",), modus_operandi=how)


def _incident(rng: Random, names: Sequence[tuple[str, Script]], marked: Marked) -> IncidentContent:
    rungs = tuple(Escalation(step=step) for step in rng.sample(list(Step), rng.randint(0, 4)))
    return IncidentContent(
        title=f"A demand, told by {names[0][0]}",
        demand_at=NOW - timedelta(days=rng.randint(1, 5)) if rng.random() < 0.7 else None,
        channel=rng.choice(list(Channel)),
        amount_rupees=rng.choice([None, 500_000, 10_000_000]),
        escalation=rungs,
        target_type=rng.choice(list(TargetType)),
    )


def _account(rng: Random, names: Sequence[tuple[str, Script]], marked: Marked) -> AccountContent:
    platform, _, account = rng.choice(SOCIAL_IDS).partition(":")
    handle = names[0][0].replace(" ", ".").lower() if rng.random() < 0.7 else None
    asked = TakedownRequest(requested_on=date(2026, 1, 5), requested_by="Cyber cell", legal_basis="IT Act 79(3)(b)")
    requests = (asked,) if rng.random() < 0.4 else ()
    return AccountContent(platform=platform, account_id=account, handle=handle, takedown_requests=requests)  # type: ignore[arg-type]


def _link_content(rng: Random, kind: LinkKind) -> LinkContent:
    row = RELATIONS[kind]
    given: dict[str, Any] = {
        "role": rng.choice(list(Role)),
        "criteria": (Criterion(text="Named in a statement", source="FIR 0123/2026"),),
        "basis": rng.choice(list(Basis)),
        "weight": rng.randint(1, 9),
        "as_written": rng.choice(["as on the paper", "94140-10001", "0141 2223344"]),
        "note": rng.choice([None, "Seen together"]),
    }
    return LinkContent(**{name: value for name, value in given.items() if name in row.fields and value is not None})


def _content(rng: Random, kind: Kind, names: Sequence[tuple[str, Script]], marked: Marked) -> Content:
    """Give the content of a record: of the words that the proof grew up with one made for it, of others some of all."""
    if kind in _CONTENT:
        made: Content = _CONTENT[kind](rng, names, marked)
        return made
    type = _TYPE[kind]
    given = {"name": names[0][0]} if type is RecordType.PLACE else {}
    word = RECORDS[type].content
    kept = [name for name, info in word.model_fields.items() if info.is_required() or rng.random() < 0.6]
    try:
        return word.model_validate({name: SAID[type][name] for name in kept} | given)
    except ValidationError:
        # What was left out belonged to what was kept.
        return content_of(type, **given)


def _keys(kind: Kind, content: Content) -> tuple[str, ...]:
    """Give the name keys that lead to a content."""
    names = RECORDS[_TYPE[kind]].names(content)
    return tuple(sorted({KEYS.key_id("name", key) for text in names for key in keys(text)}))


_TYPE = {Kind(type.value): type for type in RecordType}
_KIND = {type: kind for kind, type in _TYPE.items()}
_CONTENT: dict[Kind, Callable[..., Any]] = {
    Kind.PERSON: _person,
    Kind.GANG: _gang,
    Kind.INCIDENT: _incident,
    Kind.ACCOUNT: _account,
}


def copied(world: World) -> World:
    """Give a world that can be changed without the other."""
    return copy.deepcopy(world)
