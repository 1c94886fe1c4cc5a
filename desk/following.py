"""Those who follow an account: single acts that matter, under pseudonyms, and how many there are, as published.

In order:
1. To follow is no offence. What is recorded is one act, with the section that makes it one; many at once cannot be.
2. Who is meant is kept as a pseudonym and sealed; neither ledger nor marking says it, and nothing gives it back.
3. An act is as strict as the account at least. An audience is seen by whoever sees the account, no more and no fewer.
4. Of a count only what is published is kept, at most weekly.
"""

from datetime import datetime

from auth.grant import Action
from desk.crossing import carried_out, operation_of
from desk.errors import BadInput, NotFound, Unavailable
from desk.looking import Look
from desk.standing import act_problems, marking_problems
from graph import access, attached
from graph.attached import Last, NewAct, NewAudience
from graph.stored import Gate, envelope_of
from register.followers import KEY_BYTES, FollowerKey
from register.store import RegisterUnavailable
from schemas.audience import APART, AudienceAsked, AudienceCell, published
from schemas.codes.states import MEMBERS
from schemas.codes.units import UnitKind, units
from schemas.envelope import Marking, day_in_india
from schemas.errors import FieldProblem
from schemas.follower import FollowerAsked, FollowerContent, period_of
from schemas.identifier import BadIdentifier
from schemas.ids import RecordType, make_urn, parse_urn

_DISTRICTS = frozenset({UnitKind.DISTRICT, UnitKind.COMMISSIONERATE})


async def record_act(
    look: Look, account: str, who: FollowerAsked, content: FollowerContent, marking: Marking, *, key: str | None
) -> str:
    """Keep one act of one who follows an account, and give its id; raise BadInput or NotFound."""
    graph = await look.may(Action.RECORD)
    look.note("record follower act", account=account if parse_urn(account) else look.term(account))
    problems = [
        FieldProblem(path=f"act.{field}", message=message)
        for field, message in act_problems(look.desk.state, content, look.at)
    ]
    problems += [*_unnamed(who, marking), *marking_problems(look.desk.state, graph.grant, marking, look.at)]
    if problems:
        raise BadInput(problems)
    # Drawn before anything is looked at: what others did first must not shift what this officer draws next.
    id = make_urn(look.desk.state, "follower", look.desk.random.uuid(look.officer.id))
    await _account_seen(look, account)
    pseudonym = (await _key(look, account, content)).pseudonym(who.normal)
    operation = operation_of(look, "record follower act", key, marking, content, account, pseudonym)
    envelope = envelope_of(look.desk.state, marking, by=look.officer.id, at=look.at)
    sealed = None if who.handle is None else look.desk.keys.seal(who.handle.encode(), f"handle of {id}".encode())
    new = NewAct(id, account, envelope, content, pseudonym, sealed)

    async def act() -> None:
        await attached.store_act(graph, operation, new)

    made = await carried_out(look, operation, [id], act, replayable=key is not None)
    return await _read_again(look, made, id)


async def record_audience(look: Look, account: str, asked: AudienceAsked, marking: Marking, *, key: str | None) -> str:
    """Publish an audience of an account of this state as far as it may be, and give its id.

    Raise BadInput, also where one was published less than a week before, or NotFound.
    """
    graph = await look.may(Action.RECORD)
    look.note("record audience", account=account if parse_urn(account) else look.term(account))
    problems = [*_count_problems(asked, look.at), *marking_problems(look.desk.state, graph.grant, marking, look.at)]
    if problems:
        raise BadInput(problems)
    id = make_urn(look.desk.state, "audience", look.desk.random.uuid(look.officer.id))
    if await _account_seen(look, account) != look.desk.state:
        raise NotFound
    operation = operation_of(look, "record audience", key, marking, asked, account)
    envelope = envelope_of(look.desk.state, marking, by=look.officer.id, at=look.at)

    def publish(gate: Gate, last: Last | None) -> tuple[AudienceCell, ...]:
        if problems := [*_shown_otherwise(gate, marking, look.desk.state), *_too_soon(asked, last)]:
            raise BadInput(problems)
        return published(asked.districts, last[1] if last else {})

    async def act() -> None:
        await attached.store_audience(graph, operation, NewAudience(id, account, envelope, asked.taken_on), publish)

    made = await carried_out(look, operation, [id], act, replayable=key is not None)
    return await _read_again(look, made, id)


async def _account_seen(look: Look, account: str) -> str:
    """Give the state that owns an account; raise NotFound if it is not there for this officer."""
    urn = parse_urn(account)
    if urn is None or urn.type != RecordType.ACCOUNT or not await access.seen(await look.graph(), (account,)):
        raise NotFound
    return urn.state


async def _read_again(look: Look, made: str, id: str) -> str:
    """Give what was made; what was made when it was first asked is looked at again under today's grant."""
    if made != id and not await access.seen(await look.graph(), (made,)):
        raise NotFound
    return made


async def _key(look: Look, account: str, content: FollowerContent) -> FollowerKey:
    period = period_of(content.happened_on, day_in_india(look.at))
    # Drawn for the key and for no officer: whoever was first there, hidden or not, has drawn the same.
    drawn = look.desk.random.token(f"follower key of {account} {period}", KEY_BYTES)
    try:
        return await look.desk.register.followers.key(account, period, drawn, at=look.at)
    except RegisterUnavailable as problem:
        raise Unavailable("The register cannot be written, so nothing is kept.") from problem


def _unnamed(who: FollowerAsked, marking: Marking) -> list[FieldProblem]:
    """Say what is wrong with who is meant, and where a marking names them in the clear."""
    try:
        normal = who.normal
    except BadIdentifier as problem:
        return [FieldProblem(path="follower.socialId", message=str(problem))]
    names = {normal.partition(":")[2].casefold(), (who.handle or "").casefold().lstrip("@")} - {""}
    return [
        FieldProblem(path=f"marking.{field}", message="A marking does not say who the follower is.")
        for field in ("legal_basis", "case_ref", "handling_text")
        if any(name in (getattr(marking, field) or "").casefold() for name in names)
    ]


def _count_problems(asked: AudienceAsked, at: datetime) -> list[FieldProblem]:
    if asked.taken_on > day_in_india(at):
        return [FieldProblem(path="audience.takenOn", message="This day has not been yet.")]
    known = {unit.code for state in MEMBERS for unit in units(state, asked.taken_on) if unit.kind in _DISTRICTS}
    return [
        FieldProblem(path=f"audience.districts.{place}.district", message="No district has this code on that day.")
        for place, cell in enumerate(asked.districts)
        if cell.district not in known
    ]


def _shown_otherwise(gate: Gate, marking: Marking, state: str) -> list[FieldProblem]:
    """Say where a marking would show an audience to others than see the account: two series tell more than one."""
    own = {
        "level": (int(marking.level), gate.level, str(gate.level)),
        "compartment": (marking.compartment or "", gate.comp, gate.comp or "none"),
        "audience": (
            {state, *marking.audience},
            set(gate.audience),
            ", ".join(sorted({*gate.audience} - {state})) or "none",
        ),
    }
    return [
        FieldProblem(path=f"marking.{field}", message=f"It is seen by whoever sees the account; there it is {told}.")
        for field, (said, there, told) in own.items()
        if said != there
    ]


def _too_soon(asked: AudienceAsked, last: Last | None) -> list[FieldProblem]:
    if last is None or asked.taken_on >= last[0] + APART:
        return []
    message = f"An audience is published at most weekly; the last is of {last[0].isoformat()}."
    return [FieldProblem(path="audience.takenOn", message=message)]
