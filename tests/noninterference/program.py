"""Programs: what a viewer asks and changes, step by step, and what others do unseen in between."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from random import Random
from typing import Any

from schemas.ids import ValueKind
from schemas.person import Category
from schemas.records import RECORDS
from tests.noninterference import changes
from tests.noninterference.changes import AT, Change
from tests.noninterference.low import Low, Viewer, differences, low
from tests.noninterference.material import Earlier, Filling, Material, material
from tests.noninterference.operations import OF_EACH_KIND, READERS, Document, arguments, reading
from tests.noninterference.world import COMPARTMENTS, PHONES, SOCIAL_IDS, World, base, viewer

LONGEST = 6
MOST_OF_A_KIND = 5


@dataclass(frozen=True)
class Step:
    """One request of the viewer: a document, its variables with what is still to be answered, and odd headers."""

    document: Document
    variables: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """Something that another officer does before a step, in one of the two worlds only."""

    before: int
    name: str
    seed: int


@dataclass(frozen=True)
class Case:
    """Two worlds that look alike, the viewer's program, and what happens unseen meanwhile."""

    seed: int
    viewer: Viewer
    world: World
    changes: tuple[Change, ...]
    acts: tuple[Act, ...]
    steps: tuple[Step, ...]
    material: Material
    purpose: str

    def changed(self) -> World:
        """Give the other world."""
        return changes.applied(self.world, self.viewer, list(self.changes))

    def low(self) -> Low:
        return low(self.world.graph(), self.viewer, AT)

    def without(self, part: str, number: int) -> "Case":
        """Leave one change, act or step out."""
        kept = tuple(one for place, one in enumerate(getattr(self, part)) if place != number)
        return replace(self, **{part: kept})


class NotHidden(AssertionError):
    """The generator made a change that the viewer can see: a fault of the proof, not of the product."""


def draw(
    seed: int,
    pool: dict[str, list[Document]],
    enquiries: dict[str, list[str]],
    *,
    kinds: Sequence[str] = tuple(changes.USUAL),
    busy: Sequence[str] = (),
    crowd: bool = False,
    size: tuple[int, int] = (14, 36),
) -> Case:
    """Draw a whole case from a seed; raise NotHidden if its worlds do not look alike.

    `kinds` are the hidden changes to draw from, `busy` the acts of the other officer if there are to be many.
    """
    rng = Random(f"case {seed}")
    who = viewer(rng)
    world = base(rng, who, size)
    drawn = changes.draw(rng, tuple(kinds))
    if crowd:
        drawn.append(Change("crowd", 0))
    changed = changes.applied(world, who, drawn)
    seen = low(world.graph(), who, AT)
    if found := differences(seen, low(changed.graph(), who, AT)):
        raise NotHidden(f"seed {seed}: {[one.name for one in drawn]}: {found[:3]}")
    of = material(who, seen, [world, changed])
    of.enquiries = enquiries
    steps = tuple(steps_of(rng, pool, Filling(rng, of), first=sorted(pool)[seed % len(pool)]))
    number = 3 if busy else rng.choice([0, 0, 1, 2, 3])
    names = busy or tuple(ACTS)
    if any(step.document.operation == READERS for step in steps):
        # What others look at of what he sees is told to a supervisor: there nobody else looks, and all else goes on.
        names = tuple(name for name in names if name not in LOOKS)
    acts = tuple(Act(rng.randrange(len(steps)), rng.choice(names), rng.getrandbits(48)) for _ in range(number))
    return Case(seed, who, world, tuple(drawn), acts, steps, of, who.purpose)


def steps_of(rng: Random, pool: dict[str, list[Document]], filling: Filling, first: str) -> list[Step]:
    """Draw steps after the one that is `first`, so that over the seeds each operation is.

    Pages are followed by their next page, and changes are now and then asked twice under one key.
    """
    steps: list[Step] = []
    wanted = rng.randint(2, LONGEST)
    names = chain([first], iter(lambda: _drawn(rng, pool), ""))
    while len(steps) < wanted:
        name = next(names)
        if steps and name.startswith("revise") and rng.random() < 0.9:
            name = rng.choice([one for one in pool if _revises_seen(one, filling)] or [name])
        if name == "setCategory" and len(pool) > 1 and not _sees_own("person", filling) and rng.random() < 0.9:
            continue
        document = rng.choice(pool[name])
        step = Step(document, arguments(document, filling), _headers(rng, document, filling))
        if name.startswith(("revise", "setCategory")):
            # Whoever revises has read.
            steps.append(Step(reading(), {"id": step.variables["id"]}))
        steps.append(step)
        if "after" in step.variables and rng.random() < 0.4:
            steps.append(replace(step, variables={**step.variables, "after": Earlier("cursor", name, None)}))
        elif "idempotency-key" in step.headers and rng.random() < 0.5:
            steps.append(step)
    return steps[: LONGEST + 1]


