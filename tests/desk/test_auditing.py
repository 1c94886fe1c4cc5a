"""Who reads the ledger, and that the reading stands on it."""

import pytest

from desk import auditing
from desk.errors import Refused
from register.ledger import EntryKind
from schemas.officer import Officer, Rank
from tests.desk.conftest import Station
from tests.register.conftest import MORNING

pytestmark = pytest.mark.anyio


def _officer(rank: Rank) -> Officer:
    return Officer(id="rj.reader", name="Reader of the tests", state="IN-RJ", rank=rank, unit="HQ")


async def test_only_an_auditor_reads_the_ledger_and_every_try_is_on_it(unfounded: Station) -> None:
    register = unfounded.register
    asked = {"officer": None, "enquiry": None, "first": 10, "before": None, "at": MORNING}
    with pytest.raises(Refused):
        await auditing.search(register, _officer(Rank.ADG_SPL_CP), **asked)
    found = await auditing.search(register, _officer(Rank.AUDITOR), **asked)
    assert [one.entry.code for one in found] == ["NOT_AN_AUDITOR"]
    [last, *_] = await register.ledger.search(first=1)
    assert (last.entry.kind, last.entry.operation) == (EntryKind.LOOK, "search ledger")
