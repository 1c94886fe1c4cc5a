"""Peers: the other member states as this node knows them now. A peer is its certificate, never a parameter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auth.certificates import der_of, ends_at, thumbprint
from schemas.membership import Membership, MemberState, TokenKey

WARNED = timedelta(days=30)


def ending(member: MemberState, at: datetime) -> str | None:
    """Say that a member's last certificate has ended or ends within thirty days; None while it is good for longer."""
    ends = max(ends_at(pem) for pem in member.certificates)
    if ends <= at:
        return f"The certificate ended on {ends:%Y-%m-%d}: nobody is to speak with this state."
    if ends - at <= WARNED:
        return f"The certificate ends on {ends:%Y-%m-%d}, in {(ends - at).days} days: it is time for the next."
    return None


class PublishedKeys:
    """The token keys that a peer has published: what it signed with, and when."""

    def __init__(self, keys: tuple[TokenKey, ...]) -> None:
        """Stand on the keys of a membership."""
        self._keys = {key.kid: key for key in keys}

    def public_pem(self, kid: str, issued_at: datetime) -> str | None:
        """Give the key of this name if it could have signed then."""
        key = self._keys.get(kid)
        if key is None or issued_at < key.not_before or (key.retired_at is not None and issued_at > key.retired_at):
            return None
        return key.public_pem


@dataclass(frozen=True)
class Peer:
    """One other state: where it answers, whom to call there, and by what it is known."""

    member: MemberState
    keys: PublishedKeys

    @property
    def state(self) -> str:
        """Give its code."""
        return self.member.code


@dataclass(frozen=True)
class Peers:
    """The peers of one state under one membership, by code and in order of number."""

    own: MemberState
    version: int
    by_state: Mapping[str, Peer]
    _by_thumbprint: Mapping[str, Peer] = field(repr=False)

    @classmethod
    def of(cls, membership: Membership, own: str) -> "Peers":
        """Read a membership; raise ValueError if this state is no member of it."""
        members = {member.code: member for member in membership.members}
        if own not in members:
            raise ValueError(f"{own} is no member of this membership.")
        peers = {code: Peer(one, PublishedKeys(one.keys)) for code, one in members.items() if code != own}
        marks = {thumbprint(der_of(pem)): peer for peer in peers.values() for pem in peer.member.certificates}
        return cls(members[own], membership.version, peers, marks)

    def __iter__(self) -> Iterator[Peer]:
        return iter(self.by_state.values())

    def of_certificate(self, der: bytes) -> Peer | None:
        """Give the peer that speaks under this certificate, if any does."""
        return self._by_thumbprint.get(thumbprint(der))

    def warnings(self, at: datetime) -> list[str]:
        """Say of each member, this state first, whose certificate ends soon or has ended."""
        members = [self.own, *(peer.member for peer in self)]
        return [f"{member.code}: {said}" for member in members if (said := ending(member, at)) is not None]

    @property
    def certificates(self) -> list[str]:
        """Give the certificates of every peer, in PEM."""
        return [pem for peer in self for pem in peer.member.certificates]
