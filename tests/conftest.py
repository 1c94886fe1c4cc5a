"""What every test stands on: one asyncio backend, and one real Neo4j for the whole run."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from graph.local import LocalGraph, start_local

T = TypeVar("T")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop that serves the node."""
    return "asyncio"


@pytest.fixture(scope="session")
def local_graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGraph]:
    """A Neo4j of our own, started once; a test that uses it cleans up what it wrote or names it apart."""
    graph = in_a_loop_of_its_own(start_local(tmp_path_factory.mktemp("graph") / "node"))
    yield graph
    in_a_loop_of_its_own(graph.stop())


def in_a_loop_of_its_own(work: Coroutine[Any, Any, T]) -> T:
    """Run something to its end on a loop that no test has."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
