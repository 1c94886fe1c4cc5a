"""Officers of two chains, and what needs both: for tests of the second officer."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete

from register.tables import enquiries, officers, pending_changes
from schemas.ids import RecordType
from schemas.officer import Rank
from tests.station import MORNING, Caller, Station, marking
from tests.words import as_input

# Jaipur's commissionerate and two ranges: three chains.
EAST, WEST, AJMER, KOTA = "RJ-P-JPE", "RJ-P-JPW", "RJ-D-AJM", "RJ-P-KTC"

CHANGE = "id act state own author rank says { field text } names settledBy reason made"
RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id provenance { rev } } problems { path message } } }"""
GANG = """mutation($p: GangInput!, $m: MarkingInput!) {
  recordGang(gang: $p, marking: $m) { gang { id } problems { path message } } }"""
PAPER = """mutation($p: DocumentInput!, $m: MarkingInput!) {
  recordDocument(document: $p, marking: $m) { document { id } problems { path message } } }"""
HELP = f"""mutation($p: AssistanceInput!, $m: MarkingInput!) {{
  recordAssistance(assistance: $p, marking: $m) {{
    assistance {{ id }} waits {{ {CHANGE} }} problems {{ path message code }} }} }}"""
LINK = f"""mutation($from: ID!, $to: ID!, $m: MarkingInput!) {{
  link(kind: MEMBER_OF, from: {{id: $from}}, to: {{id: $to}}, marking: $m, content: {{role: SHOOTER,
    criteria: [{{text: "Seen with the leader.", source: "Diary 4"}}]}}) {{
    id waits {{ {CHANGE} }} problems {{ path message code }} }} }}"""
MOVE = f"""mutation($id: ID!, $rev: String!, $to: Category!, $paper: ID, $m: MarkingChange) {{
  setCategory(id: $id, rev: $rev, category: $to, reason: "The court took it up.", document: $paper, marking: $m) {{
    person {{ id category provenance {{ rev }} }} waits {{ {CHANGE} }} problems {{ path message code }} }} }}"""
READ = "query($id: ID!) { person(id: $id) { id category provenance { rev } } }"
INBOX = f"query($first: Int! = 50, $after: String) {{ inbox(kind: APPROVAL, first: $first, after: $after) {{ \
edges {{ cursor node {{ {CHANGE} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
ONE = f"query($id: ID!) {{ pendingChange(id: $id) {{ {CHANGE} }} }}"
APPROVE = f"mutation($id: ID!) {{ approve(id: $id) {{ change {{ {CHANGE} }} problems {{ path code }} }} }}"
DECLINE = f"""mutation($id: ID!, $why: String! = "Not borne out.") {{
  decline(id: $id, reason: $why) {{ change {{ {CHANGE} }} problems {{ path code }} }} }}"""
WITHDRAW = f"mutation($id: ID!) {{ withdrawPending(id: $id) {{ change {{ {CHANGE} }} problems {{ path code }} }} }}"


@dataclass
class Bench:
    """A node with an author, and officers whom he may and may not be seconded by."""

    node: Station
    callers: dict[str, Caller] = field(default_factory=dict)

    async def officer(self, id: str, unit: str, rank: Rank = Rank.SP_DCP, **given: Any) -> Caller:
        """Give an officer, put into the register at the first asking."""
        if id not in self.callers:
            self.callers[id] = await self.node.caller(id, rank=rank, unit=unit, **given)
        return self.callers[id]

    async def author(self) -> Caller:
        return await self.officer("rj.author", EAST, Rank.SI)

    async def second(self) -> Caller:
        return await self.officer("rj.second", AJMER)

    async def person(self, **marked: Any) -> tuple[str, str]:
        """Record a suspect, and give the id and the rev."""
        given = {"p": as_input(RecordType.PERSON), "m": marking(**{"reviewOn": "2026-08-20", **marked})}
        made = (await (await self.author()).ask(RECORD, given))["recordPerson"]
        assert made["problems"] == []
        return made["person"]["id"], made["person"]["provenance"]["rev"]

    async def gang(self, **marked: Any) -> str:
        given = {"p": as_input(RecordType.GANG), "m": marking(**{"reviewOn": "2026-08-20", **marked})}
        return str((await (await self.author()).ask(GANG, given))["recordGang"]["gang"]["id"])

    async def paper(self, **marked: Any) -> str:
        given = {"p": as_input(RecordType.DOCUMENT), "m": marking(**{"reviewOn": "2026-08-20", **marked})}
        return str((await (await self.author()).ask(PAPER, given))["recordDocument"]["document"]["id"])

    async def membership(self, *, by: Caller | None = None, **marked: Any) -> tuple[str, str, str]:
        """Ask for a membership, and give the ids of the change, the person and the gang."""
        person, gang = (await self.person())[0], await self.gang()
        asked = {"from": person, "to": gang, "m": marking(**marked)}
        made = (await (by or await self.author()).ask(LINK, asked))["link"]
        assert (made["id"], made["problems"], made["waits"]["state"]) == (None, [], "OPEN")
        return str(made["waits"]["id"]), person, gang

    async def move(self, to: str = "ACCUSED_CHARGED") -> tuple[str, str, str]:
        """Ask for a move up, and give the ids of the change, the person and the document."""
        (person, rev), paper = await self.person(), await self.paper()
        asked = {"id": person, "rev": rev, "to": to, "paper": paper}
        made = (await (await self.author()).ask(MOVE, asked))["setCategory"]
        assert (made["person"], made["problems"]) == (None, [])
        return str(made["waits"]["id"]), person, paper


async def waiting_ids(caller: Caller) -> list[str]:
    """Give the ids in an officer's inbox."""
    return [edge["node"]["id"] for edge in (await caller.ask(INBOX))["inbox"]["edges"]]


async def planned(bench: Bench) -> None:
    """Do each kind of thing once."""
    author, second = await bench.author(), await bench.second()
    for change in [(await bench.membership())[0], (await bench.move())[0]]:
        await waiting_ids(second)
        await second.ask(APPROVE, {"id": change})
        await author.ask(ONE, {"id": change})
    helped = (await author.ask(HELP, {"p": as_input(RecordType.ASSISTANCE), "m": marking()}))["recordAssistance"]
    await second.ask(APPROVE, {"id": helped["waits"]["id"]})
    person, rev = await bench.person()
    assert (await author.ask(MOVE, {"id": person, "rev": rev, "to": "CONTACT"}))["setCategory"]["person"]


async def emptied(node: Station) -> Bench:
    """Give a bench on a node in which nobody and nothing is left."""
    node.watch.now = MORNING
    await node.wipe()
    with node.desk.register._writes.begin() as connection:
        for table in (pending_changes, enquiries, officers):
            connection.execute(delete(table))
    return Bench(node)
