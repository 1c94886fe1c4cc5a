"""The key that signs this state's tokens, and who has it changed.

In order:
1. A NODE_ADMIN changes it. What the old key signed stays good until it ends by itself, a quarter of an hour at most.
2. That the change begins is written first: no key signs of which the ledger does not know.
"""

from datetime import datetime

from auth.keys import KeyRing
from desk.errors import Refused, Unavailable
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.store import Register, RegisterUnavailable
from schemas.officer import Officer, Rank


async def rotate(register: Register, ring: KeyRing, actor: Officer, *, at: datetime) -> str:
    """Retire the key that signs, and give the name of the one that signs now. Raises Refused, Unavailable."""
    old = ring.current.kid
    try:
        if not actor.active or actor.rank is not Rank.NODE_ADMIN:
            await register.ledger.append(_entry(actor, EntryKind.REFUSAL, {}, "NOT_AN_ADMIN"))
            raise Refused("NOT_AN_ADMIN", "Keys are changed by a NODE_ADMIN.")
        await register.ledger.append(_entry(actor, EntryKind.KEYS, {"retiring": old}, "BEGUN"))
        try:
            new = ring.rotate(at).kid
        except ValueError as fault:
            await register.ledger.append(_entry(actor, EntryKind.REFUSAL, {"retiring": old}, "CLOCK_SET_BACK"))
            raise Refused("CLOCK_SET_BACK", str(fault)) from fault
        await register.ledger.append(_entry(actor, EntryKind.KEYS, {"retired": old, "signs": new}, "OK"))
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be written; look which key signs before you ask again.") from fault
    return new


def _entry(actor: Officer, kind: EntryKind, said: dict[str, JSON], code: str) -> Entry:
    return Entry(kind, actor.id, None, None, "keys rotate", said, (), code)
