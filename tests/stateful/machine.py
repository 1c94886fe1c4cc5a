"""The steps that officers may take, in any order and from any process, each checked against the model."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from schemas.ids import RecordType
from schemas.officer import Officer
from schemas.person import Category
from tests.desk.seconds import APPROVE, DECLINE, GANG, INBOX, LINK, MOVE, PAPER, WITHDRAW
from tests.stateful.model import LADDER, Held, Model, Said, Waits, graver
from tests.stateful.several import AUTHOR, CLERK, NEIGHBOUR, SECOND, Asked, Several
from tests.station import marking, name
from tests.words import as_input

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id provenance { rev } } problems { path message } } }"""
READ = """query($id: ID!) {
  person(id: $id) { parentage custody category memberships { totalCount } provenance { rev } } }"""
LIST = """{ persons(first: 50) { totalCount edges { node {
  id parentage custody category provenance { disputed } } } } }"""
REVISE = """mutation($id: ID!, $rev: String!, $c: PersonChange!) {
  revisePerson(id: $id, rev: $rev, change: $c, reason: "Seen at a checkpost.") {
    person { provenance { rev } } problems { path code } } }"""
REVIEW = """mutation($id: ID!, $until: Date!) {
  review(id: $id, newInformation: "Seen with the leader last week.", until: $until) { problems { path code } } }"""
DISPUTE = """mutation($id: ID!) {
  dispute(id: $id, statement: "It was his brother.") { problems { code } } }"""
SETTLE = """mutation($id: ID!, $upheld: Boolean!) {
  settleDispute(id: $id, upheld: $upheld, reason: "The toll records place him.") { problems { code } } }"""
DUTIES = "query($kind: InboxKind!) { inbox(kind: $kind, first: 50) { edges { record { id disputed lapsed } } } }"
TAKE_AWAY = 'mutation($id: ID!) { withdraw(id: $id, reason: "Recorded in error.") { problems { code } } }'

PERSON: Said = {"parentage": None, "custody": "UNKNOWN"}
CHANGES = st.sampled_from(
    [
        {"custody": "ON_BAIL"},
        {"custody": "ABROAD"},
        {"custody": "UNKNOWN"},
        {"parentage": "Ramesh Test"},
        {"parentage": "Mohan Test"},
        {"parentage": None},
    ]
)
PICK = st.integers(0, 2**16)
FAR = timedelta(days=1_000)

_HARMLESS = ("CONFLICT", "NOT_FOUND")


