"""Claims: what a token says, as it travels and as the node uses it.

A body is closed: each claim is required, has its own type (a number is never text, nor true), and none may be added.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from schemas.codes.states import StateCode
from schemas.handling import Compartment, Level, Purpose
from schemas.ids import Urn
from schemas.officer import OfficerId, PeerOfficerId, Rank
from schemas.text import Code, Line
from schemas.word import Word

_Second = Annotated[int, Field(strict=True, ge=0, lt=7_258_118_400)]  # before 2200, as any moment of our words
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
_Thumbprint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


def _number(raw: object) -> object:
    # An enum of numbers takes true for 1, however strict the model.
    if isinstance(raw, bool):
        raise ValueError("A level is a number.")
    return raw


class Body(Word):
    """What every token says: who speaks, to whom, of whom; its own name; its times in seconds since 1970."""

    iss: StateCode
    aud: StateCode
    sub: str
    jti: _Name
    iat: _Second
    nbf: _Second
    exp: _Second


class OfficerBody(Body):
    """What a token of our own officer says."""

    sub: OfficerId
    sid: _Name


class Confirmation(Word):
    """The certificate to which a token is bound (RFC 8705)."""

    thumbprint: _Thumbprint = Field(alias="x5t#S256")


class PeerBody(Body):
    """What a token between states says."""

    # With its state before it: a subject that names another state than the issuer is refused.
    sub: PeerOfficerId
    cnf: Confirmation
    purpose: Purpose
    case_ref: Code
    legal_basis: Line
    enquiry: Urn
    enquiry_exp: _Second
    rank: Rank
    unit: Line
    level: Annotated[Level, BeforeValidator(_number)]
    compartments: tuple[Compartment, ...]
    auth_time: _Second


@dataclass(frozen=True)
class OfficerClaims:
    """What a token of ours says: which officer of this state, in which session, from when until when."""

    officer: str
    state: str
    jti: str
    issued_at: datetime
    expires_at: datetime
    session: str


@dataclass(frozen=True)
class PeerClaims:
    """What another state says about its officer, who asks `audience`; the owner decides again.

    `state` is the state that speaks and whose officer it is. `certificate_thumbprint` is base64url SHA-256 of the DER
    form of the certificate under which it came. `signed_in_at` is when the other state last saw the officer's one-time
    code.
    """

    officer: str
    state: str
    audience: str
    jti: str
    purpose: Purpose
    case_ref: str
    rank: Rank
    unit: str
    level: Level
    compartments: tuple[str, ...]
    enquiry: str
    legal_basis: str
    enquiry_expires_at: datetime
    certificate_thumbprint: str
    signed_in_at: datetime
    issued_at: datetime
    expires_at: datetime


def peer_claims(body: PeerBody) -> PeerClaims:
    """Give what a peer's token says, in our words."""
    return PeerClaims(
        officer=body.sub.partition(":")[2],
        state=body.iss,
        audience=body.aud,
        jti=body.jti,
        purpose=body.purpose,
        case_ref=body.case_ref,
        rank=body.rank,
        unit=body.unit,
        level=body.level,
        compartments=body.compartments,
        enquiry=body.enquiry,
        legal_basis=body.legal_basis,
        enquiry_expires_at=moment(body.enquiry_exp),
        certificate_thumbprint=body.cnf.thumbprint,
        signed_in_at=moment(body.auth_time),
        issued_at=moment(body.iat),
        expires_at=moment(body.exp),
    )


def moment(second: int) -> datetime:
    """Give the moment that a token means, in UTC."""
    return datetime.fromtimestamp(second, UTC)
