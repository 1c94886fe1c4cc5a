"""One seed makes six states' worth of invented records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from intake.world.assistances import record_assistances
from intake.world.book import Book
from intake.world.cases import CaseFiles
from intake.world.dice import Dice
from intake.world.dossiers import record_dossier
from intake.world.followers import ActSeen, AudienceSeen, watch
from intake.world.gangs import Gang, invent_gangs
from intake.world.notices import Notices
from intake.world.numbers import Numbers
from intake.world.prisons import Prisons
from intake.world.rosters import Known, Roster, record_gang
from intake.world.tables import lands
from intake.world.ties import tie
from intake.world.twice import write_twice
from intake.world.whereabouts import Whereabouts
from schemas.draft import LinkDraft, RecordDraft
from schemas.handling import TRAINING
from schemas.link import LinkKind

RECORDS_AT_SCALE_1 = 5_000
_PHONES_OF_TARGETS = 0.1  # for each record of a state


@dataclass(frozen=True)
class StateWorld:
    """What one state has recorded, each thing once. The ends of its links are its own records.

    `again` and `again_links` are what it wrote down a second time, `asserted` what its officers say of two records, and
    `seen` what they saw around accounts.
    """

    records: list[RecordDraft]
    links: list[LinkDraft]
    again: list[RecordDraft]
    again_links: list[LinkDraft]
    asserted: list[LinkDraft]
    seen: list[ActSeen | AudienceSeen]

    @property
    def drafts(self) -> list[RecordDraft | LinkDraft]:
        """Give all that is brought in, records before the links that name them; the rest is said by hand."""
        return [*self.records, *self.again, *self.links, *self.again_links]


@dataclass(frozen=True)
class World:
    """All states' records, by code; `source` is the name under which they are brought in."""

    source: str
    states: dict[str, StateWorld]


def world(
    seed: int, scale: float = 1.0, *, on: date, compartment: str | None = TRAINING, only: str | None = None
) -> World:
    """Make the training world of a seed as written down on a day; scale 1 is about 5,000 records in all states.

    The same arguments give the same world to the byte. All reviews lie after `on` and all events before it. States know
    the same gangs and humans where those have crossed a border, each by records of its own. `only` leaves out the other
    states and changes nothing in this one.
    """
    numbers = Numbers(Dice(seed, "numbers"))
    records = RECORDS_AT_SCALE_1 * scale
    dice = Dice(seed, "gangs")
    gangs = invent_gangs(dice, numbers, round(records), on)
    tie(dice, numbers, gangs, on)
    spare = {
        land.code: [numbers.phone() for _ in range(round(records * land.share * _PHONES_OF_TARGETS))]
        for land in lands()
    }
    states = {}
    for land in lands():
        if only in (None, land.code):
            book = Book(Dice(seed, land.code), land, on, compartment)
            _write(book, [gang for gang in gangs if land.code in gang.states], spare[land.code])
            again = Book(Dice(seed, f"{land.code} twice"), land, on, compartment, series="twice")
            asserted = write_twice(again, book.records, book.links)
            states[land.code] = StateWorld(book.records, book.links, again.records, again.links, asserted, watch(book))
    return World(f"training-world-{seed}", states)


def _write(book: Book, gangs: list[Gang], spare_phones: list[str]) -> None:
    known = Known()
    rosters = [record_gang(book, gang, known) for gang in gangs]
    _link_gangs(book, rosters)
    places, prisons, notices = Whereabouts(book), Prisons(book), Notices(book)
    files = CaseFiles(book, rosters, places, spare_phones)
    for roster in rosters:
        for _ in range(book.dice.between(*_cases_of(roster))):
            files.record_case(roster)
        prisons.record_stays(roster)
        notices.record_notices(roster)
        if roster.at_home:
            places.record_haunts(roster)
            record_assistances(book, roster)
            record_dossier(book, roster)
    files.record_weapons()


def _cases_of(roster: Roster) -> tuple[int, int]:
    """Give the least and the most cases that a gang has left in a state."""
    return (5, 9) if roster.at_home else (0, 2)


def _link_gangs(book: Book, rosters: Iterable[Roster]) -> None:
    """Write down splits, rivalries and alliances between gangs that this state knows."""
    known = {roster.gang.number: roster.record for roster in rosters}
    for roster in rosters:
        gang = roster.gang
        if gang.parent in known:
            book.link(LinkKind.SPLIT_FROM, roster.record, known[gang.parent], since=gang.formed)
        for kind, others in ((LinkKind.RIVAL_OF, gang.rivals), (LinkKind.ALLIED_WITH, gang.allies)):
            for other in others:
                if other in known:
                    book.link(kind, roster.record, known[other])
