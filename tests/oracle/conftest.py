"""A node on which worlds of the oracle are put one after the other, and the viewers who look at them."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from analysis.names.keys import keys
from auth.grant import Action, Grant, Mode
from graph.connections import Kind
from graph.local import LocalGraph
from graph.stored import Gate as WrittenGate
from graph.stored import gate_of
from graph.writing import ForeignRef, NewLink, NewRecord, ValueRef, said_of
from sangam.spelling import snake
from schemas.codes.states import MEMBERS, mask
from schemas.envelope import Envelope
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling, Level, Purpose, Status
from schemas.ids import RecordType, ValueKind, normal_form
from schemas.link import RELATIONS as ROWS
from schemas.link import LinkContent, LinkKind
from schemas.records import Content
from tests.noninterference.building import keeping_plans
from tests.oracle.model import CATEGORIES, LOADER, VIEWERS, Gate, Thing, Tie, Viewer, World, make
from tests.oracle.past import Past
from tests.oracle.past import make as make_past
from tests.station import Caller, Station, station
from tests.words import content_of

_HEADS = """UNWIND $rows AS row MATCH (n:Record {id: row.id})-[:HEAD]->(v) SET v.nth = row.nth
WITH n, row MATCH (n)-[key:KEYED]->() SET key.nth = row.nth"""
_EARLIER = """UNWIND $rows AS row MATCH (n:Record {id: row.id})
CREATE (n)-[:WAS]->(v:Version) SET v = row.said
FOREACH (id IN row.keys | MERGE (k:Key {id: id}) CREATE (n)-[key:WAS_KEYED {nth: row.nth, until_nth: row.nth + 1}]->(k)
  SET key.aud = n.aud, key.level = n.level, key.comp = n.comp, key.class = n.class, key.until = n.until)"""
_TIES = """UNWIND $rows AS row MATCH (a)-[r {id: row.id}]->(b) SET r.recorded_at = row.at
WITH row, a, r, b WHERE row.until IS NOT NULL
CREATE (a)-[was:$(row.was)]->(b) SET was = properties(r), was.recorded_until = row.until DELETE r"""


COMPARTMENTS = ("IN-RJ:ALPHA", "IN-RJ:BETA")


@dataclass
class Stage:
    """A node, and each viewer as its caller."""

    node: Station
    callers: dict[Viewer, Caller]

    def value_id(self, kind: str, text: str) -> str:
        """Give the id of an identifier as written."""
        return self.node.desk.keys.value_id(kind, normal_form(ValueKind(kind), text))

    async def put(self, seed: int, also: Callable[[World], None] = lambda _: None) -> World:
        """Put the world of a seed, with what is `also` made in it, in place of whatever is there."""
        world = make(seed, self.value_id)
        also(world)
        await self.load(world)
        return world

    async def load(
        self,
        world: World,
        *,
        by: str = LOADER,
        compartments: tuple[str, ...] = COMPARTMENTS,
        also: Sequence[NewLink] = (),
    ) -> None:
        """Put a world in place of whatever is there, written for a state that all of it is open to."""
        await self.node.wipe()
        records = [self._record(thing) for thing in world.things.values()]
        links = [*(_link(world, tie) for tie in world.ties.values()), *also]
        grant = Grant(
            officer="tests",
            state=by,
            bit=1 << MEMBERS[by].bit,
            level=3,
            comps=("", *compartments),
            classes={Mode.READ: ("-", *CATEGORIES, "WITHDRAWN", "PENDING")},
            enquiry=None,
            may=frozenset({Action.RECORD}),
            at=datetime(1971, 1, 1, tzinfo=UTC),
        )
        await self.node.load(grant, records, links)

    async def put_past(self, seed: int) -> Past:
        """Put the world of a seed in place, with a past: what its records said before, and links that are over."""
        past = make_past(seed, await self.put(seed))
        said = []
        for id, earlier in past.earlier.items():
            versions = [self._record(one) for one in (*earlier, past.world.things[id])]
            for nth, (one, record) in enumerate(zip(earlier, versions, strict=False), 1):
                # What the record is of now is what all that it said is of; of what it said it was, it keeps the word.
                gate = gate_of(record.envelope, category=one.gate.kind_of_thing).properties()
                kept = {"category": one.says["category"]} if one.kind == "person" else {}
                told = {**gate, **said_of(record), **kept, "nth": nth, "record": id, "op_id": f"op {nth}"}
                said.append({"id": id, "said": told, "nth": nth, "keys": list(record.keys)})
        heads = [{"id": id, "nth": len(earlier) + 1} for id, earlier in past.earlier.items()]
        ties = [
            {"id": id, "at": int(at.timestamp()), "was": f"WAS_{past.world.ties[id].kind}", "until": _second(past, id)}
            for id, at in past.opened.items()
        ]
        async with self.node.driver.session() as session:
            for text, rows in ((_HEADS, heads), (_EARLIER, said), (_TIES, ties)):
                await (await session.run(text, rows=rows)).consume()
        return past

    def _record(self, thing: Thing) -> NewRecord:
        found_by = tuple(sorted(self.node.desk.keys.key_id("name", key) for key in keys(thing.says.get("name", ""))))
        envelope = _envelope(thing.owner, thing.gate, thing.recorded_at, thing.unit, **_passed(thing))
        return NewRecord(thing.id, Kind(thing.kind), envelope, _content(thing), found_by, thing.sort)


def _envelope(owner: str, gate: Gate, at: datetime, unit: str, **given: Any) -> Envelope:
    """Give an envelope with this gate; of its two ends one is the gate's, as the day tells which."""
    last = gate.until + timedelta(days=5)
    review, expires = (gate.until.date(), last) if gate.level % 2 else (last.date(), gate.until)
    return Envelope(
        owner=owner,
        unit=unit,
        legal_basis="BNSS 173",
        case_ref="FIR 0123/2026",
        source_grade=SourceGrade.B,
        info_grade=InfoGrade.KNOWN,
        handling=Handling.H0,
        level=Level(gate.level),
        audience=tuple(sorted(gate.states - {owner})),
        compartment=gate.compartment or None,
        review_on=review,
        expires_at=expires,
        recorded_at=at,
        recorded_by="tests",
        status=Status(gate.kind_of_thing) if gate.kind_of_thing in {"WITHDRAWN", "PENDING"} else Status.LIVE,
        **given,
    )


