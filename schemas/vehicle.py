"""Vehicle: what was seen, seized or stolen on the road. The shared identifier of its plate is a link."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from schemas.text import Code, Line, NameText, Prose
from schemas.word import Word


class VehicleKind(StrEnum):
    """What kind of vehicle it is."""

    MOTORCYCLE = "MOTORCYCLE"
    SCOOTER = "SCOOTER"
    AUTO_RICKSHAW = "AUTO_RICKSHAW"
    E_RICKSHAW = "E_RICKSHAW"
    CAR = "CAR"
    SUV = "SUV"
    VAN = "VAN"
    PICKUP = "PICKUP"
    BUS = "BUS"
    TRUCK = "TRUCK"
    TRACTOR = "TRACTOR"
    OTHER = "OTHER"


class VehicleStatus(StrEnum):
    """Where the vehicle stands, as last recorded; RELEASED_ON_BOND is given back by a court until the trial ends."""

    IN_USE = "IN_USE"
    SEIZED = "SEIZED"
    RELEASED_ON_BOND = "RELEASED_ON_BOND"
    STOLEN = "STOLEN"
    FAKE_PLATE_SUSPECTED = "FAKE_PLATE_SUSPECTED"
    ABANDONED = "ABANDONED"
    DISPOSED = "DISPOSED"
    UNKNOWN = "UNKNOWN"


# Who is robbed of a vehicle or of its number is a victim, and victims are reached by reference.
_WRONGS_ITS_OWNER = frozenset({VehicleStatus.STOLEN, VehicleStatus.FAKE_PLATE_SUSPECTED})


class VehicleContent(Word):
    """What a vehicle record says, without its envelope. Who uses it is a link."""

    registration: Line | None = Field(None, description="The registration mark as written, or the part that was read.")
    vehicle_kind: VehicleKind = Field(description="What kind of vehicle.")
    make: Line | None = Field(None, description="Who made it.")
    model: Line | None = Field(None, description="The maker's name for the model.")
    colour: Line | None = Field(None, description="Its colour as recorded.")
    year_of_make: Annotated[StrictInt, Field(ge=1900, le=2099)] | None = Field(
        None, description="The year in which it was made."
    )
    chassis_number: Code | None = Field(None, description="The chassis number, or the part of it that was read.")
    engine_number: Code | None = Field(None, description="The engine number, or the part of it that was read.")
    marks: Annotated[tuple[Prose, ...], Field(max_length=40)] = Field(
        (), description="Dents, stickers and other marks by which it is known again."
    )
    registered_owner: NameText | None = Field(
        None, description="The name of the registered owner; never that of one who was robbed of it."
    )
    vehicle_status: VehicleStatus = Field(VehicleStatus.UNKNOWN, description="Where it stands, as last recorded.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.vehicle_status is VehicleStatus.FAKE_PLATE_SUSPECTED and self.registration is None:
            raise ValueError("A plate that is suspected to be false is written down.")
        if self.vehicle_status in _WRONGS_ITS_OWNER and self.registered_owner is not None:
            raise ValueError("The owner of a stolen vehicle or of a copied number is a victim, who is not named here.")
        return self
