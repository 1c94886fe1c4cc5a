"""Officers of Rajasthan, as accounts to be made."""

from datetime import datetime

from auth.passwords import new_totp_secret
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.store import Register
from schemas.handling import Level
from schemas.officer import Officer, Rank

ENTRY = Entry(EntryKind.ACCOUNT, "rj.admin", None, None, "account", {}, (), "OK")


def officer(id: str, level: Level = Level.ANY_OFFICER, *compartments: str) -> Officer:
    """Give an officer who holds so much."""
    return Officer(id=id, name="A B", state="IN-RJ", rank=Rank.SI, unit="ATS", level=level, compartments=compartments)


def account(who: Officer, password: str = "hash") -> NewAccount:
    """Give an account with a secret of its own."""
    secret = new_totp_secret(lambda n: who.id.encode().ljust(n, b".")[:n])
    return NewAccount(officer=who, password=password, totp_secret=secret)


async def add(register: Register, *people: Officer, at: datetime) -> None:
    """Add officers to a register."""
    for one in people:
        await register.officers.add(account(one), at=at, by="rj.admin", entry=ENTRY)
