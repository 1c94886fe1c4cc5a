"""Tokens: signed, short-lived words about who asks, for our own officers and between states.

In order:
1. A token is taken apart strictly (`auth.compact`) before python-jose sees it; only ES256 is ever allowed.
2. The key comes by kid from the set of the state that speaks, and must have been that state's key when it was issued.
3. Every claim stands there exactly once, of its own type, and no other claim: exp nbf iat aud iss sub jti always.
4. An officer's token lives at most 15 minutes, a peer's 120 seconds, with 30 seconds for clocks that differ.
5. An officer's token is cached by its hash; its time and its revocation are looked at on every use.
6. A peer's token is bound to the certificate of its connection, asserts only officers of its own state, and is used
   up by the first use that passed everything else.
7. Every failure is the same TokenRefused.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from threading import Lock
from typing import TypeVar

from jose import jwk, jws
from jose.backends.base import Key
from jose.exceptions import JOSEError
from pydantic import ValidationError

from auth.claims import Body, Confirmation, OfficerBody, OfficerClaims, PeerBody, PeerClaims, moment, peer_claims
from auth.compact import ALGORITHM, LONGEST_TOKEN, Parts, TokenRefused, bounded, take_apart
from auth.keys import KeyRing, PublicKeys, SigningKey, is_p256
from schemas.handling import Level, Purpose
from schemas.ids import parse_urn
from schemas.officer import Rank

__all__ = ["KeyNotBegun", "OfficerClaims", "PeerClaims", "TokenRefused", "Tokens", "TooMuchAsserted"]

OFFICER_TYP, PEER_TYP = "at+jwt", "fed+jwt"
LONGEST_OFFICER, LONGEST_PEER = timedelta(minutes=15), timedelta(seconds=120)
LEEWAY = timedelta(seconds=30)
# How long after its first use a token could pass by time: its state's clock may be ahead, and behind it looks longer.
PASSES_FOR = LONGEST_PEER + 2 * LEEWAY
_CACHED = 4096


class KeyNotBegun(RuntimeError):
    """No token can be minted now that would be good later."""


class TooMuchAsserted(ValueError):
    """A token would be longer than one that is verified."""


class Tokens:
    """Mint and verify the tokens of one state. Verifying raises TokenRefused and nothing else of its own."""

    def __init__(
        self, ring: KeyRing, *, state: str, clock: Callable[[], datetime], revoked: Callable[[str], bool]
    ) -> None:
        """Stand on this state's keys; `revoked` says whether a jti was revoked and is asked on every use."""
        self._ring = ring
        self._state = state
        self._clock = clock
        self._revoked = revoked
        self._known = _Known()
        self._spent = _Spent()
        self._signs: tuple[SigningKey, Key] | None = None

    def mint_officer(self, officer: str, session: str, *, jti: str, lifetime: timedelta = LONGEST_OFFICER) -> str:
        """Mint a token for an officer of this state. Raises ValueError for what could not be verified."""
        begin, end = self._span(lifetime, LONGEST_OFFICER)
        return self._signed(
            OFFICER_TYP,
            OfficerBody(
                iss=self._state, aud=self._state, sub=officer, jti=jti, iat=begin, nbf=begin, exp=end, sid=session
            ),
        )

    def verify_officer(self, token: str) -> OfficerClaims:
        """Give what a token of ours says. Raises TokenRefused."""
        digest = hashlib.sha256(bounded(token).encode()).digest()
        claims = self._known.get(digest)
        if claims is None:
            claims = self._read_officer(token)
        _refuse_outside(claims.issued_at, claims.issued_at, claims.expires_at, self._clock())
        if self._revoked(claims.jti):
            raise TokenRefused("revoked")
        self._known.keep(digest, claims)
        return claims

    def mint_peer(
        self,
        officer: str,
        *,
        jti: str,
        audience: str,
        purpose: Purpose,
        case_ref: str,
        rank: Rank,
        unit: str,
        level: Level,
        compartments: tuple[str, ...],
        enquiry: str,
        legal_basis: str,
        enquiry_expires_at: datetime,
        certificate_thumbprint: str,
        signed_in_at: datetime,
        lifetime: timedelta = LONGEST_PEER,
    ) -> str:
        """Mint a token by which an officer of this state asks one other state once. Raises ValueError."""
        begin, end = self._span(lifetime, LONGEST_PEER)
        body = PeerBody(
            iss=self._state,
            aud=audience,
            sub=f"{self._state}:{officer}",
            jti=jti,
            iat=begin,
            nbf=begin,
            exp=end,
            cnf=Confirmation(**{"x5t#S256": certificate_thumbprint}),
            purpose=purpose,
            case_ref=case_ref,
            legal_basis=legal_basis,
            enquiry=enquiry,
            enquiry_exp=int(enquiry_expires_at.timestamp()),
            rank=rank,
            unit=unit,
            level=level,
            compartments=compartments,
            auth_time=int(signed_in_at.timestamp()),
        )
        return self._signed(PEER_TYP, body)

    def verify_peer(self, token: str, *, ring_of: Mapping[str, PublicKeys], certificate_thumbprint: str) -> PeerClaims:
        """Give what another state says, once. `ring_of` maps a peer's code to its keys. Raises TokenRefused."""
        parts = take_apart(token, PEER_TYP)
        issuer = parts.claims.get("iss")
        ring = ring_of.get(issuer) if isinstance(issuer, str) and issuer != self._state else None
        if ring is None:
            raise TokenRefused("iss is not a peer")
        body = _verified(parts, PeerBody, ring)
        if body.aud != self._state:
            raise TokenRefused("meant for another state")
        enquiry = parse_urn(body.enquiry)
        if enquiry is None or enquiry.type != "enquiry" or enquiry.state != body.iss:
            raise TokenRefused("the enquiry is not one of that state")
        if body.sub.partition(":")[0] != body.iss:
            raise TokenRefused("asserts another state's officer")
        _refuse_longer(body, LONGEST_PEER)
        now = self._clock()
        _refuse_outside(moment(body.iat), moment(body.nbf), moment(body.exp), now)
        if not hmac.compare_digest(body.cnf.thumbprint.encode(), certificate_thumbprint.encode()):
            raise TokenRefused("came under another certificate")
        # Last, so that whoever merely saw a token cannot use it up.
        if not self._spent.spend(f"{body.iss} {body.jti}", until=moment(body.exp) + LEEWAY, now=now):
            raise TokenRefused("used before")
        return peer_claims(body)

    def recall(self, issuer: str, jti: str, *, until: datetime) -> None:
        """Know that a peer's token was used up by a process that has ended; it could pass by time until then."""
        self._spent.spend(f"{issuer} {jti}", until=until, now=self._clock())

    def _read_officer(self, token: str) -> OfficerClaims:
        body = _verified(take_apart(token, OFFICER_TYP), OfficerBody, self._ring)
        if body.iss != self._state or body.aud != self._state:
            raise TokenRefused("iss and aud are this state")
        _refuse_longer(body, LONGEST_OFFICER)
        _refuse_outside(moment(body.iat), moment(body.nbf), moment(body.exp), self._clock())
        return OfficerClaims(body.sub, body.iss, body.jti, moment(body.iat), moment(body.exp), body.sid)

    def _span(self, lifetime: timedelta, longest: timedelta) -> tuple[int, int]:
        if not timedelta(seconds=1) <= lifetime <= longest:
            raise ValueError(f"A token of this kind lives 1 to {int(longest.total_seconds())} seconds.")
        begin = int(self._clock().timestamp())
        return begin, begin + int(lifetime.total_seconds())

    def _signed(self, typ: str, body: Body) -> str:
        issued = moment(body.iat)
        key = self._ring.signing_at(issued)
        if self._ring.public_pem(key.kid, issued) is None:
            raise KeyNotBegun("The clock stands before the beginning of the key that signs now: was it set back?")
        payload = body.model_dump_json(by_alias=True).encode()
        token = jws.sign(payload, self._signer(key), headers={"typ": typ, "kid": key.kid}, algorithm=ALGORITHM)
        if len(token) > LONGEST_TOKEN:
            raise TooMuchAsserted(f"The token would be longer than {LONGEST_TOKEN} bytes: assert fewer compartments.")
        return token

    def _signer(self, key: SigningKey) -> Key:
        """Give a key as the library signs with it; of one that signs no more nothing is kept."""
        if self._signs is None or self._signs[0] is not key:
            self._signs = (key, jwk.construct(key.private_pem(), ALGORITHM))
        return self._signs[1]


