"""A training node of Rajasthan on a real Neo4j, as an import finds it; and the training world, made once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk.approving import approve
from desk.looking import Desk, Look, Stamp
from graph.driver import Driver, rows
from graph.local import LocalGraph
from intake.world import World, world
from schemas.handling import TRAINING, Level, Purpose
from schemas.officer import Officer, Rank
from tests import station as stations
from tests.intake.worlds import ON

LOADER = Officer(
    id="training.loader",
    name="Loader",
    state="IN-RJ",
    rank=Rank.ANALYST,
    unit="RJ-JPC",
    level=Level.SOURCE_BEARING,
    compartments=(TRAINING,),
)
SECOND = LOADER.model_copy(update={"id": "second.loader"})
APPROVER = LOADER.model_copy(update={"id": "adg.crime", "rank": Rank.ADG_SPL_CP, "unit": "RJ"})


@dataclass(frozen=True)
class Loading:
    """A node whose officers bring files in."""

    desk: Desk
    driver: Driver
    enquiries: dict[str, str]

    def look(self, officer: Officer) -> Look:
        """Give a request of an officer on the open enquiry of their name."""
        return Look(self.desk, officer, self.enquiries[officer.id], self.desk.clock())

    async def approve(self, change: str | None) -> None:
        """Have an officer of another chain approve what waits, if something does."""
        if change is not None:
            look = self.look(APPROVER)
            await approve(look, change, key=None)
            await look.close(document="approve")

    async def count(self, text: str) -> int:
        """Give the one number that a statement counts, asked past every grant."""
        ((number,),) = await rows(self.driver, text)
        return int(number)


@pytest.fixture(scope="session")
def whole() -> World:
    """Give the training world of all states."""
    return world(1, on=ON)


@pytest.fixture
async def station(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Loading]:
    """Give a training node with an empty graph and a new register, in which two officers have an open enquiry."""
    async with stations.station(local_graph, tmp_path, stamp=Stamp.TRAINING) as node:
        open_ones = {}
        for one in (LOADER, SECOND, APPROVER):
            await node.officer(**{name: getattr(one, name) for name in ("id", "rank", "unit", "level", "compartments")})
            open_ones[one.id] = await node.enquiry(one.id, Purpose.TRAINING)
        yield Loading(node.desk, node.driver, open_ones)
        await node.wipe()
