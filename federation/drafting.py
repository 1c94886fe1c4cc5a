"""The next membership drafted: what a state proposes to the others, who read it, compare it and sign it offline.

A draft trusts nobody: it is read by every check of `federation.membership` when it comes back signed.
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.membership import Membership, MemberState, SignedMembership


def draft(
    trusted: Membership | None, *, put: Iterable[MemberState], without: Iterable[str], at: datetime
) -> SignedMembership:
    """Give the version that follows, unsigned, in which some members stand anew and some no more.

    Raises ValueError for what is no membership, and for a state that is to leave and is no member.
    """
    members = {} if trusted is None else {member.code: member for member in trusted.members}
    for code in without:
        if members.pop(code, None) is None:
            raise ValueError(f"{code} is no member.")
    members |= {member.code: member for member in put}
    version = 1 if trusted is None else trusted.version + 1
    ordered = sorted(members.values(), key=lambda member: member.number)
    membership = Membership.model_validate(
        {"version": version, "issued_at": at.replace(microsecond=0), "members": tuple(ordered)}
    )
    return SignedMembership(membership=membership, signatures=())


def with_certificate(member: MemberState, pem: str) -> MemberState:
    """Give a member that also speaks under another certificate: its newest so far, and this one."""
    certificates = (*member.certificates[-1:], pem)
    return MemberState.model_validate({**member.model_dump(), "certificates": certificates})


def with_newest(member: MemberState) -> MemberState:
    """Give a member that speaks under the newest of its certificates alone."""
    return member.model_copy(update={"certificates": member.certificates[-1:]})
