"""Keys of followers' pseudonyms: each random, of one account and one stretch of time, sealed, and destroyed.

In order:
1. A pseudonym is HMAC-SHA-256 of the follower's id under the key; without the key nobody can try ids out.
2. Two accounts, and two stretches of time, have nothing in common: their keys are drawn apart.
3. At 90 days a key is destroyed, and its bytes are overwritten; from then on nothing tells whose a pseudonym was.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from auth.sealing import StateKeys
from register.ledger import Entry, Ledger
from register.tables import follower_keys, micros
from register.writer import Writer
from schemas.follower import KEY_DAYS

KEY_BYTES = 32
LIFETIME = timedelta(days=KEY_DAYS)


@dataclass(frozen=True, repr=False)
class FollowerKey:
    """The key of one account's followers in one stretch of time."""

    _secret: bytes

    def pseudonym(self, id: str) -> str:
        """Give the pseudonym of a follower by the normal form of their id: 64 hex characters."""
        return hmac.digest(self._secret, id.encode(), "sha256").hex()


class FollowerKeys:
    """The keys of one state's register."""

    def __init__(self, writer: Writer, ledger: Ledger, keys: StateKeys) -> None:
        """Stand on a register's writer and ledger; keys lie sealed."""
        self._writer = writer
        self._ledger = ledger
        self._keys = keys

    async def key(self, account: str, period: str, drawn: bytes, *, at: datetime) -> FollowerKey:
        """Give the key of an account in a stretch of time; the first to ask makes it of the bytes that they drew."""

        def act(connection: Connection) -> bytes:
            place = (follower_keys.c.account == account, follower_keys.c.period == period)
            sealed: bytes | None = connection.execute(select(follower_keys.c.key).where(*place)).scalar_one_or_none()
            if sealed is None:
                sealed = self._keys.seal(drawn, _place(account, period))
                row = {"account": account, "period": period, "key": sealed, "made_at": micros(at)}
                connection.execute(insert(follower_keys).values(**row))
            return sealed

        return FollowerKey(self._keys.unseal(await self._writer.do(act), _place(account, period)))

    async def destroy(self, *, at: datetime, entry: Callable[[int], Entry]) -> int:
        """Destroy the keys that are 90 days old, and give their number; its entry is written if there were any."""

        def act(connection: Connection) -> int:
            old = follower_keys.c.made_at <= micros(at - LIFETIME)
            number = connection.execute(delete(follower_keys).where(old)).rowcount
            if number:
                self._ledger.enter(connection, entry(number))
            return number

        destroyed = await self._writer.do(act)
        if destroyed:
            await self._writer.settle_file()
        return destroyed

    async def forget(self, accounts: Sequence[str]) -> None:
        """Destroy every key of accounts that are purged."""
        of = delete(follower_keys).where(follower_keys.c.account.in_(accounts))
        if await self._writer.do(lambda connection: connection.execute(of).rowcount):
            await self._writer.settle_file()


def _place(account: str, period: str) -> bytes:
    return f"follower key of {account} {period}".encode()
