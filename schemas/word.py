"""What every word is: frozen, closed, and refusing what it does not know."""

from pydantic import BaseModel, ConfigDict


class Word(BaseModel):
    """Stand under every model: its fields never change, and an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
