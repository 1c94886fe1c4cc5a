"""What a state lets be passed on counts as it is today: what it said of that in the past is told to nobody else."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from graph.local import LocalGraph
from tests.federation.circle import circle_with_seats
from tests.federation.impostor import Impostor, saying

pytestmark = pytest.mark.anyio

NETWORK = """query N($from: [ID!]!, $at: DateTime) { federated { network(from: $from, hops: 2, knownAt: $at) {
  nodes { id } gaps { state reason } sources { state status } } } }"""
PHONE = "a" * 32


def fragment(person: str) -> dict[str, Any]:
    """Give what a state shows of one person and one phone, and lets Punjab be told."""
    free = {"provenanceOfOwner": {"onward": ["IN-PB"], "audience": None}}
    link = {
        "id": f"urn:sangam:IN-HR:link:{uuid4()}",
        "kindOfOwner": "USES_PHONE",
        "fromOfOwner": person,
        "toOfOwner": PHONE,
        "writtenOfOwner": "98290 12345",
        **free,
    }
    nodes = [
        {"__typename": "Person", "id": person, **free},
        {"__typename": "Identifier", "id": PHONE, "kindOfOwner": "PHONE"},
    ]
    rest = {"assertions": [], "more": [], "linksCut": False}
    return {"network": {"nodes": nodes, "hops": [0, 1], "links": [link], **rest}}


async def test_what_was_to_be_passed_on_once_is_not_passed_on_for_that(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with circle_with_seats({"IN-RJ": local_graph}, tmp_path, ["IN-HR", "IN-PB"]) as (nodes, seats):
        home = nodes["IN-RJ"]
        certificates = tuple(pem for member in home.membership.members for pem in member.certificates)
        caller = await home.caller("adg.crime")
        owner, other = (Impostor(seats[state], certificates, home.watch) for state in ("IN-HR", "IN-PB"))
        person = f"urn:sangam:IN-HR:person:{uuid4()}"
        owner.manner, other.manner = saying(fragment(person)), saying({"network": None})
        await owner.open()
        await other.open()
        try:
            for at, asked in [(None, True), (home.watch.now.isoformat(), False)]:
                other.asked.clear()
                answer = (await caller.ask(NETWORK, {"from": [person], "at": at}))["federated"]["network"]
                assert bool([one for one in other.asked if one.line.startswith("POST")]) is asked
                undisclosed = {"state": "IN-PB", "reason": "NOT_DISCLOSED"} in answer["gaps"]
                assert undisclosed is not asked
        finally:
            await owner.close()
            await other.close()