def _second(past: Past, id: str) -> int | None:
    """Give the second from which a link is over, if it is."""
    return int(past.closed[id].timestamp()) if id in past.closed else None


def _passed(one: Thing | Tie) -> dict[str, Any]:
    return {"valid_from": one.valid_from, "valid_to": one.valid_to, "onward": tuple(sorted(one.onward))}


def _content(thing: Thing) -> Content:
    """Give the content of a record: what it says, and of all else what the one example of its kind says."""
    says = {snake(field): said for field, said in thing.says.items()}
    match thing.kind:
        case "person" | "gang":
            name = says.pop("name")
            says["names"] = [{"text": name, "script": "Latn" if name.isascii() else "Deva", "kind": "LEGAL"}]
        case "account":
            says["handle"] = says.pop("name")
        case "incident":
            says["escalation"] = [{"step": step} for step in says.pop("steps")]
        case "notice":
            says |= {"reward_rupees": 1 if says["notice_kind"] == "REWARD" else None, "ended_on": None}
    return content_of(RecordType(thing.kind), **says)


def _link(world: World, tie: Tie) -> NewLink:
    ends = [id if id in world.things else ValueRef(id, world.values[id][0]) for id in (tie.a, tie.b)]
    envelope = _envelope(tie.owner, tie.own, tie.recorded_at, "RJ-JPC", **_passed(tie))
    kind = LinkKind(tie.kind)
    content: dict[str, Any] = {}
    if "basis" in ROWS[kind].required:
        content = {"basis": "CALLS"}
    if "role" in ROWS[kind].required:
        content = {"role": "DRIVER", "criteria": [{"text": "Drove the car", "source": "A statement"}]}
    if tie.written is not None:
        content["as_written"] = tie.written
    return NewLink(tie.id, kind, ends[0], ends[1], envelope, LinkContent.model_validate(content))


def abroad(tie: Tie, there: Gate) -> NewLink:
    """Give what is said of a record here and of another state's, which is kept there by a gate."""
    states = tuple(sorted(there.states))
    gate = WrittenGate(
        mask(states), there.level, there.compartment, there.kind_of_thing, int(there.until.timestamp()), states
    )
    stands = ForeignRef(tie.b, gate, tie.id.replace(":link:", ":foreign:"))
    envelope = _envelope(tie.owner, tie.own, tie.recorded_at, "RJ-JPC", **_passed(tie))
    content = {"criteria": [{"text": "The same scar", "source": "A statement"}]}
    return NewLink(tie.id, LinkKind(tie.kind), tie.a, stands, envelope, LinkContent.model_validate(content))


def epoch(at: Any) -> datetime:
    """Give the moment at which a day begins."""
    return datetime.combine(at, time.min, UTC)


@pytest.fixture(scope="module")
async def stage(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    with keeping_plans():
        async with station(local_graph, tmp_path_factory.mktemp("oracle")) as node:
            callers = {}
            for viewer in VIEWERS:
                held = {"level": Level(viewer.level), "compartments": viewer.compartments}
                callers[viewer] = await node.caller(f"rj.{viewer.name}", purpose=Purpose(viewer.purpose), **held)
            yield Stage(node, callers)
