"""A circle for the races: one real node that asks, light stand-ins for all other owners, and their gateways.

A stand-in answers what it was given, as bytes that were made before: to peers under mutual TLS as a node of ours does,
and to gateways under its owner's prefix, over plain HTTP or as it does to peers. It looks at no token and searches
nothing, so that what is measured is the asking side alone.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from api.rest.federation import schema_digest
from auth.certificates import TrainingAuthority, der_of, thumbprint
from auth.keys import KeyRing, SigningKey
from bench.hops import uuid
from federation.membership import canonical, sign
from schemas.handling import Handling
from schemas.membership import Membership, MemberState, SignedMembership
from schemas.person import Category, Script
from tests.ports import free_ports

HOST = "127.0.0.1"
HOME = "IN-RJ"
CODES = (
    *("RJ", "PB", "HR", "DL", "GJ", "CH", "AN", "AP", "AR", "AS", "BR", "CG", "DH", "GA", "HP", "JH", "JK", "KA"),
    *("KL", "LA", "LD", "MH", "ML", "MN", "MP", "MZ", "NL", "OD", "PY", "SK", "TN", "TR", "TS", "UK", "UP", "WB"),
)
NAMES = {"RJ": "Rajasthan", "PB": "Punjab", "HR": "Haryana", "DL": "Delhi", "GJ": "Gujarat", "CH": "Chandigarh"}
VERIFIED = "apollo, verified"
GATEWAYS = Path(__file__).parent / "gateways"
SECONDS = 1.5
TEXT = "Harpreet Singh Dhurike"

_SDL = """extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { own_find(text: String!, first: Int!): OwnHits }
type OwnHits { edges: [OwnEdge!]! }
type OwnEdge { score: Float! node: OwnPerson! }
type OwnPerson @key(fields: "id") { id: ID! names: [OwnName!]! category: String! provenance: OwnProvenance! }
type OwnName { text: String! script: String! }
type OwnProvenance { owner: String! level: Int! handling: String! }
"""
_FIELDS = "names { text script } category provenance { owner level handling }"
FIND = f"""query F($text: String!, $first: Int!) {{ federated {{ find(text: $text, first: $first) {{
  nodes {{ __typename id ... on Person {{ {_FIELDS} }} }} sources {{ state status returned }} complete }} }} }}"""


def prefixed(states: Sequence[str]) -> str:
    """Give the same question as a gateway is asked it: of each owner under its own prefix."""
    rows = f"edges {{ score node {{ __typename id {_FIELDS} }} }}"
    asked = " ".join(f"{own(state)}_find(text: $text, first: $first) {{ {rows} }}" for state in states)
    return f"query F($text: String!, $first: Int!) {{ {asked} }}"


def own(state: str) -> str:
    """Give the prefix of an owner."""
    return state[3:].lower()


@dataclass(frozen=True)
class Program:
    """A process of the race: what it said when it was ready, what it is told by lines, and what CPU it has used."""

    process: asyncio.subprocess.Process
    said: dict[str, Any]

    async def tell(self, **told: Any) -> None:
        """Send one line and await the line that answers it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        await self.process.stdout.readline()

    def cpu(self) -> float:
        """Give the seconds of CPU that it has used."""
        return cpu_of(self.process.pid)


def cpu_of(pid: int) -> float:
    """Give the seconds of CPU that a process has used, to the nanosecond: Linux has a clock for each."""
    return time.clock_gettime((~pid << 3) | 2)


class Ports(NamedTuple):
    """Where a stand-in is asked: by peers, by gateways, and by a gateway that is known as peers are."""

    peers: int
    plain: int
    guarded: int


@dataclass(frozen=True)
class Circle:
    """The asking node, the owners that stand in for all others, and the gateways by name, each a program."""

    states: tuple[str, ...]
    asker: Program
    owners: Program
    gateways: dict[str, Program]


@asynccontextmanager
async def opened(many: int, rows: int, folder: Path) -> AsyncIterator[Circle]:
    """Open a circle of so many states, each of which has so many rows that are found."""
    states = tuple(f"IN-{code}" for code in CODES[:many])
    free = iter(free_ports(3 * many))
    ports = {state: Ports(next(free), next(free), next(free)) for state in states}
    _write_down(states, ports, folder)
    async with AsyncExitStack() as stack:
        python = (sys.executable, "-m")
        asker = await stack.enter_async_context(
            _program(*python, "bench.asker", given={"folder": str(folder), "rows": rows})
        )
        dice = random.Random(7)
        held = {state: _rows(state, rows, dice) for state in states} | {HOME: asker.said["rows"]}
        given = {
            "folder": str(folder),
            "schema": schema_digest(),
            "states": {state: [ports[state], held[state]] for state in states},
        }
        owners = await stack.enter_async_context(_program(*python, "bench.owners", given=given))
        gateways = {
            name: await stack.enter_async_context(_program("node", program, given=fronted, cwd=GATEWAYS))
            for name, program, fronted in (
                ("apollo", "apollo.mjs", _fronted(ports)),
                (VERIFIED, "apollo_verified.mjs", _guarded(ports, folder, asker.said["officer"])),
                ("mercurius", "mercurius.mjs", _fronted(ports)),
            )
        }
        yield Circle(states, asker, owners, gateways)


