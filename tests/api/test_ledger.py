"""What the ledger tells of each operation, over HTTP: who, why, what, which ids; what was searched only as a digest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import tests.api.test_ladder as climbing
from api.documents import digest_of
from api.gql.filters import WHERE_OF
from api.settings import Settings
from graph.local import LocalGraph
from register.ledger import Entry, EntryKind
from schemas.records import RECORDS
from tests.api.test_ladder import FIELDS, ROWS, Ladder, Row
from tests.station import Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

ladder = climbing.ladder

PERSON = "query($id: ID!) { person(id: $id) { id } }"
RECORD = ROWS["Mutation.recordPerson"].document

# Of each operation: the acts of its look, and which of the ladder's things the look must name as disclosed.
LOOKS: dict[str, tuple[str, Sequence[str]]] = {
    "Query._entities": ("entities", ["person"]),
    "Query.record": ("record", ["gang"]),
    "Query.identifier": ("identifier", ["value"]),
    "Query.find": ("find", ["person", "value"]),
    "Query.federated": ("federated find find", ["person"]),
    "Query.network": ("network", ["person", "value", "link"]),
    "Query.history": ("history", ["gang"]),
    "Query.statutes": ("statutes", []),
    "Query.units": ("units", []),
    "Query.readers": ("readers", ["gang"]),
    "Query.paths": ("paths", ["person", "value", "link"]),
    "Query.inbox": ("inbox", ["change"]),
    "Query.pendingChange": ("pending change", ["change"]),
    "Mutation.setCategory": ("set category record", ["person"]),
    "Mutation.recordFollowerAct": ("record follower act", ["socialAccount"]),
    "Mutation.recordAudienceSnapshot": ("record audience", ["socialAccount"]),
    "Mutation.review": ("review", ["person"]),
    "Mutation.reviewAll": ("review", ["gang"]),
    "Mutation.dispute": ("dispute", ["spare to dispute"]),
    "Mutation.settleDispute": ("settle dispute", ["disputed"]),
    "Mutation.approve": ("approve pending change", ["to approve"]),
    "Mutation.decline": ("decline pending change", ["to decline"]),
    "Mutation.withdrawPending": ("withdraw pending pending change", ["own change"]),
    "Query.explainAccess": ("explainAccess", ["person"]),
    "Mutation.link": ("link SUSPECT_IN", ["person", "incident"]),
    "Mutation.assertSame": ("assert SAME_AS", ["person", "spare"]),
    "Mutation.assertNotSame": ("assert NOT_SAME_AS", ["person", "spare"]),
    "Mutation.assertUnsure": ("assert UNSURE", ["person", "spare"]),
    "Mutation.unlink": ("unlink", ["link"]),
    "Mutation.withdraw": ("withdraw", []),
}
for _type, _word in RECORDS.items():
    LOOKS[f"Query.{_word.root}"] = ("record", [_word.root])
    LOOKS[f"Mutation.record{_word.name}"] = (f"record {_type} record", ["made"])
    LOOKS[f"Mutation.revise{_word.name}"] = (f"revise {_type} record", [_word.root])
    if _type in WHERE_OF:
        LOOKS[f"Query.{_word.plural}"] = (f"list {_type}", [_word.root])
ENQUIRIES = {"Mutation.openEnquiry": EntryKind.ENQUIRY_OPENED, "Mutation.closeEnquiry": EntryKind.ENQUIRY_CLOSED}
# Of the officer and his own enquiries, and of the schema: nobody else is looked at.
OWN = {"Query._service", "Query.me", "Query.enquiry", "Query.enquiries"}


class Reading:
    """What came onto a node's ledger since the last time one read."""

    def __init__(self, node: Station) -> None:
        self._ledger = node.desk.register.ledger
        self._read = 0

    async def fresh(self) -> list[Entry]:
        """Give the entries that came since, oldest first."""
        head, _ = await self._ledger.head()
        count, self._read = head - self._read, head
        entries = [one.entry for one in reversed(await self._ledger.search(first=count))] if count else []
        # What the database had not planned in time was asked again.
        late = [place for place, entry in enumerate(entries) if entry.code == "DEADLINE"]
        again = late[-1] + 1 if late else 0
        assert {entry.kind for entry in entries[:again]} <= {EntryKind.REFUSAL, EntryKind.INTENT, EntryKind.OUTCOME}
        return entries[again:]


def test_every_operation_says_what_the_ledger_tells_of_it() -> None:
    assert sorted([*LOOKS, *ENQUIRIES, *OWN]) == sorted(FIELDS)


