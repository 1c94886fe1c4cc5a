"""Invented humans, and how a state records one of them."""

from dataclasses import dataclass, field
from datetime import date

from intake.world.book import Book
from intake.world.dice import Dice
from intake.world.names import Called, invent_name, record_names
from intake.world.tables import Prison, words
from schemas.codes.units import unit
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import ValueKind
from schemas.link import LinkContent, LinkKind, Role
from schemas.person import PROTECTED, Address, Category, Caution, Custody, DatePrecision, PersonContent, Sex

MEMBER_CATEGORIES = {
    Category.SUSPECT: 9,
    Category.ACCUSED_CHARGED: 6,
    Category.CONVICTED: 2,
    Category.PROCLAIMED: 2,
    Category.ACQUITTED_DISCHARGED: 1,
    Category.ASSOCIATE: 3,
}
_FIRM = frozenset({Category.ACCUSED_CHARGED, Category.CONVICTED, Category.PROCLAIMED, Category.ACQUITTED_DISCHARGED})
_MARKS = (
    "Old scar on the left forearm.",
    "Tattoo of a wheel on the right hand.",
    "Walks with a slight limp.",
    "Two fingers of the left hand are missing their tips.",
    "Burn mark below the right ear.",
    "Wears a steel watch on the right wrist.",
)
_CUSTODY = {Custody.AT_LARGE: 5, Custody.IN_CUSTODY: 3, Custody.ON_BAIL: 3, Custody.UNKNOWN: 4}
_PRECISIONS = {DatePrecision.DAY: 5, DatePrecision.MONTH: 1, DatePrecision.YEAR: 4}


@dataclass(frozen=True)
class Held:
    """In which prison someone is, under which number, and since when."""

    prison: Prison
    number: str
    since: date


@dataclass(frozen=True)
class Wanted:
    """Under which control number someone is looked for beyond the borders, and since when."""

    number: str
    since: date


@dataclass(eq=False)
class Human:
    """One invented human, the same one in whichever gang or state; two of the same name are two."""

    called: Called
    born: date
    phones: list[str] = field(default_factory=list)
    role: Role | None = None
    handset: str | None = None
    passport: str | None = None
    held: Held | None = None
    wanted: Wanted | None = None


def invent_human(dice: Dice, on: date, *, aliased: float = 0.0, role: Role | None = None) -> Human:
    """Invent an adult of 19 to 60 years."""
    born = dice.day(date(on.year - 60, 1, 1), date(on.year - 20, 12, 28))
    return Human(invent_name(dice, aliased=aliased), born, role=role)


def invent_child(dice: Dice, on: date) -> Human:
    """Invent a child of 14 to 16 years in conflict with law."""
    return Human(invent_name(dice, aliased=0.0), dice.day(date(on.year - 16, 1, 1), date(on.year - 15, 12, 28)))


def record_person(book: Book, human: Human, category: Category, *, near: tuple[str, ...] = ()) -> RecordDraft:
    """Write a human down as this state knows them, with what it happened to learn."""
    marking = book.marker.record(category, firm=category in _FIRM, near=near)
    return book.add(_content(book, human, category), marking)


def link_phone(book: Book, person: RecordDraft, number: str) -> ValueEnd:
    """Write down that a person uses a phone, with the number as the station wrote it, and give the phone."""
    phone = as_phone(book.dice, number)
    since = book.dice.day(date(book.on.year - 3, 1, 1), book.on)
    book.link(LinkKind.USES_PHONE, person, phone, LinkContent(as_written=phone.value), since=since)
    return phone


def as_phone(dice: Dice, number: str) -> ValueEnd:
    """Give an E.164 number as the end of a link, written in one of the ways that files have it."""
    return ValueEnd(kind=ValueKind.PHONE, value=_as_dialled(dice, number))


def _as_dialled(dice: Dice, number: str) -> str:
    if not number.startswith("+91"):
        return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"
    local = number[3:]
    return dice.pick((number, f"+91 {local[:5]} {local[5:]}", local, f"0{local}", f"{local[:5]}-{local[5:]}"))


def _content(book: Book, human: Human, category: Category) -> PersonContent:
    dice, protected = book.dice, category in PROTECTED
    born = human.born if category is Category.CHILD_IN_CONFLICT or dice.chance(0.7) else None
    precision = dice.weighed(_PRECISIONS) if born else None
    return PersonContent(
        category=category,
        names=record_names(dice, human.called, book.land),
        parentage=human.called.father.written(next(iter(book.land.scripts))) if dice.chance(0.6) else None,
        birth_date=_reduced(born, precision),
        birth_precision=precision,
        sex=human.called.given.sex or Sex.UNKNOWN,
        marks=tuple(dice.some(_MARKS, dice.below(3))) if not protected else (),
        addresses=_addresses(book) if not protected and dice.chance(0.6) else (),
        languages=tuple(dice.some(book.land.languages, dice.between(1, 2))),
        custody=_custody(dice, human, category),
        cautions=_cautions(dice, human),
    )


def _reduced(born: date | None, precision: DatePrecision | None) -> date | None:
    """Keep of a date only what its precision says."""
    if born is None or precision is DatePrecision.DAY:
        return born
    return born.replace(day=1) if precision is DatePrecision.MONTH else born.replace(month=1, day=1)


def _addresses(book: Book) -> tuple[Address, ...]:
    place = book.dice.pick(book.land.places)
    found = unit(place.unit, book.on)
    street = book.dice.pick(words("gangs", "bird")).latin[0]
    text = f"House {book.dice.between(1, 240)}, {street} Lane, {found.name if found else place.unit} (invented)"
    return (Address(text=text, valid_from=book.dice.day(date(book.on.year - 8, 1, 1), book.on)),)


def _custody(dice: Dice, human: Human, category: Category) -> Custody:
    if category in PROTECTED or category is Category.CONTACT:
        return Custody.UNKNOWN
    if human.role is Role.LEADER_IN_CUSTODY:
        return Custody.IN_CUSTODY
    if human.role is Role.HANDLER_ABROAD:
        return Custody.ABROAD
    return Custody.AT_LARGE if category is Category.PROCLAIMED else dice.weighed(_CUSTODY)


def _cautions(dice: Dice, human: Human) -> tuple[Caution, ...]:
    if human.role in (Role.SHOOTER, Role.ARMS_SUPPLIER):
        return (Caution.ARMED, Caution.VIOLENT) if dice.chance(0.5) else (Caution.ARMED,)
    return (Caution.ESCAPE_RISK,) if dice.chance(0.05) else ()
