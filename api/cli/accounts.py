"""Accounts from the command line, beside the node's register. The rules are the desk's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter
from rich.table import Table

from api.cli import beside, tables
from api.cli.beside import Acting, As
from api.cli.running import run
from api.cli.saying import JsonFlag, out, say_json
from api.settings import Settings
from desk import accounts, granting
from desk.accounts import Founder, Opened
from register.approvals import Proposal
from register.store import Register
from schemas.handling import Level
from schemas.officer import Officer, Rank
from schemas.text import Prose

Id = Annotated[str, typer.Argument(help="The officer's id.")]
Unit = Annotated[str, typer.Option(help="The officer's unit.")]
_REASON: TypeAdapter[str] = TypeAdapter(Prose)
ProposalId = Annotated[str, typer.Argument(help="The proposal's id.")]
_FOUNDER_HELP = "id,name,rank,unit of {}; the password is asked for."


def bootstrap(
    admin: Annotated[str, typer.Option(help=_FOUNDER_HELP.format("the first NODE_ADMIN"))],
    grantor: Annotated[list[str], typer.Option(help=_FOUNDER_HELP.format("one of the first two grantors; twice"))],
    level: Annotated[int, typer.Option(help="The level that the grantors hold, 0 to 3.")] = 3,
    compartment: Annotated[list[str] | None, typer.Option(help="A compartment that both hold.")] = None,
    json: JsonFlag = False,
) -> None:
    """Open the first accounts, once in a register's life: a NODE_ADMIN, and two who grant."""
    chosen = Settings()
    founders = [_founder(chosen.state, admin, 0, ())]
    founders += [_founder(chosen.state, one, level, tuple(compartment or ())) for one in grantor]
    opened = run(_bootstrap(chosen, founders))
    _show_opened(opened, json=json)
    _ask_for_own(opened, json=json)


async def _bootstrap(chosen: Settings, founders: list[Founder]) -> list[Opened]:
    async with beside.open_register(chosen) as (register, _):
        return await accounts.bootstrap(register, founders[0], founders[1:], at=register.clock())


def add(
    id: Id,
    name: Annotated[str, typer.Option(help="The officer's name.")],
    rank: Annotated[Rank, typer.Option(help="The officer's rank.")],
    unit: Unit,
    acting: As,
    json: JsonFlag = False,
) -> None:
    """Open an account that holds nothing."""
    chosen = Settings()
    officer = Officer(id=id, name=name, state=chosen.state, rank=rank, unit=unit)

    proof = Acting.asked(acting)
    password = beside.secret("SANGAM_NEW_PASSWORD", f"First password of {id}", twice=True)

    async def act() -> Opened:
        async with _acting(chosen, proof) as (register, actor):
            return await accounts.add(register, actor, officer, password, at=register.clock())

    opened = run(act())
    _show_opened([opened], json=json)
    _ask_for_own([opened], json=json)


def list_(acting: As, json: JsonFlag = False) -> None:
    """List all accounts."""
    proof = Acting.asked(acting)

    async def act() -> list[Officer]:
        async with _acting(Settings(), proof) as (register, actor):
            return await accounts.listed(register, actor)

    found = run(act())
    if json:
        say_json(found)
        return
    table = Table("id", "name", "rank", "unit", "level", "compartments", "open")
    for one in found:
        held = ", ".join(one.compartments)
        table.add_row(one.id, one.name, one.rank, one.unit, str(int(one.level)), held, "yes" if one.active else "no")
    out.print(table)


def disable(id: Id, acting: As, json: JsonFlag = False) -> None:
    """Close an account and end its sessions."""
    proof = Acting.asked(acting)

    async def act() -> None:
        async with _acting(Settings(), proof) as (register, actor):
            await accounts.disable(register, actor, id, at=register.clock())

    run(act())
    if json:
        say_json({"disabled": id})
    else:
        out.print(f"The account {id} is closed.", markup=False)


