"""Training: accounts whose secrets are made anew at every start, and a circle of states, in which nobody is real.

In order:
1. Only a store stamped TRAINING or TRIAL has them: elsewhere they would be a way round the second officer.
2. Each start gives new secrets; the old ones, and every session opened with them, end.
3. What an officer was granted meanwhile stays; an account that was closed is open again.
4. Every account and every new secret stands on the ledger.
5. A training circle is trusted and agreed with as its files say, for purpose TRAINING alone.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auth.passwords import hash_password, new_totp_secret
from desk.errors import Refused, Unavailable
from desk.looking import Stamp
from desk.peering import opened
from federation.membership import canonical
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.store import Register, RegisterUnavailable
from schemas.agreement import Agreement
from schemas.handling import Level, Purpose
from schemas.officer import Officer

_TEACHER = "training"
_PASSWORD_BYTES = 10


@dataclass(frozen=True, repr=False)
class TrainingAccount:
    """An officer who can sign in, with what they need for it: shown at the start and kept nowhere."""

    officer: Officer
    password: str
    totp_secret: str


async def add_training_officers(
    register: Register, officers: Sequence[Officer], *, at: datetime
) -> list[TrainingAccount]:
    """Give each of these officers an account with new secrets, in their order. Raises Refused, Unavailable."""
    try:
        if await register.meta("stamp") not in (Stamp.TRAINING, Stamp.TRIAL):
            await register.ledger.append(_entry("add", {}, kind=EntryKind.REFUSAL, code="NOT_A_TRAINING_STORE"))
            raise Refused("NOT_A_TRAINING_STORE", "Training officers are for a store that was made for training.")
        return list(await asyncio.gather(*(_ready(register, officer, at) for officer in officers)))
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be written, so no training officer can sign in.") from fault


async def join(register: Register, raw: bytes, *, at: datetime) -> None:
    """Trust a training circle's membership and let its states ask for training, and for nothing else.

    Raises Refused, Unavailable.
    """
    try:
        if await register.set_meta("stamp", Stamp.TRAINING) != Stamp.TRAINING:
            raise Refused("NOT_A_TRAINING_STORE", "A training circle is for stores that were made for training.")
        held = await register.peers.membership()
        if held is None or canonical(held) != raw:
            signed = (await opened(register, raw)).signed
            told: dict[str, JSON] = {"version": signed.membership.version}
            await register.peers.trust(signed, at=at, by=_TEACHER, entry=_entry("trust", told, kind=EntryKind.PEERS))
            held = signed
        for member in held.membership.members:
            if member.code != register.state and await register.peers.agreement(member.code) is None:
                agreement = Agreement(state=member.code, purposes=(Purpose.TRAINING,), ceiling=Level.SOURCE_BEARING)
                said: dict[str, JSON] = {"agreement": agreement.model_dump(mode="json")}
                entry = _entry("agree", said, kind=EntryKind.PEERS)
                await register.peers.agree(agreement, at=at, by=_TEACHER, entry=entry)
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be written, so no other state is known.") from fault


async def _ready(register: Register, officer: Officer, at: datetime) -> TrainingAccount:
    password = _password(register.random.token(officer.id, _PASSWORD_BYTES))
    secret = new_totp_secret(lambda count: register.random.token(officer.id, count))
    hashed = await asyncio.to_thread(hash_password, password)
    account = NewAccount(officer=officer, password=hashed, totp_secret=secret)
    said: dict[str, JSON] = {"account": officer.id}
    if await register.officers.reset(account, at=at, rule=_anybody, entry=_entry("reset", said)):
        await register.officers.enable(officer.id, rule=_anybody, entry=_entry("enable", said))
    else:
        held: dict[str, JSON] = {"level": int(officer.level), "compartments": officer.compartments}
        await register.officers.add(account, at=at, by=_TEACHER, entry=_entry("add", {**said, **held}))
    held_now = await register.officers.get(officer.id)
    return TrainingAccount(held_now or officer, password, secret)


def _anybody(_: Officer) -> None:
    """Let it be done: what an account here holds is nothing that needs guarding."""


def _password(random: bytes) -> str:
    """Spell random bytes so that a person can type them: groups of four letters and digits."""
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def _entry(operation: str, said: dict[str, JSON], *, kind: EntryKind = EntryKind.ACCOUNT, code: str = "OK") -> Entry:
    return Entry(kind, _TEACHER, None, None, f"account {operation}", said, (), code)
