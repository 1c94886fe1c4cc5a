"""Peers in the register: only a newer membership is trusted, a number is known for good, an agreement is replaced."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from auth.keys import SigningKey, handed_over
from register import peers
from register.ledger import Entry, EntryKind
from register.peers import MembershipStale
from register.store import Register, RegisterUnavailable
from schemas.agreement import Agreement
from schemas.federated import ReasonCode, SourceState
from schemas.handling import Level, Purpose
from schemas.hearing import Hearing
from schemas.membership import Handover, SignedMembership
from tests.federation.peers import NUMBERS, edited, member, signed_by, world
from tests.register.conftest import MORNING

pytestmark = pytest.mark.anyio

Opener = Callable[[], Awaitable[Register]]
FIRST = world().signed
ENTRY = Entry(EntryKind.PEERS, "rj.admin", None, None, "peers trust", {"version": 1}, (), "OK")
NARROW = Agreement(state="IN-PB", purposes=(Purpose.INVESTIGATION,))
WIDE = Agreement(
    state="IN-PB",
    purposes=(Purpose.INVESTIGATION, Purpose.FUGITIVE),
    ceiling=Level.NAMED_DESK,
    compartments=("IN-RJ:KILO",),
    step_up=(Purpose.FUGITIVE,),
    step_up_minutes=5,
)


def with_seventh(version: int, number: int = 6) -> SignedMembership:
    """Give a version in which a seventh state stands."""
    joining = member("IN-UP", "Uttar Pradesh", number)[0]
    return signed_by(edited(lambda said: said["members"].append(joining), version=version), world().recovery)


def plain(version: int) -> SignedMembership:
    return signed_by(edited(lambda said: None, version=version), world().recovery)


async def trust(register: Register, signed: SignedMembership) -> None:
    await register.peers.trust(signed, at=MORNING, by="rj.admin", entry=ENTRY)


async def agree(register: Register, agreement: Agreement, rule: peers.Rule | None = None) -> None:
    await register.peers.agree(agreement, at=MORNING, by="rj.adg", entry=ENTRY, rule=rule)


async def entries(register: Register) -> int:
    return len([one for one in await register.ledger.search() if one.entry.kind is EntryKind.PEERS])


async def test_before_the_first_membership_there_are_the_packaged_numbers(register: Register) -> None:
    assert await register.peers.membership() is None
    assert await register.peers.known() == []
    assert await register.peers.numbers() == NUMBERS


async def test_what_is_trusted_is_there_as_it_was_signed_also_for_another_process(opened: Opener) -> None:
    one, other = await opened(), await opened()
    await trust(one, FIRST)
    assert await other.peers.membership() == FIRST
    assert await entries(other) == 1
    following = plain(2)
    await trust(other, following)
    assert await one.peers.membership() == following


async def test_only_a_newer_version_is_trusted_and_nothing_is_written_of_another(register: Register) -> None:
    await trust(register, plain(2))
    for version in (1, 2):
        with pytest.raises(MembershipStale, match=f"Version 2 .* version {version}"):
            await trust(register, plain(version))
    held = await register.peers.membership()
    assert held is not None
    assert held.membership.version == 2
    assert await entries(register) == 1


async def test_of_two_processes_that_trust_one_version_at_once_one_does(opened: Opener) -> None:
    both = [await opened(), await opened()]
    done = await asyncio.gather(*(trust(one, FIRST) for one in both), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["MembershipStale", "NoneType"]
    assert await entries(both[0]) == 1


async def test_the_number_of_a_state_that_left_is_known_for_good(register: Register) -> None:
    await trust(register, with_seventh(2))
    await trust(register, plain(3))
    assert await register.peers.numbers() == {**NUMBERS, "IN-UP": 6}
    assert [(one.code, one.name) for one in await register.peers.known()][-1] == ("IN-UP", "Uttar Pradesh")


async def test_an_agreement_replaces_the_one_before(register: Register) -> None:
    assert await register.peers.agreement("IN-PB") is None
    for agreement in (NARROW, WIDE, NARROW):
        await agree(register, agreement)
        assert await register.peers.agreement("IN-PB") == agreement
    await agree(register, Agreement(state="IN-HR"))
    assert await register.peers.agreements() == [Agreement(state="IN-HR"), NARROW]
    assert await entries(register) == 4


async def test_a_rule_is_asked_of_what_stands_and_what_it_refuses_is_not_written(register: Register) -> None:
    asked: list[Agreement | None] = []

    def rule(before: Agreement | None) -> None:
        asked.append(before)
        if before == WIDE:
            raise ValueError("no")

    await agree(register, WIDE, rule)
    with pytest.raises(ValueError, match="no"):
        await agree(register, NARROW, rule)
    assert asked == [None, WIDE]
    assert await register.peers.agreement("IN-PB") == WIDE
    assert await entries(register) == 1


@pytest.mark.parametrize("table", ["memberships", "agreements"])
async def test_nothing_is_changed_without_its_entry(register: Register, tmp_path: Path, table: str) -> None:
    with sqlite3.connect(tmp_path / "register" / "register.db") as file:
        file.execute("CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'full'); END")
    file.close()
    with pytest.raises(RegisterUnavailable):
        await (trust(register, FIRST) if table == "memberships" else agree(register, WIDE))
    assert await register.peers.membership() is None
    assert await register.peers.agreements() == []


def heard(*handovers: Handover, **given: Any) -> Hearing:
    plain = {"state": "IN-PB", "status": SourceState.LIVE, "since": MORNING, "at": MORNING, "version": 1}
    return Hearing.model_validate({**plain, **given, "handovers": handovers})


async def test_what_a_peer_said_of_its_keys_is_added_to_and_entered_once(opened: Opener) -> None:
    old, new, third, other = (SigningKey.generate() for _ in range(4))
    first, then = handed_over(old, new, begins=MORNING), handed_over(new, third, begins=MORNING)
    one, two = await opened(), await opened()
    await one.peers.hear(heard(), entry=ENTRY)
    assert await entries(one) == 0
    await one.peers.hear(heard(first), entry=ENTRY)
    # Another process that has not heard it yet says what it has heard.
    theft = handed_over(old, other, begins=MORNING)
    for said in (heard(), heard(theft), heard(theft, then)):
        kept = await two.peers.hear(said, entry=ENTRY)
        assert (await one.peers.hearings())["IN-PB"] == kept
        assert kept.handovers[0] == first
    assert kept.handovers == (first, then)
    assert await entries(one) == 2


async def test_how_a_peer_stands_is_what_was_heard_last(register: Register) -> None:
    away = heard(status=SourceState.INCOMPATIBLE, reason=ReasonCode.SCHEMA)
    for said in (heard(), away):
        await register.peers.hear(said, entry=ENTRY)
    assert await register.peers.hearings() == {"IN-PB": away}
    assert await entries(register) == 0
