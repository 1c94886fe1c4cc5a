"""What arguments are made of: ids, texts and cursors of every sort that a caller could send."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

from schemas.gradings import InfoGrade
from schemas.ids import RecordType, ValueKind
from schemas.link import ASSERTED, RELATIONS, WALKED, LinkKind
from tests.noninterference.low import UNITS, VIEWER, Low, Viewer
from tests.noninterference.world import (
    COMMON,
    FIRS,
    KEYS,
    NAMES,
    NOW,
    PHONES,
    SOCIAL_IDS,
    SOME,
    TEXTS,
    World,
    normal_form,
)
from tests.words import WRITTEN

ABSENT = UUID(int=0x1234567812344678923456789ABCDEF0)
MALFORMED = ("", " ", "x", "urn:sangam:IN-RJ:person:", "urn:sangam:IN-ZZ:person:" + str(ABSENT), "' OR 1=1 //", "नहीं")


@dataclass(frozen=True)
class Earlier:
    """Something that an earlier step answered: the newest of its sort, or `otherwise`."""

    sort: str
    of: str = ""
    otherwise: Any = None


@dataclass
class Material:
    """All ids of both worlds, sorted by what the viewer may see of them."""

    viewer: Viewer
    seen: dict[str, list[str]]
    unseen: dict[str, list[str]]
    values: list[str]
    untouched: list[str]
    links: list[tuple[str, str, str]]
    unseen_links: list[tuple[str, str]]
    asked: list[str]
    own_asked: list[str]
    unseen_asked: list[str]
    gates: dict[str, dict[str, Any]]
    moments: list[int]
    lapsed: list[str]
    disputed: list[str]
    walked: list[tuple[str, str, str]]
    supervised: list[str]
    between: list[tuple[int, int]]
    abroad: list[str]
    enquiries: dict[str, list[str]] = field(default_factory=dict)


def material(viewer: Viewer, seen: Low, worlds: Sequence[World]) -> Material:
    """Sort the ids of two worlds that look alike to the viewer."""
    records = {id: record.kind.value for world in worlds for id, record in world.records.items()}
    by_kind: dict[str, list[str]] = {kind.value: [] for kind in (*COMMON, *SOME)}
    hidden: dict[str, list[str]] = {kind.value: [] for kind in (*COMMON, *SOME)}
    for id, kind in sorted(records.items()):
        (by_kind if id in seen.records else hidden)[kind].append(id)
    links = {link.id: link for world in worlds for link in world.links.values()}
    return Material(
        viewer,
        by_kind,
        hidden,
        sorted(seen.values),
        sorted(AS_WRITTEN.keys() - seen.values.keys()),
        [(id, links[id].start, links[id].end) for id in sorted(seen.links) if not links[id].kind.startswith("WAS_")],
        [(id, link.start) for id, link in sorted(links.items()) if id not in seen.links],
        *_asked(seen, worlds),
        gates={id: record.gate for world in worlds for id, record in world.records.items() if id in seen.records},
        moments=_moments(seen),
        lapsed=sorted(seen.lapsed),
        walked=[(id, links[id].start, links[id].end) for id in sorted(seen.links) if links[id].kind in set(WALKED)],
        supervised=sorted(id for id, (_, head, _) in seen.records.items() if head and head["unit"] == UNITS[VIEWER]),
        disputed=sorted(id for id, (_, head, _) in seen.records.items() if head and "disputed" in head),
        between=_between(seen),
        abroad=sorted({one.of for world in worlds for one in world.abroad.values()}),
    )


def _between(seen: Low) -> list[tuple[int, int]]:
    """Give the seconds of each two versions of a record that the viewer sees one after the other."""
    records = (seen.records[id] for id in sorted(seen.records))
    pasts = [[one["recorded_at"] for one in (head, *past) if one] for _, head, past in records]
    return [(older, newer) for past in pasts for newer, older in pairwise(past) if older < newer]


def _moments(seen: Low) -> list[int]:
    """Give the seconds at which something that the viewer sees was recorded or closed."""
    said = [version for _, head, past in seen.records.values() for version in (head, *past) if version]
    said += [properties for *_, properties in seen.links.values()]
    return sorted({one[name] for one in said for name in ("recorded_at", "recorded_until") if name in one})


def _asked(seen: Low, worlds: Sequence[World]) -> tuple[list[str], list[str], list[str]]:
    """Give the changes that wait for the viewer, those of his own, and those that he does not see."""
    authors = {id: change.named.author for world in worlds for id, change in world.waiting.items()}
    mine = {id for id, author in authors.items() if author == VIEWER}
    shown = authors.keys() & seen.waiting.keys()
    return sorted(shown - mine), sorted(shown & mine), sorted(authors.keys() - shown)


AS_WRITTEN = {
    KEYS.value_id(kind, normal_form(kind, text)): (kind, text) for kind, texts in TEXTS.items() for text in texts
}


class UnknownArgument(Exception):
    """The schema has an argument, input or scalar that nobody has taught the proof to fill: teach it here."""


class Filling:
    """Fills arguments, mostly with what will be answered, and often enough with all that must not be."""

    def __init__(self, rng: Random, material: Material) -> None:
        self.rng = rng
        self.of = material

    def one(self, *ways: tuple[int, Callable[[], Any]]) -> Any:
        """Give what one of some weighted ways gives."""
        return self.rng.choices([way for _, way in ways], [weight for weight, _ in ways])[0]()

    def record(self, kind: str | None = None, *, own: bool = False) -> Any:
        """Give an id where a record's is wanted."""
        rng, of = self.rng, self.of
        kind = kind or rng.choice([one for one in of.seen if of.seen[one]] * (rng.random() < 0.9) or list(of.seen))
        seen = [id for id in of.seen[kind] if not own or ":IN-RJ:" in id]
        everything = [id for ids in (*of.seen.values(), *of.unseen.values()) for id in ids]
        return self.one(
            (64, lambda: rng.choice(seen or [self.absent(kind)])),
            (14, lambda: rng.choice(of.unseen[kind] or [self.absent(kind)])),
            (4, lambda: rng.choice(everything)),
            (4, lambda: self.absent(kind)),
            (3, lambda: rng.choice(MALFORMED)),
            (2, lambda: rng.choice([*of.values, *of.untouched])),
            (1, lambda: rng.choice(of.links or [(self.absent("link"), "", "")])[0]),
            (4, lambda: Earlier("id", kind, self.absent(kind))),
            (1, lambda: "0" * 32),
            (1, lambda: rng.choice(everything).upper()),
        )

    def supervised(self) -> Any:
        """Give an id of which the readers are asked, mostly of a record of the viewer's unit."""
        own = self.of.supervised
        return self.rng.choice(own) if own and self.rng.random() < 0.6 else self.record()

    def start(self) -> Any:
        """Give an id where a record or an identifier may stand."""
        rng, of = self.rng, self.of
        seen = [id for ids in of.seen.values() for id in ids]
        return self.one(
            (40, lambda: rng.choice(seen) if seen else self.absent("person")),
            (24, lambda: self.record(rng.choice([kind for kind in of.seen if of.seen[kind]] or ["person"]))),
            (32, lambda: rng.choice(of.values or of.untouched)),
            (4, lambda: rng.choice(of.untouched or of.values)),
        )

    def of_any_state(self) -> Any:
        """Give an id of a record of this state or of another, which may be there or not."""
        abroad = self.of.abroad
        return self.rng.choice(abroad) if abroad and self.rng.random() < 0.7 else self.record()

    def along(self) -> list[str]:
        """Give some relations that are walked, now and then one that is not."""
        walked = ["CALLED", "USES_PHONE", "ASSOCIATE_OF", "MEMBER_OF", "CLAIMED_BY", "USES_VEHICLE", "GAVE"]
        return ["VICTIM_OF"] if self.rng.random() < 0.1 else self.rng.sample(walked, 3)

    def joining(self) -> dict[str, Any]:
        """Give the arguments of a look for paths, mostly between two of whom each is joined to something."""
        rng, links = self.rng, self.of.walked
        ends = [self.start(), self.start()]
        if links and rng.random() < 0.9:
            one, other = (rng.choice(links),) * 2 if rng.random() < 0.8 else rng.choices(links, k=2)
            ends = [one[1], other[2]]
        return {
            "from": ends[0],
            "to": ends[1],
            "maxHops": self.whole([1, 2, 3, 4, 6, 8, 8], [0, -1, 9], odd_often=0.03),
            "k": self.whole([1, 2, 3, 5], [0, 6, -1], odd_often=0.03),
            "along": self.along() if rng.random() < 0.15 else None,
            "validAt": self.day() if rng.random() < 0.15 else None,
        }

    def absent(self, kind: str) -> str:
        return f"urn:sangam:IN-RJ:{kind}:{ABSENT}"

    def enquiry(self) -> str:
        of = self.of.enquiries
        return self.one(
            (75, lambda: self.rng.choice(of["own"])),
            (15, lambda: self.rng.choice(of["others"])),
            (5, lambda: self.absent("enquiry")),
            (5, lambda: self.rng.choice(MALFORMED)),
        )

    def change(self, *, own: float) -> Any:
        """Give the id of a change that waits, so often one of the viewer's own."""
        rng, of = self.rng, self.of
        nothing = [self.absent("change")]
        mine, others = (of.own_asked or nothing), (of.asked or nothing)
        return self.one(
            (70, lambda: rng.choice(mine if rng.random() < own else others)),
            (14, lambda: rng.choice(of.unseen_asked or nothing)),
            (8, lambda: Earlier("id", "change", nothing[0])),
            (4, lambda: self.record()),
            (4, lambda: rng.choice([*nothing, *MALFORMED])),
        )

    def reviewing(self) -> dict[str, Any]:
        """Give a review, mostly of what is there or has lapsed, until a day that its clock mostly lets it."""
        lapsed = self.of.lapsed
        id = self.rng.choice(lapsed) if lapsed and self.rng.random() < 0.4 else self.record(own=True)
        until = self.one((80, lambda: "2026-08-20"), (12, lambda: "2027-03-01"), (8, self.day))
        return {"id": id, "newInformation": self.reason(), "until": until}

    def disputing(self) -> Any:
        """Give an id of what is disputed, mostly a record of the state's own of which nothing is."""
        own = [id for ids in self.of.seen.values() for id in ids if ":IN-RJ:" in id and id not in self.of.disputed]
        return self.rng.choice(own) if own and self.rng.random() < 0.6 else self.record(own=True)

    def settling(self) -> dict[str, Any]:
        """Give how a dispute is settled, mostly one that there is."""
        own = [id for id in self.of.disputed if ":IN-RJ:" in id]
        id = self.rng.choice(own) if own and self.rng.random() < 0.8 else self.record(own=True)
        return {"id": id, "upheld": self.rng.random() < 0.5, "reason": self.reason()}

    def moving(self) -> dict[str, Any]:
        """Give the arguments of a move to another category, as often as not down."""
        rng = self.rng
        own = [id for id in self.of.seen["person"] if ":IN-RJ:" in id]
        id = rng.choice(own) if own and rng.random() < 0.7 else self.record("person", own=True)
        papers = self.of.seen["document"] or [None]
        readable = sorted(self.of.viewer.classes - {"-"}) or ["SUSPECT"]
        down = [to for to in ("ACQUITTED_DISCHARGED", "CONTACT", "ASSOCIATE") if to in readable]
        return {
            "id": id,
            "rev": Earlier("rev", id, "none") if isinstance(id, str) and rng.random() < 0.95 else "none",
            "category": rng.choice(down) if down and rng.random() < 0.7 else rng.choice(readable),
            "reason": self.reason(),
            "document": self.one((50, lambda: rng.choice(papers)), (42, lambda: None), (8, lambda: self.record())),
            "marking": rng.choice([None] * 6 + [{"sourceGrade": "A", "infoGrade": "KNOWN"}, {"sourceGrade": "X"}]),
        }

    def text(self) -> str:
        """Give a line to find something by."""
        name = self.rng.choice(NAMES)[0]
        return self.one(
            (50, lambda: name),
            (20, lambda: self.rng.choice(name.split())),
            (12, lambda: self.rng.choice(PHONES)),
            (8, lambda: self.rng.choice(SOCIAL_IDS)),
            (4, lambda: self.rng.choice(FIRS)),
            (4, lambda: self.rng.choice(list(WRITTEN.values()))),
            (4, lambda: self.rng.choice(["", " ", "x" * 201, "Nobody At All", "\u202e"])),
        )

    def identifier(self, kind: ValueKind) -> str:
        """Give a number as it may be written, of this kind or now and then of another."""
        other = self.rng.choice(list(ValueKind))
        return self.one(
            (85, lambda: self.rng.choice(TEXTS[kind])),
            (8, lambda: self.rng.choice(TEXTS[other])),
            (7, lambda: self.rng.choice(["", "12", "+91 94140 99999", "\u202e1"])),
        )

    def identifying(self) -> dict[str, str | None]:
        """Give the arguments of a look at an identifier, mostly one that something visible touches."""
        touched = [AS_WRITTEN[id] for id in self.of.values]
        if touched and self.rng.random() < 0.75:
            kind, text = self.rng.choice(touched)
        else:
            kind = self.rng.choice(list(ValueKind))
            text = self.identifier(kind)
        return {"kind": kind.value, "value": text, "validAt": self.day() if self.rng.random() < 0.2 else None}

    def identified(self) -> dict[str, str | None]:
        """Give an identifier as an officer types one."""
        given = self.identifying()
        return {"kind": given["kind"], "value": given["value"]}

    def whole(self, usual: Sequence[int], odd: Sequence[int], *, odd_often: float = 0.06) -> int:
        return self.rng.choice(odd if self.rng.random() < odd_often else usual)

    def day(self, *, odd_often: float = 0.06) -> str:
        """Give a day, mostly one on which links hold."""
        if self.rng.random() < odd_often:
            return self.rng.choice(["", "2026-02-30", "x"])
        return (NOW - timedelta(days=self.rng.randint(-30, 900))).date().isoformat()

    def moment(self, first: int, last: int) -> str:
        """Give a moment so many days from now."""
        at = NOW + timedelta(days=self.rng.randint(first, last))
        return self.one((92, at.isoformat), (8, lambda: self.rng.choice(["2026-06-01T10:00:00", "x"])))

    def known(self) -> str:
        """Give a moment as of which something is asked: between two versions, at a bound of what is seen, before it."""
        rng, now = self.rng, int(NOW.timestamp())
        bound = max(rng.choices(self.of.moments or [now], k=2))
        older, newer = rng.choice(self.of.between or [(bound, bound + 1)])
        at = self.one(
            (40, lambda: rng.randint(older, newer - 1)),
            (30, lambda: bound),
            (13, lambda: bound - 1),
            (10, lambda: now),
            (4, lambda: 631_152_000),
            (3, lambda: now + 86_400),
        )
        written = datetime.fromtimestamp(at, UTC).isoformat()
        return self.one((97, lambda: written), (3, lambda: rng.choice(["2026-06-01T10:00:00", "x", ""])))

    def marking(self) -> dict[str, Any]:
        """Give a marking that mostly stands for this viewer."""
        rng, viewer = self.rng, self.of.viewer
        comp = rng.choice(sorted(viewer.comps)) or None
        given: dict[str, Any] = {
            "unit": rng.choice(["RJ-JPC", "RJ-JDC"]),
            "legalBasis": "BNSS 173",
            "caseRef": "FIR 0123/2026",
            "sourceGrade": rng.choice(["A", "B"]),
            "infoGrade": rng.choice([grade.name for grade in InfoGrade]),
            "handling": rng.choice(["H0", "H2"]),
            "level": rng.randint(0, viewer.level),
            "audience": rng.sample(["IN-PB", "IN-DL"], rng.randint(0, 2)),
            "reviewOn": "2026-08-20",
            "expiresAt": "2027-12-01T00:00:00Z",
            "compartment": comp,
            "validFrom": rng.choice([None, "2025-01-01"]),
            "validTo": rng.choice([None, "2026-01-01"]),
        }
        if rng.random() < 0.08:
            name, value = rng.choice(
                [
                    ("level", rng.choice([-1, 3, 4])),
                    ("compartment", rng.choice(["IN-RJ:ALPHA", "IN-RJ:BETA", "nowhere"])),
                    ("audience", ["IN-RJ"]),
                    ("reviewOn", "2020-01-01"),
                    ("expiresAt", "2099-01-01T00:00:00Z"),
                    ("handling", "H3"),
                    ("onward", ["IN-GJ"]),
                    ("handlingText", "Ask first"),
                    ("unit", ""),
                ]
            )
            given[name] = value
        return given

    def source(self) -> dict[str, str]:
        return {"source": "A statement"} if self.rng.random() < 0.3 else {}

    def names(self) -> list[dict[str, str]]:
        chosen = self.rng.sample(NAMES, self.rng.choice([1, 1, 1, 2]))
        return [{"text": text, "script": script.name, "kind": "LEGAL", **self.source()} for text, script in chosen]

    def end(self, of: Any) -> dict[str, Any]:
        """Give an end of a link that is to be a record or a bare identifier."""
        if isinstance(of, ValueKind):
            return {"kind": of.value, "value": self.identifier(of)}
        assert isinstance(of, RecordType)
        seen = self.of.seen[of.value]
        # Both ends must be there for the whole to be done.
        return {"id": self.rng.choice(seen) if seen and self.rng.random() < 0.6 else self.record(of.value)}

    def linking(self) -> dict[str, Any]:
        """Give the arguments of a link that mostly fit one another."""
        rng = self.rng
        pairs = [(row, pair) for row in RELATIONS.values() if row.kind not in ASSERTED for pair in row.ends]
        there = [one for one in pairs if all(isinstance(end, ValueKind) or self.of.seen[end.value] for end in one[1])]
        row, pair = rng.choice(there if there and rng.random() < 0.85 else pairs)
        ends = [self.end(side) for side in pair]
        if rng.random() < 0.06:
            ends[rng.randint(0, 1)] = rng.choice([{}, {"id": "x", "kind": "PHONE", "value": "1"}, {"kind": "FIR"}])
        content: dict[str, Any] = {
            "role": "SHOOTER",
            "criteria": [{"text": "Named in a statement", "source": "FIR 0123/2026"}],
            "basis": "CALLS",
            "weight": rng.randint(0, 5),
            "note": rng.choice([None, "Seen together"]),
            "asWritten": rng.choice([None, "0141"]),
        }
        taken = {"asWritten" if name == "as_written" else name for name in row.fields}
        content = {name: value for name, value in content.items() if name in taken or rng.random() < 0.01}
        kind = row.kind if rng.random() < 0.95 else rng.choice(list(LinkKind))
        return {"kind": kind.value, "from": ends[0], "to": ends[1], "marking": self.marking(), "content": content}

    def asserting(self) -> dict[str, Any]:
        """Give the arguments of an assertion, mostly about two of a kind that are there, and so that it can stand."""
        rng = self.rng
        many = [kind for kind, ids in self.of.seen.items() if len(ids) > 1]
        kind = RecordType(rng.choice(many if many and rng.random() < 0.95 else [*self.of.seen]))
        ends = [self.end(kind)["id"] for _ in range(2)]
        seen = self.of.seen[kind.value]
        if len(seen) > 1 and rng.random() < 0.7:
            ends = rng.sample(seen, 2)
        marking = self.marking()
        if rng.random() < 0.8:
            marking["infoGrade"] = "KNOWN"
        if kind is RecordType.PERSON and rng.random() < 0.3:
            marking |= {"level": self.of.viewer.level, "audience": [], "onward": []}
        evidence = [{"text": "One scar", "source": "Diary 4"}] * rng.choice([1, 1, 1, 2])
        return {"from": ends[0], "to": ends[1], "marking": marking, "evidence": evidence * (rng.random() < 0.95)}

    def unlinking(self) -> dict[str, Any]:
        """Give the arguments of an unlink: mostly a link that is there, with the end it goes from."""
        rng, of = self.rng, self.of
        own = [(id, start) for id, start, _ in of.links if ":IN-RJ:" in id]
        nothing = (self.absent("link"), self.absent("person"))
        id, start = self.one(
            (72, lambda: rng.choice(own or [nothing])),
            (14, lambda: rng.choice(of.unseen_links or [nothing])),
            (6, lambda: (Earlier("id", "link", nothing[0]), Earlier("from", "", nothing[1]))),
            (4, lambda: (self.record(), self.start())),
            (4, lambda: (rng.choice(own or [nothing])[0], self.start())),
        )
        return {"from": start, "id": id, "reason": self.reason()}

    def counting(self) -> dict[str, Any]:
        """Give an account and mostly a marking that shows an audience to whoever sees the account."""
        id, marking = self.record("account", own=True), self.marking()
        if isinstance(id, str) and id in self.of.gates and self.rng.random() < 0.9:
            gate = self.of.gates[id]
            others = [state for state in gate["audience"] if state != "IN-RJ"]
            marking |= {"level": gate["level"], "compartment": gate["comp"] or None, "audience": others, "onward": []}
        return {"account": id, "marking": marking}

    def reason(self) -> str:
        return "The source was mistaken." if self.rng.random() < 0.95 else self.rng.choice(["", "\u202e", "x" * 10_001])
