"""Attempts: how often somebody guessed at a name, whether or not an officer has it.

In order:
1. An attempt is counted before it is judged, so that many at once are no more guesses than one after another.
2. After five failures a name waits, each time twice as long, an hour at most; a success forgets them.
3. Only the keyed digest of a name is kept, and not for longer than a day after its last attempt.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from register.tables import attempts, micros, span

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


def begin(connection: Connection, name: str, at: datetime) -> bool:
    """Count an attempt under a name's digest; False while the name waits, which counts for nothing."""
    now = micros(at)
    connection.execute(delete(attempts).where(attempts.c.last_at < now - span(FORGOTTEN_AFTER)))
    row = connection.execute(select(attempts).where(attempts.c.name == name)).one_or_none()
    if row is not None and now < row.locked_until:
        return False
    failures = 1 if row is None else row.failures + 1
    state = {"failures": failures, "last_at": now, "locked_until": now + span(_wait(failures))}
    if row is None:
        connection.execute(insert(attempts).values(name=name, **state))
    else:
        connection.execute(update(attempts).where(attempts.c.name == name).values(**state))
    return True


def _wait(failures: int) -> timedelta:
    """Give how long a name waits after so many failures in a row."""
    if failures < FREE_FAILURES:
        return timedelta()
    # Bounded before it is raised to a power: failures has no bound.
    return min(FIRST_WAIT * (1 << min(failures - FREE_FAILURES, 20)), LONGEST_WAIT)
