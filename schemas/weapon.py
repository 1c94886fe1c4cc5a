"""Weapon: what was used, found or is sought, with what the laboratory calls it."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from schemas.envelope import PastDay
from schemas.text import Code, Line, Prose
from schemas.word import Word


class WeaponKind(StrEnum):
    """What kind of weapon it is; AMMUNITION stands for rounds without their weapon."""

    COUNTRY_MADE_PISTOL = "COUNTRY_MADE_PISTOL"
    PISTOL = "PISTOL"
    REVOLVER = "REVOLVER"
    RIFLE = "RIFLE"
    ASSAULT_RIFLE = "ASSAULT_RIFLE"
    CARBINE = "CARBINE"
    SHOTGUN = "SHOTGUN"
    GRENADE = "GRENADE"
    EXPLOSIVE = "EXPLOSIVE"
    AMMUNITION = "AMMUNITION"
    KNIFE = "KNIFE"
    SWORD = "SWORD"
    OTHER = "OTHER"


class WeaponStatus(StrEnum):
    """Where the weapon is, as last recorded; MALKHANA is the police's own property store."""

    SOUGHT = "SOUGHT"
    RECOVERED = "RECOVERED"
    FORENSIC = "FORENSIC"
    MALKHANA = "MALKHANA"
    COURT = "COURT"
    RETURNED = "RETURNED"
    DESTROYED = "DESTROYED"


_BLADES = frozenset({WeaponKind.KNIFE, WeaponKind.SWORD})


class WeaponContent(Word):
    """What a weapon record says, without its envelope. Where it was used is a link."""

    weapon_kind: WeaponKind = Field(description="What kind of weapon.")
    calibre: Line | None = Field(None, description="Its calibre or bore as recorded.")
    make: Line | None = Field(None, description="Who made it.")
    serial_number: Code | None = Field(None, description="Its serial number, as read or as restored.")
    serial_obliterated: bool = Field(False, description="Whether its serial number was removed and is not known.")
    origin: Line | None = Field(None, description="The country that it came from.")
    weapon_status: WeaponStatus = Field(description="Where it is, as last recorded.")
    recovered_on: PastDay | None = Field(None, description="When the police recovered it.")
    ballistics_reference: Code | None = Field(None, description="The number of the laboratory's report on it.")
    rounds_recovered: Annotated[StrictInt, Field(ge=0, le=10**6)] | None = Field(
        None, description="How many rounds, live or fired, were recovered."
    )
    marks: Annotated[tuple[Prose, ...], Field(max_length=40)] = Field(
        (), description="Stamps and other marks by which it is known again."
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.serial_obliterated and self.serial_number is not None:
            raise ValueError("A serial number that is known, or was restored, is not recorded as obliterated.")
        if self.weapon_status is WeaponStatus.SOUGHT and self.recovered_on is not None:
            raise ValueError("What is still sought has not been recovered.")
        shot = (self.calibre, self.ballistics_reference, self.rounds_recovered)
        if self.weapon_kind in _BLADES and any(said is not None for said in shot):
            raise ValueError("A blade has no calibre, no ballistics and no rounds.")
        return self
