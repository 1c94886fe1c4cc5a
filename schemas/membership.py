"""The membership: which states belong, where each answers, and by which certificates and keys it is known."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.codes.states import LAST_NUMBER
from schemas.envelope import Moment
from schemas.text import Line
from schemas.word import Word

MOST_MEMBERS = LAST_NUMBER + 1
_LONGEST_PEM = 8_000
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
# One a week for nineteen years.
MOST_HANDOVERS = 1_000


def _pem(label: str) -> AfterValidator:
    def check(text: str) -> str:
        lines = text.strip().splitlines()
        ends = (f"-----BEGIN {label}-----", f"-----END {label}-----")
        # What else may stand there is read by some alone: where it says that it is encrypted, TLS asks for a password.
        plain = all(line in ends or _BASE64.fullmatch(line) for line in lines[1:-1])
        if len(lines) < 3 or (lines[0], lines[-1]) != ends or not plain:
            raise ValueError(f"This is not one {label.lower()} in PEM.")
        return "\n".join(lines) + "\n"

    return AfterValidator(check)


PublicPem = Annotated[str, Field(max_length=_LONGEST_PEM), _pem("PUBLIC KEY")]
CertificatePem = Annotated[str, Field(max_length=_LONGEST_PEM), _pem("CERTIFICATE")]
# Not StateCode: a membership may name a state that this node does not know yet.
MemberCode = Annotated[str, StringConstraints(pattern=r"^IN-[A-Z]{2}$")]
Address = Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.\[\]:-]{1,253}:[0-9]{1,5}$")]
KeyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class TokenKey(Word):
    """A public key that signs, or signed, a state's tokens; it vouches for nothing issued outside its time."""

    kid: KeyId
    public_pem: PublicPem
    not_before: Moment
    retired_at: Moment | None = None


class Handover(Word):
    """A key's word, signed by it, that another signs from `begins` on and itself no more: ECDSA over SHA-256 in DER."""

    by: KeyId
    kid: KeyId
    public_pem: PublicPem
    begins: Moment
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{80,100}$")]


class Published(Word):
    """What a state tells the others of itself between two memberships: its handovers, and the membership it trusts."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    handovers: Annotated[tuple[Handover, ...], Field(max_length=MOST_HANDOVERS)] = ()


class MemberState(Word):
    """One state as the members have agreed to know it.

    `number` is its place in an audience mask. `certificates` are those under which it speaks, two while one is being
    changed for the next. `recovery` are its offline keys, with which it signs memberships.
    """

    code: MemberCode
    name: Line
    number: Annotated[int, Field(ge=0, le=LAST_NUMBER)]
    address: Address
    contact_desk: Line
    certificates: Annotated[tuple[CertificatePem, ...], Field(min_length=1, max_length=2)]
    keys: Annotated[tuple[TokenKey, ...], Field(min_length=1, max_length=50)]
    recovery: Annotated[tuple[PublicPem, ...], Field(min_length=1, max_length=5)]


class Membership(Word):
    """All member states, in order of number; the next version is signed by a quorum of the members of this one."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    issued_at: Moment
    members: Annotated[tuple[MemberState, ...], Field(min_length=1, max_length=MOST_MEMBERS)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        numbers = [member.number for member in self.members]
        if numbers != sorted(set(numbers)) or len({member.code for member in self.members}) < len(numbers):
            raise ValueError("Each state stands once, with a number of its own, in order of number.")
        if len({member.address for member in self.members}) < len(numbers):
            raise ValueError("No two states answer at one address.")
        certificates = [pem for member in self.members for pem in member.certificates]
        if len(set(certificates)) < len(certificates):
            raise ValueError("No certificate stands twice: a peer is known by its certificate.")
        return self


class MemberSignature(Word):
    """A member's signature over a membership, by one of its recovery keys: ECDSA over SHA-256, DER in base64url."""

    state: MemberCode
    kid: KeyId
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{80,100}$")]


class SignedMembership(Word):
    """A membership with the signatures of members."""

    membership: Membership
    signatures: Annotated[tuple[MemberSignature, ...], Field(max_length=5 * MOST_MEMBERS)]
