"""Measures: money in whole rupees, and points on the earth in degrees."""

from typing import Annotated

from pydantic import Field, StrictInt

Rupees = Annotated[StrictInt, Field(ge=0, lt=10**11)]

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
