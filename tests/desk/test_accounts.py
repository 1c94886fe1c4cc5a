"""Accounts: who opens them, who may hold what, and that nobody gains alone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from pyotp import TOTP

from desk import accounts
from desk.accounts import Founder, Opened, bootstrap
from desk.entering import SignInRefused, recognise, renew
from desk.errors import BadInput, Conflict, DeskError, NotFound, Refused, Unauthenticated
from register.ledger import EntryKind, Written
from schemas.handling import TRAINING, Level
from schemas.officer import Officer, Rank
from tests.desk.conftest import ADMIN, FIRST, OWN_PASSWORD, PASSWORD, SECOND, Station, person

pytestmark = pytest.mark.anyio

KILO = "IN-RJ:KILO"
NEW = person("rj.new")


async def last(station: Station) -> Written:
    [written] = await station.register.ledger.search(first=1)
    return written


async def opened(station: Station, officer: Officer = NEW) -> Opened:
    made = await accounts.add(station.register, ADMIN, officer, PASSWORD, at=station.watch.now)
    station.secrets[officer.id] = made.totp_secret
    return made


async def granted(station: Station, id: str, level: Level, *compartments: str) -> Officer:
    register, at = station.register, station.watch.now
    await station.own(id)
    proposal = await accounts.grant(register, FIRST, id, level, compartments, at=at)
    return await accounts.confirm(register, SECOND, proposal.id, at=at)


async def reset(station: Station, id: str) -> None:
    made = await accounts.reset(station.register, ADMIN, id, PASSWORD, at=station.watch.now)
    station.secrets[id], station.passwords[id] = made.totp_secret, PASSWORD


async def test_a_node_admin_opens_an_account_that_signs_in_and_holds_nothing(station: Station) -> None:
    await opened(station)
    entry = (await last(station)).entry
    assert (entry.kind, entry.officer, entry.code) == (EntryKind.ACCOUNT, "rj.admin", "OK")
    signed = await station.enter("rj.new")
    assert await recognise(station.register, station.tokens, signed.access_token)
    assert await station.register.officers.get("rj.new") == NEW


@pytest.mark.parametrize(
    "holding", [person("rj.new", Rank.SI, Level.ORGANISED_CRIME_UNITS), person("rj.new", Rank.SI, Level(0), KILO)]
)
async def test_no_account_is_opened_with_a_level_or_a_compartment(station: Station, holding: Officer) -> None:
    with pytest.raises(Refused):
        await opened(station, holding)
    assert await station.register.officers.get("rj.new") is None
    assert (await last(station)).entry.kind is EntryKind.REFUSAL


@pytest.mark.parametrize("actor", [FIRST, ADMIN.model_copy(update={"active": False}), person("rj.x", Rank.DG_CP)])
async def test_only_an_active_node_admin_keeps_accounts(station: Station, actor: Officer) -> None:
    register, at = station.register, station.watch.now
    with pytest.raises(Refused):
        await accounts.add(register, actor, NEW, PASSWORD, at=at)
    with pytest.raises(Refused):
        await accounts.disable(register, actor, "rj.second", at=at)
    with pytest.raises(Refused):
        await accounts.enable(register, actor, "rj.second")
    with pytest.raises(Refused):
        await accounts.reset(register, actor, "rj.second", PASSWORD, at=at)
    with pytest.raises(Refused):
        await accounts.listed(register, actor)
    refusals = [one.entry for one in await register.ledger.search() if one.entry.kind is EntryKind.REFUSAL]
    assert [entry.code for entry in refusals] == ["NOT_AN_ADMIN"] * 5


async def test_an_act_that_is_not_done_stands_on_the_ledger_with_what_was_tried(station: Station) -> None:
    await opened(station)
    register, at = station.register, station.watch.now
    proposal = await accounts.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
    granting = {"account": "rj.admin", "level": 2, "compartments": [KILO]}
    tries: list[tuple[Callable[[], Awaitable[object]], str, str, object]] = [
        (
            lambda: accounts.confirm(register, FIRST, proposal.id, at=at),
            "confirm",
            "NOT_FOUND",
            {"proposal": proposal.id},
        ),
        (
            lambda: accounts.disable(register, ADMIN, "rj.nobody", at=at),
            "disable",
            "NOT_FOUND",
            {"account": "rj.nobody"},
        ),
        (
            lambda: accounts.grant(register, FIRST, "rj.admin", Level.NAMED_DESK, [KILO], at=at),
            "grant",
            "ADMIN_HOLDS_NOTHING",
            granting,
        ),
        (
            lambda: accounts.reset(register, ADMIN, "rj.first", PASSWORD, at=at),
            "reset",
            "HOLDS_WHAT_YOU_LACK",
            {"account": "rj.first"},
        ),
        (lambda: accounts.add(register, ADMIN, NEW, PASSWORD, at=at), "add", "CONFLICT", {"account": "rj.new"}),
    ]
    for attempt, operation, code, said in tries:
        with pytest.raises(DeskError):
            await attempt()
        entry = (await last(station)).entry
        assert (entry.kind, entry.operation) == (EntryKind.REFUSAL, f"account {operation}")
        assert (entry.code, entry.variables) == (code, said)


async def test_an_id_is_given_once_and_a_poor_password_is_refused(station: Station) -> None:
    await opened(station)
    with pytest.raises(Conflict):
        await opened(station)
    with pytest.raises(BadInput) as refused:
        await accounts.add(station.register, ADMIN, person("rj.newer"), "short", at=station.watch.now)
    assert [problem.path for problem in refused.value.problems] == ["password"]


async def test_a_grant_counts_only_once_a_second_holder_confirms_it(station: Station) -> None:
    await opened(station)
    await station.own("rj.new")
    register, at = station.register, station.watch.now
    proposal = await accounts.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
    assert await register.officers.get("rj.new") == NEW
    assert await accounts.pending(register, SECOND, at=at) == [proposal]
    assert await accounts.pending(register, FIRST, at=at) == []
    with pytest.raises(NotFound):
        await accounts.confirm(register, FIRST, proposal.id, at=at)
    held = await accounts.confirm(register, SECOND, proposal.id, at=at)
    assert held == person("rj.new", Rank.SI, Level.NAMED_DESK, KILO)
    entry = (await last(station)).entry
    assert (entry.officer, entry.operation, entry.code) == ("rj.second", "account confirm", "OK")
    with pytest.raises(NotFound):
        await accounts.confirm(register, SECOND, proposal.id, at=at)


# What happened to an account before a second confirms its grant, and what comes of it.
WHOSE_SECRETS = [
    ("add grant", "NOT_OWN_SECRETS"),
    ("add grant disable enable", "NOT_OWN_SECRETS"),
    ("add own grant", "HELD"),
    ("add grant own", "HELD"),
    ("add own own grant", "HELD"),
    ("add own grant disable enable", "HELD"),
    ("add own grant disable", "ACCOUNT_CLOSED"),
    ("add own reset grant", "NOT_OWN_SECRETS"),
    ("add reset own grant", "HELD"),
    # A grant was meant for whoever had the secrets then: no reset leaves it, whoever sets the secrets after it.
    ("add own grant reset", "NOT_FOUND"),
    ("add own grant reset own", "NOT_FOUND"),
    ("add grant reset own", "NOT_FOUND"),
    ("add own grant reset own grant", "HELD"),
]


@pytest.mark.parametrize(("before", "outcome"), WHOSE_SECRETS)
async def test_a_grant_counts_only_for_an_officer_whose_secrets_are_their_own(
    station: Station, before: str, outcome: str
) -> None:
    register, at, proposal = station.register, station.watch.now, ""
    for act in before.split():
        match act:
            case "add":
                await opened(station)
            case "own":
                await station.own("rj.new", password=f"{OWN_PASSWORD} {station.secrets['rj.new']}")
            case "reset":
                await reset(station, "rj.new")
            case "disable":
                await accounts.disable(register, ADMIN, "rj.new", at=at)
            case "enable":
                await accounts.enable(register, ADMIN, "rj.new")
            case _:
                proposal = (await accounts.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)).id
    if outcome == "HELD":
        held = await accounts.confirm(register, SECOND, proposal, at=at)
        assert held == person("rj.new", Rank.SI, Level.NAMED_DESK, KILO)
        return
    with pytest.raises(Refused if outcome != "NOT_FOUND" else NotFound):
        await accounts.confirm(register, SECOND, proposal, at=at)
    assert (await last(station)).entry.code == outcome
    found = await register.officers.get("rj.new")
    assert found is not None
    assert (found.level, found.compartments) == (Level.ANY_OFFICER, ())


async def test_nobody_grants_or_confirms_with_secrets_that_others_saw(unfounded: Station) -> None:
    await unfounded.found()
    await opened(unfounded)
    await unfounded.own("rj.new")
    register, at = unfounded.register, unfounded.watch.now
    with pytest.raises(Refused, match="your own secrets"):
        await accounts.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [], at=at)
    await unfounded.own("rj.first")
    proposal = await accounts.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [], at=at)
    with pytest.raises(Refused, match="your own secrets"):
        await accounts.confirm(register, SECOND, proposal.id, at=at)
    assert (await last(unfounded)).entry.code == "NOT_OWN_SECRETS"
    await unfounded.own("rj.second")
    assert (await accounts.confirm(register, SECOND, proposal.id, at=at)).level is Level.NAMED_DESK


async def test_whoever_knows_the_first_secrets_never_signs_in_as_an_officer_who_holds_something(
    station: Station,
) -> None:
    await opened(station)
    secret = station.secrets["rj.new"]
    begun = await station.enter("rj.new")
    station.watch.move(seconds=30)
    assert await granted(station, "rj.new", Level.NAMED_DESK, KILO)
    station.watch.move(seconds=30)
    with pytest.raises(Unauthenticated):
        await recognise(station.register, station.tokens, begun.access_token)
    with pytest.raises(Unauthenticated):
        await renew(station.register, station.tokens, begun.renewal, at=station.watch.now)
    now = station.watch.now
    for password, code in (
        (PASSWORD, TOTP(secret).at(now)),
        (OWN_PASSWORD, TOTP(secret).at(now)),
        (PASSWORD, station.code("rj.new")),
    ):
        with pytest.raises(Unauthenticated):
            await station.enter("rj.new", password=password, code=code)
    code = TOTP(secret).at(now)
    with pytest.raises(Unauthenticated):
        await accounts.own_secrets(station.register, station.tokens, "rj.new", PASSWORD, code, OWN_PASSWORD, at=now)
    with pytest.raises(Refused):
        await accounts.reset(station.register, ADMIN, "rj.new", PASSWORD, at=now)
    assert await recognise(station.register, station.tokens, (await station.enter("rj.new")).access_token)


async def test_own_secrets_end_every_session_and_stand_on_the_ledger(station: Station) -> None:
    await opened(station)
    signed = await station.enter("rj.new")
    station.watch.move(seconds=30)
    await station.own("rj.new")
    entry = (await last(station)).entry
    assert (entry.kind, entry.officer, entry.operation, entry.code) == (
        EntryKind.ACCOUNT,
        "rj.new",
        "account secrets",
        "OK",
    )
    assert entry.variables == {"account": "rj.new"}
    with pytest.raises(Unauthenticated):
        await recognise(station.register, station.tokens, signed.access_token)
    assert await station.enter("rj.new")


@pytest.mark.parametrize("password", ["short", PASSWORD])
async def test_an_own_password_is_a_good_one_and_another_than_before(station: Station, password: str) -> None:
    await opened(station)
    with pytest.raises(BadInput) as refused:
        await station.own("rj.new", password=password)
    assert [problem.path for problem in refused.value.problems] == ["password"]
    assert "rj.new" not in await station.register.officers.with_own_secrets()
    tried, ended = (await station.register.ledger.search(first=2))[1].entry, (await last(station)).entry
    assert (tried.kind, tried.operation, tried.code) == (EntryKind.REFUSAL, "account secrets", "BAD_INPUT")
    assert ended.kind is EntryKind.SIGNED_OUT
    station.watch.move(seconds=30)
    assert await station.enter("rj.new")


async def test_of_two_who_know_the_first_secrets_one_sets_others(station: Station) -> None:
    await opened(station)
    secret, now = station.secrets["rj.new"], station.watch.now
    choices = ("the password of one", "the password of another")
    codes = [TOTP(secret).at(when) for when in (now, now + timedelta(seconds=30))]
    made = await asyncio.gather(
        *(
            accounts.own_secrets(station.register, station.tokens, "rj.new", PASSWORD, code, fresh, at=now)
            for code, fresh in zip(codes, choices, strict=True)
        ),
        return_exceptions=True,
    )
    [(fresh, winner)] = [(fresh, one) for fresh, one in zip(choices, made, strict=True) if isinstance(one, Opened)]
    assert [type(one) for one in made if one is not winner] in ([Unauthenticated], [SignInRefused])
    station.secrets["rj.new"] = winner.totp_secret
    assert await station.enter("rj.new", password=fresh)


@pytest.mark.parametrize(
    ("level", "compartments"),
    [(Level.SOURCE_BEARING, []), (Level.ANY_OFFICER, ["IN-RJ:LIMA"]), (Level.ANY_OFFICER, [TRAINING])],
)
async def test_nobody_grants_what_they_lack(station: Station, level: Level, compartments: list[str]) -> None:
    await opened(station)
    await opened(station, person("rj.granting"))
    actor = await granted(station, "rj.granting", Level.NAMED_DESK, KILO)
    with pytest.raises(Refused):
        await accounts.grant(station.register, actor, "rj.new", level, compartments, at=station.watch.now)
    assert (await last(station)).entry.kind is EntryKind.REFUSAL
    assert await station.register.approvals.pending(at=station.watch.now) == []


async def test_nobody_confirms_what_they_lack_nor_learns_that_it_waits(station: Station) -> None:
    await opened(station)
    await opened(station, person("rj.lower"))
    lower = await granted(station, "rj.lower", Level.NAMED_DESK)
    register, at = station.register, station.watch.now
    proposal = await accounts.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
    assert await accounts.pending(register, lower, at=at) == []
    with pytest.raises(NotFound):
        await accounts.confirm(register, lower, proposal.id, at=at)
    assert await register.officers.get("rj.new") == NEW


async def test_a_grantor_whose_account_was_closed_meanwhile_grants_nothing(station: Station) -> None:
    await opened(station)
    register, at = station.register, station.watch.now
    proposal = await accounts.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [], at=at)
    await accounts.disable(register, ADMIN, "rj.first", at=at)
    with pytest.raises(Refused):
        await accounts.confirm(register, SECOND, proposal.id, at=at)
    assert await register.officers.get("rj.new") == NEW


async def test_nobody_grants_to_themselves_to_an_admin_or_to_nobody(station: Station) -> None:
    register, at = station.register, station.watch.now
    with pytest.raises(BadInput):
        await accounts.grant(register, FIRST, "rj.first", Level.NAMED_DESK, [KILO], at=at)
    with pytest.raises(Refused):
        await accounts.grant(register, FIRST, "rj.admin", Level.NAMED_DESK, [], at=at)
    with pytest.raises(NotFound):
        await accounts.grant(register, FIRST, "rj.nobody", Level.NAMED_DESK, [], at=at)


async def test_an_admin_neither_resets_nor_reopens_an_account_that_holds_what_they_lack(station: Station) -> None:
    register, at = station.register, station.watch.now
    with pytest.raises(Refused):
        await accounts.reset(register, ADMIN, "rj.first", PASSWORD, at=at)
    await accounts.disable(register, ADMIN, "rj.first", at=at)
    with pytest.raises(Refused):
        await accounts.enable(register, ADMIN, "rj.first")
    closed = await register.officers.get("rj.first")
    assert closed == FIRST.model_copy(update={"active": False})


async def test_a_reset_account_has_new_secrets_and_no_session(station: Station) -> None:
    await opened(station)
    signed = await station.enter("rj.new")
    made = await accounts.reset(station.register, ADMIN, "rj.new", "another horse battery", at=station.watch.now)
    with pytest.raises(Unauthenticated):
        await recognise(station.register, station.tokens, signed.access_token)
    with pytest.raises(Unauthenticated):
        await station.enter("rj.new")
    station.secrets["rj.new"] = made.totp_secret
    assert await station.enter("rj.new", password="another horse battery")


async def test_a_closed_account_that_holds_nothing_is_opened_again(station: Station) -> None:
    await opened(station)
    await accounts.disable(station.register, ADMIN, "rj.new", at=station.watch.now)
    with pytest.raises(Unauthenticated):
        await station.enter("rj.new")
    await accounts.enable(station.register, ADMIN, "rj.new")
    station.watch.move(seconds=30)
    assert await station.enter("rj.new")
    for missing in ("rj.nobody", "rj.new"):
        with pytest.raises(NotFound):
            await accounts.enable(station.register, ADMIN, missing)


async def test_an_admin_revokes_one_token_and_nobody_else_does(station: Station) -> None:
    await opened(station)
    signed = await station.enter("rj.new")
    register, tokens, at = station.register, station.tokens, station.watch.now
    with pytest.raises(Refused):
        await accounts.revoke(register, tokens, FIRST, signed.access_token, at=at)
    assert await recognise(register, tokens, signed.access_token)
    assert await accounts.revoke(register, tokens, ADMIN, signed.access_token, at=at) == "rj.new"
    assert (await last(station)).entry.operation == "account revoke"
    with pytest.raises(Unauthenticated):
        await recognise(register, tokens, signed.access_token)
    assert await renew(register, tokens, signed.renewal, at=at), "the session goes on"
    for useless in (signed.access_token, "no token at all"):
        with pytest.raises(NotFound):
            await accounts.revoke(register, tokens, ADMIN, useless, at=at)


async def test_the_first_officers_come_once_and_stand_on_the_ledger(unfounded: Station) -> None:
    await unfounded.found()
    entries = [one.entry for one in await unfounded.register.ledger.search()]
    assert [(entry.kind, entry.officer) for entry in entries] == [(EntryKind.ACCOUNT, "bootstrap")] * 3
    assert await accounts.listed(unfounded.register, ADMIN) == [ADMIN, FIRST, SECOND]
    with pytest.raises(Refused):
        await unfounded.found()


@pytest.mark.parametrize(
    "founders",
    [
        (FIRST, SECOND, ADMIN),
        (ADMIN, FIRST),
        (ADMIN, FIRST, FIRST),
        (ADMIN, FIRST, SECOND, person("rj.third")),
        (ADMIN, FIRST, person("rj.other", Rank.NODE_ADMIN)),
        (person("rj.admin", Rank.NODE_ADMIN, Level.NAMED_DESK), FIRST, SECOND),
    ],
)
async def test_the_first_officers_are_an_admin_and_two_grantors(
    unfounded: Station, founders: tuple[Officer, ...]
) -> None:
    admin, *grantors = (Founder(officer, PASSWORD) for officer in founders)
    with pytest.raises(Refused):
        await bootstrap(unfounded.register, admin, grantors, at=unfounded.watch.now)
    assert await unfounded.register.officers.list() == []
