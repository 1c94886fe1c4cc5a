"""Invented vehicles, and how a state records one of them."""

from dataclasses import dataclass
from datetime import date

from intake.world.book import Book
from intake.world.dice import Dice
from intake.world.names import full_name, invent_name
from intake.world.numbers import Numbers
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import ValueKind
from schemas.link import LinkContent, LinkKind
from schemas.person import Script
from schemas.vehicle import VehicleContent, VehicleKind, VehicleStatus

# Makers and models that nobody sells.
_MODELS = {
    VehicleKind.MOTORCYCLE: ("Kachnar Cycles", "Udaan 125"),
    VehicleKind.SCOOTER: ("Kachnar Cycles", "Tarang 110"),
    VehicleKind.CAR: ("Sanchal Motors", "Chetan"),
    VehicleKind.SUV: ("Sanchal Motors", "Parvat X"),
    VehicleKind.PICKUP: ("Gatiman Vehicles", "Bhaar 1500"),
    VehicleKind.VAN: ("Gatiman Vehicles", "Doli"),
}
_KINDS = {
    VehicleKind.MOTORCYCLE: 6,
    VehicleKind.SCOOTER: 2,
    VehicleKind.CAR: 4,
    VehicleKind.SUV: 4,
    VehicleKind.PICKUP: 1,
    VehicleKind.VAN: 1,
}
_STATUSES = {
    VehicleStatus.IN_USE: 6,
    VehicleStatus.SEIZED: 4,
    VehicleStatus.RELEASED_ON_BOND: 1,
    VehicleStatus.STOLEN: 2,
    VehicleStatus.FAKE_PLATE_SUSPECTED: 2,
    VehicleStatus.ABANDONED: 1,
    VehicleStatus.UNKNOWN: 3,
}
_ROBBED = frozenset({VehicleStatus.STOLEN, VehicleStatus.FAKE_PLATE_SUSPECTED})
_COLOURS = ("White", "Black", "Silver", "Red", "Grey", "Blue")
_MARKS = (
    "Dent in the left rear panel.",
    "Cracked tail lamp on the right.",
    "Film on all windows.",
    "Sticker of a kite on the tank or boot.",
)


@dataclass(frozen=True, eq=False)
class Vehicle:
    """One invented vehicle, the same one in whichever gang or state; `serial` is in its chassis and its engine."""

    plate: str
    kind: VehicleKind
    year: int
    colour: str
    owner: str
    serial: int


def invent_vehicle(dice: Dice, numbers: Numbers, state: str, on: date) -> Vehicle:
    """Invent a vehicle with a plate of a state, made before anyone is said to have used it."""
    plate, serial = numbers.plate(state)
    owner = full_name(invent_name(dice, aliased=0), Script.LATIN)
    year = dice.between(on.year - 14, on.year - 4)
    return Vehicle(plate, dice.weighed(_KINDS), year, dice.pick(_COLOURS), owner, serial)


def record_vehicle(
    book: Book, vehicle: Vehicle, known: dict[Vehicle, RecordDraft], near: tuple[str, ...]
) -> RecordDraft:
    """Write a vehicle down with its plate, unless it is already known; who was robbed of it is not named."""
    if vehicle in known:
        return known[vehicle]
    dice, status = book.dice, book.dice.weighed(_STATUSES)
    make, model = _MODELS[vehicle.kind]
    written = _as_painted(dice, vehicle.plate)
    content = VehicleContent(
        registration=written,
        vehicle_kind=vehicle.kind,
        make=make if dice.chance(0.8) else None,
        model=model if dice.chance(0.6) else None,
        colour=vehicle.colour,
        year_of_make=vehicle.year if dice.chance(0.5) else None,
        chassis_number=f"TRNC{vehicle.serial:06d}" if dice.chance(0.4) else None,
        engine_number=f"TRNE{vehicle.serial:06d}" if dice.chance(0.4) else None,
        marks=tuple(dice.some(_MARKS, dice.below(3))),
        registered_owner=vehicle.owner if status not in _ROBBED and dice.chance(0.5) else None,
        vehicle_status=status,
    )
    record = known[vehicle] = book.add(content, book.marker.record(near=near))
    plate = ValueEnd(kind=ValueKind.VEHICLE, value=written)
    book.link(LinkKind.IDENTIFIED_BY, record, plate, LinkContent(as_written=written))
    return record


def link_users(book: Book, vehicle: RecordDraft, members: list[RecordDraft]) -> None:
    """Write down which members use a vehicle."""
    for member in book.dice.some(members, book.dice.between(1, 3)):
        since = book.dice.day(date(book.on.year - 3, 1, 1), book.on)
        book.link(LinkKind.USES_VEHICLE, member, vehicle, since=since)


def _as_painted(dice: Dice, plate: str) -> str:
    state, district, series, number = plate[:2], plate[2:4], plate[4:7], plate[7:]
    return dice.pick((plate, f"{state}{district} {series} {number}", f"{state}-{district}-{series}-{number}"))
