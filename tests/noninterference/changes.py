"""Changes that a viewer must not see, each drawn from its own seed, so that any of them can be left out."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from graph.connections import Kind
from schemas.ids import ValueKind
from schemas.link import HARMED, RELATIONS, LinkKind
from schemas.person import REFERRED
from tests.noninterference.low import ASKER, OTHER, UNITS, VIEWER, Viewer, low, open_to
from tests.noninterference.world import (
    COMMON,
    GATE,
    KEYS,
    NOW,
    SOME,
    TEXTS,
    Draft,
    Marked,
    World,
    _but,
    _gate,
    copied,
    dispute,
)

AT = int(NOW.timestamp())


@dataclass(frozen=True)
class Change:
    """One hidden change by its name and seed."""

    name: str
    seed: int


@dataclass
class Ground:
    """What a change stands on: the world to be changed, and the ids of the world before any change."""

    draft: Draft
    seen: list[str]
    unseen: list[str]
    lapsed: list[str]

    @property
    def world(self) -> World:
        return self.draft.world

    @property
    def rng(self) -> Random:
        return self.draft.rng

    def new(self) -> str:
        """Add a hidden record, named like others, and give its id."""
        kind = self.rng.choice((*COMMON, *COMMON, *SOME))
        return self.draft.record(kind, self.draft.hidden(kind)).id

    def shut_or_open(self) -> "Callable[[], object]":
        """Mark a link with a hidden end: hidden itself, or open as links stay when an end is withdrawn."""
        return self.draft.visible if self.rng.random() < 0.5 else self.draft.hidden

    def values(self) -> list[str]:
        return sorted(self.world.values)


def node(on: Ground) -> None:
    on.new()


def link_between_visible(on: Ground) -> None:
    on.draft.any_link(on.seen, on.seen, on.draft.hidden)


def many_links_between_visible(on: Ground) -> None:
    for _ in range(6):
        on.draft.any_link(on.seen, on.seen, on.draft.hidden)


def bridge(on: Ground) -> None:
    middle = on.new()
    for _ in range(3):
        on.draft.any_link(on.seen, [middle], on.shut_or_open(), touching=True)


def link_to_hidden(on: Ground) -> None:
    ends = [on.new(), *on.unseen]
    for _ in range(2):
        on.draft.any_link(on.seen, ends, on.shut_or_open(), touching=True)


def said_to_be_one(on: Ground) -> None:
    """Say, hidden, that what is seen is one or is not, and join it openly to what is not seen, and that to others."""
    for _ in range(2):
        on.draft.said_to_be_one(on.seen, on.seen, on.draft.hidden, turned=True)
    for unseen in (on.new(), *on.unseen[:2]):
        for _ in range(2):
            on.draft.said_to_be_one([unseen], on.seen, on.shut_or_open())


def said_of_another(on: Ground) -> None:
    """Say, hidden, of what is seen that it is or is not one with another state's; and openly of what is not seen."""
    for _ in range(3):
        on.draft.said_of_another(on.seen, on.draft.hidden())
    on.draft.said_of_another([on.new(), *on.unseen[:2]], on.shut_or_open()())


_BORNE = [
    (LinkKind.IDENTIFIED_BY, Kind(str(record)), ValueKind(str(value)))
    for record, value in RELATIONS[LinkKind.IDENTIFIED_BY].ends
]


def shared_value(on: Ground) -> None:
    """Join a hidden person, by a hidden or an open link, and a visible person, by a hidden one, to the same number."""
    phone = (LinkKind.USES_PHONE, Kind.PERSON, ValueKind.PHONE)
    hidden = on.rng.choice([phone, phone, *_BORNE])
    value = on.draft.value(hidden[2])
    record = on.draft.record(hidden[1], on.draft.hidden(hidden[1]))
    on.draft.link(hidden[0], record.id, value, on.shut_or_open()())
    fitting = [id for id in on.seen if on.world.records[id].kind is hidden[1]]
    if fitting:
        on.draft.link(hidden[0], on.rng.choice(fitting), value, on.draft.hidden())