async def test_each_operation_stands_on_the_ledger_with_officer_enquiry_purpose_and_the_ids_that_left(
    ladder: Ladder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    low, keys = ladder.officer, ladder.node.desk.keys
    phone = ladder.seen["phone"]
    reading = Reading(ladder.node)
    await reading.fresh()
    for path in FIELDS:
        row = ROWS[path]
        answer = (await low.ask(row.document, ladder.variables(row)))[path.split(".")[1]]
        entries = await reading.fresh()
        assert {entry.officer for entry in entries} <= {"rj.low"}
        if path in OWN:
            assert entries == [], path
            continue
        if path in ENQUIRIES:
            [entry] = entries
            assert (entry.kind, entry.enquiry) == (ENQUIRIES[path], answer["enquiry"]["id"])
            continue
        look = entries.pop()
        acts, disclosed = LOOKS[path]
        said = (look.kind, look.enquiry, look.purpose, look.operation, look.code)
        assert said == (EntryKind.LOOK, low.enquiry, "INVESTIGATION", acts, "OK"), path
        assert isinstance(look.variables, dict)
        assert look.variables["document"] == digest_of(row.document)
        made = (answer.get("made") or answer).get("id") if isinstance(answer, dict) else None
        assert {{**ladder.seen, "made": made}[thing] for thing in disclosed} <= set(look.ids), path
        steps = [(step.kind, step.operation, step.code, step.enquiry) for step in entries]
        change = acts.removesuffix(" record").removesuffix(" pending change")
        done = [(EntryKind.INTENT, change, "INTENT", low.enquiry), (EntryKind.OUTCOME, change, "DONE", low.enquiry)]
        assert steps == (done if row.writes else []), path
        # What is approved is told with what comes of it.
        assert {len(step.ids) for step in entries} <= {2 if path == "Mutation.approve" else 1}

    searched = "Omprakash Test"
    await low.ask("query($t: String!) { find(text: $t) { totalCount } }", {"t": searched})
    await low.post("query($v: String!) { identifier(kind: PHONE, value: $v) { id } }", {"v": phone})
    *_, by_name, by_phone = await reading.fresh()
    assert _asked(by_name)["text"] == keys.digest("ledger term", searched)
    assert _asked(by_phone)["value"] == keys.digest("ledger term", phone)

    [file] = tmp_path_factory.getbasetemp().glob("ladder[0-9]*/station-*/register/register.db")
    stored = b"".join(part.read_bytes() for part in sorted(file.parent.iterdir()))
    assert b"rj.low" in stored
    assert _asked(by_name)["text"].encode() in stored
    for personal in (*searched.split(), *ladder.missing["word"].values(), phone, phone.removeprefix("+91")):
        assert personal.encode() not in stored, personal


async def test_only_what_leaves_is_told_as_disclosed_and_not_what_was_weighed_for_it(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller()
        people = [await _person(adg) for _ in range(3)]
        reading = Reading(node)
        await reading.fresh()
        for question in ("persons(first: 2)", 'find(text: "Omprakash Test", first: 2)'):
            answer = await adg.ask(f"{{ shown: {question} {{ totalCount edges {{ node {{ id }} }} }} }}")
            shown = [edge["node"]["id"] for edge in answer["shown"]["edges"]]
            [look] = await reading.fresh()
            assert answer["shown"]["totalCount"] == len(people)
            assert list(look.ids) == sorted(shown)
            assert len(shown) == 2


async def _person(caller: Caller) -> str:
    given = {"c": {"names": [name("Omprakash Test")], "category": "SUSPECT"}, "m": marking()}
    return str((await caller.ask(RECORD, given))["recordPerson"]["made"]["id"])


def _asked(entry: Entry) -> dict[str, Any]:
    assert isinstance(entry.variables, dict)
    [asked] = entry.variables["asked"]  # type: ignore[misc]  # a list, as every look has it
    return dict(asked)  # type: ignore[arg-type]  # of one act


REFUSALS: list[tuple[str, dict[str, Any], str, EntryKind, str, str]] = [
    # document, variables, code as told, kind, operation and code as the ledger has them
    (PERSON, {"id": "no id at all"}, "NOT_FOUND", EntryKind.LOOK, "record", "NOT_FOUND"),
    (
        "query($f: [ID!]!) { network(from: $f, hops: 9) { nodes { id } } }",
        {"f": ["<person>"]},
        "BAD_INPUT",
        EntryKind.LOOK,
        "network",
        "BAD_INPUT",
    ),
    (
        RECORD,
        {"c": {"category": "SUSPECT", "names": []}, "m": marking()},
        "",
        EntryKind.LOOK,
        "recordPerson",
        "BAD_INPUT",
    ),
    (
        ROWS["Mutation.openEnquiry"].document,
        {
            "e": {
                "purpose": "TRAINING",
                "caseRef": "FIR 1",
                "legalBasis": "BNSS 173",
                "expiresAt": "2027-08-01T00:00:00Z",
            }
        },
        "",
        EntryKind.LOOK,
        "openEnquiry",
        "BAD_INPUT",
    ),
    ("{ nonsense }", {}, "BAD_INPUT", EntryKind.LOOK, "-", "BAD_INPUT"),
    ("{" + "".join(f" a{n}: me {{ id }}" for n in range(16)) + "}", {}, "LIMIT", EntryKind.REFUSAL, "-", "LIMIT"),
]


@pytest.mark.parametrize("row", REFUSALS, ids=[f"{row[4]} {row[5]}" for row in REFUSALS])
async def test_what_is_refused_stands_there_with_its_code(
    ladder: Ladder, row: tuple[str, dict[str, Any], str, EntryKind, str, str]
) -> None:
    document, variables, told, kind, operation, code = row
    reading = Reading(ladder.node)
    await reading.fresh()
    answer = (await ladder.officer.post(document, ladder.variables(Row(document, variables)))).json()
    if told:
        assert [error["extensions"]["code"] for error in answer["errors"]] == [told]
    else:
        [payload] = answer["data"].values()
        assert payload["problems"]
    [entry] = await reading.fresh()
    assert (entry.kind, entry.officer, entry.operation, entry.code) == (kind, "rj.low", operation, code)
    assert entry.ids == ()


async def test_a_refusal_stands_there_under_policy_s_own_word(ladder: Ladder) -> None:
    reading = Reading(ladder.node)
    await reading.fresh()
    row = ROWS["Query.person"]
    asked = (row.document, ladder.variables(row))
    for over, word in (("closed", "ENQUIRY_CLOSED"), ("ended", "ENQUIRY_ENDED")):
        assert await replace(ladder.officer, enquiry=ladder.enquiries[over]).code(*asked) == "REFUSED"
        [entry] = await reading.fresh()
        assert (entry.kind, entry.enquiry, entry.code) == (EntryKind.REFUSAL, ladder.enquiries[over], word)
    assert await replace(ladder.officer, enquiry=None).code(*asked) == "ENQUIRY_REQUIRED"
    [entry] = await reading.fresh()
    assert (entry.kind, entry.enquiry, entry.code) == (EntryKind.REFUSAL, None, "ENQUIRY_REQUIRED")


async def test_more_records_in_a_day_than_an_officer_may_see_are_withheld_and_the_try_is_on_the_ledger(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    assert Settings.model_fields["records_a_day"].default == 3_000
    async with station(local_graph, tmp_path, records_a_day=2) as node:
        adg = await node.caller()
        ids = [await _recorded(await node.caller(f"rj.{n}"), f"Kiran Mewada {n}") for n in range(4)]
        for id in ids[:2]:
            assert await adg.ask(PERSON, {"id": id})
        reading = Reading(node)
        await reading.fresh()
        for document, variables in (
            (PERSON, {"id": ids[2]}),
            ("{ persons { totalCount edges { node { id names { text } } } } }", {}),
        ):
            answer = await adg.post(document, variables)
            assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["LIMIT"]
            assert "data" not in answer.json()
            assert not [word for word in (*ids, "Mewada") if word in answer.text]
            [entry] = await reading.fresh()
            assert (entry.kind, entry.officer, entry.code, entry.ids) == (EntryKind.REFUSAL, "rj.adg", "LIMIT", ())
            assert answer.json()["errors"][0]["message"].endswith("as one officer may.")
        made = {"c": {"category": "SUSPECT", "names": [name("Kiran Mewada 5")]}, "m": marking()}
        [error] = (await adg.post(RECORD, made)).json()["errors"]
        assert error["extensions"]["code"] == "LIMIT"
        assert error["message"].endswith("Changes that were carried out stand; this answer alone is withheld.")
        assert [entry.code for entry in await reading.fresh()] == ["INTENT", "DONE", "LIMIT"]
        assert await adg.ask(PERSON, {"id": ids[0]}), "what was seen today may be seen again"
        node.watch.now += timedelta(days=1)
        adg.token = node.tokens.mint_officer("rj.adg", "tomorrow", jti="tomorrow")
        assert await adg.ask(PERSON, {"id": ids[2]}), "a new day"


async def _recorded(caller: Caller, text: str) -> str:
    made = await caller.ask(RECORD, {"c": {"category": "SUSPECT", "names": [name(text)]}, "m": marking()})
    return str(made["recordPerson"]["made"]["id"])
