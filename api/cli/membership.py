"""What a state needs to take part or to change, made as files: nothing of the node is changed, and nobody is trusted.

In order:
1. `request` makes a key and the request for its certificate; `introduce` says who this state is.
2. `draft` makes the membership that follows the trusted one, unsigned; each state reads it (`sangam peers diff`).
3. `sign` adds a state's signature, on the machine where its recovery key lies: it needs no register and no network.
4. What was signed by enough is trusted by `sangam peers trust`.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli import beside
from api.cli.running import run
from api.cli.saying import JsonFlag, err, out, say_json
from api.settings import Settings
from auth.certificates import request as requested
from auth.keys import KeyRing, SigningKey, kid_of
from desk.errors import BadInput, Refused
from federation.drafting import draft as drafted
from federation.drafting import with_certificate, with_newest
from federation.membership import LARGEST, MembershipRefused, canonical, fingerprint, refuse_unfit
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
    try:
        private, asked = requested(Settings().state, host)
    except ValueError as fault:
        raise BadInput([FieldProblem(path="host", message=str(fault))]) from fault
    _write(output, asked.encode())
    try:
        _write(key, private)
    except BaseException:
        # A request whose key nobody has is good for nothing.
        output.unlink()
        raise
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
    given, recovers = _text(certificate), tuple(_text(one) for one in recovery)
    member = MemberState(
        code=known.code,
        name=known.name,
        number=known.bit,
        address=address,
        contact_desk=contact,
        certificates=(given,),
        keys=ring.public(),
        recovery=recovers,
    )
    _fit([member], "certificate")
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

    async def held() -> Membership | None:
        async with beside.open_register(chosen) as (register, _):
            found = await register.peers.membership()
            return None if found is None else found.membership

    trusted = run(held())
    put = [_member(one) for one in member or ()]
    if certificate is not None or newest:
        own = next((one for one in (trusted.members if trusted else ()) if one.code == chosen.state), None)
        if own is None:
            raise Refused("NOT_A_MEMBER", f"{chosen.state} is no member yet: introduce it.")
        own = with_certificate(own, _text(certificate)) if certificate is not None else own
        put.append(with_newest(own) if newest else own)
    try:
        made = drafted(trusted, put=put, without=leaves or (), at=system_clock())
    except ValueError as fault:
        raise BadInput([FieldProblem(path="draft", message=_reason(fault))]) from fault
    _fit(made.membership.members, "draft")
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
        before = SignedMembership.model_validate_json(raw)
    except ValueError as fault:
        raise BadInput([FieldProblem(path=str(file), message=_reason(fault))]) from fault
    try:
        private = SigningKey.from_pem(key.read_bytes())
    except (ValueError, TypeError) as fault:
        # A TypeError is the library's word for a key under a password.
        reason = "This is no private P-256 key in PEM without a password."
        raise BadInput([FieldProblem(path=str(key), message=reason)]) from fault
    _refuse_stranger(before.membership, state, private)
    if not json:
        out.print(f"Fingerprint {fingerprint(before.membership)}", soft_wrap=True)
    after = signed_by(before, state, private)
    _write(output, canonical(after))
    said = {"signatures": [one.state for one in after.signatures], "fingerprint": fingerprint(after.membership)}
    _say(json, said, f"Signed by {', '.join(said['signatures'])}: {output}")


def _refuse_stranger(membership: Membership, state: str, key: SigningKey) -> None:
    """Refuse a key that is no recovery key of this state, as far as the file can tell. Raises Refused."""
    listed = {kid_of(pem) for member in membership.members if member.code == state for pem in member.recovery}
    if key.kid in listed:
        return
    said = f"In this version {key.kid} is no recovery key of {state}"
    if membership.version == 1:
        raise Refused("NOT_ITS_KEY", f"{said}: nothing is signed.")
    # Who signs a later version is said by the one before, which is not at hand here.
    err.print(f"{said}: the signature counts only if the version before lists it.", markup=False, soft_wrap=True)


def _fit(members: Iterable[MemberState], path: str) -> None:
    """Refuse what no state could trust. Raises BadInput."""
    try:
        refuse_unfit(members)
    except MembershipRefused as fault:
        raise BadInput([FieldProblem(path=path, message=fault.reason)]) from fault


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except UnicodeDecodeError as fault:
        raise BadInput([FieldProblem(path=str(file), message="This is not in PEM.")]) from fault


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
    """Write a new file for its owner alone, whole or not at all. Raises OSError, and Refused for one that is there."""
    try:
        target = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError as fault:
        raise Refused("FILE_THERE", f"{file} is there already: nothing is written over.") from fault
    try:
        with target:
            target.write(content)
    except BaseException:
        file.unlink()
        raise


def _say(json: bool, said: object, words: str) -> None:
    if json:
        say_json(said)
    else:
        out.print(words, markup=False, soft_wrap=True)
