"""The programs of this folder's own npm package: the composer, and Hive Gateway in front of nodes."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules").is_dir(),
    reason="Composer and gateway need Node 20 or later with npm; where that is, `make test` sets them up.",
)


@dataclass(frozen=True)
class Subgraph:
    """One service as a composer takes it."""

    name: str
    url: str
    sdl: str


@dataclass(frozen=True)
class Composed:
    """What the composer made of some subgraphs: the supergraph, or its errors as (code, message).

    `owners` has the subgraphs of each type that an answer is made of, `questions` the type of each root field.
    """

    supergraph: str | None
    errors: list[tuple[str, str]]
    owners: dict[str, list[str]]
    questions: dict[str, str]


def compose(subgraphs: Sequence[Subgraph]) -> Composed:
    """Compose subgraphs with `@theguild/federation-composition`."""
    asked = json.dumps([vars(one) for one in subgraphs])
    ran = subprocess.run(
        [str(NODE), "compose.mjs"], cwd=HERE, input=asked, capture_output=True, text=True, check=True, timeout=60
    )
    said = json.loads(ran.stdout)
    errors = [(code, message) for code, message in said["errors"]]
    return Composed(said["supergraph"], errors, said["owners"], said["questions"])


@asynccontextmanager
async def gateway(supergraph: str) -> AsyncIterator[str]:
    """Front a supergraph with Hive Gateway while the context lasts, and give its address."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(str(NODE), "gateway.mjs", cwd=HERE, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"supergraph": supergraph}).encode() + b"\n")
        async with asyncio.timeout(60):
            line = await process.stdout.readline()
        yield f"http://127.0.0.1:{json.loads(line)['port']}/graphql"
    finally:
        process.stdin.close()
        await process.wait()
