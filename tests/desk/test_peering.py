"""Peers at the desk: who trusts a membership, who gives another state more and who takes it away."""

from collections.abc import AsyncIterator

import pytest

from desk.accounts import Founder, bootstrap
from desk.errors import Conflict, DeskError, Refused
from desk.peering import agree, opened, trust, widens
from federation.membership import canonical, fingerprint
from register.ledger import Entry, EntryKind
from register.peers import MembershipStale
from schemas.agreement import Agreement
from schemas.codes.states import MEMBERS
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from tests.desk.conftest import ADMIN, FIRST, PASSWORD, SECOND, Station, person
from tests.federation.peers import NUMBERS, edited, member, second, signed_by, world

pytestmark = pytest.mark.anyio

ADG = person("rj.adg", Rank.ADG_SPL_CP, Level.NAMED_DESK, "IN-RJ:KILO")
RAW = canonical(world().signed)
ASKED = Agreement(
    state="IN-PB",
    purposes=(Purpose.INVESTIGATION, Purpose.FUGITIVE),
    ceiling=Level.ORGANISED_CRIME_UNITS,
    compartments=("IN-RJ:KILO",),
    step_up=(Purpose.FUGITIVE,),
    step_up_minutes=15,
)
NOTHING = Agreement(state="IN-PB")


@pytest.fixture
async def station(unfounded: Station) -> AsyncIterator[Station]:
    """A station whose first officers are an admin, an Additional Director General and an Inspector General."""
    founders = [Founder(officer, PASSWORD) for officer in (ADMIN, ADG, SECOND)]
    for one in await bootstrap(unfounded.register, founders[0], founders[1:], at=unfounded.watch.now):
        unfounded.secrets[one.officer.id] = one.totp_secret
    for id in (ADG.id, SECOND.id):
        await unfounded.own(id)
    before = dict(MEMBERS)
    yield unfounded
    MEMBERS.clear()
    MEMBERS.update(before)


async def trusting(station: Station, raw: bytes = RAW, actor: Officer = ADMIN) -> None:
    await trust(station.register, raw, actor, at=station.watch.now)


async def agreeing(station: Station, agreement: Agreement, actor: Officer = ADG) -> None:
    await agree(station.register, agreement, actor, at=station.watch.now)


async def told(station: Station) -> list[tuple[str | None, str, str]]:
    """Give who did what with the peers, and how it came out, oldest first."""
    entries: list[Entry] = [one.entry for one in await station.register.ledger.search()]
    return [(one.officer, one.operation, one.code) for one in reversed(entries) if one.operation.startswith("peers")]


async def refusal(station: Station, agreement: Agreement, actor: Officer) -> str:
    """Give the word under which an agreement is refused, which changes nothing."""
    before = await station.register.peers.agreements()
    with pytest.raises(DeskError) as problem:
        await agreeing(station, agreement, actor)
    assert await station.register.peers.agreements() == before
    assert (await told(station))[-1] == (actor.id, "peers agree", problem.value.code_for_ledger)
    return problem.value.code_for_ledger


async def test_an_admin_has_a_membership_trusted_and_the_ledger_has_its_fingerprint(station: Station) -> None:
    await trusting(station)
    assert await station.register.peers.membership() == world().signed
    [entry] = [one.entry for one in await station.register.ledger.search() if one.entry.kind is EntryKind.PEERS]
    said = dict(entry.variables)  # type: ignore[arg-type]  # an entry of ours holds names and values
    assert (entry.officer, entry.code, said["version"]) == ("rj.admin", "OK", 1)
    assert said["fingerprint"] == fingerprint(world().signed.membership)


@pytest.mark.parametrize("actor", [ADG, SECOND, ADMIN.model_copy(update={"active": False})], ids=lambda one: one.id)
async def test_nobody_else_has_a_membership_trusted(station: Station, actor: Officer) -> None:
    with pytest.raises(Refused):
        await trusting(station, actor=actor)
    assert await station.register.peers.membership() is None
    assert await told(station) == [(actor.id, "peers trust", "NOT_AN_ADMIN")]


