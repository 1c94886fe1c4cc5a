"""Accounts: who opens them, who may hold what, and that nobody gains alone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import Connection, update

from desk import accounts, granting
from desk.accounts import Founder, Opened, bootstrap
from desk.entering import SignInRefused, recognise, renew
from desk.errors import BadInput, Conflict, DeskError, NotFound, Refused, Unauthenticated
from register.ledger import EntryKind, Written
from register.officers import written
from register.store import Register
from register.tables import officers
from schemas.handling import TRAINING, Level
from schemas.officer import Officer, Rank
from schemas.pending import PendingState
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
    proposal = await granting.grant(register, FIRST, id, level, compartments, at=at)
    return await granting.confirm(register, SECOND, proposal.id, at=at)


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
    proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
    asked = {"account": "rj.admin", "level": 2, "compartments": [KILO]}
    tries: list[tuple[Callable[[], Awaitable[object]], str, str, object]] = [
        (
            lambda: granting.confirm(register, FIRST, proposal.id, at=at),
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
            lambda: granting.grant(register, FIRST, "rj.admin", Level.NAMED_DESK, [KILO], at=at),
            "grant",
            "ADMIN_HOLDS_NOTHING",
            asked,
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
    proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
    assert await register.officers.get("rj.new") == NEW
    assert await granting.pending(register, SECOND, at=at) == [proposal]
    assert await granting.pending(register, FIRST, at=at) == []
    with pytest.raises(NotFound):
        await granting.confirm(register, FIRST, proposal.id, at=at)
    held = await granting.confirm(register, SECOND, proposal.id, at=at)
    assert held == person("rj.new", Rank.SI, Level.NAMED_DESK, KILO)
    entry = (await last(station)).entry
    assert (entry.officer, entry.operation, entry.code) == ("rj.second", "account confirm", "OK")
    with pytest.raises(NotFound):
        await granting.confirm(register, SECOND, proposal.id, at=at)


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
                proposal = (await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)).id
    if outcome == "HELD":
        held = await granting.confirm(register, SECOND, proposal, at=at)
        assert held == person("rj.new", Rank.SI, Level.NAMED_DESK, KILO)
        return
    with pytest.raises(Refused if outcome != "NOT_FOUND" else NotFound):
        await granting.confirm(register, SECOND, proposal, at=at)
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
        await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [], at=at)
    await unfounded.own("rj.first")
    proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [], at=at)
    with pytest.raises(Refused, match="your own secrets"):
        await granting.confirm(register, SECOND, proposal.id, at=at)
    assert (await last(unfounded)).entry.code == "NOT_OWN_SECRETS"
    await unfounded.own("rj.second")
    assert (await granting.confirm(register, SECOND, proposal.id, at=at)).level is Level.NAMED_DESK


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
        await granting.grant(station.register, actor, "rj.new", level, compartments, at=station.watch.now)
    assert (await last(station)).entry.kind is EntryKind.REFUSAL
    assert await station.register.approvals.pending(at=station.watch.now) == []


async def test_nobody_confirms_what_they_lack_nor_learns_that_it_waits(station: Station) -> None:
    await opened(station)
    await opened(station, person("rj.lower"))
    lower = await granted(station, "rj.lower", Level.NAMED_DESK)
    register, at = station.register, station.watch.now
    proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
    assert await granting.pending(register, lower, at=at) == []
    with pytest.raises(NotFound):
        await granting.confirm(register, lower, proposal.id, at=at)
    assert await register.officers.get("rj.new") == NEW


async def test_a_grantor_whose_account_was_closed_meanwhile_grants_nothing(station: Station) -> None:
    await opened(station)
    register, at = station.register, station.watch.now
    proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [], at=at)
    await accounts.disable(register, ADMIN, "rj.first", at=at)
    with pytest.raises(Refused):
        await granting.confirm(register, SECOND, proposal.id, at=at)
    assert await register.officers.get("rj.new") == NEW


async def test_nobody_grants_to_themselves_to_an_admin_or_to_nobody(station: Station) -> None:
    register, at = station.register, station.watch.now
    with pytest.raises(BadInput):
        await granting.grant(register, FIRST, "rj.first", Level.NAMED_DESK, [KILO], at=at)
    with pytest.raises(Refused):
        await granting.grant(register, FIRST, "rj.admin", Level.NAMED_DESK, [], at=at)
    with pytest.raises(NotFound):
        await granting.grant(register, FIRST, "rj.nobody", Level.NAMED_DESK, [], at=at)


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
        # Neither of these two could ever confirm what the other proposes.
        (ADMIN, FIRST, SECOND.model_copy(update={"unit": FIRST.unit})),
        (ADMIN, FIRST, SECOND.model_copy(update={"unit": "ATS"})),
        (ADMIN, FIRST, SECOND.model_copy(update={"rank": Rank.ADDL_SP})),
        (ADMIN, FIRST.model_copy(update={"rank": Rank.ANALYST}), SECOND),
    ],
)
async def test_the_first_officers_are_an_admin_and_two_grantors(
    unfounded: Station, founders: tuple[Officer, ...]
) -> None:
    admin, *grantors = (Founder(officer, PASSWORD) for officer in founders)
    with pytest.raises(Refused):
        await bootstrap(unfounded.register, admin, grantors, at=unfounded.watch.now)
    assert await unfounded.register.officers.list() == []


JAIPUR, AJMER = "RJ-P-JPW", "RJ-R-AJM"


@pytest.mark.parametrize(
    ("who", "settles"),
    [
        (person("rj.who", Rank.SP_DCP, Level.NAMED_DESK, KILO, unit=AJMER), True),
        (person("rj.who", Rank.DG_CP, Level.SOURCE_BEARING, KILO, unit=AJMER), True),
        (person("rj.who", Rank.ADDL_SP, Level.NAMED_DESK, KILO, unit=AJMER), False),
        (person("rj.who", Rank.ANALYST, Level.NAMED_DESK, KILO, unit=AJMER), False),
        (person("rj.who", Rank.SP_DCP, Level.NAMED_DESK, KILO, unit=JAIPUR), False),
        (person("rj.who", Rank.SP_DCP, Level.NAMED_DESK, KILO, unit="ATS"), False),
        (person("rj.who", Rank.SP_DCP, Level.ORGANISED_CRIME_UNITS, KILO, unit=AJMER), False),
        (person("rj.who", Rank.SP_DCP, Level.NAMED_DESK, unit=AJMER), False),
    ],
)
async def test_the_second_of_a_grant_holds_it_is_a_superintendent_and_of_another_chain(
    station: Station, who: Officer, settles: bool
) -> None:
    await opened(station)
    await station.own("rj.new")
    await opened(station, person("rj.who", who.rank, unit=who.unit))
    await station.own("rj.who")
    register, at = station.register, station.watch.now
    holds = {"level": int(who.level), "compartments": written(who.compartments)}
    await changed(register, "rj.who", **holds)
    for settle in (
        lambda id: granting.decline(register, who, id, "Not yet.", at=at),
        lambda id: granting.confirm(register, who, id, at=at),
    ):
        proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
        assert (await granting.pending(register, who, at=at) == [proposal]) is settles
        if settles:
            assert await settle(proposal.id)
            assert await granting.pending(register, who, at=at) == []
        else:
            with pytest.raises(NotFound):
                await settle(proposal.id)
            await granting.take_back(register, FIRST, proposal.id, at=at)


async def changed(register: Register, id: str, **values: object) -> None:
    """Let an account hold or be something by itself."""

    def act(connection: Connection) -> None:
        connection.execute(update(officers).where(officers.c.id == id).values(**values))

    await register._writer.do(act)


async def test_whoever_nobody_could_second_proposes_nothing(station: Station) -> None:
    await opened(station)
    await changed(station.register, "rj.first", unit="ATS")
    actor = await station.register.officers.get("rj.first")
    assert actor is not None
    with pytest.raises(Refused) as refused:
        await granting.grant(station.register, actor, "rj.new", Level.NAMED_DESK, [], at=station.watch.now)
    assert refused.value.code_for_ledger == "NO_CHAIN"


async def test_a_grantor_who_changed_chains_meanwhile_is_seconded_by_their_new_ones(station: Station) -> None:
    await opened(station)
    await station.own("rj.new")
    register, at = station.register, station.watch.now
    proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [], at=at)
    await changed(register, "rj.first", unit=AJMER)
    with pytest.raises(NotFound):
        await granting.confirm(register, SECOND, proposal.id, at=at)


async def test_a_declined_grant_tells_why_and_who_and_stands_on_the_ledger(station: Station) -> None:
    await opened(station)
    register, at = station.register, station.watch.now
    proposal = await granting.grant(register, FIRST, "rj.new", Level.NAMED_DESK, [KILO], at=at)
    assert await granting.decline(register, SECOND, proposal.id, "Not yet.", at=at) == NEW
    entry = (await last(station)).entry
    assert (entry.officer, entry.operation, entry.code) == ("rj.second", "account decline", "OK")
    found = await register.approvals.get(proposal.id, at=at)
    assert found is not None
    assert (found[0].state, found[0].reason) == (PendingState.DECLINED, "Not yet.")
    with pytest.raises(NotFound):
        await granting.confirm(register, SECOND, proposal.id, at=at)


LOWERED = [
    # Who lowers, to what, without what, and what is left: of level 2 and KILO.
    (SECOND, 1, [], (1, (KILO,))),
    (SECOND, 3, [KILO], (2, ())),
    (SECOND, 0, [KILO, "IN-RJ:LIMA"], (0, ())),
    (person("rj.new", Rank.SI, Level.NAMED_DESK, KILO), 0, [KILO], (0, ())),
    (SECOND, 2, [], BadInput),
    (SECOND, 3, ["IN-RJ:LIMA"], BadInput),
    (ADMIN, 0, [], Refused),
    (person("rj.x", Rank.SP_DCP, Level.ORGANISED_CRIME_UNITS, KILO), 1, [], Refused),
    (person("rj.x", Rank.SP_DCP, Level.SOURCE_BEARING), 3, [KILO], Refused),
    (person("rj.x", Rank.ADDL_SP, Level.SOURCE_BEARING, KILO), 1, [], Refused),
    (SECOND.model_copy(update={"active": False}), 1, [], Refused),
]


@pytest.mark.parametrize(("actor", "level", "without", "left"), LOWERED)
async def test_what_is_held_is_taken_at_once_by_a_superintendent_who_holds_it_or_given_back(
    station: Station, actor: Officer, level: int, without: list[str], left: object
) -> None:
    await opened(station)
    await granted(station, "rj.new", Level.NAMED_DESK, KILO)
    register, at = station.register, station.watch.now
    if isinstance(left, type) and issubclass(left, DeskError):
        with pytest.raises(left):
            await granting.lower(register, actor, "rj.new", Level(level), without, at=at)
        assert (await last(station)).entry.kind is EntryKind.REFUSAL
        return
    lowered = await granting.lower(register, actor, "rj.new", Level(level), without, at=at)
    assert (int(lowered.level), lowered.compartments) == left
    entry = (await last(station)).entry
    assert (entry.officer, entry.operation) == (actor.id, "account lower")
    assert entry.variables == {"account": "rj.new", "level": level, "compartments": without}


async def test_what_waits_for_whoever_is_lowered_is_gone(station: Station) -> None:
    await opened(station)
    await granted(station, "rj.new", Level.NAMED_DESK)
    register, at = station.register, station.watch.now
    proposal = await granting.grant(register, FIRST, "rj.new", Level.SOURCE_BEARING, [], at=at)
    await granting.lower(register, SECOND, "rj.new", Level.ANY_OFFICER, [], at=at)
    with pytest.raises(NotFound):
        await granting.confirm(register, SECOND, proposal.id, at=at)
    with pytest.raises(NotFound):
        await granting.lower(register, SECOND, "rj.nobody", Level.ANY_OFFICER, [], at=at)
