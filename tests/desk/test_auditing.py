"""Who reads the ledger, what he is told of it, and that the reading stands on it."""

from typing import Any

import orjson
import pytest

from desk import auditing
from desk.errors import BadInput, Refused
from register.ledger import Entry, EntryKind
from schemas.officer import Officer, Rank
from tests.desk.conftest import Station
from tests.register.conftest import MORNING

pytestmark = pytest.mark.anyio

RECORD = "urn:sangam:IN-RJ:person:7b0a8a0e-6a3c-4c64-9f6b-0d6b6a1f2c11"
ASKED: dict[str, Any] = {"officer": None, "enquiry": None, "first": 10, "after": None, "at": MORNING}


def _officer(rank: Rank, id: str = "rj.reader") -> Officer:
    return Officer(id=id, name="Reader of the tests", state="IN-RJ", rank=rank, unit="HQ")


AUDITOR = _officer(Rank.AUDITOR)


def _look(number: int) -> Entry:
    asked = {"document": "d", "asked": [{"act": "record", "id": RECORD}]}
    return Entry(EntryKind.LOOK, "rj.one", "urn:one", "INVESTIGATION", f"look {number}", asked, (RECORD,), "OK")


async def test_only_an_auditor_reads_the_ledger_and_every_try_is_on_it(unfounded: Station) -> None:
    register = unfounded.register
    with pytest.raises(Refused):
        await auditing.search(register, _officer(Rank.ADG_SPL_CP), **ASKED)
    found = await auditing.search(register, AUDITOR, **ASKED)
    assert [row.code for row in found.rows] == ["NOT_AN_AUDITOR"]
    [last, *_] = await register.ledger.search(first=1)
    assert (last.entry.kind, last.entry.operation) == (EntryKind.LOOK, "search ledger")


async def test_an_auditor_is_told_how_many_ids_left_and_neither_which_nor_an_entry_s_number(unfounded: Station) -> None:
    for number in range(3):
        await unfounded.register.ledger.append(_look(number))
    page = await auditing.search(unfounded.register, AUDITOR, **ASKED)
    told = orjson.loads(orjson.dumps(page))
    assert set(told) == {"rows", "next"}
    assert [set(row) for row in told["rows"]] == 3 * [
        {"at", "kind", "officer", "enquiry", "purpose", "operation", "disclosed", "code"}
    ]
    assert [(row.operation, row.disclosed) for row in page.rows] == [(f"look {number}", 1) for number in (2, 1, 0)]
    assert RECORD not in orjson.dumps(page).decode()


async def test_pages_join_without_a_gap_and_their_cursors_tell_no_place(unfounded: Station) -> None:
    ledger = unfounded.register.ledger
    for number in range(12):
        await ledger.append(_look(number))
    asked = {**ASKED, "officer": "rj.one", "first": 5}
    seen, cursors = [], []
    while len(cursors) < 4:
        page = await auditing.search(
            unfounded.register, AUDITOR, **{**asked, "after": cursors[-1] if cursors else None}
        )
        seen += [row.operation for row in page.rows]
        if page.next is None:
            break
        cursors.append(page.next)
    assert seen == [f"look {number}" for number in reversed(range(12))]
    assert len(set(map(len, cursors))) == 1
    await ledger.append(_look(12))
    again = await auditing.search(unfounded.register, AUDITOR, **{**asked, "after": cursors[0]})
    assert [row.operation for row in again.rows] == [f"look {number}" for number in (6, 5, 4, 3, 2)]


@pytest.mark.parametrize(
    ("reader", "changed"),
    [
        (AUDITOR, {"officer": "rj.two"}),
        (AUDITOR, {"enquiry": "urn:one"}),
        (AUDITOR, {"after": "12"}),
        (_officer(Rank.AUDITOR, "rj.other"), {}),
    ],
)
async def test_a_cursor_of_another_question_or_reader_is_refused_and_the_try_is_on_the_ledger(
    unfounded: Station, reader: Officer, changed: dict[str, str]
) -> None:
    ledger = unfounded.register.ledger
    for number in range(3):
        await ledger.append(_look(number))
    asked = {**ASKED, "officer": "rj.one", "first": 2}
    page = await auditing.search(unfounded.register, AUDITOR, **asked)
    with pytest.raises(BadInput):
        await auditing.search(unfounded.register, reader, **{**asked, "after": page.next, **changed})
    [last] = await ledger.search(first=1)
    assert (last.entry.officer, last.entry.operation, last.entry.code) == (reader.id, "search ledger", "BAD_INPUT")