async def test_a_membership_that_fails_a_check_is_refused_by_that_name_and_nothing_changes(station: Station) -> None:
    await trusting(station)
    for raw, code in ((RAW, "VERSION"), (RAW + b" ", "FORM"), (second(who=()), "QUORUM")):
        with pytest.raises(Refused, match=f"^{code}: ") as problem:
            await trusting(station, raw)
        assert (await told(station))[-1] == ("rj.admin", "peers trust", f"MEMBERSHIP_{code}")
        assert problem.value.code_for_ledger == f"MEMBERSHIP_{code}"
    assert await station.register.peers.membership() == world().signed


async def test_a_state_of_another_number_here_is_refused_though_all_have_signed(station: Station) -> None:
    def swapped(said: dict[str, list[dict[str, object]]]) -> None:
        one, other = said["members"][1], said["members"][2]
        said["members"][1], said["members"][2] = other | {"number": 1}, one | {"number": 2}

    raw = canonical(signed_by(edited(swapped, version=1), world().recovery))
    with pytest.raises(Refused, match=r"^NUMBER: "):
        await trusting(station, raw)


async def test_a_number_of_a_state_that_left_is_given_to_nobody_else(station: Station) -> None:
    await trusting(station)
    up, hp = member("IN-UP", "Uttar Pradesh", 6)[0], member("IN-HP", "Himachal Pradesh", 6)[0]
    await trusting(station, second(lambda said: said["members"].append(up)))
    keys = world().recovery
    await trusting(station, canonical(signed_by(edited(lambda said: None, version=3), keys)))
    again = edited(lambda said: said["members"].append(hp), version=4)
    with pytest.raises(Refused, match=r"^NUMBER: "):
        await trusting(station, canonical(signed_by(again, keys)))
    assert await station.register.peers.numbers() == {**NUMBERS, "IN-UP": 6}


async def test_a_state_keeps_its_name_and_one_that_joins_is_known_at_once(station: Station) -> None:
    await trusting(station)
    with pytest.raises(Refused, match=r"^NAME: .*Panjab"):
        await trusting(station, second(lambda said: said["members"][1].update(name="Panjab")))
    assert "IN-UP" not in MEMBERS
    up = member("IN-UP", "Uttar Pradesh", 6)[0]
    await trusting(station, second(lambda said: said["members"].append(up)))
    assert MEMBERS["IN-UP"].bit == 6


async def test_what_a_file_would_change_is_told_and_nothing_is_trusted(station: Station) -> None:
    found = await opened(station.register, RAW)
    assert (found.signed, len(found.changes), found.lacking) == (world().signed, 18, None)
    assert await station.register.peers.membership() is None
    assert await told(station) == []


async def test_a_membership_that_another_process_trusts_first_is_a_conflict(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(*_: object, **__: object) -> None:
        raise MembershipStale("Version 1 is trusted already; this one is version 1.")

    monkeypatch.setattr(station.register.peers, "trust", late)
    with pytest.raises(Conflict, match="trusted already"):
        await trusting(station)
    assert await told(station) == [("rj.admin", "peers trust", "CONFLICT")]


async def test_more_is_given_by_an_additional_director_general_and_taken_by_an_admin(station: Station) -> None:
    await trusting(station)
    await agreeing(station, ASKED)
    assert await station.register.peers.agreement("IN-PB") == ASKED
    await agreeing(station, NOTHING, ADMIN)
    assert await station.register.peers.agreement("IN-PB") == NOTHING
    assert (await told(station))[1:] == [("rj.adg", "peers agree", "OK"), ("rj.admin", "peers agree", "OK")]


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (ADMIN, "RANK_LACKING"),
        (SECOND, "RANK_LACKING"),
        (FIRST, "RANK_LACKING"),
        (ADG.model_copy(update={"active": False}), "RANK_LACKING"),
        (person("rj.dg", Rank.DG_CP, Level.SOURCE_BEARING, "IN-RJ:KILO"), "NOT_OWN_SECRETS"),
        (ADG.model_copy(update={"level": Level.ANY_OFFICER, "compartments": ()}), "HOLDS_NOTHING"),
        (ADG.model_copy(update={"level": Level.ANY_OFFICER}), "LEVEL_LACKING"),
        (ADG.model_copy(update={"compartments": ("IN-RJ:LIMA",)}), "COMPARTMENT_LACKING"),
    ],
)
async def test_nobody_else_gives_another_state_anything(station: Station, actor: Officer, code: str) -> None:
    await trusting(station)
    assert await refusal(station, ASKED, actor) == code


