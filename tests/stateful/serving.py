"""A node in a process of its own whose stores others use too: it says its port, then serves until it is stopped."""

import asyncio
import json
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from api.node import open_node
from api.settings import Settings
from desk.looking import Stamp
from schemas.operation import Clock
from tests.station import as_live


def hand(clock: Path, at: datetime) -> None:
    """Hand all processes another moment, whole."""
    made = clock.with_suffix(".new")
    made.write_text(at.isoformat(), encoding="ascii")
    made.replace(clock)


def clock_in(clock: Path) -> Clock:
    """Give a clock that is handed on in a file."""
    return lambda: datetime.fromisoformat(clock.read_text(encoding="ascii")).astimezone(UTC)


def settings(data: Path, uri: str, password: str) -> Settings:
    """Give what every process of the node is started with."""
    return Settings.model_validate(
        {
            "state": "IN-RJ",
            "data": data,
            "stamp": Stamp.TRIAL,
            "graph_uri": uri,
            "graph_user": "neo4j",
            "graph_password": password,
        }
    )


async def main(data: str, uri: str, password: str, clock: str) -> None:
    """Serve until stopped; what needs a second officer needs one, as on a live node."""
    async with open_node(settings(Path(data), uri, password), clock=clock_in(Path(clock))) as node:
        with as_live(node.desk):
            listener = socket.create_server(("127.0.0.1", 0))
            print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
            server = uvicorn.Server(uvicorn.Config(node.app, log_level="error", lifespan="off"))
            await server.serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