def _fronted(ports: Mapping[str, Ports]) -> dict[str, Any]:
    """Say which owners a gateway fronts, each as a service of its own under its prefix."""
    return {
        "seconds": SECONDS,
        "services": [
            {
                "name": own(state),
                "url": f"http://{HOST}:{of.plain}/graphql",
                "sdl": _SDL.replace("Own", own(state).capitalize()).replace("own_", f"{own(state)}_"),
            }
            for state, of in ports.items()
        ],
    }


def _guarded(ports: Mapping[str, Ports], folder: Path, officer: Mapping[str, Any]) -> dict[str, Any]:
    """Say besides what a gateway needs that answers as guarded as a node: keys, certificates, words and a ledger."""
    fronted, at = _fronted(ports), datetime.now(UTC)
    for service, (state, of) in zip(fronted["services"], ports.items(), strict=True):
        service |= {
            "state": state,
            "url": f"https://{HOST}:{of.guarded}/graphql",
            "certificate": (folder / f"{state}.pem").read_text(),
        }
    signing = KeyRing.open(folder / "keys", at=at).signing_at(at)
    certificate = (folder / f"{HOME}.pem").read_text()
    return {
        **fronted,
        "officer": officer,
        "certificate": certificate,
        "key": (folder / f"{HOME}-key.pem").read_text(),
        "signing": signing.private_pem().decode(),
        "kid": signing.kid,
        "thumbprint": thumbprint(der_of(certificate)),
        "schema": schema_digest(),
        "words": {
            name: [one.name for one in words]
            for name, words in (("script", Script), ("category", Category), ("handling", Handling))
        },
        "ledger": str(folder / "ledger.jsonl"),
    }


@asynccontextmanager
async def _program(*command: str, given: Mapping[str, Any], cwd: Path | None = None) -> AsyncIterator[Program]:
    pipe = asyncio.subprocess.PIPE
    # Apollo's would look for where it runs, beyond this machine.
    quiet = os.environ | {"APOLLO_TELEMETRY_DISABLED": "true"}
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=cwd, env=quiet, limit=2**24)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(given).encode() + b"\n")
        async with asyncio.timeout(300):
            line = await process.stdout.readline()
        yield Program(process, json.loads(line))
    finally:
        process.stdin.close()
        await process.wait()


def _write_down(states: Sequence[str], ports: Mapping[str, Ports], folder: Path) -> None:
    """Write the membership, and the certificates and keys of all members, into a folder."""
    at = datetime.now(UTC) - timedelta(minutes=1)
    authority = TrainingAuthority.generate(at)
    keys = KeyRing.open(folder / "keys", at=at).public()
    members, recovery = [], {}
    for number, state in enumerate(states):
        issued = authority.issue(state, [HOST], at=at, days=2)
        (folder / f"{state}.pem").write_text(issued.certificate_pem)
        (folder / f"{state}-key.pem").write_text(issued.private_key_pem)
        recovery[state] = SigningKey.generate()
        member = MemberState(
            code=state,
            name=NAMES.get(state[3:], f"State {state[3:]}"),
            number=number,
            address=f"https://{HOST}:{ports[state].peers}",
            contact_desk="Desk of the race",
            certificates=(issued.certificate_pem,),
            # Nobody but the asker mints a token here.
            keys=keys,
            recovery=(recovery[state].public_pem(),),
        )
        members.append(member)
    membership = Membership(version=1, issued_at=at.replace(microsecond=0), members=tuple(members))
    signed = SignedMembership(membership=membership, signatures=())
    for state in states:
        signed = sign(signed, state, recovery[state])
    (folder / "membership.json").write_bytes(canonical(signed))


def _rows(state: str, many: int, dice: random.Random) -> list[dict[str, Any]]:
    """Make the rows of an owner, in the order of a page: all of one score, so in order of id."""
    return [
        {
            "__typename": "Person",
            "id": id,
            "names": [{"text": TEXT, "script": "LATIN"}],
            "category": "SUSPECT",
            "provenance": {"owner": state, "level": 0, "handling": "H0"},
        }
        for id in sorted(f"urn:sangam:{state}:person:{uuid(dice)}" for _ in range(many))
    ]
