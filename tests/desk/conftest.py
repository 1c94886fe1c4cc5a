"""A station: the register of Rajasthan with its keys and tokens, and officers who can sign in; no graph."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pyotp import TOTP

from auth.keys import KeyRing
from auth.sealing import StateKeys
from auth.tokens import Tokens
from desk.accounts import Founder, bootstrap, own_secrets
from desk.entering import SignedIn, sign_in, tokens_of
from register.store import Register
from schemas.handling import Level
from schemas.officer import Officer, Rank
from schemas.operation import SystemRandom
from tests.register.conftest import Watch

PASSWORD = "correct horse battery"
OWN_PASSWORD = "a battery of my own"


def person(
    id: str, rank: Rank = Rank.SI, level: Level = Level.ANY_OFFICER, *compartments: str, unit: str = "RJ-P-JPE"
) -> Officer:
    """Give an officer of Rajasthan, of Jaipur's commissionerate unless another unit is given."""
    return Officer(id=id, name="A B", state="IN-RJ", rank=rank, unit=unit, level=level, compartments=compartments)


ADMIN = person("rj.admin", Rank.NODE_ADMIN)
FIRST = person("rj.first", Rank.IG_JT_CP, Level.SOURCE_BEARING, "IN-RJ:KILO")
SECOND = person("rj.second", Rank.IG_JT_CP, Level.SOURCE_BEARING, "IN-RJ:KILO", unit="RJ-R-AJM")


@dataclass
class Station:
    """Everything that a sign-in stands on; `secrets` are the officers' secrets for one-time codes.

    `passwords` has those that are not the first.
    """

    register: Register
    tokens: Tokens
    watch: Watch
    secrets: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)

    def code(self, officer: str) -> str:
        """Give the code of this moment."""
        return TOTP(self.secrets[officer]).at(self.watch.now)

    async def enter(self, officer: str, *, password: str | None = None, code: str | None = None) -> SignedIn:
        """Sign in, with the right password and code unless others are given. Raises SignInRefused."""
        code = self.code(officer) if code is None else code
        password = self.passwords.get(officer, PASSWORD) if password is None else password
        return await sign_in(self.register, self.tokens, officer, password, code, at=self.watch.now)

    async def found(self) -> None:
        """Open the first three accounts."""
        founders = [Founder(officer, PASSWORD) for officer in (ADMIN, FIRST, SECOND)]
        for opened in await bootstrap(self.register, founders[0], founders[1:], at=self.watch.now):
            self.secrets[opened.officer.id] = opened.totp_secret

    async def own(self, officer: str, *, password: str = OWN_PASSWORD) -> None:
        """Let an officer set their own secrets. Raises what that raises."""
        held, code = self.passwords.get(officer, PASSWORD), self.code(officer)
        made = await own_secrets(self.register, self.tokens, officer, held, code, password, at=self.watch.now)
        self.secrets[officer], self.passwords[officer] = made.totp_secret, password


@pytest.fixture
async def unfounded(tmp_path: Path) -> AsyncIterator[Station]:
    """A station in which nobody is yet."""
    watch = Watch()
    keys = StateKeys.from_master(b"r" * 32)
    url = f"sqlite:///{tmp_path / 'register' / 'register.db'}"
    register = await Register.open(url, state="IN-RJ", keys=keys, clock=watch, random=SystemRandom())
    ring = KeyRing.open(tmp_path / "keys", at=watch.now)
    yield Station(register, tokens_of(register, ring), watch)
    await register.close()


@pytest.fixture
async def station(unfounded: Station) -> Station:
    """A station with its first NODE_ADMIN and two grantors, who have set their own secrets."""
    await unfounded.found()
    for grantor in (FIRST, SECOND):
        await unfounded.own(grantor.id)
    return unfounded
