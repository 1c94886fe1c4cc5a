"""A register of Rajasthan in a directory of its own, with a clock that the test moves."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auth.sealing import StateKeys
from register.store import Register
from schemas.operation import SystemRandom

MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


Opener = Callable[[], Awaitable[Register]]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'register' / 'register.db'}"


@pytest.fixture
async def opened(url: str, watch: Watch) -> AsyncIterator[Opener]:
    registers: list[Register] = []

    async def open_one() -> Register:
        keys = StateKeys.from_master(b"r" * 32)
        registers.append(await Register.open(url, state="IN-RJ", keys=keys, clock=watch, random=SystemRandom()))
        return registers[-1]

    yield open_one
    for register in registers:
        await register.close()


@pytest.fixture
async def register(opened: Opener) -> Register:
    return await opened()