def _drawn(rng: Random, pool: Collection[str]) -> str:
    """Draw an operation; what there is for each kind of record is drawn as often together as a few others."""
    alike: dict[str, list[str]] = {}
    for name in pool:
        alike.setdefault(OF_EACH_KIND.get(name, name), []).append(name)
    often = [min(len(names), MOST_OF_A_KIND) for names in alike.values()]
    [names] = rng.choices([*alike.values()], often)
    return rng.choice(names)


def _revises_seen(name: str, filling: Filling) -> bool:
    """Say whether an operation revises a kind of which the viewer sees one of the state's own."""
    kinds = (word.type.value for word in RECORDS.values() if name == f"revise{word.name}")
    return any(_sees_own(kind, filling) for kind in kinds)


def _sees_own(kind: str, filling: Filling) -> bool:
    return any(":IN-RJ:" in id for id in filling.of.seen[kind])


def _headers(rng: Random, document: Document, filling: Filling) -> dict[str, str]:
    headers = {}
    if document.text.startswith("mutation") and rng.random() < 0.3:
        headers["idempotency-key"] = rng.choice(["one", "two"])
    if rng.random() < 0.03:
        headers["sangam-enquiry"] = rng.choice([*filling.of.enquiries["others"], "x", filling.absent("enquiry")])
    return headers


