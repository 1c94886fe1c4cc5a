"""The peers from the command line, beside the node's register. The rules are the desk's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import beside
from api.cli.beside import Acting, As
from api.cli.running import run
from api.cli.saying import REFUSED, JsonFlag, err, out, say_json
from api.settings import Settings
from auth.certificates import der_of, ends_at, thumbprint
from auth.keys import KeyRing
from desk import peering, signing
from desk.errors import NotFound, Refused
from federation.membership import LARGEST, fingerprint
from federation.peers import PublishedKeys, ending, good_until
from schemas.agreement import Agreement
from schemas.federated import SourceState
from schemas.handling import Purpose
from schemas.hearing import Hearing
from schemas.membership import Handover, MemberState, SignedMembership, TokenKey

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A membership.")]
State = Annotated[str, typer.Argument(help="The state's code, such as IN-PB.")]


def list_(json: JsonFlag = False) -> None:
    """List the member states: where each answers, when its certificate ends, and what it may ask here."""
    found = run(_held())
    rows = [_row(member, found) for member in found.members]
    if json:
        say_json(rows)
        return
    for member, row in zip(found.members, rows, strict=True):
        _show(member, row, own=member.code == Settings().state)
    if not rows:
        out.print("No membership is trusted yet: sangam peers trust FILE")


def show(state: State, json: JsonFlag = False) -> None:
    """Show a member state with its certificates and keys, and what it may ask here."""
    found = run(_held())
    member = next((one for one in found.members if one.code == state), None)
    if member is None:
        raise NotFound("No member state has this code.")
    row = _row(member, found)
    if json:
        say_json({**member.model_dump(mode="json"), **row, "keys": _known(member, found)})
        return
    _show(member, row, own=state == Settings().state)
    for line in _keys(member, _known(member, found)):
        out.print(f"  {line}", markup=False, soft_wrap=True)


def diff(file: File, json: JsonFlag = False) -> None:
    """Say what a membership, drafted or signed, changes against the one that is trusted; nothing is trusted by it."""
    found = run(_read(_bytes(file)))
    if json:
        say_json({**_told(found), "lacking": found.lacking})
        return
    _show_change(found)
    if found.lacking is not None:
        out.print(f"It cannot be trusted yet. {found.lacking}", markup=False, soft_wrap=True)


def trust(
    file: File,
    acting: As,
    given: Annotated[
        str | None,
        typer.Option("--fingerprint", help="The fingerprint that the other states read out; nobody is asked then."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Trust a membership from now on, once its fingerprint was compared with what the other states have."""
    raw = _bytes(file)
    found = run(_opened(raw))
    if not json:
        _show_change(found)
    _compare(found.signed, given)
    proof = Acting.asked(acting)

    async def act() -> bool:
        async with (
            beside.open_register(Settings()) as (register, tokens),
            beside.entered(register, tokens, proof) as actor,
        ):
            first = await register.peers.membership() is None
            await peering.trust(register, raw, actor, at=register.clock())
            return first

    first = run(act())
    if json:
        say_json(_told(found))
    else:
        out.print(f"Version {found.signed.membership.version} is trusted from now on.")
        if first:
            out.print("A node that runs speaks to the other states once it begins anew, under its certificate.")


def agree(
    state: State,
    acting: As,
    purpose: Annotated[list[Purpose] | None, typer.Option(help="For what it may ask; may be given again.")] = None,
    level: Annotated[int, typer.Option(help="The level up to which it is answered, 0 to 3.")] = 0,
    compartment: Annotated[list[str] | None, typer.Option(help="A compartment that is open to it.")] = None,
    step_up: Annotated[
        list[Purpose] | None, typer.Option(help="A purpose for which its officer signs in anew; may be given again.")
    ] = None,
    step_up_minutes: Annotated[int, typer.Option(help="How old that sign-in may be.")] = 15,
    json: JsonFlag = False,
) -> None:
    """Say what another state may ask here from now on, and nothing else; without a purpose it is answered nothing."""
    agreement = Agreement.model_validate(
        {
            "state": state,
            "purposes": tuple(purpose or ()),
            "ceiling": level,
            "compartments": tuple(compartment or ()),
            "step_up": tuple(step_up or ()),
            "step_up_minutes": step_up_minutes,
        }
    )
    proof = Acting.asked(acting)

    async def act() -> bool:
        async with (
            beside.open_register(Settings()) as (register, tokens),
            beside.entered(register, tokens, proof) as actor,
        ):
            await peering.agree(register, agreement, actor, at=register.clock())
            return True

    run(act())
    if json:
        say_json(agreement)
    else:
        out.print(f"{state} {_in_words(agreement)}", markup=False, soft_wrap=True)


