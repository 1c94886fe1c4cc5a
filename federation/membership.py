"""The membership opened: which file may say who the peers are. Pure: no file, no network, no clock.

In order, each check by its name:
1. SIZE: at most 2 MB.
2. FORM: JSON in UTF-8, no name twice, our words and no others, in the one spelling that RFC 8785 gives them.
3. OWN: this state is a member, with its own number.
4. CERTIFICATE: each is one certificate with a P-256 key, which TLS takes, and none is two states'.
5. KEY: each is a P-256 key named by its thumbprint, and none stands twice, whoever holds it.
6. VERSION: the one that follows the trusted one, so that no number given in between is missed.
7. NUMBER: a number that a state ever had is that state's for good, also when it has left.
8. QUORUM: more than half of the members of the trusted version signed, each by a recovery key that it listed there.
   A first version is signed by its own members; whom to believe then is said by a person who compares fingerprints.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import rfc8785
from pydantic import ValidationError

from auth.certificates import der_of, ends_at, fit, thumbprint
from auth.keys import SigningKey, kid_of, verify
from schemas.membership import Membership, MemberSignature, MemberState, SignedMembership

LARGEST = 2_000_000

# A recovery key signs other things too; nothing signed as one of them is ever a membership.
_SAID = b"Sangam membership\n"


class Check(StrEnum):
    """What a membership is checked for."""

    SIZE = "SIZE"
    FORM = "FORM"
    OWN = "OWN"
    CERTIFICATE = "CERTIFICATE"
    KEY = "KEY"
    VERSION = "VERSION"
    NUMBER = "NUMBER"
    QUORUM = "QUORUM"


class MembershipRefused(Exception):
    """A membership that may not be trusted: the check that it failed, and why in plain words."""

    def __init__(self, check: Check, reason: str) -> None:
        """Keep the check apart from the sentence."""
        super().__init__(f"{check}: {reason}")
        self.check = check
        self.reason = reason


def canonical(word: Membership | SignedMembership) -> bytes:
    """Give the one spelling of a membership, or of the file that carries it with its signatures (RFC 8785)."""
    return rfc8785.dumps(word.model_dump(mode="json"))


def fingerprint(membership: Membership) -> str:
    """Give what two people read out to each other: SHA-256 of the membership, sixteen groups of four hex digits."""
    digits = hashlib.sha256(canonical(membership)).hexdigest()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def sign(signed: SignedMembership, state: str, key: SigningKey) -> SignedMembership:
    """Give a membership with a state's signature by one of its recovery keys as well."""
    signature = base64.urlsafe_b64encode(key.sign(_SAID + canonical(signed.membership))).rstrip(b"=").decode()
    fresh = MemberSignature(state=state, kid=key.kid, signature=signature)
    others = [one for one in signed.signatures if (one.state, one.kid) != (state, key.kid)]
    inorder = sorted((*others, fresh), key=lambda one: (one.state, one.kid))
    return SignedMembership(membership=signed.membership, signatures=tuple(inorder))


def open_membership(
    raw: bytes, *, trusted: Membership | None, own: str, own_number: int, numbers: Mapping[str, int]
) -> SignedMembership:
    """Open a signed membership that may follow the trusted one. Raises MembershipRefused.

    `own` is this state and `own_number` its number; `numbers` has every number that a state was ever known by.
    """
    signed = read_membership(raw, trusted=trusted, own=own, own_number=own_number, numbers=numbers)
    lacking = quorum_lacking(signed, trusted)
    if lacking is not None:
        raise MembershipRefused(Check.QUORUM, lacking)
    return signed


def read_membership(
    raw: bytes, *, trusted: Membership | None, own: str, own_number: int, numbers: Mapping[str, int]
) -> SignedMembership:
    """Read a membership that could follow the trusted one once it is signed: each check but QUORUM."""
    if len(raw) > LARGEST:
        raise MembershipRefused(Check.SIZE, f"A membership has at most {LARGEST} bytes.")
    signed = _read(raw)
    membership = signed.membership
    _refuse_without(membership, own, own_number)
    refuse_unfit(membership.members)
    if trusted is not None and membership.version != trusted.version + 1:
        said = f"Version {trusted.version} is trusted, and version {trusted.version + 1} follows it"
        raise MembershipRefused(Check.VERSION, f"{said}; this is version {membership.version}.")
    _refuse_numbers(membership, {**numbers, **_numbers(trusted)})
    return signed


def quorum_lacking(signed: SignedMembership, trusted: Membership | None) -> str | None:
    """Say in a sentence that too few have signed, and who has; None if enough have."""
    judges = trusted or signed.membership
    signers = _signers(signed, judges)
    if 2 * len(signers) > len(judges.members):
        return None
    who = ", ".join(sorted(signers)) or "nobody"
    said = f"More than half of the {len(judges.members)} members of version {judges.version} must sign it"
    return f"{said}; signed by {who}."


def refuse_unfit(members: Iterable[MemberState]) -> None:
    """Refuse members of whom a certificate or a key is none, or stands twice. Raises MembershipRefused."""
    known = tuple(members)
    _refuse_certificates(known)
    _refuse_keys(known)


def differences(old: Membership | None, new: Membership) -> list[str]:
    """Say in sentences what a membership changes; without an old one, who its members are."""
    before = {} if old is None else {member.code: member for member in old.members}
    after = {member.code: member for member in new.members}
    said = [f"{code} leaves." for code in before if code not in after]
    for code, member in after.items():
        if code in before:
            said += _changes(before[code], member)
        else:
            certificates = ", ".join(_certificate(pem) for pem in member.certificates)
            said.append(f"{code} ({member.name}) joins with number {member.number}, at {member.address}.")
            said.append(f"{code} speaks under {certificates}.")
            said.append(f"{code} recovers by {', '.join(kid_of(pem) for pem in member.recovery)}.")
    return said


