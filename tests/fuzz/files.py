"""Files of membership, mutated in what they say, in who signed and in their bytes, at the door of `peers trust`.

A file that nobody signed anew is never trusted. One that a quorum signed is trusted or refused by a check, and what is
trusted keeps every number, this state, and the version that follows.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import rfc8785
from pydantic import ValidationError

from auth.sealing import StateKeys
from desk import peering
from desk.errors import Refused
from federation.membership import canonical, sign
from register.ledger import EntryKind
from register.store import Register
from schemas.membership import Membership, SignedMembership
from schemas.officer import Officer, Rank
from schemas.operation import SystemRandom
from tests.federation.peers import MORNING, SIX, edited, member, second, signed_by, token_key, world
from tests.fuzz.spelling import changed, spelled

FILES = 40
ADMIN = Officer(
    id="rj.admin", name="Officer of the tests", state="IN-RJ", rank=Rank.NODE_ADMIN, level=0, compartments=(), unit="RJ"
)
_NUMBERS = {one.code: one.number for one in world().signed.membership.members}


async def opened(folder: Path) -> Register:
    """Open a register that has trusted the first version."""
    url = f"sqlite:///{folder / 'register' / 'register.db'}"
    keys = StateKeys.from_master(b"f" * 32)
    register = await Register.open(url, state="IN-RJ", keys=keys, clock=lambda: MORNING, random=SystemRandom())
    await peering.trust(register, canonical(world().signed), ADMIN, at=MORNING)
    return register


async def trusted(register: Register, seed: int, files: int = FILES) -> tuple[Counter[str], list[str]]:
    """Put the files of a seed before the register; give what came, and what is wrong."""
    random, came, wrong = Random(f"files {seed}"), Counter[str](), []
    for n in range(files):
        signed = random.random() < 0.5
        raw, good = (_signed_anew(random), None) if signed else _as_it_is(random)
        try:
            code, found = await _put(register, raw, good)
        except Exception as fault:  # a crash is what is looked for
            code, found = "crash", [f"crashes: {type(fault).__name__}: {fault}"[:300]]
        came[f"file {code}"] += 1
        wrong += [f"file {n} of seed {seed}{' (signed)' if signed else ''}: {what}" for what in found]
    held = await register.peers.membership()
    if held is None or held.membership != world().signed.membership:
        wrong.append(f"after seed {seed} another membership is held")
    return came, wrong


async def _put(register: Register, raw: bytes, good: Membership | None) -> tuple[str, list[str]]:
    """Put one file before the register; give what it was told, and what is wrong with that.

    What would be trusted is not kept, so that all files begin alike. Without anything signed anew that is `good` alone.
    """
    try:
        opened = (await peering.opened(register, raw)).signed
    except Refused as refused:
        told = refused.code_for_ledger
    else:
        if good is not None and opened.membership != good:
            return "trusted", ["is trusted, and nobody signed it"]
        return "trusted", _wrong_with(opened)
    before = (await register.ledger.head())[0]
    try:
        await peering.trust(register, raw, ADMIN, at=MORNING)
    except Refused as refused:
        if not refused.message.partition(": ")[2].strip():
            return told, [f"is told no reason: {refused.message!r}"]
    entries = [one.entry for one in await register.ledger.search(first=5) if one.seq > before]
    if [(one.kind, one.code) for one in entries] == [(EntryKind.REFUSAL, told)]:
        return told, []
    return told, [f"does not stand on the ledger by its one reason: {entries}"]


def _plain(random: Random) -> dict[str, Any]:
    """Give a second version as it could be, or one that breaks a rule in what it says."""
    said = edited(lambda _: None).model_dump(mode="json")
    members = said["members"]
    one, other = random.sample(members, 2)
    match random.randrange(9):
        case 0:
            one["keys"].append(token_key().model_dump(mode="json"))
        case 1:
            number = random.choice((6, 6, 7, 20, 61, one["number"]))
            members.append(member(random.choice(("IN-UP", "IN-XX")), "Uttar Pradesh", number)[0])
        case 2:
            one["address"] = "https://hr.example:443"
        case 3:
            said["version"] = random.choice((1, 3, 9, 1_000_000))
        case 4:
            one["number"], other["number"] = other["number"], one["number"]
            members.sort(key=lambda each: each["number"])
        case 5:
            members.remove(random.choice((one, members[0])))
        case 6:
            what = random.choice(("keys", "certificates", "recovery", "name", "code"))
            one[what] = other[what]
        case 7:
            one["recovery"] = [one["keys"][0]["public_pem"]]
    return said


def _signed_anew(random: Random) -> bytes:
    """Change what a membership says, and have it signed by all that would be asked: a quorum that errs, or is bad."""
    said = _plain(random)
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        said = changed(said, random)
    with suppress(ValidationError):
        return canonical(signed_by(Membership.model_validate(said), world().recovery, SIX))
    # What is no membership is signed by nobody of ours: it is put beside good signatures.
    whole = {**SignedMembership.model_validate_json(second()).model_dump(mode="json"), "membership": said}
    return _canonical(whole)


def _as_it_is(random: Random) -> tuple[bytes, Membership]:
    """Change a file that is signed, or sign it by too few, and sign nothing anew; give it with what was signed."""
    raw = _unsigned(random)
    return raw, SignedMembership.model_validate_json(second()).membership


def _unsigned(random: Random) -> bytes:
    whole = SignedMembership.model_validate_json(second()).model_dump(mode="json")
    match random.randrange(4):
        case 0:
            few = SignedMembership(membership=Membership.model_validate(whole["membership"]), signatures=())
            others = SIX[:2] if random.random() < 0.5 else ()
            for code in random.sample(SIX, random.choice((0, 1, 2, 3, 3))):
                few = sign(few, code, world().recovery[random.choice((code, *others))])
            return canonical(few)
        case 1:
            return spelled(whole, random)
        case 2:
            raw = bytearray(_canonical(whole))
            raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
            return bytes(raw)
    whole["membership"] = changed(whole["membership"], random)
    if random.random() < 0.3:
        whole = changed(whole, random)
    return _canonical(whole)


def _canonical(whole: Any) -> bytes:
    try:
        return rfc8785.dumps(whole)
    except (ValueError, UnicodeEncodeError, RecursionError):
        return repr(whole).encode("utf-8", "replace")


def _wrong_with(signed: SignedMembership) -> list[str]:
    """Say what is wrong with a membership that was let through, written from the rules."""
    membership = signed.membership
    numbers = {one.code: one.number for one in membership.members}
    keys = [key.kid for one in membership.members for key in one.keys]
    rules = {
        "another version": membership.version == 2,
        "not this state": numbers.get("IN-RJ") == 0,
        "another number": all(numbers.get(code, number) == number for code, number in _NUMBERS.items()),
        "a number of another": all(code in _NUMBERS or number > 5 for code, number in numbers.items()),
        "a key twice": len(keys) == len(set(keys)),
        "too few signatures": len({one.state for one in signed.signatures}) > 3,
    }
    return [f"is let through with {name}" for name, kept in rules.items() if not kept]