def borne_twice(on: Ground) -> None:
    """Join what is seen once more, hidden, to numbers that it is joined to."""
    borne = [link for link in on.world.links.values() if link.start in on.seen and link.end in on.world.values]
    for link in on.rng.sample(borne, min(6, len(borne))):
        if not link.kind.startswith("WAS_"):
            on.draft.link(LinkKind(link.kind), link.start, link.end, on.draft.hidden())


def borne_alike(on: Ground) -> None:
    """Let what is not seen bear what is seen to be borne, what is seen bear it unseen, and judge two of them unseen."""
    seen = [link for link in on.world.links.values() if link.kind == LinkKind.IDENTIFIED_BY and link.start in on.seen]
    for link in on.rng.sample(seen, min(4, len(seen))):
        kind = on.world.records[link.start].kind
        for _ in range(2):
            fresh = on.draft.record(kind, _but(on.draft.hidden(kind), unit=UNITS[VIEWER]))
            on.draft.link(LinkKind.IDENTIFIED_BY, fresh.id, link.end, on.shut_or_open()())
        alike = [one.start for one in seen if one.end == link.end and one.start != link.start]
        others = [id for id in on.seen if on.world.records[id].kind is kind and id not in (link.start, *alike)]
        if others:
            on.draft.link(LinkKind.IDENTIFIED_BY, on.rng.choice(others), link.end, on.draft.hidden())
        if alike:
            said = on.rng.choice([LinkKind.SAME_AS, LinkKind.NOT_SAME_AS, LinkKind.UNSURE])
            on.draft.link(said, link.start, on.rng.choice(alike), on.draft.hidden())


def hidden_call(on: Ground) -> None:
    one, other = (on.draft.value(ValueKind.PHONE, text) for text in on.rng.sample(TEXTS[ValueKind.PHONE], 2))
    on.draft.link(LinkKind.CALLED, one, other, on.draft.hidden())


def name_key(on: Ground) -> None:
    """Name a hidden record as a visible one is named, also where its key stayed open."""
    named = [id for id in on.seen if on.world.records[id].keys]
    if not named:
        return
    like = on.world.records[on.rng.choice(named)]
    for _ in range(3):
        fresh = on.draft.record(like.kind, on.draft.hidden(like.kind))
        fresh.keys = like.keys
        if on.rng.random() < 0.5:
            fresh.key_gate = dict(like.key_gate)


def duplicate(on: Ground) -> None:
    """Record what a visible record says once more, hidden."""
    if not on.seen:
        return
    of = on.world.records[on.rng.choice(on.seen)]
    fresh = on.draft.record(of.kind, on.draft.hidden(of.kind))
    said = {name: value for name, value in of.versions[0].items() if name not in GATE and name != "audience"}
    # Whose it is a version says in the words of its record's id, which no writer of ours lets differ.
    kept = {name: fresh.versions[0].get(name) for name in (*GATE, "audience", "owner")}
    fresh.versions[0] = {**said, **{name: value for name, value in kept.items() if value is not None}}
    fresh.keys = of.keys


def withdrawn(on: Ground) -> None:
    """Take back a hidden record with all its versions, as the node does; its links stay as they were."""
    if not on.unseen:
        return
    record = on.world.records[on.rng.choice(on.unseen)]
    for gate in (record.gate, record.key_gate, *record.versions):
        gate["class"] = "WITHDRAWN"
    record.versions.insert(0, {**{k: record.gate[k] for k in (*GATE, "audience") if k in record.gate}, "op_id": "x"})


def closed_link(on: Ground) -> None:
    """Add a link that is over and was never the viewer's to see, by itself or by an end that he does not see."""
    for _ in range(3):
        if on.unseen and on.rng.random() < 0.4:
            link = on.draft.any_link(on.seen, on.unseen, on.shut_or_open(), touching=True)
        else:
            link = on.draft.any_link(on.seen, on.seen, on.draft.hidden)
        if link is not None:
            on.draft.close(link)


def hole(on: Ground) -> None:
    """Add a record or link that the viewer would see, had it not lost a property of its gate."""
    lost = (on.rng.choice(GATE),)
    if on.rng.random() < 0.5:
        kind = on.rng.choice((*COMMON, *COMMON, *SOME))
        made = on.draft.record(kind, _but(on.draft.visible(kind), holes=lost)).id
        on.draft.any_link(on.seen, [made], on.draft.visible, touching=True)
    else:
        on.draft.any_link(on.seen, on.seen, lambda: _but(on.draft.visible(), holes=lost))


