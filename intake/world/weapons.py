"""Weapons that fired in invented chains of extortion: one of them now and then in more than one."""

from datetime import date, timedelta

from intake.world.book import Book
from intake.world.documents import record_document
from intake.world.extortion import Chain
from schemas.document import DocumentKind
from schemas.link import LinkKind
from schemas.weapon import WeaponContent, WeaponKind, WeaponStatus

_KINDS = {
    WeaponKind.COUNTRY_MADE_PISTOL: 5,
    WeaponKind.PISTOL: 6,
    WeaponKind.REVOLVER: 2,
    WeaponKind.SHOTGUN: 1,
}
_CALIBRES = {
    WeaponKind.COUNTRY_MADE_PISTOL: ".315 bore",
    WeaponKind.PISTOL: "7.65 mm",
    WeaponKind.REVOLVER: ".32 bore",
    WeaponKind.SHOTGUN: "12 bore",
}
_RECOVERED = (WeaponStatus.RECOVERED, WeaponStatus.FORENSIC, WeaponStatus.MALKHANA, WeaponStatus.COURT)
_MARKS = ("Grip bound with red tape.", "File marks along the barrel.", "A star stamped above the trigger.")


def record_weapons(book: Book, fired: list[Chain], near: tuple[str, ...]) -> None:
    """Write down the weapons of chains in which shots fell, one for every two or three; some are never found."""
    weapons = max(1, len(fired) // 2)
    used: dict[int, list[Chain]] = {}
    for chain in fired:
        used.setdefault(book.dice.below(weapons), []).append(chain)
    for chains in used.values():
        _record(book, chains, near)


def _record(book: Book, chains: list[Chain], near: tuple[str, ...]) -> None:
    dice, last = book.dice, max(chain.last_day for chain in chains)
    found = dice.day(last, last + timedelta(days=7)) if dice.chance(0.8) else None
    weapon = book.add(_content(book, found), book.marker.record(near=near))
    for chain in chains:
        book.link(LinkKind.USED_IN, weapon, chain.incidents[-1])
    if found and dice.chance(0.6):
        record_document(book, DocumentKind.SEIZURE_MEMO, found, weapon)


def _content(book: Book, found: date | None) -> WeaponContent:
    dice, kind = book.dice, book.dice.weighed(_KINDS)
    own_make = kind is WeaponKind.COUNTRY_MADE_PISTOL
    numbered = found is not None and not own_make and dice.chance(0.7)
    laboratory = f"TRN/{book.land.short}/FSL/{len(book.records):05d}"
    return WeaponContent(
        weapon_kind=kind,
        calibre=_CALIBRES[kind] if dice.chance(0.8) else None,
        make=None if own_make or not numbered else "Vajra Works (invented)",
        serial_number=f"TRNW{len(book.records):05d}" if numbered else None,
        serial_obliterated=found is not None and not own_make and not numbered,
        origin="India" if own_make else None,
        weapon_status=WeaponStatus.SOUGHT if found is None else dice.pick(_RECOVERED),
        recovered_on=found,
        ballistics_reference=laboratory if dice.chance(0.6) else None,
        rounds_recovered=dice.between(1, 9) if dice.chance(0.7) else None,
        marks=tuple(dice.some(_MARKS, dice.below(2))) if found else (),
    )
