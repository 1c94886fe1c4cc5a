"""Markings as varied as real ones: who may see it, how good it is, when it must be looked at again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from intake.world.dice import Dice
from intake.world.tables import Land, lands
from schemas.envelope import Marking
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling, Level
from schemas.person import PROTECTED, Category

_SOURCES = {SourceGrade.A: 2, SourceGrade.B: 5, SourceGrade.C: 2, SourceGrade.X: 1}
_INFOS = {InfoGrade.KNOWN: 2, InfoGrade.KNOWN_TO_SOURCE: 4, InfoGrade.CORROBORATED: 3, InfoGrade.CANNOT_BE_JUDGED: 1}
# What X or 4 cannot support is not marked with them.
_FIRM_SOURCES = {SourceGrade.A: 3, SourceGrade.B: 6, SourceGrade.C: 1}
_FIRM_INFOS = {InfoGrade.KNOWN: 4, InfoGrade.KNOWN_TO_SOURCE: 4, InfoGrade.CORROBORATED: 2}
_HANDLINGS = {Handling.H0: 14, Handling.H1: 3, Handling.H2: 2, Handling.H3: 1}
_H3_TEXTS = (
    "Ask the owner before any step that the person could notice.",
    "For planning only; the source has not agreed to more.",
    "Not to be read to anyone outside the desk that asked.",
)
_LEVELS = {Level.ANY_OFFICER: 9, Level.ORGANISED_CRIME_UNITS: 7, Level.NAMED_DESK: 3, Level.SOURCE_BEARING: 1}
_PROTECTED_LEVELS = {Level.ORGANISED_CRIME_UNITS: 4, Level.NAMED_DESK: 5, Level.SOURCE_BEARING: 1}
_BASES = (
    "Training: preventive action under BNSS",
    "Training: investigation of a cognisable offence",
    "Training: watch kept on a declared group",
)
# How long each may stand unreviewed, in days; everything else a year.
_CLOCKS = {Category.CONTACT: 180, Category.WITNESS: 180, Category.CHILD_IN_CONFLICT: 180}
_UNJUDGED_CLOCK, _USUAL_CLOCK = 89, 360


class Marker:
    """Marks what one state records, on one day, in one compartment."""

    def __init__(self, dice: Dice, land: Land, on: date, compartment: str | None) -> None:
        self._dice, self._land, self._on, self.compartment = dice, land, on, compartment
        self._others = tuple(other.code for other in lands() if other.code != land.code)

    def record(self, category: Category | None = None, *, firm: bool = False, near: Sequence[str] = ()) -> Marking:
        """Mark a record; `near` are the states that have a part in it and are likelier to see it."""
        protected = category in PROTECTED
        level = self._dice.weighed(_PROTECTED_LEVELS if protected else _LEVELS)
        # A child's record is never shared.
        audience = () if category is Category.CHILD_IN_CONFLICT else self._audience(level, protected, near)
        return self._marking(level, audience, firm=firm, category=category)

    def link(self, *ends: Marking, since: date | None = None, until: date | None = None, firm: bool = False) -> Marking:
        """Mark a link at least as strictly as its ends; one in ten is stricter still."""
        level = max((end.level for end in ends), default=Level.ANY_OFFICER)
        audience = tuple(code for code in self._others if all(code in end.audience for end in ends))
        if self._dice.chance(0.1):
            level, audience = Level(min(level + 1, 3)), audience[:1]
        return self._marking(level, audience, since=since, until=until, firm=firm)

    def _audience(self, level: Level, protected: bool, near: Sequence[str]) -> tuple[str, ...]:
        closed = 0.7 if protected else (0.15, 0.3, 0.5, 0.8)[level]
        if self._dice.chance(closed):
            return ()
        part = 0.25 if protected else 0.5
        return tuple(code for code in self._others if self._dice.chance(0.9 if code in near else part))

    def _marking(
        self,
        level: Level,
        audience: tuple[str, ...],
        *,
        firm: bool = False,
        category: Category | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Marking:
        source = self._dice.weighed(_FIRM_SOURCES if firm else _SOURCES)
        info = self._dice.weighed(_FIRM_INFOS if firm else _INFOS)
        handling = self._dice.weighed(_HANDLINGS)
        clock = _CLOCKS.get(category, _USUAL_CLOCK) if category else _USUAL_CLOCK
        if source is SourceGrade.X or info is InfoGrade.CANNOT_BE_JUDGED:
            clock = _UNJUDGED_CLOCK
        review_on = self._on + timedelta(days=self._dice.between(clock // 2, clock))
        ends = review_on + timedelta(days=self._dice.between(180, 1200))
        return Marking(
            unit=self._dice.pick(self._land.places).unit,
            valid_from=since,
            valid_to=until,
            legal_basis=self._dice.pick(_BASES),
            case_ref=f"TRN/{self._land.short}/{self._on.year}/{self._dice.between(1, 400):04d}",
            source_grade=source,
            info_grade=info,
            handling=handling,
            handling_text=self._dice.pick(_H3_TEXTS) if handling is Handling.H3 else None,
            level=level,
            audience=audience,
            compartment=self.compartment,
            onward=audience[:1] if handling is Handling.H0 and self._dice.chance(0.2) else (),
            review_on=review_on,
            expires_at=datetime.combine(ends, time(18, 30), UTC),
        )