async def test_an_account_that_holds_nothing_gives_not_even_what_every_officer_has(station: Station) -> None:
    await trusting(station)
    empty = ADG.model_copy(update={"level": Level.ANY_OFFICER, "compartments": ()})
    assert await refusal(station, Agreement(state="IN-PB", purposes=(Purpose.INVESTIGATION,)), empty) == "HOLDS_NOTHING"


async def test_nobody_below_takes_anything_away(station: Station) -> None:
    await trusting(station)
    await agreeing(station, ASKED)
    assert await refusal(station, NOTHING, SECOND) == "RANK_LACKING"


@pytest.mark.parametrize("state", ["IN-RJ", "IN-UP"])
async def test_something_is_agreed_with_another_member_alone(station: Station, state: str) -> None:
    await trusting(station)
    assert await refusal(station, ASKED.model_copy(update={"state": state}), ADG) == "BAD_INPUT"
    assert await refusal(station, Agreement(state=state), ADMIN) == "BAD_INPUT", "not even nothing"


async def test_before_a_membership_is_trusted_nothing_is_agreed(station: Station) -> None:
    assert await refusal(station, ASKED, ADG) == "BAD_INPUT"


async def test_from_a_state_that_has_left_everything_may_be_taken_and_nothing_given(station: Station) -> None:
    await trusting(station)
    await agreeing(station, ASKED.model_copy(update={"state": "IN-CH"}))
    await trusting(station, second(lambda said: said["members"].pop(5)))
    more = ASKED.model_copy(update={"state": "IN-CH", "step_up": ()})
    assert await refusal(station, more, ADG) == "BAD_INPUT"
    await agreeing(station, Agreement(state="IN-CH"), ADMIN)


async def test_what_was_taken_meanwhile_is_not_given_back_by_an_admin(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trusting(station)
    await agreeing(station, ASKED)
    await agreeing(station, NOTHING)
    monkeypatch.setattr(station.register.peers, "agreement", None)
    assert await refusal(station, ASKED, ADMIN) == "RANK_LACKING"


@pytest.mark.parametrize(
    ("change", "wider"),
    [
        ({}, False),
        ({"purposes": (Purpose.FUGITIVE,)}, False),
        ({"purposes": ()}, False),
        ({"purposes": (), "ceiling": Level.SOURCE_BEARING}, False),
        ({"purposes": (Purpose.INVESTIGATION, Purpose.FUGITIVE, Purpose.COURT)}, True),
        ({"purposes": (Purpose.COURT,)}, True),
        ({"ceiling": Level.ANY_OFFICER}, False),
        ({"ceiling": Level.NAMED_DESK}, True),
        ({"compartments": ()}, False),
        ({"compartments": ("IN-RJ:KILO", "IN-RJ:LIMA")}, True),
        ({"compartments": ("IN-RJ:LIMA",)}, True),
        ({"step_up": (Purpose.FUGITIVE, Purpose.INVESTIGATION)}, False),
        ({"step_up": ()}, True),
        ({"step_up": (Purpose.INVESTIGATION,)}, True),
        ({"step_up": (), "purposes": (Purpose.INVESTIGATION,)}, False),
        ({"step_up_minutes": 5}, False),
        ({"step_up_minutes": 16}, True),
        ({"step_up_minutes": 16, "purposes": (Purpose.INVESTIGATION,)}, False),
    ],
)
def test_what_widens_an_agreement(change: dict[str, object], wider: bool) -> None:
    assert widens(ASKED, ASKED.model_copy(update=change)) is wider


def test_a_first_agreement_widens_unless_it_lets_nothing_be_asked() -> None:
    assert widens(None, ASKED)
    assert widens(NOTHING, ASKED)
    assert not widens(None, NOTHING)
