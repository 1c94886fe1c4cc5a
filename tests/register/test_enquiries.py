"""Enquiries in the register: whose they are, when they end, and the entry that stands or falls with them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from register.ledger import Entry, EntryKind
from register.store import Register
from schemas.enquiry import Enquiry, EnquiryContent
from schemas.handling import Purpose
from schemas.ids import parse_urn
from tests.register.conftest import Watch

pytestmark = pytest.mark.anyio

Opener = Callable[[], Awaitable[Register]]


def content(watch: Watch) -> EnquiryContent:
    return EnquiryContent(
        purpose=Purpose.INVESTIGATION,
        case_ref="FIR 1/2026",
        legal_basis="BNS 111",
        expires_at=watch.now + timedelta(days=1, microseconds=1),
    )


def entry(enquiry: Enquiry) -> Entry:
    kind = EntryKind.ENQUIRY_OPENED if enquiry.closed_at is None else EntryKind.ENQUIRY_CLOSED
    return Entry(kind, enquiry.officer, enquiry.id, enquiry.purpose.value, "enquiry", {}, (), "OK")


async def test_an_enquiry_comes_back_as_it_was_opened_with_its_entry(register: Register, watch: Watch) -> None:
    enquiry = await register.enquiries.open("rj.one", content(watch), at=watch.now, entry=entry)
    urn = parse_urn(enquiry.id)
    assert urn is not None
    assert (urn.state, urn.type) == ("IN-RJ", "enquiry")
    assert await register.enquiries.get(enquiry.id) == enquiry
    [written] = await register.ledger.search(enquiry=enquiry.id)
    assert written.entry == entry(enquiry)


async def test_an_enquiry_whose_entry_cannot_be_written_is_not_opened(register: Register, watch: Watch) -> None:
    def unwritable(enquiry: Enquiry) -> Entry:
        return Entry(EntryKind.ENQUIRY_OPENED, None, None, None, "enquiry", {"x": float("nan")}, (), "OK")

    with pytest.raises(ValueError):
        await register.enquiries.open("rj.one", content(watch), at=watch.now, entry=unwritable)
    assert await register.enquiries.of("rj.one") == []


async def test_an_enquiry_is_closed_once_by_its_officer_and_for_every_process(
    register: Register, watch: Watch, opened: Opener
) -> None:
    enquiry = await register.enquiries.open("rj.one", content(watch), at=watch.now)
    ends = watch.move(hours=1)
    assert await register.enquiries.close(enquiry.id, "rj.two", ends) is None
    closed = await register.enquiries.close(enquiry.id, "rj.one", ends, entry=entry)
    assert closed == enquiry.model_copy(update={"closed_at": ends})
    assert await register.enquiries.close(enquiry.id, "rj.one", watch.move(hours=1), entry=entry) is None
    assert await (await opened()).enquiries.get(enquiry.id) == closed
    assert (await register.ledger.head())[0] == 1


async def test_an_officers_enquiries_are_listed_newest_first(register: Register, watch: Watch) -> None:
    older = await register.enquiries.open("rj.one", content(watch), at=watch.now)
    await register.enquiries.open("rj.two", content(watch), at=watch.now)
    newer = await register.enquiries.open("rj.one", content(watch), at=watch.move(seconds=1))
    assert await register.enquiries.of("rj.one") == [newer, older]
    assert await register.enquiries.get("urn:sangam:IN-RJ:enquiry:none") is None
