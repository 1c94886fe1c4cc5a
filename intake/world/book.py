"""What one state has written down so far: drafts of records and links, numbered as they come."""

from datetime import date

from intake.world.dice import Dice
from intake.world.marks import Marker
from intake.world.tables import Land
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.envelope import Marking
from schemas.ids import RecordType, normal_form
from schemas.link import LinkContent, LinkKind
from schemas.records import RECORDS, Content

_TYPES = {word.content: word.type for word in RECORDS.values()}


class Book:
    """One state's drafts, with the dice that it writes by and the day on which it writes; a second book is a series."""

    def __init__(self, dice: Dice, land: Land, on: date, compartment: str | None, *, series: str = "") -> None:
        self.dice, self.land, self.on = dice, land, on
        self._under = f"{land.short}/{series}" if series else land.short
        self.marker = Marker(dice, land, on, compartment)
        self.records: list[RecordDraft] = []
        self.links: list[LinkDraft] = []
        self._given: set[tuple[str, str, str]] = set()

    def add(self, content: Content, marking: Marking) -> RecordDraft:
        """Write a record down under the next number."""
        type_: RecordType = _TYPES[content.__class__]
        ref = f"{self._under}/{type_}/{len(self.records) + 1:05d}"
        record = RecordDraft(ref=ref, type=type_, marking=marking, content=content)
        self.records.append(record)
        return record

    def link(
        self,
        kind: LinkKind,
        from_: RecordDraft | ValueEnd,
        to: RecordDraft | ValueEnd,
        content: LinkContent | None = None,
        *,
        since: date | None = None,
        until: date | None = None,
        firm: bool = False,
    ) -> None:
        """Write a link down once for each kind and pair of ends; a second one of the same is passed over."""
        key = (kind.value, _key(from_), _key(to))
        if key in self._given:
            return
        self._given.add(key)
        ends = [end.marking for end in (from_, to) if isinstance(end, RecordDraft)]
        self.links.append(
            LinkDraft(
                ref=f"{self._under}/link/{len(self.links) + 1:05d}",
                kind=kind,
                from_=from_.ref if isinstance(from_, RecordDraft) else from_,
                to=to.ref if isinstance(to, RecordDraft) else to,
                marking=self.marker.link(*ends, since=since, until=until, firm=firm),
                content=content or LinkContent(),
            )
        )


def _key(end: RecordDraft | ValueEnd) -> str:
    return end.ref if isinstance(end, RecordDraft) else normal_form(end.kind, end.value)
