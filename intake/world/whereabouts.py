"""Places that matter to more than one record: where things happen, and where members of a gang hide and meet."""

from dataclasses import dataclass
from datetime import timedelta

from intake.world.book import Book
from intake.world.documents import record_document
from intake.world.rosters import Roster
from intake.world.tables import Place, words
from schemas.codes.units import unit
from schemas.document import DocumentKind
from schemas.draft import RecordDraft
from schemas.link import LinkKind
from schemas.place import PlaceContent, PlaceKind

_OPEN_TO_ALL = {
    PlaceKind.BUSINESS: "Market",
    PlaceKind.ROAD: "Road",
    PlaceKind.BUS_STAND: "Bus Stand",
    PlaceKind.TOLL_PLAZA: "Toll Plaza",
    PlaceKind.RAILWAY_STATION: "Railway Station",
}
_HIDEOUTS = {
    PlaceKind.SAFE_HOUSE: "House",
    PlaceKind.HOME: "Niwas",
    PlaceKind.FARMHOUSE: "Farm",
    PlaceKind.HOTEL: "Guest House",
}
_LIVED_IN = frozenset({PlaceKind.SAFE_HOUSE, PlaceKind.HOME, PlaceKind.FARMHOUSE})
_NOTES = ("Two ways out, one to a canal path.", "Cameras at the gate.", "Let by the month, for cash.")


@dataclass(frozen=True)
class Scene:
    """Where a chain of extortion ran: in words, in a unit, at a point, and at a recorded place if there is one."""

    words: str
    unit: str
    latitude: float
    longitude: float
    place: RecordDraft | None


class Whereabouts:
    """Writes the places of one state; those open to all are met again and again."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._open: list[RecordDraft] = []

    def scene(self) -> Scene:
        """Give where a chain runs: in a third of all cases at a place that others have to do with too."""
        book, dice = self._book, self._book.dice
        if dice.chance(0.35):
            place = self._met_again()
            content = place.content
            if isinstance(content, PlaceContent) and content.place_unit and content.latitude and content.longitude:
                return Scene(content.name, content.place_unit, content.latitude, content.longitude, place)
        area = dice.pick(book.land.places)
        latitude, longitude = self._point(area)
        return Scene(f"Ward {dice.between(1, 60)}, {self.name_of(area)}", area.unit, latitude, longitude, None)

    def record_haunts(self, roster: Roster) -> None:
        """Write down where a gang's people live, hide and were seen, and in what they came."""
        book, dice = self._book, self._book.dice
        found = [self._record_hideout(roster) for _ in range(dice.between(1, 3))]
        if dice.chance(0.6):
            found.append(self._met_again())
        for place in found:
            day = dice.day(book.on - timedelta(days=700), book.on - timedelta(days=70))
            seen: list[RecordDraft] = [*dice.some(roster.members, dice.between(1, 3))]
            if dice.chance(0.5):
                seen.append(dice.pick(roster.vehicles))
            for who in seen:
                book.link(LinkKind.SEEN_AT, who, place, since=day)
        if dice.chance(0.4):
            dated = dice.day(book.on - timedelta(days=60), book.on - timedelta(days=2))
            record_document(book, DocumentKind.SURVEILLANCE_REPORT, dated, *found)

    def name_of(self, area: Place) -> str:
        """Give the name of a unit."""
        found = unit(area.unit, self._book.on)
        return found.name if found else area.unit

    def _record_hideout(self, roster: Roster) -> RecordDraft:
        book, dice = self._book, self._book.dice
        kind = dice.pick(tuple(_HIDEOUTS))
        place = self._record(kind, _HIDEOUTS[kind], roster.near)
        if kind in _LIVED_IN:
            for member in dice.some(roster.members, dice.between(1, 2)):
                since = dice.day(book.on - timedelta(days=2500), book.on - timedelta(days=30))
                book.link(LinkKind.ADDRESS_AT, member, place, since=since)
        return place

    def _met_again(self) -> RecordDraft:
        """Give a place open to all, mostly one that is already written down."""
        if not self._open or self._book.dice.chance(0.3):
            kind = self._book.dice.pick(tuple(_OPEN_TO_ALL))
            self._open.append(self._record(kind, _OPEN_TO_ALL[kind], ()))
        return self._book.dice.pick(self._open)

    def _record(self, kind: PlaceKind, called: str, near: tuple[str, ...]) -> RecordDraft:
        book, dice = self._book, self._book.dice
        area = dice.pick(book.land.places)
        latitude, longitude = self._point(area)
        weather, bird = (dice.pick(words("gangs", table)).latin[0] for table in ("weather", "bird"))
        content = PlaceContent(
            name=f"{bird} {called}, {self.name_of(area)}",
            place_kind=kind,
            address=f"Plot {dice.between(1, 300)}, {weather} Lane, {self.name_of(area)} (invented)",
            place_unit=area.unit,
            latitude=latitude,
            longitude=longitude,
            note=dice.pick(_NOTES) if kind in _HIDEOUTS and dice.chance(0.6) else None,
        )
        return book.add(content, book.marker.record(near=near))

    def _point(self, area: Place) -> tuple[float, float]:
        dice = self._book.dice
        latitude = round(area.latitude + dice.between(-90, 90) / 1000, 4)
        return latitude, round(area.longitude + dice.between(-90, 90) / 1000, 4)
