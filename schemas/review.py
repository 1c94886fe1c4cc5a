"""Review: why a record is kept longer, and until when."""

from pydantic import Field

from schemas.envelope import Day
from schemas.text import Prose
from schemas.word import Word

MOST_REVIEWS = 50


class ReviewAsked(Word):
    """What a renewal says."""

    new_information: Prose = Field(description="What is new, and why it is kept for that.")
    until: Day = Field(description="Until which day it shall stand before it is reviewed again.")
