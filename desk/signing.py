"""The key that signs this state's tokens, and who has it changed.

In order:
1. A NODE_ADMIN changes it. What the old key signed stays good until it ends by itself, a quarter of an hour at most.
2. That the change begins is written first: no key signs of which the ledger does not know.
3. Where others are to know the next key before it signs, its beginning is told ahead; where a key is feared to be in
   other hands, it is changed at once, and others do not know the new one until they have heard of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from auth.keys import HandoverWaits, KeyRing
from desk.errors import BadInput, Refused, Unavailable
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.store import Register, RegisterUnavailable
from schemas.errors import FieldProblem
from schemas.officer import Officer, Rank

# Every peer that is up hears of it within seconds; one that is away longer hears of it when it is back. While one waits
# no other is made, not even in haste: so it does not wait for long.
SOONEST, LATEST = timedelta(minutes=1), timedelta(days=1)


async def rotate(register: Register, ring: KeyRing, actor: Officer, *, at: datetime) -> str:
    """Retire the key that signs, and give the name of the one that signs now. Raises Refused, Unavailable."""
    return await _changed(register, actor, ring.signing_at(at).kid, lambda: ring.rotate(at).kid)


async def hand_over(register: Register, ring: KeyRing, actor: Officer, *, at: datetime, begins: datetime) -> str:
    """Make the key that signs from `begins` on, and give its name; until then the old one signs, and others hear of it.

    Raises Refused, BadInput, Unavailable.
    """
    # A key begins with a whole second.
    if not SOONEST <= begins - at.replace(microsecond=0) <= LATEST:
        raise BadInput([FieldProblem(path="minutes", message="The next key begins in 1 minute to 1 day.")])
    return await _changed(register, actor, ring.signing_at(at).kid, lambda: ring.hand_over(at, begins=begins).kid)


async def _changed(register: Register, actor: Officer, old: str, change: Callable[[], str]) -> str:
    try:
        if not actor.active or actor.rank is not Rank.NODE_ADMIN:
            await register.ledger.append(_entry(actor, EntryKind.REFUSAL, {}, "NOT_AN_ADMIN"))
            raise Refused("NOT_AN_ADMIN", "Keys are changed by a NODE_ADMIN.")
        await register.ledger.append(_entry(actor, EntryKind.KEYS, {"retiring": old}, "BEGUN"))
        try:
            new = change()
        except HandoverWaits as fault:
            await register.ledger.append(_entry(actor, EntryKind.REFUSAL, {"retiring": old}, "NEXT_KEY_WAITS"))
            raise Refused("NEXT_KEY_WAITS", str(fault)) from fault
        except ValueError as fault:
            await register.ledger.append(_entry(actor, EntryKind.REFUSAL, {"retiring": old}, "CLOCK_SET_BACK"))
            raise Refused("CLOCK_SET_BACK", str(fault)) from fault
        await register.ledger.append(_entry(actor, EntryKind.KEYS, {"retired": old, "signs": new}, "OK"))
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be written; look which key signs before you ask again.") from fault
    return new


def _entry(actor: Officer, kind: EntryKind, said: dict[str, JSON], code: str) -> Entry:
    return Entry(kind, actor.id, None, None, "keys rotate", said, (), code)
