"""Place: somewhere that matters to more than one record. Who lives, hides or was seen there is a link."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.measures import Latitude, Longitude
from schemas.text import Code, Line, Prose
from schemas.word import Word


class PlaceKind(StrEnum):
    """What kind of place it is."""

    HOME = "HOME"
    SAFE_HOUSE = "SAFE_HOUSE"
    BUSINESS = "BUSINESS"
    HOTEL = "HOTEL"
    FARMHOUSE = "FARMHOUSE"
    PRISON = "PRISON"
    COURT = "COURT"
    HOSPITAL = "HOSPITAL"
    ROAD = "ROAD"
    TOLL_PLAZA = "TOLL_PLAZA"
    RAILWAY_STATION = "RAILWAY_STATION"
    BUS_STAND = "BUS_STAND"
    AIRPORT = "AIRPORT"
    BORDER_POINT = "BORDER_POINT"
    OTHER = "OTHER"


class PlaceContent(Word):
    """What a place record says, without its envelope. A point is in degrees."""

    name: Line = Field(description="What the place is called.")
    place_kind: PlaceKind = Field(description="What kind of place.")
    address: Line | None = Field(None, description="Its address in words.")
    place_unit: Code | None = Field(None, description="The police unit of the place.")
    latitude: Latitude | None = Field(None, description="Latitude of the place in degrees.")
    longitude: Longitude | None = Field(None, description="Longitude of the place in degrees.")
    note: Prose | None = Field(None, description="What else was noted.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("A point has a latitude and a longitude.")
        return self
