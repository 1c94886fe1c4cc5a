"""Two states that mint and verify tokens, under clocks that the test holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auth.keys import KeyRing
from auth.tokens import PeerClaims, TokenRefused, Tokens
from schemas.handling import Level, Purpose
from schemas.officer import Rank

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
THUMBPRINT, OTHER_THUMBPRINT = "t" * 43, "u" * 43
ENQUIRY = "urn:sangam:IN-PB:enquiry:6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b"
ASKED: dict[str, Any] = {
    "audience": "IN-RJ",
    "purpose": Purpose.INVESTIGATION,
    "case_ref": "FIR 12/2026 Bathinda",
    "rank": Rank.INSPECTOR,
    "unit": "AGTF Mohali ਪੰਜਾਬ",
    "level": Level.ORGANISED_CRIME_UNITS,
    "compartments": ("IN-PB:HAWK",),
    "enquiry": ENQUIRY,
    "legal_basis": "BNSS s. 94, जाँच",
    "enquiry_expires_at": NOON + timedelta(days=1),
    "certificate_thumbprint": THUMBPRINT,
    "signed_in_at": NOON - timedelta(hours=1),
}


@dataclass
class Station:
    """A state's tokens under a clock and a list of revocations that the test holds."""

    ring: KeyRing
    state: str
    now: datetime = NOON
    revoked: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget what was cached and what was used up."""
        self.tokens = Tokens(self.ring, state=self.state, clock=lambda: self.now, revoked=self._is_revoked)

    def _is_revoked(self, jti: str) -> bool:
        self.asked.append(jti)
        return jti in self.revoked

    def officer(self, **changed: Any) -> str:
        return self.tokens.mint_officer("asha.meena", "s-1", **({"jti": "o-1"} | changed))

    def peer(self, **changed: Any) -> str:
        return self.tokens.mint_peer("gill.b", **({"jti": "p-1"} | ASKED | changed))


@dataclass
class Border:
    """Rajasthan, which is asked, and Punjab, which asks."""

    owner: Station
    home: Station

    def ask(self, token: object, thumbprint: str = THUMBPRINT) -> PeerClaims:
        rings = {"IN-PB": self.home.ring}
        return self.owner.tokens.verify_peer(token, ring_of=rings, certificate_thumbprint=thumbprint)  # type: ignore[arg-type]


def refused(verify: Callable[[Any], object], token: object) -> TokenRefused:
    with pytest.raises(TokenRefused) as caught:
        verify(token)
    return caught.value
