"""Six states as their first membership knows them, and memberships made from it that differ in one thing."""

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from auth.certificates import TrainingAuthority, der_of
from auth.keys import SigningKey
from federation.membership import canonical, sign
from federation.training import Training, training_membership
from schemas.codes.states import read_members
from schemas.codes.table import text_of
from schemas.membership import Membership, SignedMembership, TokenKey

MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)
SIX = ("IN-RJ", "IN-PB", "IN-HR", "IN-DL", "IN-GJ", "IN-CH")
NUMBERS = {code: member.bit for code, member in read_members(text_of("states.toml"))[1].items()}

Edit = Callable[[dict[str, Any]], object]


def token_key(key: SigningKey | None = None) -> TokenKey:
    """Give a public key that signs from the morning on."""
    key = key or SigningKey.generate()
    return TokenKey(kid=key.kid, public_pem=key.public_pem(), not_before=MORNING)


def trained(at: datetime = MORNING) -> Training:
    """Make a training world of six states, each behind a port of this machine."""
    places = enumerate(SIX)
    return training_membership({code: (f"https://127.0.0.1:{9000 + n}", (token_key(),)) for n, code in places}, at)


@cache
def world() -> Training:
    """Give one such world, for all tests that only read it."""
    return trained()


def member(code: str, name: str, number: int) -> tuple[dict[str, Any], SigningKey]:
    """Give a state that is to join, as it stands in a membership, with its recovery key."""
    recovery = SigningKey.generate()
    issued = TrainingAuthority.generate(MORNING).issue(code, ["127.0.0.1"], at=MORNING, days=365)
    said = {
        "code": code,
        "name": name,
        "number": number,
        "address": f"https://127.0.0.1:{9100 + number}",
        "contact_desk": f"Desk of {name}",
        "certificates": [issued.certificate_pem],
        "keys": [token_key().model_dump(mode="json")],
        "recovery": [recovery.public_pem()],
    }
    return said, recovery


def spoiled(certificate: str) -> str:
    """Give a certificate whose name is no text, which TLS sees at once and a library that reads names late does not."""
    der = der_of(certificate)
    assert b"training" in der
    lines = base64.encodebytes(der.replace(b"training", b"\xfftrainin")).decode().strip()
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def edited(edit: Edit, *, of: Membership | None = None, version: int = 2) -> Membership:
    """Give a membership that differs from another in its version and in what `edit` does to its JSON."""
    said = (of or world().signed.membership).model_dump(mode="json") | {"version": version}
    edit(said)
    return Membership.model_validate(said)


def signed_by(membership: Membership, keys: Mapping[str, SigningKey], who: Iterable[str] = SIX) -> SignedMembership:
    """Give a membership signed by these states."""
    signed = SignedMembership(membership=membership, signatures=())
    for code in who:
        signed = sign(signed, code, keys[code])
    return signed


def second(edit: Edit = lambda said: None, who: Iterable[str] = SIX) -> bytes:
    """Give the file of a second version, signed by these states."""
    return canonical(signed_by(edited(edit), world().recovery, who))
