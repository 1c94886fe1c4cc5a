"""Identifiers: the names of our own records, and the numbers by which the world knows phones, accounts and cases."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import BeforeValidator

from schemas.account_number import bank_account_normal
from schemas.charge_sheet_number import ChargeSheetKind, ChargeSheetNumber, charge_sheet_normal
from schemas.cnr import cnr_normal
from schemas.codes.states import MEMBERS
from schemas.fir import Fir, FirKind, fir_normal
from schemas.identifier import BadIdentifier
from schemas.ifsc import Ifsc
from schemas.imei import imei_normal
from schemas.interpol import interpol_normal
from schemas.look_out import look_out_normal
from schemas.passport import passport_normal
from schemas.phone import phone_normal
from schemas.prisoner import prisoner_normal
from schemas.registration import vehicle_normal
from schemas.social import Platform, social_normal
from schemas.upi import upi_normal

__all__ = [
    "NORMAL_FORMS",
    "BadIdentifier",
    "ChargeSheetKind",
    "ChargeSheetNumber",
    "Fir",
    "FirKind",
    "Ifsc",
    "Platform",
    "RecordType",
    "URN_TYPES",
    "Urn",
    "UrnOfAny",
    "UrnParts",
    "ValueKind",
    "make_urn",
    "normal_form",
    "parse_urn",
]


class RecordType(StrEnum):
    """The kinds of records, as their ids name them."""

    PERSON = "person"
    GANG = "gang"
    INCIDENT = "incident"
    ACCOUNT = "account"
    VEHICLE = "vehicle"
    BANK_ACCOUNT = "bankaccount"
    WEAPON = "weapon"
    PLACE = "place"
    PRISON_STAY = "prisonstay"
    NOTICE = "notice"
    CASE = "case"
    CHARGE_SHEET = "chargesheet"
    DOCUMENT = "document"
    ASSISTANCE = "assistance"


URN_TYPES: frozenset[str] = frozenset(RecordType) | {
    "grant",
    "link",
    "enquiry",
    "officer",
    "change",
    "match",
    "follower",
    "audience",
    "foreign",
    "run",
}

_URN = re.compile(
    r"urn:sangam:(IN-[A-Z]{2}):([a-z]+):([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
)


class UrnParts(NamedTuple):
    """An id of ours, taken apart: the state that owns it, its type, its UUIDv4 as it is written."""

    state: str
    type: str
    digits: str

    @property
    def uuid(self) -> UUID:
        """Give its UUIDv4; made when it is asked for, since few do."""
        return UUID(self.digits)


def parse_urn(text: object) -> UrnParts | None:
    """Take an id of ours apart; None for whatever is not exactly one."""
    if not isinstance(text, str) or len(text) > 100:
        return None
    found = _URN.fullmatch(text)
    if found is None or found[1] not in MEMBERS or found[2] not in URN_TYPES:
        return None
    return UrnParts(found[1], found[2], found[3])


def make_urn(state: str, type: str, uuid: UUID) -> str:
    """Write an id of ours. Raises ValueError unless `parse_urn` would read it back."""
    text = f"urn:sangam:{state}:{type}:{uuid}"
    if parse_urn(text) is None:
        raise ValueError("An id names a member state, a known type and a random UUID (version 4).")
    return text


def _urn(raw: object) -> str:
    if not isinstance(raw, str) or parse_urn(raw) is None:
        raise ValueError("This is not an id of a record.")
    return raw


Urn = Annotated[str, BeforeValidator(_urn)]


def _urn_of_any(raw: object) -> str:
    found = _URN.fullmatch(raw) if isinstance(raw, str) else None
    if found is None or found[2] not in URN_TYPES:
        raise ValueError("This is not an id of a record.")
    return found[0]


# Of whatever state: who only reads what a node says need not know all members.
UrnOfAny = Annotated[str, BeforeValidator(_urn_of_any)]


class ValueKind(StrEnum):
    """The kinds of bare identifiers that exist only through the links that touch them."""

    PHONE = "PHONE"
    SOCIAL_ID = "SOCIAL_ID"
    FIR = "FIR"
    IMEI = "IMEI"
    VEHICLE = "VEHICLE"
    PASSPORT = "PASSPORT"
    UPI = "UPI"
    BANK_ACCOUNT = "BANK_ACCOUNT"
    CNR = "CNR"
    PRISONER = "PRISONER"
    LOC = "LOC"
    INTERPOL = "INTERPOL"
    CHARGE_SHEET = "CHARGE_SHEET"


NORMAL_FORMS: dict[ValueKind, Callable[[object], str]] = {
    ValueKind.PHONE: phone_normal,
    ValueKind.SOCIAL_ID: social_normal,
    ValueKind.FIR: fir_normal,
    ValueKind.IMEI: imei_normal,
    ValueKind.VEHICLE: vehicle_normal,
    ValueKind.PASSPORT: passport_normal,
    ValueKind.UPI: upi_normal,
    ValueKind.BANK_ACCOUNT: bank_account_normal,
    ValueKind.CNR: cnr_normal,
    ValueKind.PRISONER: prisoner_normal,
    ValueKind.LOC: look_out_normal,
    ValueKind.INTERPOL: interpol_normal,
    ValueKind.CHARGE_SHEET: charge_sheet_normal,
}


def normal_form(kind: ValueKind, text: str) -> str:
    """Give the one form under which every spelling of an identifier is found.

    PHONE is E.164; SOCIAL_ID is `PLATFORM:account id`; FIR is `state/district/station/year/serial/kind`, the district
    by its unit code where the table knows it, and CHARGE_SHEET is the same with a kind of its own. IMEI has 15 digits;
    VEHICLE is the mark without gaps; PASSPORT is `country/number`, BANK_ACCOUNT `IFSC/number`, CNR `court/serial/year`,
    PRISONER `state/prison/number/year`; UPI, LOC and INTERPOL are as printed, in one case. Raises BadIdentifier, which
    says why.
    """
    return NORMAL_FORMS[kind](text)
