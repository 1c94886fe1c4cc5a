"""First information reports: under which number a station registered a chain of extortion."""

from dataclasses import dataclass
from datetime import date, timedelta

from intake.world.book import Book
from intake.world.extortion import Chain
from intake.world.tables import words
from schemas.draft import ValueEnd
from schemas.fir import FirKind
from schemas.ids import ValueKind

_KINDS = {FirKind.REGULAR: 8, FirKind.ZERO: 1, FirKind.E_FIR: 1}


@dataclass(frozen=True)
class Report:
    """One report: its day, its number as printed, and `place`, which is its state, unit and station."""

    on: date
    place: str
    station: str
    printed: str
    kind: FirKind

    @property
    def value(self) -> ValueEnd:
        """Give the whole number; its kind is said after one whose year stands first."""
        number = self.printed
        if self.kind is not FirKind.REGULAR:
            serial, _, year = self.printed.partition("/")
            number = f"{year}/{serial}, {self.kind}"
        return ValueEnd(kind=ValueKind.FIR, value=f"{self.place}, {number}")


def register(book: Book, chain: Chain, serial: int) -> Report:
    """Number a chain in the days after it ended; the serial is unique in its state."""
    on = chain.last_day + timedelta(days=book.dice.between(0, 3))
    station = f"{book.dice.pick(words('gangs', 'bird')).latin[0]} Gate"
    place = f"{book.land.code}, {chain.unit}, {station}"
    return Report(on, place, station, f"{serial:04d}/{on.year}", book.dice.weighed(_KINDS))