def enable(id: Id, acting: As, json: JsonFlag = False) -> None:
    """Open a closed account again, unless it holds a level or a compartment."""
    proof = Acting.asked(acting)

    async def act() -> None:
        async with _acting(Settings(), proof) as (register, actor):
            await accounts.enable(register, actor, id)

    run(act())
    if json:
        say_json({"enabled": id})
    else:
        out.print(f"The account {id} is open again.", markup=False)


def reset(id: Id, acting: As, json: JsonFlag = False) -> None:
    """Give an account a new password and a new secret for codes, unless it holds a level or a compartment."""
    proof = Acting.asked(acting)
    password = beside.secret("SANGAM_NEW_PASSWORD", f"New password of {id}", twice=True)

    async def act() -> Opened:
        async with _acting(Settings(), proof) as (register, actor):
            return await accounts.reset(register, actor, id, password, at=register.clock())

    opened = run(act())
    _show_opened([opened], json=json)
    _ask_for_own([opened], json=json)


def secrets(acting: As, json: JsonFlag = False) -> None:
    """Choose a password of one's own and get a new secret for codes; every session of the officer ends."""
    proof = Acting.asked(acting)
    password = beside.secret("SANGAM_NEW_PASSWORD", f"New password of {acting}", twice=True)

    async def act() -> Opened:
        async with beside.open_register(Settings()) as (register, tokens):
            return await accounts.own_secrets(
                register, tokens, proof.officer, proof.password, proof.code, password, at=register.clock()
            )

    opened = run(act())
    _show_opened([opened], json=json)


def revoke(acting: As, json: JsonFlag = False) -> None:
    """Revoke a token that came into other hands: it is asked for, and good for nothing from then on."""
    proof = Acting.asked(acting)
    token = beside.secret("SANGAM_REVOKED_TOKEN", "The token")

    async def act() -> str:
        async with (
            beside.open_register(Settings()) as (register, tokens),
            beside.entered(register, tokens, proof) as actor,
        ):
            return await accounts.revoke(register, tokens, actor, token, at=register.clock())

    officer = run(act())
    if json:
        say_json({"revoked_of": officer})
    else:
        out.print(f"A token of {officer} is revoked. To end every session of theirs, close the account.", markup=False)


def pending(acting: As, json: JsonFlag = False) -> None:
    """List the grants that wait for this officer as the second."""
    proof = Acting.asked(acting)

    async def act() -> list[Proposal]:
        async with _acting(Settings(), proof) as (register, actor):
            return await granting.pending(register, actor, at=register.clock())

    found = run(act())
    if json:
        say_json([_told(one) for one in found])
        return
    # Not a table: a narrow terminal would cut the id, which has to be typed.
    for one in found:
        held = ", ".join(one.compartments) or "no compartment"
        said = f"level {int(one.level)} and {held} for {one.officer}, by {one.grantor}"
        out.print(f"{one.id}  {said}, until {tables.moment(one.expires_at)}", markup=False, soft_wrap=True)
    if not found:
        out.print("Nothing waits for you.")


def grant(
    id: Id,
    level: Annotated[int, typer.Option(help="The level to hold, 0 to 3.")],
    acting: As,
    compartment: Annotated[list[str] | None, typer.Option(help="A compartment to hold; may be given again.")] = None,
    json: JsonFlag = False,
) -> None:
    """Propose that an officer hold a level and compartments; a second officer must confirm."""
    proof = Acting.asked(acting)

    async def act() -> str:
        async with _acting(Settings(), proof) as (register, actor):
            at = register.clock()
            return (await granting.grant(register, actor, id, Level(level), tuple(compartment or ()), at=at)).id

    proposal = run(act())
    if json:
        say_json({"proposal": proposal})
    else:
        out.print(f"Proposal {proposal} waits for a second officer: sangam officer confirm {proposal}", markup=False)
        # Only a person can tell whether it was that person who set them.
        asked = f"The second first asks {id} in person: did you set your own secrets, and can you sign in with them?"
        out.print(asked, markup=False, soft_wrap=True)


def confirm(
    proposal: ProposalId,
    acting: As,
    json: JsonFlag = False,
) -> None:
    """Confirm a grant as the second officer, once its officer has said in person that they set their own secrets."""
    proof = Acting.asked(acting)

    async def act() -> Officer:
        async with _acting(Settings(), proof) as (register, actor):
            return await granting.confirm(register, actor, proposal, at=register.clock())

    _held(run(act()), json=json)


