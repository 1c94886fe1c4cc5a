"""A process that appends until it is stopped, and says each entry's number only when it is durable.

Arguments: url, name, number of callers at once, number of entries of each (0: until it is killed).
"""

import asyncio
import sys
from datetime import UTC, datetime

from auth.sealing import StateKeys
from register.store import Register
from schemas.operation import SystemRandom
from tests.register.entries import look


async def _append(register: Register, name: str, most: int) -> None:
    done = 0
    while not most or done < most:
        done += 1
        seq = await register.ledger.append(look(done, officer=name))
        sys.stdout.write(f"{seq}\n")
        sys.stdout.flush()


async def _main(url: str, name: str, callers: int, most: int) -> None:
    keys = StateKeys.from_master(b"r" * 32)
    register = await Register.open(
        url, state="IN-RJ", keys=keys, clock=lambda: datetime.now(UTC), random=SystemRandom()
    )
    await asyncio.gather(*(_append(register, f"{name}.{caller}", most) for caller in range(callers)))
    await register.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
