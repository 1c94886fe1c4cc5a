"""A training world's membership: the states of one machine, with keys that nobody else is to trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from auth.certificates import Issued, TrainingAuthority
from auth.keys import SigningKey
from federation.membership import sign
from schemas.codes.states import MEMBERS
from schemas.membership import Membership, MemberState, SignedMembership, TokenKey

_DAYS = 365


@dataclass(frozen=True, repr=False)
class Training:
    """The first membership, signed by every state, with what each state keeps to itself."""

    signed: SignedMembership
    issued: Mapping[str, Issued]
    recovery: Mapping[str, SigningKey]


def training_membership(states: Mapping[str, tuple[str, tuple[TokenKey, ...]]], at: datetime) -> Training:
    """Make certificates and recovery keys for states, and the membership that they sign.

    `states` has the address of each and the public keys that sign its tokens. Raises ValueError for a state without a
    number.
    """
    if not states.keys() <= MEMBERS.keys():
        raise ValueError(f"A training world knows {', '.join(MEMBERS)}.")
    authority = TrainingAuthority.generate(at)
    ordered = sorted(states, key=lambda code: MEMBERS[code].bit)
    issued = {code: authority.issue(code, [_host(states[code][0])], at=at, days=_DAYS) for code in ordered}
    recovery = {code: SigningKey.generate() for code in ordered}
    members = (_member(code, *states[code], issued[code], recovery[code]) for code in ordered)
    membership = Membership(version=1, issued_at=at.replace(microsecond=0), members=tuple(members))
    signed = SignedMembership(membership=membership, signatures=())
    for code in ordered:
        signed = sign(signed, code, recovery[code])
    return Training(signed, issued, recovery)


def _member(code: str, address: str, keys: tuple[TokenKey, ...], issued: Issued, recovery: SigningKey) -> MemberState:
    known = MEMBERS[code]
    return MemberState(
        code=code,
        name=known.name,
        number=known.bit,
        address=address,
        contact_desk=f"Training desk of {known.name}",
        certificates=(issued.certificate_pem,),
        keys=keys,
        recovery=(recovery.public_pem(),),
    )


def _host(address: str) -> str:
    host = urlsplit(address).hostname
    if not host:
        raise ValueError(f"{address} is no address.")
    return host