def rotate(
    acting: As,
    minutes: Annotated[int, typer.Option(help="In how many minutes the next key begins to sign.")] = 60,
    json: JsonFlag = False,
) -> None:
    """Make the next key that signs this state's tokens, and tell the other states before it begins."""
    chosen = Settings()
    proof = Acting.asked(acting)

    async def act() -> tuple[str, datetime]:
        async with (
            beside.open_register(chosen) as (register, tokens),
            beside.entered(register, tokens, proof) as actor,
        ):
            at = register.clock()
            begins = (at + timedelta(minutes=minutes)).replace(microsecond=0)
            ring = KeyRing.open(chosen.data / "keys", at=at)
            return await signing.hand_over(register, ring, actor, at=at, begins=begins), begins

    done = run(act())
    kid, begins = done
    if json:
        say_json({"key": kid, "begins": begins})
    else:
        out.print(f"Key {kid} signs from {begins:%Y-%m-%d %H:%M:%S} UTC on.", markup=False, soft_wrap=True)
        out.print("The other states hear of it from the running node, and need do nothing.")


@dataclass(frozen=True)
class _Held:
    """What this state has of its peers, when it was looked at, and under which certificate its node speaks."""

    version: int
    members: tuple[MemberState, ...]
    agreements: dict[str, Agreement]
    hearings: dict[str, Hearing]
    handovers: tuple[Handover, ...]
    at: datetime
    under: str | None


async def _held() -> _Held:
    async with beside.open_register(Settings()) as (register, _):
        agreements = {one.state: one for one in await register.peers.agreements()}
        signed, hearings = await register.peers.membership(), await register.peers.hearings()
        version, members = (0, ()) if signed is None else (signed.membership.version, signed.membership.members)
        ring = KeyRing.open(Settings().data / "keys", at=register.clock())
        return _Held(version, members, agreements, hearings, ring.handovers, register.clock(), _under())


def _under() -> str | None:
    """Give the thumbprint of the certificate under which this node speaks, None if that is not known here."""
    own = Settings().certificate
    try:
        return None if own is None else thumbprint(der_of(own.read_text(encoding="ascii")))
    except (OSError, ValueError):
        # That it cannot be used the node says when it starts; who looks at the peers may not be let at it.
        return None


async def _opened(raw: bytes) -> peering.Read:
    async with beside.open_register(Settings()) as (register, _):
        return await peering.opened(register, raw)


async def _read(raw: bytes) -> peering.Read:
    async with beside.open_register(Settings()) as (register, _):
        return await peering.read(register, raw)


