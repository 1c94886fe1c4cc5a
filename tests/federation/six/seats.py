"""What sits in an owner's seat in its stead: liars with its own keys, and its face under certificates of no worth."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from api.cli.serving import served
from auth.certificates import Issued, TrainingAuthority
from auth.keys import KeyRing
from federation.connections import serving_context
from schemas.membership import Membership
from tests.alone import kept
from tests.federation.circle import HOST, Node, Seat
from tests.federation.impostor import Asked, Impostor, Manner, babbling, page, saying, sending
from tests.federation.six.ways import Place
from tests.federation.six.weather import Fault
from tests.ports import free_ports


def expired(states: tuple[str, ...]) -> dict[str, Issued]:
    """Give each state a certificate that has ended."""
    long_ago = datetime.now(UTC) - timedelta(days=10)
    authority = TrainingAuthority.generate(long_ago)
    return {state: authority.issue(state, [HOST], at=long_ago, days=1) for state in states}


def through(membership: Membership, old: Mapping[str, Issued], entrances: Mapping[str, Place]) -> Membership:
    """Give a membership in which the others answer at one asker's ways, and have that old certificate beside theirs."""
    members = []
    for one in membership.members:
        if one.code in entrances:
            host, port = entrances[one.code]
            pinned = (*one.certificates, old[one.code].certificate_pem)
            one = one.model_copy(update={"address": f"https://{host}:{port}", "certificates": pinned})
        members.append(one)
    return membership.model_copy(update={"members": tuple(members)})


async def taken(
    stack: AsyncExitStack, node: Node, ring: KeyRing, another: Node, old: Issued, folder: Path
) -> dict[Fault | None, Place]:
    """Have a state's seat taken in each way, until the stack is closed; give where, by the fault that leads there."""
    certificates = tuple(pem for member in node.membership.members for pem in member.certificates)
    places: dict[Fault | None, Place] = {}
    for fault, own in (
        (Fault.WRONG_CERTIFICATE, another.own),
        (Fault.EXPIRED_CERTIFICATE, kept(old, folder / node.state / "expired")),
    ):
        context = serving_context(own, certificates)
        places[fault] = place_of(await stack.enter_async_context(served(node.face, HOST, 0, context)))
    for fault, manner in _LIES.items():
        seat = Seat(node.state, free_ports(1)[0], node.own, ring)
        impostor = Impostor(seat, certificates, node.watch)
        impostor.manner = manner(impostor, another.state)
        await impostor.open()
        stack.push_async_callback(impostor.close)
        places[fault] = (HOST, seat.port)
    return places


def place_of(address: str) -> Place:
    """Give host and port of an address."""
    host, _, port = address.rpartition("//")[2].partition(":")
    return host, int(port)


def _nonsense(one: Impostor, _: str) -> Manner:
    """Say something else each time, none of which is an answer."""
    turns = count()
    row = one.row()
    said = (
        sending(b"no JSON"),
        sending(b"[1,2]"),
        saying(
            {
                "find": {"edges": [None], "pageInfo": {"hasNextPage": False}},
                "record": {"id": 7},
                "network": {**_around(row), "hops": [0, 1]},
            }
        ),
        saying({**page(row, row, scores=(0.5, 0.9)), "record": row, "network": _around(row, row)}),
        saying({"find": {"edges": {}}, "record": 7, "network": {**_around(row), "more": [{"id": "another"}]}}),
        sending(b"[" * 100_000 + b"]" * 100_000),
        sending(b"{}", "302 Found", location=f"https://{HOST}:1/"),
        sending(b"<h1>Oops</h1>", "500 Oops", content_type="text/html", sangam_schema=""),
        babbling(one.head() + b'{"data": null}' + b" " * 3 * 1024 * 1024),
    )

    async def manner(impostor: Impostor, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await said[next(turns) % len(said)](impostor, asked, writer)

    return manner


def _around(*rows: dict[str, Any]) -> dict[str, Any]:
    """Make a fragment of these rows alone."""
    nodes = [{**row, "provenanceOfOwner": {"onward": [], "audience": None}} for row in rows]
    return {"nodes": nodes, "hops": [0] * len(rows), "links": [], "assertions": [], "linksCut": False, "more": []}


def _anothers_row(one: Impostor, another: str) -> Manner:
    own, foreign = one.row(), one.row(owner=another)
    return saying({**page(own, foreign), "record": foreign, "network": _around(own, foreign)})


def _other_schema(one: Impostor, _: str) -> Manner:
    return saying({**page(one.row()), "record": one.row(), "network": _around(one.row())}, sangam_schema="0" * 64)


_LIES: Mapping[Fault, Callable[[Impostor, str], Manner]] = {
    Fault.NONSENSE: _nonsense,
    Fault.ANOTHERS_ROW: _anothers_row,
    Fault.OTHER_SCHEMA: _other_schema,
}
