"""What a state needs to take part or to change, made as files: nothing of the node is changed, and nobody is trusted.

In order:
1. `request` makes a key and the request for its certificate; `introduce` says who this state is.
2. `draft` makes the membership that follows the trusted one, unsigned; the states read it (`sangam peers diff`).
3. `sign` adds a state's signature, on the machine where its recovery key lies: it needs no register and no network.
4. What was signed by enough is trusted by `sangam peers trust`.
"""

import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli import beside
from api.cli.running import run
from api.cli.saying import JsonFlag, out, say_json
from api.settings import Settings
from auth.certificates import request as requested
from auth.keys import KeyRing, SigningKey
from desk.errors import BadInput, Refused
from federation.drafting import draft as drafted
from federation.drafting import with_certificate, with_newest
from federation.membership import LARGEST, canonical, fingerprint
from federation.membership import sign as signed_by
from schemas.codes.states import MEMBERS
from schemas.errors import FieldProblem
from schemas.membership import Membership, MemberState, SignedMembership
from schemas.operation import system_clock

Out = Annotated[Path, typer.Option("-o", "--output", help="The file to write; none may be there.")]
Certificate = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="A certificate of this state, in PEM.")]


def request(
    host: Annotated[str, typer.Option(help="The name or address by which the other states reach this node.")],
    key: Annotated[Path, typer.Option(help="Where the private key is put; none may be there.")],
    output: Out,
    json: JsonFlag = False,
) -> None:
    """Make a key for the next certificate of this node, and the request that the state's authority signs."""
    private, asked = requested(Settings().state, host)
    _write(key, private)
    _write(output, asked.encode())
    _say(json, {"key": str(key), "request": str(output)}, f"The key is in {key}, the request for it in {output}.")


def introduce(
    address: Annotated[str, typer.Option(help="Where peers reach this node, such as https://sangam.rj.example:8471.")],
    contact: Annotated[str, typer.Option(help="Whom the officers of other states call.")],
    certificate: Certificate,
    recovery: Annotated[list[Path], typer.Option(help="A public recovery key, in PEM; may be given again.")],
    output: Out,
    json: JsonFlag = False,
) -> None:
    """Say who this state is, as a membership names it: a file for whoever drafts."""
    chosen = Settings()
    known = MEMBERS[chosen.state]

    async def keys() -> KeyRing:
        async with beside.open_register(chosen) as (register, _):
            return KeyRing.open(chosen.data / "keys", at=register.clock())

    ring = run(keys())
    member = MemberState(
        code=known.code,
        name=known.name,
        number=known.bit,
        address=address,
        contact_desk=contact,
        certificates=(certificate.read_text(encoding="ascii"),),
        keys=ring.public(),
        recovery=tuple(one.read_text(encoding="ascii") for one in recovery),
    )
    _write(output, member.model_dump_json(indent=1).encode())
    _say(json, member, f"{member.code} is written to {output}.")


def draft(
    output: Out,
    member: Annotated[
        list[Path] | None, typer.Option(help="A state that joins or stands anew, as it introduced itself.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="This state's next certificate, beside the last.")
    ] = None,
    newest: Annotated[bool, typer.Option("--newest", help="This state speaks under its newest alone.")] = False,
    leaves: Annotated[list[str] | None, typer.Option(help="A state that leaves; may be given again.")] = None,
    json: JsonFlag = False,
) -> None:
    """Draft the membership that follows the trusted one, unsigned."""
    chosen = Settings()

    async def held() -> tuple[Membership | None, ...]:
        async with beside.open_register(chosen) as (register, _):
            found = await register.peers.membership()
            return (None if found is None else found.membership,)

    done = run(held())
    [trusted] = done
    put = [_member(one) for one in member or ()]
    if certificate is not None or newest:
        own = next((one for one in (trusted.members if trusted else ()) if one.code == chosen.state), None)
        if own is None:
            raise Refused("NOT_A_MEMBER", f"{chosen.state} is no member yet: introduce it.")
        own = with_certificate(own, certificate.read_text(encoding="ascii")) if certificate is not None else own
        put.append(with_newest(own) if newest else own)
    try:
        made = drafted(trusted, put=put, without=leaves or (), at=system_clock())
    except ValueError as fault:
        raise BadInput([FieldProblem(path="draft", message=_reason(fault))]) from fault
    _write(output, canonical(made))
    said = {"version": made.membership.version, "fingerprint": fingerprint(made.membership)}
    _say(json, said, f"Version {made.membership.version} is in {output}. Fingerprint {said['fingerprint']}")


def sign(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A membership, drafted or signed in part.")],
    state: Annotated[str, typer.Option(help="The state that signs.")],
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Its private recovery key, in PEM.")],
    output: Out,
    json: JsonFlag = False,
) -> None:
    """Add a state's signature by its recovery key, once its people have compared the fingerprint."""
    with file.open("rb") as source:
        raw = source.read(LARGEST)
    try:
        before, private = SignedMembership.model_validate_json(raw), SigningKey.from_pem(key.read_bytes())
    except ValueError as fault:
        raise BadInput([FieldProblem(path="file", message=_reason(fault))]) from fault
    if not json:
        out.print(f"Fingerprint {fingerprint(before.membership)}", soft_wrap=True)
    after = signed_by(before, state, private)
    _write(output, canonical(after))
    said = {"signatures": [one.state for one in after.signatures], "fingerprint": fingerprint(after.membership)}
    _say(json, said, f"Signed by {', '.join(said['signatures'])}: {output}")


def _member(file: Path) -> MemberState:
    try:
        return MemberState.model_validate_json(file.read_bytes())
    except ValidationError as fault:
        raise BadInput([FieldProblem(path=str(file), message=_reason(fault))]) from fault


def _reason(fault: ValueError) -> str:
    if isinstance(fault, ValidationError):
        return fault.errors(include_url=False, include_input=False)[0]["msg"]
    return str(fault)


def _write(file: Path, content: bytes) -> None:
    """Write a new file for its owner alone. Raises Refused if there is one of that name."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(content)
    except FileExistsError as fault:
        raise Refused("FILE_THERE", f"{file} is there already: nothing is written over.") from fault


def _say(json: bool, said: object, words: str) -> None:
    if json:
        say_json(said)
    else:
        out.print(words, markup=False, soft_wrap=True)
