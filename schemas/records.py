"""The kinds of records: one row gives a kind its names, its content and its order in every room."""

from dataclasses import dataclass

from schemas.account import AccountContent
from schemas.assistance import AssistanceContent
from schemas.bank import BankAccountContent
from schemas.case import CaseContent
from schemas.chargesheet import ChargeSheetContent
from schemas.document import DocumentContent
from schemas.gang import GangContent
from schemas.ids import RecordType
from schemas.incident import IncidentContent
from schemas.notice import NoticeContent
from schemas.person import PersonContent
from schemas.place import PlaceContent
from schemas.prison import PrisonStayContent
from schemas.vehicle import VehicleContent
from schemas.weapon import WeaponContent
from schemas.word import Word

Content = (
    PersonContent
    | GangContent
    | IncidentContent
    | AccountContent
    | VehicleContent
    | BankAccountContent
    | WeaponContent
    | PlaceContent
    | PrisonStayContent
    | NoticeContent
    | CaseContent
    | ChargeSheetContent
    | DocumentContent
    | AssistanceContent
)
ContentType = type[Content]


@dataclass(frozen=True)
class RecordWord:
    """One kind of record.

    `name` is its type's in GraphQL; `noun` and `nouns` are how a sentence calls one and
    many of it, `told` says what it is. `brief` are the fields that tell one from another in a few words; the first of
    them that is said is what a person would call it. `named_by` are the fields that it is found by as a name, and
    `timed_by` the one that gives its time: lists stand in order of time where there is one, else of name.
    """

    type: RecordType
    name: str
    noun: str
    nouns: str
    told: str
    content: ContentType
    brief: tuple[str, ...]
    named_by: tuple[str, ...] = ()
    timed_by: str | None = None

    @property
    def plural(self) -> str:
        """Give the name of many such records as a field, as GraphQL writes it."""
        return self.root + "s"

    @property
    def sort_key(self) -> str:
        """Give the property that its lists stand in order of."""
        return "sort_time" if self.timed_by else "sort_name"

    def names(self, content: Content) -> list[str]:
        """Give the names that a record is found by."""
        names: list[str] = []
        for field in self.named_by:
            said = getattr(content, field)
            # A small word that is a name, or has been one, begins with it.
            many = said if isinstance(said, tuple) else ()
            names += [said] if isinstance(said, str) else [next(iter(dict(one).values())) for one in many]
        return names

    @property
    def label(self) -> str:
        """Give its label in the graph: its name, unless that is a word of Cypher."""
        return "PoliceCase" if self.name == "Case" else self.name

    @property
    def root(self) -> str:
        """Give the name of one such record as a field, as GraphQL writes it."""
        return self.name[0].lower() + self.name[1:]


RECORDS: dict[RecordType, RecordWord] = {
    word.type: word
    for word in (
        RecordWord(
            RecordType.PERSON,
            "Person",
            "a person",
            "persons",
            "A person as one state's police know them.",
            PersonContent,
            brief=("names", "category", "custody"),
            named_by=("names",),
        ),
        RecordWord(
            RecordType.GANG,
            "Gang",
            "a gang",
            "gangs",
            "A gang as one state's police allege it.",
            GangContent,
            brief=("names", "standing"),
            named_by=("names",),
        ),
        RecordWord(
            RecordType.INCIDENT,
            "Incident",
            "an incident",
            "incidents",
            "Something that happened, extortion first.",
            IncidentContent,
            brief=("title", "demand_at", "place"),
            timed_by="demand_at",
        ),
        RecordWord(
            RecordType.ACCOUNT,
            "SocialAccount",
            "a social account",
            "social accounts",
            "A social-media account, by the platform's immutable id.",
            AccountContent,
            brief=("handle", "account_id", "platform"),
            named_by=("handle", "earlier_handles"),
        ),
        RecordWord(
            RecordType.VEHICLE,
            "Vehicle",
            "a vehicle",
            "vehicles",
            "A vehicle as one state's police know it; its plate is an identifier.",
            VehicleContent,
            brief=("registration", "make", "model", "colour", "vehicle_kind", "vehicle_status"),
        ),
        RecordWord(
            RecordType.BANK_ACCOUNT,
            "BankAccount",
            "a bank account",
            "bank accounts",
            "A bank account, wallet or payment address; its number is an identifier.",
            BankAccountContent,
            brief=("bank_name", "last_four", "account_kind", "account_status"),
        ),
        RecordWord(
            RecordType.WEAPON,
            "Weapon",
            "a weapon",
            "weapons",
            "A weapon that was used, found or is sought.",
            WeaponContent,
            brief=("weapon_kind", "calibre", "serial_number", "weapon_status"),
        ),
        RecordWord(
            RecordType.PLACE,
            "Place",
            "a place",
            "places",
            "A place that matters to more than one record.",
            PlaceContent,
            brief=("name", "place_kind", "address"),
            named_by=("name",),
        ),
        RecordWord(
            RecordType.PRISON_STAY,
            "PrisonStay",
            "a prison stay",
            "prison stays",
            "One stretch of time in one prison, from coming in to going out.",
            PrisonStayContent,
            brief=("prison", "admitted_on", "released_on"),
            timed_by="admitted_on",
        ),
        RecordWord(
            RecordType.NOTICE,
            "Notice",
            "a notice",
            "notices",
            "A circular, warrant, proclamation or reward that asks others to look for someone or something.",
            NoticeContent,
            brief=("notice_kind", "reference", "issued_by", "notice_status"),
            timed_by="issued_on",
        ),
        RecordWord(
            RecordType.CASE,
            "Case",
            "a case",
            "cases",
            "What a police station registered, and how far it has come.",
            CaseContent,
            brief=("title", "fir_number", "case_status"),
            timed_by="registered_on",
        ),
        RecordWord(
            RecordType.CHARGE_SHEET,
            "ChargeSheet",
            "a charge-sheet",
            "charge-sheets",
            "What the police put before a court, and whether the court took it up.",
            ChargeSheetContent,
            brief=("sheet_number", "filed_on", "court"),
            timed_by="filed_on",
        ),
        RecordWord(
            RecordType.DOCUMENT,
            "Document",
            "a document",
            "documents",
            "A paper, picture or recording that records rest on.",
            DocumentContent,
            brief=("title", "document_kind", "dated"),
            timed_by="dated",
        ),
        RecordWord(
            RecordType.ASSISTANCE,
            "Assistance",
            "an act of help",
            "acts of help",
            "One act of help with a statute that makes it an offence.",
            AssistanceContent,
            brief=("assistance_kind", "section", "happened_on"),
            timed_by="happened_on",
        ),
    )
}

WORD_OF: dict[type[Word], RecordWord] = {word.content: word for word in RECORDS.values()}