class _Known:
    """Tokens of ours already verified, by hash; the one verified longest ago leaves first."""

    def __init__(self) -> None:
        self._claims: dict[bytes, OfficerClaims] = {}
        self._lock = Lock()

    def get(self, digest: bytes) -> OfficerClaims | None:
        return self._claims.get(digest)

    def keep(self, digest: bytes, claims: OfficerClaims) -> None:
        with self._lock:
            self._claims.setdefault(digest, claims)
            if len(self._claims) > _CACHED:
                del self._claims[next(iter(self._claims))]


class _Spent:
    """Names of tokens used up, kept until their tokens could not pass by time alone: 150 s after they were issued."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._ends: list[tuple[datetime, str]] = []
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()

    def spend(self, name: str, *, until: datetime, now: datetime) -> bool:
        """Use a name up; False if it was used before, or if it may have been and was forgotten."""
        with self._lock:
            # A clock set back would make names that were forgotten good again.
            self._latest = max(self._latest, now)
            while self._ends and self._ends[0][0] <= self._latest:
                self._names.discard(heappop(self._ends)[1])
            if name in self._names or until <= self._latest:
                return False
            self._names.add(name)
            heappush(self._ends, (until, name))
            return True


_B = TypeVar("_B", bound=Body)


def _verified(parts: Parts, kind: type[_B], ring: PublicKeys) -> _B:
    """Give the claims under a good signature. Raises TokenRefused."""
    try:
        body = kind.model_validate_json(parts.payload, strict=True)
    except ValidationError as fault:
        # A claim that we do not know is named by whoever wrote it, and its name is not for our log.
        places = {str(place) for error in fault.errors() for place in error["loc"][:1]}
        said = sorted(places & kind.model_fields.keys()) + (["another"] if places - kind.model_fields.keys() else [])
        raise TokenRefused(f"claims: {', '.join(said)}") from None
    pem = ring.public_pem(parts.kid, moment(body.iat))
    if pem is None:
        raise TokenRefused("no key of this name at that time")
    try:
        jws.verify(parts.token, _key_of(pem), algorithms=[ALGORITHM])
    except JOSEError:
        raise TokenRefused("the signature does not hold") from None
    return body


@lru_cache(maxsize=64)
def _key_of(pem: str) -> Key:
    # python-jose verifies ES256 under any curve that the key brings.
    if not is_p256(pem):
        raise TokenRefused("the key is not P-256")
    return jwk.construct(pem, ALGORITHM)


def _refuse_longer(body: Body, longest: timedelta) -> None:
    if not body.iat <= body.nbf < body.exp or body.exp - body.iat > longest.total_seconds():
        raise TokenRefused("lives too long, or ends before it begins")


def _refuse_outside(issued: datetime, begins: datetime, ends: datetime, now: datetime) -> None:
    if issued > now + LEEWAY or begins > now + LEEWAY:
        raise TokenRefused("from the future")
    if ends + LEEWAY <= now:
        raise TokenRefused("ended")