def decline(
    proposal: ProposalId,
    reason: Annotated[str, typer.Option(help="Why: its grantor is told.")],
    acting: As,
    json: JsonFlag = False,
) -> None:
    """Refuse a grant as the second officer, with a reason."""
    proof, why = Acting.asked(acting), _REASON.validate_python(reason)

    async def act() -> Officer:
        async with _acting(Settings(), proof) as (register, actor):
            return await granting.decline(register, actor, proposal, why, at=register.clock())

    _settled(run(act()), proposal, "is declined", json=json)


def take_back(proposal: ProposalId, acting: As, json: JsonFlag = False) -> None:
    """Take back a grant that one proposed."""
    proof = Acting.asked(acting)

    async def act() -> Officer:
        async with _acting(Settings(), proof) as (register, actor):
            return await granting.take_back(register, actor, proposal, at=register.clock())

    _settled(run(act()), proposal, "is taken back", json=json)


def lower(
    id: Id,
    acting: As,
    level: Annotated[int, typer.Option(help="The level above which nothing is left, 0 to 3.")] = 3,
    without: Annotated[list[str] | None, typer.Option(help="A compartment to take; may be given again.")] = None,
    json: JsonFlag = False,
) -> None:
    """Take a level or compartments from an officer at once, and what waits to be granted to them."""
    proof = Acting.asked(acting)

    async def act() -> Officer:
        async with _acting(Settings(), proof) as (register, actor):
            at = register.clock()
            return await granting.lower(register, actor, id, Level(level), tuple(without or ()), at=at)

    _held(run(act()), json=json)


def _settled(officer: Officer, proposal: str, said: str, *, json: bool) -> None:
    if json:
        say_json({"proposal": proposal, "officer": officer})
    else:
        out.print(f"Proposal {proposal} {said}; {officer.id} holds what they held.", markup=False, soft_wrap=True)


def _held(officer: Officer, *, json: bool) -> None:
    if json:
        say_json(officer)
    else:
        held = ", ".join(officer.compartments) or "no compartment"
        out.print(f"{officer.id} holds level {int(officer.level)} and {held}.", markup=False)


def _told(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "officer": proposal.officer,
        "level": int(proposal.level),
        "compartments": proposal.compartments,
        "grantor": proposal.grantor,
        "proposed_at": proposal.proposed_at,
        "expires_at": proposal.expires_at,
    }


@asynccontextmanager
async def _acting(chosen: Settings, acting: Acting) -> AsyncIterator[tuple[Register, Officer]]:
    async with (
        beside.open_register(chosen) as (register, tokens),
        beside.entered(register, tokens, acting) as officer,
    ):
        yield register, officer


def _founder(state: str, said: str, level: int, compartments: tuple[str, ...]) -> Founder:
    parts = [part.strip() for part in said.split(",")]
    if len(parts) != 4:
        raise typer.BadParameter("A first officer is written id,name,rank,unit.")
    id, name, rank, unit = parts
    officer = Officer.model_validate(
        {
            "id": id,
            "name": name,
            "state": state,
            "rank": rank,
            "unit": unit,
            "level": level,
            "compartments": compartments,
        }
    )
    return Founder(officer, beside.secret(f"SANGAM_PASSWORD_{id.upper()}", f"Password of {id}", twice=True))


def _show_opened(opened: list[Opened], *, json: bool) -> None:
    if json:
        say_json([{"officer": one.officer, "totp_secret": one.totp_secret} for one in opened])
        return
    for one in opened:
        out.print(f"{one.officer.id} may sign in. Secret for one-time codes, shown this once: {one.totp_secret}")


def _ask_for_own(opened: list[Opened], *, json: bool) -> None:
    """Say to people what is left to do with secrets that another knows."""
    if json:
        return
    for one in opened:
        id = one.officer.id
        said = f"Others may have seen these secrets; {id}, alone, sets their own: sangam officer secrets --as {id}"
        out.print(said, markup=False, soft_wrap=True)
