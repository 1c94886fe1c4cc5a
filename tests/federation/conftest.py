"""Databases for circles of several states, started once."""

import asyncio
from collections.abc import Iterator

import pytest

from graph.local import LocalGraph, start_local
from tests.conftest import in_a_loop_of_its_own


@pytest.fixture(scope="session")
def graphs(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, LocalGraph]]:
    """Give three states' databases; a test that uses them cleans up what it wrote or names it apart."""
    folder = tmp_path_factory.mktemp("graphs")

    async def start() -> list[LocalGraph]:
        return [await start_local(folder / state) for state in ("IN-PB", "IN-HR")]

    async def stop() -> None:
        await asyncio.gather(*(graph.stop() for graph in others))

    others = in_a_loop_of_its_own(start())
    yield {"IN-RJ": local_graph, "IN-PB": others[0], "IN-HR": others[1]}
    in_a_loop_of_its_own(stop())