class Node(RuleBasedStateMachine):
    """A node of several processes beside its model."""

    several: Several
    came: Counter[str]

    @initialize()
    def begin(self) -> None:
        """Begin with a gang, a document, three persons, and a membership and a move up that wait."""
        self.model, self.turn = Model(), 0
        self.several.begin()
        self.far = self.at + FAR
        self.gang = self._made(GANG, "gang", RecordType.GANG)
        self.paper = self._made(PAPER, "document", RecordType.DOCUMENT)
        for level, days in ((0, 300), (1, 300), (0, 20)):
            self.record(Category.SUSPECT, level, days)
        one, other, _ = self.somebody
        self.join_gang(one)
        self.move_to(other, Category.CONVICTED)

    @property
    def at(self) -> datetime:
        return self.several.node.desk.clock()

    def _made(self, document: str, field: str, kind: RecordType) -> str:
        said = self.ask(AUTHOR, document, p=as_input(kind), m=self.marked(self.far, 0))
        ((one),) = [answer[field] for answer in said.values()]
        return str(one["id"])

    def marked(self, until: datetime, level: int) -> dict[str, Any]:
        return marking(unit=AUTHOR.unit, reviewOn=str(until.date()), expiresAt=self.far.isoformat(), level=level)

    def told(self, who: Officer, document: str, **variables: Any) -> dict[str, Any]:
        """Give the whole answer of the process whose turn it is."""
        self.turn += 1
        return self.several.ask(who, (document, variables), process=self.turn)

    def ask(self, who: Officer, document: str, **variables: Any) -> dict[str, Any]:
        """Give the data of an answer that must be without errors."""
        answer = self.told(who, document, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    @property
    def somebody(self) -> list[Held]:
        """Give the persons that the author sees."""
        return [one for one in self.model.persons.values() if one.seen(AUTHOR, self.at)]

    def picked(self, pick: int) -> Held:
        """Give one of the persons that the author sees."""
        return self.somebody[pick % len(self.somebody)]

    def rev(self, held: Held) -> str:
        """Read a person, and remember what they were read with."""
        person = self.ask(AUTHOR, READ, id=held.id)["person"]
        assert person["memberships"]["totalCount"] == held.gangs
        rev = str(person["provenance"]["rev"])
        held.revs.append((rev, dict(held.said)))
        return rev

    @rule(
        category=st.sampled_from([Category.CONTACT, Category.ASSOCIATE, Category.SUSPECT, Category.ACCUSED_CHARGED]),
        level=st.integers(0, 1),
        days=st.sampled_from([20, 80]),
    )
    def add(self, category: Category, level: int, days: int) -> None:
        """Record a person."""
        self.record(category, level, days)

    def record(self, category: Category, level: int, days: int) -> None:
        until = datetime.combine((self.at + timedelta(days=days)).date(), datetime.min.time(), self.at.tzinfo)
        given = {"category": category.value, "names": [name("Kabir Neem")]}
        made = self.ask(AUTHOR, RECORD, p=given, m=self.marked(until, level))["recordPerson"]
        assert made["problems"] == []
        id = made["person"]["id"]
        self.model.persons[id] = Held(id, dict(PERSON), category, level, until, self.at)

    @precondition(lambda self: self.somebody)
    @rule(pick=PICK, change=CHANGES, old=st.booleans())
    def revise(self, pick: int, change: Said, old: bool) -> None:
        """Revise by the rev of now or of a while ago: a conflict if the field has moved since."""
        held = self.picked(pick)
        rev, read = held.revs[pick % len(held.revs)] if old and held.revs else (self.rev(held), held.said)
        said = self.ask(AUTHOR, REVISE, id=held.id, rev=rev, c=change)["revisePerson"]
        codes = [problem["code"] for problem in said["problems"]]
        if any(read[field] != held.said[field] for field in change):
            assert codes == ["CONFLICT"]
            self.came["refused for what has moved"] += 1
        elif all(held.said[field] == text for field, text in change.items()):
            assert codes == ["BAD_INPUT"]
        else:
            assert codes == []
            held.say(change)
            self.came["revised"] += 1

    @precondition(lambda self: self.somebody)
    @rule(pick=PICK, one=CHANGES, other=CHANGES)
    def revise_at_once(self, pick: int, one: Said, other: Said) -> None:
        """Of two at once both stand, or the later is told of the earlier if it is the same field."""
        held = self.picked(pick)
        if one == other or any(held.said[field] == text for change in (one, other) for field, text in change.items()):
            return
        rev = self.rev(held)
        asked: list[tuple[Officer, Asked]] = [
            (AUTHOR, (REVISE, {"id": held.id, "rev": rev, "c": change})) for change in (one, other)
        ]
        answers = [answer["data"]["revisePerson"] for answer in self.several.at_once(*asked)]
        stood = [change for change, answer in zip((one, other), answers, strict=True) if not answer["problems"]]
        codes = [problem["code"] for answer in answers for problem in answer["problems"]]
        assert codes == (["CONFLICT"] if one.keys() == other.keys() else [])
        for change in stood:
            held.say(change)
        self.came[f"at once {len(stood)} stood"] += 1

    @precondition(lambda self: self.somebody)
    @rule(pick=PICK, category=st.sampled_from(LADDER))
    def move(self, pick: int, category: Category) -> None:
        """Move somebody down at once, or ask for a move up."""
        self.move_to(self.picked(pick), category)

    def move_to(self, held: Held, category: Category) -> None:
        """Ask for a category, unless it is that."""
        if held.category is category:
            return
        asked = {"id": held.id, "rev": self.rev(held), "to": category.value, "paper": self.paper}
        said = self.ask(AUTHOR, MOVE, **asked)["setCategory"]
        assert said["problems"] == []
        if graver(held, category):
            self._waits(said["waits"]["id"], held, category)
        else:
            assert said["waits"] is None
            held.category = category
            held.times += 1
            self.came["moved down"] += 1

    @precondition(lambda self: self.somebody)
    @rule(pick=PICK)
    def join(self, pick: int) -> None:
        """Ask for a membership."""
        self.join_gang(self.picked(pick))

    def join_gang(self, held: Held) -> None:
        """Ask for a membership of the gang."""
        asked = {"from": held.id, "to": self.gang, "m": self.marked(self.far, held.level)}
        said = self.ask(AUTHOR, LINK, **asked)["link"]
        assert (said["id"], said["problems"]) == (None, [])
        self._waits(said["waits"]["id"], held, None)

    def _waits(self, id: str, about: Held, category: Category | None) -> None:
        self.model.changes[id] = Waits(id, about.id, about.times, self.at, category)

    @precondition(lambda self: self.model.changes)
    @rule(pick=PICK, who=st.sampled_from([SECOND, AUTHOR, SECOND, NEIGHBOUR, SECOND, CLERK]))
    def approve(self, pick: int, who: Officer) -> None:
        """Approve: only a second of another chain and of the rank does."""
        change = self._change(pick)
        can = who is SECOND and self.model.approvable(change, AUTHOR, SECOND, self.at)
        assert self._done(self.told(who, APPROVE, id=change.id), "approve") == can
        if can:
            self.model.approve(change)
            self.came["joined" if change.category is None else "moved up"] += 1

    @precondition(lambda self: self.model.changes)
    @rule(pick=PICK)
    def approve_twice_at_once(self, pick: int) -> None:
        """Approve in two processes at the same time: it is done once."""
        change = self._change(pick)
        can = self.model.approvable(change, AUTHOR, SECOND, self.at)
        answers = self.several.at_once(*[(SECOND, (APPROVE, {"id": change.id}))] * 2)
        assert [self._done(answer, "approve") for answer in answers].count(True) == int(can)
        if can:
            self.model.approve(change)
            self.came["approved once of twice"] += 1

    @precondition(lambda self: self.model.changes)
    @rule(pick=PICK, declined=st.booleans())
    def take_back(self, pick: int, declined: bool) -> None:
        """Decline a change as its second, or take it back as its author."""
        change = self._change(pick)
        who = SECOND if declined else AUTHOR
        document, field = (DECLINE, "decline") if declined else (WITHDRAW, "withdrawPending")
        can = change.id in self.model.inbox(who, self.at)
        assert self._done(self.told(who, document, id=change.id), field) == can
        if can:
            change.open = False
            self.came["declined" if declined else "taken back"] += 1

    def _change(self, pick: int) -> Waits:
        """Give a change: of those that wait, or now and then of all."""
        waiting = [one for one in self.model.changes.values() if one.waits(self.at)]
        changes = waiting if waiting and pick % 4 else list(self.model.changes.values())
        return changes[pick % len(changes)]

    def _done(self, answer: dict[str, Any], field: str) -> bool:
        if "errors" in answer:
            codes = {error["extensions"]["code"] for error in answer["errors"]}
            assert codes <= {*_HARMLESS, "REFUSED"}, answer
            return False
        problems = answer["data"][field]["problems"]
        assert all(problem["code"] in ("CONFLICT", "BAD_INPUT") for problem in problems), problems
        return not problems

    @precondition(lambda self: self.somebody)
    @rule(pick=PICK)
    def withdraw(self, pick: int) -> None:
        held = self.picked(pick)
        assert self.ask(AUTHOR, TAKE_AWAY, id=held.id)["withdraw"]["problems"] == []
        held.withdrawn = self.at
        self.came["withdrawn"] += 1

    @precondition(lambda self: self.reviewed)
    @rule(pick=PICK, days=st.sampled_from([20, 100, 300]), who=st.sampled_from([AUTHOR, SECOND]))
    def review(self, pick: int, days: int, who: Officer) -> None:
        """Renew somebody, lapsed or not, on new information: no longer than the clock lets it."""
        lapsed = [one for one in self.reviewed if one.until <= self.at]
        choice = lapsed if lapsed and pick % 4 else self.reviewed
        held = choice[pick % len(choice)]
        until = (self.at + timedelta(days=days)).date()
        answer = self.told(who, REVIEW, id=held.id, until=str(until))
        if held.due(self.at) and "errors" in answer:
            # Another process purged it meanwhile.
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"]
            held.purged = True
            return
        assert "errors" not in answer, answer["errors"]
        codes = [problem["code"] for problem in answer["data"]["review"]["problems"]]
        can = until <= held.last_day(self.at)
        assert codes == ([] if can else ["BAD_INPUT"])
        if can:
            self.came["renewed" if held.until > self.at else "renewed though lapsed"] += 1
            held.until = datetime.combine(until, datetime.min.time(), self.at.tzinfo)
            held.times += 1

    @property
    def reviewed(self) -> list[Held]:
        """Give the persons that an author may review."""
        return [one for one in self.model.persons.values() if one.reviewed(AUTHOR)]

    @precondition(lambda self: self.somebody)
    @rule(pick=PICK, who=st.sampled_from([AUTHOR, NEIGHBOUR]))
    def dispute(self, pick: int, who: Officer) -> None:
        """Dispute what is said of somebody: once at a time."""
        held = self.picked(pick)
        codes = [one["code"] for one in self.ask(who, DISPUTE, id=held.id)["dispute"]["problems"]]
        assert codes == (["CONFLICT"] if held.disputed else [])
        if not codes:
            held.disputed, held.disputed_by = "It was his brother.", who.id
            held.times += 1
            self.came["disputed"] += 1

    @precondition(lambda self: self.disputed)
    @rule(pick=PICK, who=st.sampled_from([AUTHOR, NEIGHBOUR]), upheld=st.booleans())
    def settle(self, pick: int, who: Officer, upheld: bool) -> None:
        """Settle what another disputed."""
        held = self.disputed[pick % len(self.disputed)]
        answer = self.told(who, SETTLE, id=held.id, upheld=upheld)
        if held.disputed_by == who.id:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["REFUSED"]
            return
        assert answer["data"]["settleDispute"]["problems"] == []
        held.disputed = held.disputed_by = None
        held.times += 1
        self.came["settled"] += 1

    @property
    def disputed(self) -> list[Held]:
        """Give those that the author sees and that are disputed."""
        return [one for one in self.somebody if one.disputed]

    @rule(days=st.sampled_from([1, 3, 35]), kept=st.booleans())
    def wait(self, days: int, kept: bool) -> None:
        """Let days pass, and the node be kept at the end of them or not."""
        self.several.move(days=days)
        if kept:
            self.keep()

    @rule()
    def keep(self) -> None:
        """Let a third process keep the node; what an officer sees does not depend on when it does."""
        there = self.several.left()
        if self.several.keep():
            due = {one.id for one in self.model.persons.values() if one.due(self.at)}
            left = self.several.left()
            assert not left & due
            assert left >= there & {one.id for one in self.model.persons.values()} - due
            self.came["purged" if there & due else "kept"] += 1
            for id in due:
                self.model.persons[id].purged = True

    @invariant()
    def lists_hold_what_the_model_holds(self) -> None:
        for who in (AUTHOR, SECOND, CLERK)[self.turn % 3 :][:1]:
            said = self.ask(who, LIST)["persons"]
            shown = {
                edge["node"]["id"]: (
                    {field: edge["node"][field] for field in PERSON},
                    edge["node"]["category"],
                    edge["node"]["provenance"]["disputed"],
                )
                for edge in said["edges"]
            }
            assert shown == self.model.shown(who, self.at)
            assert said["totalCount"] == len(shown)

    @invariant()
    def inboxes_hold_what_waits(self) -> None:
        said = self.ask(SECOND, INBOX)["inbox"]
        assert {edge["node"]["id"] for edge in said["edges"]} == self.model.inbox(SECOND, self.at)

    @invariant()
    def a_unit_is_told_what_it_must_look_at(self) -> None:
        kind = ("DISPUTE", "REVIEW_DUE")[self.turn % 2]
        said = [edge["record"] for edge in self.ask(AUTHOR, DUTIES, kind=kind)["inbox"]["edges"]]
        if kind == "DISPUTE":
            told = {row["id"]: row["disputed"] for row in said}
            assert told == {one.id: one.disputed for one in self.disputed}
        else:
            lapsed = {row["id"]: row["lapsed"] for row in said}
            assert lapsed == self.model.to_review(AUTHOR, self.at)

    def teardown(self) -> None:
        """Whatever happened, no intent is left open and the ledger's chain holds."""
        self.several.seen(self._sound)

    async def _sound(self) -> None:
        ledger = self.several.node.desk.register.ledger
        assert await ledger.unsettled() == []
        assert await ledger.verify() == []