def _read(raw: bytes) -> SignedMembership:
    try:
        signed = SignedMembership.model_validate_json(raw)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "file"
        raise MembershipRefused(Check.FORM, f"At {place}: {first['msg']}") from fault
    # What was read leniently, as a name that stands twice or a number in quotes, is not spelled like this.
    if canonical(signed) != raw:
        raise MembershipRefused(Check.FORM, "It is not in the one spelling that RFC 8785 gives it.")
    return signed


def _refuse_without(membership: Membership, own: str, number: int) -> None:
    ours = [member for member in membership.members if member.code == own]
    if not ours:
        raise MembershipRefused(Check.OWN, f"{own} is no member.")
    if ours[0].number != number:
        raise MembershipRefused(Check.OWN, f"{own} has number {number}, not {ours[0].number}.")


def _refuse_certificates(members: Iterable[MemberState]) -> None:
    known = set[str]()
    for member in members:
        for pem in member.certificates:
            try:
                name = thumbprint(fit(pem))
            except ValueError as fault:
                raise MembershipRefused(Check.CERTIFICATE, f"Of {member.code}: {fault}") from fault
            if name in known:
                raise MembershipRefused(Check.CERTIFICATE, f"Certificate {name} stands twice.")
            known.add(name)


def _refuse_keys(members: Iterable[MemberState]) -> None:
    known = set[str]()
    for member in members:
        for named, pem in _keys(member):
            try:
                kid = kid_of(pem)
            except ValueError as fault:
                raise MembershipRefused(Check.KEY, f"Of {member.code}: {fault}") from fault
            if named not in (None, kid):
                raise MembershipRefused(Check.KEY, f"Key {named} of {member.code} is in truth {kid}.")
            # One key for two states would sign for both; a recovery key that also signs tokens is not offline.
            if kid in known:
                raise MembershipRefused(Check.KEY, f"Key {kid} stands twice.")
            known.add(kid)


def _keys(member: MemberState) -> Iterator[tuple[str | None, str]]:
    """Give every key of a member in PEM, with the name that is claimed for it if one is."""
    yield from ((key.kid, key.public_pem) for key in member.keys)
    yield from ((None, pem) for pem in member.recovery)


def _refuse_numbers(membership: Membership, numbers: Mapping[str, int]) -> None:
    holders = {number: code for code, number in numbers.items()}
    for member in membership.members:
        if numbers.get(member.code, member.number) != member.number:
            said = f"{member.code} has number {numbers[member.code]} for good, not {member.number}."
            raise MembershipRefused(Check.NUMBER, said)
        if holders.get(member.number, member.code) != member.code:
            said = f"Number {member.number} is {holders[member.number]}'s for good, not {member.code}'s."
            raise MembershipRefused(Check.NUMBER, said)


def _numbers(membership: Membership | None) -> dict[str, int]:
    return {} if membership is None else {member.code: member.number for member in membership.members}


def _signers(signed: SignedMembership, judges: Membership) -> set[str]:
    """Give the states whose signature holds under a recovery key that they have among the judges."""
    said = _SAID + canonical(signed.membership)
    listed = {(member.code, kid_of(pem)): pem for member in judges.members for pem in member.recovery}
    return {
        one.state
        for one in signed.signatures
        if (pem := listed.get((one.state, one.kid))) is not None and verify(pem, said, _bytes(one.signature))
    }


def _bytes(signature: str) -> bytes:
    """Give the bytes of a signature, none for a text that is no base64url."""
    try:
        return base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except ValueError:
        return b""


def _changes(old: MemberState, new: MemberState) -> Iterator[str]:
    code = new.code
    for what, before, after in (
        ("is called", old.name, new.name),
        ("has number", old.number, new.number),
        ("answers at", old.address, new.address),
        ("is reached by people at", old.contact_desk, new.contact_desk),
    ):
        if before != after:
            yield f"{code} {what} {after}, before {before}."
    yield from (f"{code} also speaks under {_certificate(pem)}." for pem in _only(new.certificates, old.certificates))
    yield from (
        f"{code} speaks no more under {_certificate(pem)}." for pem in _only(old.certificates, new.certificates)
    )
    yield from _key_changes(old, new)
    yield from (f"{code} also recovers by {kid_of(pem)}." for pem in _only(new.recovery, old.recovery))
    yield from (f"{code} recovers no more by {kid_of(pem)}." for pem in _only(old.recovery, new.recovery))


def _key_changes(old: MemberState, new: MemberState) -> Iterator[str]:
    before = {key.kid: key for key in old.keys}
    for key in new.keys:
        known = before.pop(key.kid, None)
        times = f"from {key.not_before.isoformat()}" + (f" to {key.retired_at.isoformat()}" if key.retired_at else "")
        if known is None:
            yield f"{new.code} also signs tokens with {key.kid}, {times}."
        elif known != key:
            yield f"{new.code} signs tokens with {key.kid} {times} now."
    yield from (f"{new.code} signs tokens no more with {kid}." for kid in before)


def _only(here: Iterable[str], there: Iterable[str]) -> list[str]:
    known = set(there)
    return [one for one in here if one not in known]


def _certificate(pem: str) -> str:
    return f"certificate {thumbprint(der_of(pem))}, good to {ends_at(pem).date().isoformat()}"
