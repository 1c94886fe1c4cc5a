"""The committed tables that the training world is drawn from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.person import Script, Sex


@dataclass(frozen=True)
class Word:
    """One word in five scripts; `latin` has the usual spelling first."""

    latin: tuple[str, ...]
    others: Mapping[Script, str]
    sex: Sex | None

    def written(self, script: Script, spelling: int = 0) -> str:
        """Give the word in a script; `spelling` chooses among the Latin ones and wraps around."""
        return self.latin[spelling % len(self.latin)] if script is Script.LATIN else self.others[script]


@dataclass(frozen=True)
class Place:
    """A police unit where things happen, and the rough middle of its area in degrees."""

    unit: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Prison:
    """An invented prison, and the police unit of its place."""

    state: str
    name: str
    unit: str


@dataclass(frozen=True)
class Land:
    """One state as the training world plays in it."""

    code: str
    share: float
    scripts: Mapping[Script, int]
    languages: tuple[str, ...]
    places: tuple[Place, ...]
    prisons: tuple[Prison, ...]

    @property
    def short(self) -> str:
        """Give the last two letters of the code, as references use them."""
        return self.code[-2:]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("intake.world").joinpath(name).read_text(encoding="utf-8"))


@cache
def words(table: str, kind: str) -> tuple[Word, ...]:
    """Give the words of one kind ('given', 'second', 'alias'; 'weather', 'bird', 'band') from a table."""
    return tuple(
        Word(
            tuple(row["latin"]),
            {
                Script.DEVANAGARI: row["deva"],
                Script.GURMUKHI: row["guru"],
                Script.GUJARATI: row["gujr"],
                Script.ARABIC: row["arab"],
            },
            Sex(row["sex"]) if "sex" in row else None,
        )
        for row in _table(f"{table}.toml")[kind]
    )


@cache
def lands() -> tuple[Land, ...]:
    """Give the states of the training world in the order of their table."""
    return tuple(
        Land(
            row["code"],
            row["share"],
            {Script(script): weight for script, weight in row["scripts"].items()},
            tuple(row["languages"]),
            tuple(Place(*place) for place in row["units"]),
            tuple(Prison(row["code"], *prison) for prison in row["prisons"]),
        )
        for row in _table("places.toml")["state"]
    )