@dataclass
class Doing:
    """What an unseen act is drawn from; `made` are the ids that acts before it made."""

    rng: Random
    case: Case
    made: list[str]

    def marking(self) -> dict[str, Any] | None:
        """Give a marking that the other officer may write and the viewer may not see, or None if there is none."""
        viewer = self.case.viewer
        ways: list[tuple[int, str]] = [(level, "") for level in range(viewer.level + 1, 4)]
        ways += [(self.rng.randint(0, 3), comp) for comp in ("", *COMPARTMENTS) if comp not in viewer.comps]
        if not ways:
            return None
        level, comp = self.rng.choice(ways)
        return {**_MARKING, "level": level, "compartment": comp or None}

    def record(self, marking: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Give the document and variables of something recorded under a name that others bear."""
        names = Filling(self.rng, self.case.material).names()
        coming = [step.variables for step in self.case.steps if {"person", "gang"} & step.variables.keys()]
        if coming and self.rng.random() < 0.5:
            # The viewer is about to record the same.
            given = self.rng.choice(coming)
            names = given.get("person", given.get("gang"))["names"] or names
        if self.rng.random() < 0.6:
            category = self.rng.choice(sorted(category.value for category in Category))
            return _PERSON, {"person": {"category": category, "names": names}, "marking": marking}
        return _GANG, {"gang": {"standing": "ALLEGED", "names": names}, "marking": marking}

    def seen(self, kind: str) -> str | None:
        ids = self.case.material.seen[kind]
        return self.rng.choice(ids) if ids else None


Asked = list[tuple[str, dict[str, Any]]]


def _records(do: Doing) -> Asked:
    return [do.record(marking)] if (marking := do.marking()) else _records_and_withdraws(do)


def _records_and_withdraws(do: Doing) -> Asked:
    recorded = do.record({**_MARKING, "level": do.case.viewer.level})
    return [recorded, (_WITHDRAW, {"id": Earlier("id"), "reason": "Mistaken."})]


def _links_seen(do: Doing) -> Asked:
    one, other, marking = do.seen("person"), do.seen("person"), do.marking()
    if not (one and other and marking) or one == other:
        return []
    ends = {"from": {"id": one}, "to": {"id": other}}
    return [(_LINK, {"kind": "ASSOCIATE_OF", **ends, "marking": marking, "content": {"basis": "OBSERVED"}})]


def _says_one(do: Doing) -> Asked:
    """Say, where the viewer does not see it, that two whom he sees are one, or are not."""
    one, other, marking = do.seen("person"), do.seen("person"), do.marking()
    if not (one and other and marking) or one == other:
        return []
    text = _SAME.replace("CHANGE", do.rng.choice(["assertSame", "assertSame", "assertNotSame"]))
    return [(text, {"from": one, "to": other, "marking": {**marking, "level": 3}})]


def _links_to_hidden(do: Doing) -> Asked:
    marking, one = do.marking(), do.seen("person")
    if not (marking and one):
        return []
    person = (_PERSON, {"person": {"category": "SUSPECT", "names": _NAMES}, "marking": marking})
    ends = {"from": {"id": one}, "to": {"id": Earlier("id")}}
    return [person, (_LINK, {"kind": "ASSOCIATE_OF", **ends, "marking": marking, "content": {"basis": "MONEY"}})]


def _uses_phone(do: Doing) -> Asked:
    marking, one = do.marking(), do.seen("person")
    if not (marking and one):
        return []
    phone = {"kind": ValueKind.PHONE.value, "value": do.rng.choice(PHONES)}
    return [(_LINK, {"kind": "USES_PHONE", "from": {"id": one}, "to": phone, "marking": marking, "content": {}})]


def _follows(do: Doing) -> Asked:
    """Keep an act of a follower that the viewer may be about to keep one of too."""
    marking, account = do.marking(), do.seen("account")
    if not (marking and account):
        return []
    act = {"act": "RECCE", "happenedOn": "2026-05-20", "section": "BNS 111(3)"}
    who = {"socialId": do.rng.choice(SOCIAL_IDS[:2])}
    return [(_FOLLOWER, {"account": account, "follower": who, "act": act, "marking": marking})]


def _asks_for_a_second(do: Doing) -> Asked:
    """Ask, in the viewer's own chain, for what another chain must approve, of what the viewer sees."""
    person, gang = do.seen("person"), do.seen("gang")
    if not (person and gang):
        return []
    content = {"role": "SHOOTER", "criteria": [{"text": "Seen", "source": "Diary 4"}]}
    ends = {"from": {"id": person}, "to": {"id": gang}}
    return [(_LINK, {"kind": "MEMBER_OF", **ends, "marking": _MARKING, "content": content})]


def _withdraws(do: Doing) -> Asked:
    # What has lapsed the viewer sees to review it.
    known = set(do.case.material.lapsed)
    hidden = [id for ids in do.case.material.unseen.values() for id in ids if id not in known]
    return [(_WITHDRAW, {"id": do.rng.choice(hidden), "reason": "Mistaken."})] if hidden else []


def _unlinks(do: Doing) -> Asked:
    links = do.case.material.unseen_links
    if not links:
        return []
    id, start = do.rng.choice(links)
    return [(_UNLINK, {"id": id, "from": start, "reason": "Mistaken."})]


def _asks(do: Doing) -> Asked:
    return [(_FIND, {"text": Filling(do.rng, do.case.material).text()})]


ACTS: dict[str, Callable[[Doing], Asked]] = {
    "records": _records,
    "records and withdraws": _records_and_withdraws,
    "links what is seen": _links_seen,
    "says who is one": _says_one,
    "links to what is hidden": _links_to_hidden,
    "uses a phone": _uses_phone,
    "keeps a follower's act": _follows,
    "asks for a second": _asks_for_a_second,
    "withdraws": _withdraws,
    "unlinks": _unlinks,
    "asks": _asks,
}

# These look, and change nothing.
LOOKS = {"asks"}

# These wait for locks that an open transaction may hold.
WAITING = {"withdraws", "unlinks"}


def acted(case: Case, act: Act) -> Asked:
    """Give what an act asks, one request after the other."""
    return ACTS[act.name](Doing(Random(act.seed), case, []))


_MARKING = {
    "unit": "RJ-JPC",
    "legalBasis": "BNSS 173",
    "caseRef": "FIR 0009/2026",
    "sourceGrade": "A",
    "infoGrade": "KNOWN_TO_SOURCE",
    "handling": "H0",
    "level": 0,
    "audience": [],
    "reviewOn": "2026-08-20",
    "expiresAt": "2027-12-01T00:00:00Z",
}
_NAMES = [{"text": "Kiran Mewada", "script": "LATIN", "kind": "LEGAL"}]
_PERSON = """
mutation P($person: PersonInput!, $marking: MarkingInput!) {
  recordPerson(person: $person, marking: $marking) { person { id } problems { path } }
}
"""
_GANG = """
mutation G($gang: GangInput!, $marking: MarkingInput!) {
  recordGang(gang: $gang, marking: $marking) { gang { id } problems { path } }
}
"""
_LINK = """
mutation L(
  $kind: LinkKind!, $from: EndInput!, $to: EndInput!, $marking: MarkingInput!, $content: LinkContentInput
) {
  link(kind: $kind, from: $from, to: $to, marking: $marking, content: $content) { id problems { path } }
}
"""
_SAME = """
mutation S($from: ID!, $to: ID!, $marking: MarkingInput!) {
  CHANGE(from: $from, to: $to, marking: $marking, evidence: [{text: "One scar", source: "Diary 4"}]) {
    id problems { path } } }
"""
_FOLLOWER = """
mutation F($account: ID!, $follower: FollowerInput!, $act: FollowerActInput!, $marking: MarkingInput!) {
  recordFollowerAct(account: $account, follower: $follower, act: $act, marking: $marking) { id problems { path } }
}
"""
_WITHDRAW = "mutation W($id: ID!, $reason: String!) { withdraw(id: $id, reason: $reason) { id problems { path } } }"
_UNLINK = "mutation U($from: ID!, $id: ID!, $reason: String!) { unlink(from: $from, id: $id, reason: $reason) { id } }"
_FIND = "query F($text: String!) { find(text: $text) { totalCount edges { node { id } } } }"
