"""Light stand-ins for the owners of the races, all in one process: what each answers was written before it is asked."""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvloop

from bench.circle import HOST, own
from federation.connections import OwnCertificate, serving_context
from federation.fanout import SCHEMA_HEADER, TIME_HEADER


class Owner:
    """One state that stands in, with a port for peers, one for gateways, and one for a gateway known as peers are."""

    def __init__(
        self, state: str, ports: Sequence[int], to_peers: bytes, to_gateways: bytes, tls: ssl.SSLContext
    ) -> None:
        """Answer with these bytes: the first and the last port under mutual TLS, the second over plain HTTP."""
        self.state = state
        self._doors = tuple(zip(ports, (to_peers, to_gateways, to_gateways), (tls, None, tls), strict=True))
        self._servers: list[asyncio.Server] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self.hung = False

    async def open(self) -> None:
        """Let whoever asks in."""
        for port, answer, tls in self._doors:
            self._servers.append(await asyncio.start_server(self._talk(answer), HOST, port, ssl=tls))

    def shut(self) -> None:
        """Refuse connections, and end those that there are."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for writer in self._writers:
            writer.transport.abort()

    def _talk(self, answer: bytes) -> Any:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.add(writer)
            try:
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(_length(head))
                    if self.hung:
                        # Nothing until the caller gives up.
                        await reader.read()
                        break
                    stamp = f"\r\n{TIME_HEADER}: {int(time.time())}\r\n\r\n"
                    writer.write(answer.replace(b"\r\n\r\n", stamp.encode(), 1))
            except (asyncio.IncompleteReadError, OSError):
                pass
            finally:
                self._writers.discard(writer)
                writer.close()

        return talk


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _answer(data: Any, kind: str, **headers: str) -> bytes:
    body = json.dumps({"data": data}, separators=(",", ":")).encode()
    said = {"content-type": kind, "content-length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body


def _to_peers(rows: list[dict[str, Any]], schema: str) -> bytes:
    edges = [{"cursor": f"c{n}", "score": 1.0, "node": row} for n, row in enumerate(rows)]
    data = {"find": {"edges": edges, "pageInfo": {"hasNextPage": False}}}
    return _answer(data, "application/graphql-response+json", **{SCHEMA_HEADER: schema})


def _to_gateways(state: str, rows: list[dict[str, Any]], schema: str) -> bytes:
    """Write the rows under the owner's prefix, with the type's name wherever a gateway may ask for it."""
    name = own(state).capitalize()

    def typed(row: dict[str, Any]) -> dict[str, Any]:
        return {
            **row,
            "__typename": f"{name}Person",
            "names": [{"__typename": f"{name}Name", **one} for one in row["names"]],
            "provenance": {"__typename": f"{name}Provenance", **row["provenance"]},
        }

    edges = [{"__typename": f"{name}Edge", "score": 1.0, "node": typed(row)} for row in rows]
    data = {f"{own(state)}_find": {"__typename": f"{name}Hits", "edges": edges}}
    return _answer(data, "application/json", **{SCHEMA_HEADER: schema})


async def main() -> None:
    """Stand in for the states that the first line of input names; then do what each line says, until input ends."""
    loop = asyncio.get_running_loop()
    given = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    folder = Path(given["folder"])
    trusted = [(folder / f"{state}.pem").read_text() for state in given["states"]]
    owners = {}
    for state, (ports, rows) in given["states"].items():
        tls = serving_context(OwnCertificate(folder / f"{state}.pem", folder / f"{state}-key.pem"), trusted)
        schema = given["schema"]
        owners[state] = Owner(state, ports, _to_peers(rows, schema), _to_gateways(state, rows, schema), tls)
        await owners[state].open()
    print("{}", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        one = owners[told["state"]]
        one.shut()
        one.hung = told["as"] == "hung"
        if told["as"] != "refusing":
            await one.open()
        print(flush=True)
    for one in owners.values():
        one.shut()
    await asyncio.sleep(0.1)  # until all talks have ended


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
