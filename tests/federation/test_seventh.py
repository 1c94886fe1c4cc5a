"""A state that no table here has joins by a membership alone: those that run take it up, ask it, and are asked by it.

IN-RJ and IN-PB are members and run; IN-UP joins them with a node, a database and keys of its own.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api import joining as keeping_up
from api.rest.federation import schema_digest
from auth.certificates import TrainingAuthority
from auth.keys import KeyRing, SigningKey
from desk import peering, standing
from desk.looking import Stamp
from federation.drafting import draft
from federation.membership import canonical, sign
from graph.local import LocalGraph
from schemas.codes.states import MEMBERS
from schemas.federated import SourceState
from schemas.membership import Membership, MemberState, SignedMembership
from schemas.officer import Rank
from tests.alone import kept
from tests.federation.circle import HOST, Node, circle, joining
from tests.federation.questions import asked, statuses
from tests.ports import free_ports
from tests.station import MORNING, Caller

pytestmark = pytest.mark.anyio

UP, NAME = "IN-UP", "Harpreet Singh Dhurike"
FIND = """query F($text: String!, $states: [StateCode!], $first: Int! = 20, $after: String) {
  federated(states: $states) { find(text: $text, first: $first, after: $after) {
    nodes { id } sources { state status returned } complete cursor } } }"""


@pytest.fixture
async def two(graphs: dict[str, LocalGraph], tmp_path: Path) -> AsyncIterator[dict[str, Node]]:
    before = dict(MEMBERS)
    async with circle({state: graphs[state] for state in ("IN-RJ", "IN-PB")}, tmp_path) as nodes:
        yield nodes
    MEMBERS.clear()
    MEMBERS.update(before)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def trusted_by_all(two: dict[str, Node], signed: SignedMembership) -> None:
    """Have the states sign a membership with their recovery keys, and an officer of each trust it beside its node."""
    for state, node in two.items():
        assert node.recovery is not None
        signed = sign(signed, state, node.recovery)
    for node in two.values():
        admin = await node.officer(f"admin.{signed.membership.version}", rank=Rank.NODE_ADMIN)
        await peering.trust(node.desk.register, canonical(signed), admin, at=node.watch())


@asynccontextmanager
async def keeping_up_with(two: dict[str, Node], version: int) -> AsyncIterator[None]:
    """Have the nodes see to their membership as they do while they run, until both have taken up a version."""
    tasks = [asyncio.create_task(keeping_up._keep_up(one.federation, one.desk.register)) for one in two.values()]
    try:
        async with asyncio.timeout(30):
            while {one.federation.peers.version for one in two.values()} != {version}:  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0.01)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def seventh(
    stack: AsyncExitStack, graph: LocalGraph, folder: Path, first: Membership
) -> tuple[Node, SignedMembership]:
    """Give the node of the state that joins, which nobody knows yet, and the membership in which it stands."""
    home, [port], at = folder / UP, free_ports(1), datetime.now(UTC) - timedelta(minutes=1)
    issued = TrainingAuthority.generate(at).issue(UP, [HOST], at=at, days=9)
    ring = KeyRing.open(home / "keys", at=MORNING)
    member = MemberState(
        code=UP,
        name="Uttar Pradesh",
        number=6,
        address=f"https://{HOST}:{port}",
        contact_desk="Desk of Uttar Pradesh",
        certificates=(issued.certificate_pem,),
        keys=ring.public(),
        recovery=(SigningKey.generate().public_pem(),),
    )
    drafted = draft(first, put=[member], without=(), at=first.issued_at)
    own = kept(issued, home)
    node = await joining(stack, UP, graph, home, ring, own, drafted.membership, port, Stamp.TRIAL)
    await node.wipe()
    return node, drafted


async def test_a_state_joins_while_the_others_run_and_answers_as_they_do(
    two: dict[str, Node],
    graphs: dict[str, LocalGraph],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stack: AsyncExitStack,
) -> None:
    monkeypatch.setattr(keeping_up, "PROBE_SECONDS", 0.02)
    home, other = two["IN-RJ"], two["IN-PB"]
    first = home.membership
    await trusted_by_all(two, SignedMembership(membership=first, signatures=()))
    caller = await home.caller("adg.crime")
    assert await caller.code(FIND, {"text": NAME, "states": [UP]}) == "BAD_INPUT"
    recorder = await other.caller("adg.crime")
    early = {await other.person(recorder, NAME, audience=["IN-RJ"]) for _ in range(2)}
    begun = await asked(home, caller, FIND, text=NAME, first=1)

    node, drafted = await seventh(stack, graphs["IN-HR"], tmp_path, first)
    await trusted_by_all(two, drafted)
    # Who trusts it is another process than the node, which is to know the state by what it reads itself.
    assert MEMBERS.pop(UP).bit == 6
    async with keeping_up_with(two, 2):
        assert MEMBERS[UP].bit == 6
        for one in two.values():
            await one.agree(UP)
            await node.agree(one.state)
        await node.open()
        stack.push_async_callback(node.shut)
        await home.hear()
        assert home.federation.hearings[UP].status is SourceState.LIVE

        # Its units stand in the tables of its own release.
        known = standing._units
        monkeypatch.setattr(standing, "_units", lambda state, on: units_of(state) or known(state, on))
        theirs = await node.caller("adg.crime")
        told = await node.person(theirs, NAME, audience=["IN-RJ"])
        kept_there = await node.person(theirs, NAME)
        of_home = await home.person(caller, NAME, audience=[UP])

        assert await shown(home, caller) == {of_home, told} | early
        assert await shown(node, theirs) == {told, kept_there, of_home}
        assert await shown(other, await other.caller("adg.two")) == early
        # Pages that began among two go on among three, and who has joined is asked from its beginning.
        pages = [row["id"] for row in begun["nodes"]]
        while begun["cursor"] is not None:
            begun = await asked(home, caller, FIND, text=NAME, first=1, after=begun["cursor"])
            pages += [row["id"] for row in begun["nodes"]]
        assert sorted(pages) == sorted({of_home, told} | early)

    for asker, owner, seen in ((home, node, told), (node, home, of_home)):
        found = await owner.desk.register.ledger.search(officer=f"{asker.state}:adg.crime", first=9)
        assert seen in {id for one in found for id in one.entry.ids}


def units_of(state: str) -> frozenset[str]:
    return frozenset({"UP"} if state == UP else ())


async def shown(node: Node, caller: Caller) -> set[str]:
    """Ask all three and give the ids of what is shown; everybody must have answered."""
    answer = await asked(node, caller, FIND, text=NAME)
    everybody = dict.fromkeys(("IN-RJ", "IN-PB", UP), "LIVE") | {node.state: "LOCAL"}
    assert (statuses(answer), answer["complete"]) == (everybody, True)
    return {row["id"] for row in answer["nodes"]}


def test_a_node_that_knows_one_state_more_speaks_by_the_same_schema() -> None:
    """Else those whose tables have the new state and those that have it from the membership would not understand."""
    said = """
from schemas.codes.states import Member, adopt
adopt([Member("IN-UP", "Uttar Pradesh", 6)])
from api.rest.federation import schema_digest
print(schema_digest(), end="")
"""
    assert subprocess.check_output([sys.executable, "-c", said], text=True) == schema_digest()
