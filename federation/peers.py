"""Peers: the other member states as this node knows them now. A peer is its certificate, never a parameter."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auth.certificates import der_of, ends_at, thumbprint
from auth.keys import holds
from schemas.membership import Handover, Membership, MemberState, TokenKey

WARNED = timedelta(days=30)


def good_until(member: MemberState, under: str | None = None) -> datetime:
    """Give the moment at which a member's last certificate ends, or the one with the thumbprint `under` if it has that.

    Of its own certificates a node knows under which it speaks; the next, which waits for it to begin anew, is of no
    help when this one ends.
    """
    spoken = [pem for pem in member.certificates if under is not None and thumbprint(der_of(pem)) == under]
    return max(ends_at(pem) for pem in spoken or member.certificates)


def ending(member: MemberState, at: datetime, under: str | None = None) -> str | None:
    """Say that this certificate of a member has ended or ends within thirty days; None while it is good for longer."""
    ends = good_until(member, under)
    if ends <= at:
        return f"The certificate ended on {ends:%Y-%m-%d}: nobody is to speak with this state."
    if ends - at <= WARNED:
        return f"The certificate ends on {ends:%Y-%m-%d}, in {(ends - at).days} days: it is time for the next."
    return None


class PublishedKeys:
    """The token keys of a peer: those of the membership, and those to which they have handed over."""

    def __init__(self, keys: tuple[TokenKey, ...], handovers: Iterable[Handover] = ()) -> None:
        """Stand on the keys of a membership, and on what the peer has said of them since.

        The first word of a key counts: who stole one that has ended has come too late. What stands after a word that
        its key has not said is not looked at: no node of ours says that, and whoever asks waits meanwhile.
        """
        self._keys = {key.kid: key for key in keys}
        self._said: dict[str, Handover] = {}
        for one in handovers:
            if not self._follows(one):
                break

    @property
    def handovers(self) -> tuple[Handover, ...]:
        """Give those that count, in the order that they were said."""
        return tuple(self._said.values())

    def public_pem(self, kid: str, issued_at: datetime) -> str | None:
        """Give the key of this name if it could have signed then."""
        key = self._keys.get(kid)
        if key is None or issued_at < key.not_before or (key.retired_at is not None and issued_at > key.retired_at):
            return None
        return key.public_pem

    def __iter__(self) -> Iterator[TokenKey]:
        return iter(self._keys.values())

    def contradicts(self, handover: Handover) -> bool:
        """Say whether a key has handed over to another than this."""
        return self._said.get(handover.by, handover) != handover

    def _follows(self, one: Handover) -> bool:
        """Take a handover in, if a key that is known said it within its time and never said another.

        False for one that this key has not said.
        """
        by = self._keys.get(one.by)
        if by is None or one.by in self._said:
            return True
        if one.begins < by.not_before or (by.retired_at is not None and one.begins > by.retired_at):
            return True
        if not holds(one, by.public_pem):
            return False
        self._keys[one.by] = by.model_copy(update={"retired_at": one.begins})
        # A membership that names the new key as well may have ended it.
        new = TokenKey(kid=one.kid, public_pem=one.public_pem, not_before=one.begins)
        self._keys.setdefault(one.kid, new)
        self._said[one.by] = one
        return True


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
    _by_thumbprint: Mapping[str, tuple[Peer, datetime]] = field(repr=False)

    @classmethod
    def of(cls, membership: Membership, own: str) -> "Peers":
        """Read a membership; raise ValueError if this state is no member of it."""
        members = {member.code: member for member in membership.members}
        if own not in members:
            raise ValueError(f"{own} is no member of this membership.")
        peers = {code: Peer(one, PublishedKeys(one.keys)) for code, one in members.items() if code != own}
        return cls(members[own], membership.version, peers, _marks(peers))

    def having(self, handovers: Mapping[str, Iterable[Handover]]) -> "Peers":
        """Give the same peers, where those that are named have said this of their keys."""
        peers = {
            code: Peer(peer.member, PublishedKeys(peer.member.keys, handovers[code])) if code in handovers else peer
            for code, peer in self.by_state.items()
        }
        return Peers(self.own, self.version, peers, _marks(peers))

    def __iter__(self) -> Iterator[Peer]:
        return iter(self.by_state.values())

    def of_certificate(self, der: bytes, at: datetime) -> Peer | None:
        """Give the peer that speaks under this certificate, if any does at this moment.

        That it has not ended was looked at when its connection was made, which may be long ago.
        """
        peer, ends = self._by_thumbprint.get(thumbprint(der), (None, at))
        return peer if at < ends else None

    @property
    def members(self) -> list[MemberState]:
        """Give every member, this state first."""
        return [self.own, *(peer.member for peer in self)]

    def warnings(self, at: datetime, under: str | None = None) -> list[str]:
        """Say of each member, this state first, whose certificate ends soon or has ended."""
        said = {member.code: ending(member, at, under) for member in self.members}
        return [f"{code}: {warning}" for code, warning in said.items() if warning is not None]

    @property
    def certificates(self) -> list[str]:
        """Give the certificates of every peer, in PEM."""
        return [pem for peer in self for pem in peer.member.certificates]


def _marks(peers: Mapping[str, Peer]) -> dict[str, tuple[Peer, datetime]]:
    pinned = ((pem, peer) for peer in peers.values() for pem in peer.member.certificates)
    return {thumbprint(der_of(pem)): (peer, ends_at(pem)) for pem, peer in pinned}
