"""Enquiries: open one, close it, see one's own. Every opening and closing stands on the ledger."""

from datetime import timedelta

from desk.errors import BadInput, NotFound, Refused
from desk.looking import Look, Stamp
from register.ledger import Entry, EntryKind
from schemas.enquiry import Enquiry, EnquiryContent
from schemas.errors import FieldProblem
from schemas.handling import Purpose
from schemas.ids import parse_urn
from schemas.officer import Rank

LONGEST_ENQUIRY = timedelta(days=90)

_TRAINING_HINT = "This is a training node: open the enquiry with purpose TRAINING."
_LIVE_HINT = "Purpose TRAINING is for training nodes."


def admit(look: Look, purpose: Purpose) -> None:
    """Raise Refused if this officer may not look for this purpose here, whatever else the enquiry says."""
    if look.officer.rank in (Rank.NODE_ADMIN, Rank.AUDITOR):
        raise Refused("POST_READS_NO_RECORDS", "This post reads no records.")
    training = purpose is Purpose.TRAINING
    if look.desk.stamp is Stamp.TRAINING and not training:
        raise Refused("TRAINING_NODE", _TRAINING_HINT)
    if look.desk.stamp is Stamp.LIVE and training:
        raise Refused("LIVE_NODE", _LIVE_HINT)


async def open_enquiry(look: Look, content: EnquiryContent) -> Enquiry:
    """Open an enquiry for this officer; raise Refused or BadInput."""
    admit(look, content.purpose)
    if not look.at < content.expires_at <= look.at + LONGEST_ENQUIRY:
        message = f"An enquiry ends within {LONGEST_ENQUIRY.days} days from now."
        raise BadInput([FieldProblem(path="enquiry.expiresAt", message=message)])
    return await look.desk.register.enquiries.open(
        look.officer.id, content, at=look.at, entry=lambda enquiry: _entry(EntryKind.ENQUIRY_OPENED, enquiry)
    )


async def close_enquiry(look: Look, id: str) -> Enquiry:
    """Close one of this officer's enquiries; raise NotFound if it is not one."""
    enquiry = await enquiry_of(look, id)
    closed = await look.desk.register.enquiries.close(
        id, look.officer.id, look.at, entry=lambda closed: _entry(EntryKind.ENQUIRY_CLOSED, closed)
    )
    return closed or enquiry


async def enquiry_of(look: Look, id: str) -> Enquiry:
    """Give one of this officer's enquiries; raise NotFound if it is not one."""
    enquiry = await look.desk.register.enquiries.get(id) if parse_urn(id) else None
    if enquiry is None or enquiry.officer != look.officer.id:
        raise NotFound
    return enquiry


async def enquiries(look: Look) -> list[Enquiry]:
    """Give this officer's enquiries, newest first."""
    return await look.desk.register.enquiries.of(look.officer.id)


def _entry(kind: EntryKind, enquiry: Enquiry) -> Entry:
    return Entry(
        kind=kind,
        officer=enquiry.officer,
        enquiry=enquiry.id,
        purpose=enquiry.purpose.value,
        operation=kind.value.lower(),
        variables={"case_ref": enquiry.case_ref, "legal_basis": enquiry.legal_basis},
        ids=(),
        code="OK",
    )
