"""Rehearsing: a request of nobody, by which the database plans what others will ask, and which learns nothing.

In order:
1. It is under a grant that sees nothing, as an audit is, and even under that nothing is asked.
2. Nothing of it stands on the ledger, for nothing was looked at.
"""

from datetime import timedelta

from auth.grant import Refusal
from auth.policy import decide
from desk.errors import Refused
from desk.looking import Desk, Look
from graph.rehearsing import Rehearsal
from schemas.enquiry import Enquiry
from schemas.handling import Purpose
from schemas.ids import make_urn
from schemas.officer import Officer, Rank


def rehearsal(desk: Desk) -> tuple[Look, Rehearsal]:
    """Give a request whose questions are planned and not asked, and its session."""
    at = desk.clock()
    officer = Officer(id="rehearsal", name="Rehearsal", state=desk.state, rank=Rank.SERVICE, unit="-")
    enquiry = Enquiry(
        id=make_urn(desk.state, "enquiry", desk.random.uuid(officer.id)),
        officer=officer.id,
        purpose=Purpose.AUDIT,
        case_ref="-",
        legal_basis="-",
        opened_at=at,
        expires_at=at + timedelta(minutes=1),
    )
    grant = decide(officer, enquiry, at=at)
    if isinstance(grant, Refusal):
        raise Refused(grant.code, grant.reason)
    session = Rehearsal(grant, desk.graph)
    return Look(desk, officer, enquiry.id, at, enquiry=enquiry, _session=session), session
