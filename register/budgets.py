"""Budgets: how many distinct records an officer has seen in a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from register.tables import seen_records
from register.writer import Writer

_DAYS_KEPT = 2
# Other states name as many officers as they like; of those who have not asked lately the register knows.
_OFFICERS_KNOWN = 1_000


class Budgets:
    """What each officer has seen today."""

    def __init__(self, writer: Writer) -> None:
        """Stand on a register's writer."""
        self._writer = writer
        self._today = date.min
        self._known: dict[str, set[str]] = {}

    async def spend(self, officer: str, day: date, records: Sequence[str], *, most: int) -> bool:
        """Count records as seen; False if the day then holds more than `most`, and then none is counted."""
        if day != self._today:
            self._today, self._known = day, {}
        known = self._known[officer] = self._known.pop(officer, set())  # the latest stands last
        if len(self._known) > _OFFICERS_KNOWN:
            del self._known[next(iter(self._known))]
        # What was counted once is counted: most looks are at what the officer has seen already.
        fresh = sorted(set(records) - known)
        if not fresh:
            return True
        counted = await self._writer.do(lambda connection: _spend(connection, officer, day, fresh, most))
        if counted:
            known.update(fresh)
        return counted


def _spend(connection: Connection, officer: str, day: date, fresh: Sequence[str], most: int) -> bool:
    today = day.toordinal()
    of_today = select(seen_records.c.record).where(seen_records.c.officer == officer, seen_records.c.day == today)
    seen = set(connection.execute(of_today).scalars())
    if not seen:
        connection.execute(delete(seen_records).where(seen_records.c.day <= today - _DAYS_KEPT))
    new = [record for record in fresh if record not in seen]
    if len(seen) + len(new) > most:
        return False
    if new:
        rows = [{"officer": officer, "day": today, "record": record} for record in new]
        connection.execute(insert(seen_records), rows)
    return True