def older_version(on: Ground) -> None:
    """Give a record a version that the viewer does not see, among those that he does."""
    if on.seen and on.rng.random() < 0.6:
        revised = [id for id in on.seen if len(on.world.records[id].versions) > 1]
        for id in [*on.rng.sample(on.seen, min(3, len(on.seen))), *revised]:
            seen = on.world.records[id]
            stricter = on.draft.hidden(seen.kind, version=True)
            place = on.rng.choice([1, len(seen.versions)])
            version = {**seen.versions[0], **_gate(stricter)}
            # Between two it is as old as the older.
            version["recorded_at"] = seen.versions[min(place, len(seen.versions) - 1)]["recorded_at"]
            version["recorded_at"] -= 86_400 * on.rng.randint(0, 20) * (place == len(seen.versions))
            for hole in stricter.holes:
                version.pop(hole)
            seen.versions.insert(place, version)
        return
    if not on.unseen:
        return
    record = on.world.records[on.rng.choice(on.unseen)]
    record.versions.append(dict(record.versions[0]))


def revision(on: Ground) -> None:
    """Let what the viewer cannot read say something else, also where he sees that the record is there."""
    for record in list(on.world.records.values()):
        head = record.versions[0]
        if record.id in on.seen and open_to(on.draft.viewer, head, AT):
            continue
        if record.id in on.lapsed:
            continue
        if "names" in head:
            head["names"] = head["names"].replace('"text":"', '"text":"Another ')
        for name in ("title", "handle", "sort_name"):
            if name in head:
                head[name] = f"another {head[name]}"
        if "sort_time" in head:
            head["sort_time"] += on.rng.randint(-500_000, 500_000)


def orphans(on: Ground) -> None:
    for kind in ValueKind:
        on.draft.value(kind)
    on.world.orphan_keys.add(KEYS.key_id("name", "nbd"))


def purged_early(on: Ground) -> None:
    """Build much and purge it before anyone asks, so that inner ids and statistics differ."""
    early = Draft(on.rng, on.draft.viewer, World(), actor="early")
    ids = []
    for _ in range(on.rng.randint(3, 25)):
        kind = on.rng.choice((*COMMON, *COMMON, *SOME))
        ids.append(early.record(kind, early.visible(kind)).id)
    for _ in ids:
        early.any_link(ids, ids, early.visible)
    on.world.early = early.world


def other_order(on: Ground) -> None:
    on.world.order = on.rng.getrandbits(32)


def open_transaction(on: Ground) -> None:
    """Hold locks on hidden records while the viewer works."""
    if on.unseen:
        on.world.held = tuple(on.rng.sample(sorted(on.unseen), min(2, len(on.unseen))))


def pending_change(on: Ground) -> None:
    """Let a change wait that is not the viewer's to see, for one reason of those that can keep it from him."""
    draft, rng, viewer = on.draft, on.rng, on.draft.viewer
    ends = draft.member(on.seen)
    open_one = Marked(level=0)
    ways: list[Callable[[], object]] = []
    if ends is not None:
        ways += [
            lambda: draft.waits(OTHER, ends, open_one),
            lambda: draft.waits(ASKER, ends, open_one, rank="DG_CP"),
            lambda: draft.waits(ASKER, ends, open_one, expires_at=AT),
            lambda: draft.waits(ASKER, ends, open_one, state="DECLINED", settled_by=OTHER),
            lambda: draft.waits(OTHER, ends, open_one, state="APPROVED", settled_by=ASKER),
        ]
        if viewer.level < 3:
            ways += [lambda: draft.waits(ASKER, ends, Marked(level=rng.randint(viewer.level + 1, 3)))] * 2
    partly = [pair for pair in (draft.member(on.seen, on.unseen), draft.member(on.unseen, on.seen)) if pair]
    # Its own gate leaves it open: what it names does not.
    ways += [lambda pair=pair: draft.waits(ASKER, pair, open_one, loose=True) for pair in partly]
    if ways:
        rng.choice(ways)()