def _bytes(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(LARGEST + 1)


def _compare(signed: SignedMembership, given: str | None) -> None:
    """Have a person compare the fingerprint, unless they have given it. Raises Refused."""
    if given is None:
        if not typer.confirm("Do the other states read out this fingerprint, and is it to be trusted?", err=True):
            err.print("Nothing is changed.")
            raise typer.Exit(REFUSED)
    elif "".join(given.split()).lower() != "".join(fingerprint(signed.membership).split()):
        raise Refused("FINGERPRINT", "The file has another fingerprint: nothing is changed.")


def _row(member: MemberState, held: _Held) -> dict[str, Any]:
    heard = held.hearings.get(member.code)
    return {
        "state": member.code,
        "name": member.name,
        "number": member.number,
        "address": member.address,
        "contact_desk": member.contact_desk,
        "certificates": [
            {"thumbprint": thumbprint(der_of(pem)), "ends_at": ends_at(pem)} for pem in member.certificates
        ],
        "ends_at": good_until(member, held.under),
        "warning": ending(member, held.at, held.under),
        "heard": heard and heard.model_dump(mode="json", exclude={"state", "handovers"}),
        "ahead": heard is not None and (heard.version or 0) > held.version,
        "agreement": held.agreements.get(member.code),
    }


def _show(member: MemberState, row: dict[str, Any], *, own: bool) -> None:
    out.print(f"[bold]{member.code}[/]  ", end="")
    out.print(f"{member.name}, {member.address}", markup=False, soft_wrap=True)
    if row["warning"]:
        out.print(f"  [bold red]WARNING[/] {row['warning']}", soft_wrap=True)
    else:
        out.print(f"  Its certificate is good to {row['ends_at']:%Y-%m-%d}.")
    if row["heard"] is not None:
        for line in _standing(Hearing.model_validate({"state": member.code, **row["heard"]}), ahead=row["ahead"]):
            out.print(f"  {line}", markup=False, soft_wrap=True)
    said = "This state itself." if own else f"It {_in_words(row['agreement'])}"
    out.print(f"  {said}", markup=False, soft_wrap=True)


def _standing(heard: Hearing, *, ahead: bool) -> Iterator[str]:
    why = f" ({heard.reason})" if heard.reason else ""
    said = f"It is {heard.status}{why} since {heard.since:%Y-%m-%d %H:%M:%S} UTC"
    if heard.status is SourceState.INCOMPATIBLE:
        said += ", and is asked nothing as long as it is"
    yield f"{said}; last asked {heard.at:%Y-%m-%d %H:%M:%S}."
    if ahead:
        yield f"It has trusted version {heard.version} of the membership already."


def _known(member: MemberState, held: _Held) -> list[TokenKey]:
    """Give a member's keys, those of the membership and those that it has handed over to since."""
    if member.code == Settings().state:
        return list(PublishedKeys(member.keys, held.handovers))
    heard = held.hearings.get(member.code)
    return list(PublishedKeys(member.keys, heard.handovers if heard is not None else ()))


def _keys(member: MemberState, known: list[TokenKey]) -> Iterator[str]:
    yield f"Number {member.number}; people reach {member.contact_desk}."
    yield from (f"Certificate {thumbprint(der_of(pem))}, to {ends_at(pem):%Y-%m-%d}" for pem in member.certificates)
    for key in known:
        end = f" to {key.retired_at:%Y-%m-%d %H:%M:%S}" if key.retired_at else ""
        yield f"Signs tokens with {key.kid}, from {key.not_before:%Y-%m-%d %H:%M:%S}{end}"


def _in_words(agreement: Agreement | None) -> str:
    if agreement is None or not agreement.purposes:
        return "may ask nothing here."
    said = f"may ask here for {_listed(agreement.purposes)}, up to level {int(agreement.ceiling)}"
    said += f", in {', '.join(agreement.compartments)}" if agreement.compartments else ", in no compartment"
    if agreement.step_up:
        said += f"; for {_listed(agreement.step_up)} after a sign-in of the last {agreement.step_up_minutes} minutes"
    return f"{said}."


def _listed(purposes: tuple[Purpose, ...]) -> str:
    return ", ".join(purpose.value.lower().replace("_", " ") for purpose in purposes)


def _told(found: peering.Read) -> dict[str, Any]:
    membership = found.signed.membership
    return {"version": membership.version, "fingerprint": fingerprint(membership), "changes": found.changes}


def _show_change(found: peering.Read) -> None:
    membership = found.signed.membership
    out.print(f"Version {membership.version}, of {membership.issued_at:%Y-%m-%d %H:%M} UTC")
    out.print(f"Fingerprint {fingerprint(membership)}", soft_wrap=True)
    for sentence in found.changes or ["Nothing changes."]:
        out.print(f"  {sentence}", markup=False, soft_wrap=True)