def follower_act(on: Ground) -> None:
    """Attach to accounts that are seen what is not, by itself or in what it says; and to those that are not what is."""
    draft, rng = on.draft, on.rng
    for id in (id for id in on.seen if on.world.records[id].kind is Kind.ACCOUNT):
        for attach in rng.sample([draft.act, draft.act, draft.audience], 2):
            if rng.random() < 0.5:
                attach(id, draft.hidden())
            else:
                attach(id, draft.visible(), draft.hidden())
    for id in (id for id in on.unseen if on.world.records[id].kind is Kind.ACCOUNT):
        rng.choice([draft.act, draft.audience])(id, draft.visible())


def charge_sheet(on: Ground) -> None:
    """Charge gangs that are seen by what is not: a sheet or the link to one."""
    sheets = [id for id in on.seen if on.world.records[id].kind is Kind.CHARGE_SHEET]
    for gang in (id for id in on.seen if on.world.records[id].kind is Kind.GANG):
        if sheets and on.rng.random() < 0.4:
            on.draft.link(LinkKind.CHARGED_BY, gang, on.rng.choice(sheets), on.draft.hidden())
        else:
            on.draft.charge(gang, on.draft.hidden(), on.shut_or_open()())


def to_look_at(on: Ground) -> None:
    """Let the viewer's unit have to look at what he does not see: soon to be reviewed, lapsed, or disputed."""
    kind = on.rng.choice(COMMON)
    for _ in range(2):
        on.draft.to_look_at(_but(on.draft.hidden(kind), unit=UNITS[VIEWER], soon=on.rng.random() < 0.6))


def harmed(on: Ground) -> None:
    """Say of incidents that are seen whom they harmed: people of whom the viewer is not told even that."""
    for incident in (id for id in on.seen if on.world.records[id].kind is Kind.INCIDENT):
        category = on.rng.choice(sorted(REFERRED))
        hidden = _but(on.draft.visible(Kind.PERSON), owner="IN-PB", audience=("IN-HR",), category=category)
        person = on.draft.record(Kind.PERSON, hidden)
        on.draft.link(LinkKind(on.rng.choice(sorted(HARMED))), person.id, incident, on.draft.visible())


def disputed(on: Ground) -> None:
    """Dispute what the viewer does not see, also where he sees that the record is there."""
    for record in list(on.world.records.values()):
        shown = record.id in on.seen and open_to(on.draft.viewer, record.versions[0], AT)
        if not shown and record.id not in on.lapsed and on.rng.random() < 0.5:
            dispute(record, on.rng)


def crowd(on: Ground) -> None:
    """Add 20,000 hidden rows at once, so that plans flip."""
    on.world.crowd = 20_000


USUAL: dict[str, Callable[[Ground], None]] = {
    one.__name__: one
    for one in (
        node,
        link_between_visible,
        many_links_between_visible,
        bridge,
        link_to_hidden,
        shared_value,
        borne_alike,
        hidden_call,
        said_to_be_one,
        said_of_another,
        name_key,
        duplicate,
        withdrawn,
        closed_link,
        hole,
        older_version,
        revision,
        orphans,
        purged_early,
        other_order,
        open_transaction,
        pending_change,
        follower_act,
        charge_sheet,
        to_look_at,
        disputed,
        harmed,
    )
}
ALL = {**USUAL, crowd.__name__: crowd, borne_twice.__name__: borne_twice}


def draw(rng: Random, names: tuple[str, ...] = tuple(USUAL)) -> list[Change]:
    """Draw some changes; the order of building changes more often than not."""
    chosen = [rng.choice(names) for _ in range(rng.randint(2, 7))]
    if rng.random() < 0.5 and other_order.__name__ in names:
        chosen.append(other_order.__name__)
    return [Change(name, rng.getrandbits(48)) for name in chosen]


def applied(world: World, viewer: Viewer, changes: list[Change]) -> World:
    """Give the world with the changes made; the one before stays as it is."""
    changed = copied(world)
    mine = low(world.graph(), viewer, AT)
    seen, lapsed = mine.records, mine.lapsed
    for change in changes:
        draft = Draft(Random(change.seed), viewer, changed, actor=f"{change.name} {change.seed}")
        unseen = [id for id in world.records if id not in seen and id not in lapsed]
        ALL[change.name](Ground(draft, [id for id in seen if id in world.records], unseen, list(lapsed)))
    return changed
