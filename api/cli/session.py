"""The session that `sangam ask` and its like speak under when they are given no token: a file, for its owner's eyes.

In order:
1. A renewal is good once, so whoever renews holds a lock, reads again, and writes before letting go.
2. The file is written whole and 0600, or not at all.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from sangam import SignedIn, renew
from sangam.errors import Refused
from schemas.errors import ErrorCode

_SPARE_SECONDS = 60


class Session(BaseModel):
    """An officer's session at a node, with the enquiry that questions are for; `until` is in epoch seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    token: str
    until: float
    renewal: str
    enquiry: str | None = None

    @classmethod
    def of(cls, url: str, entered: SignedIn, enquiry: str | None, now: float) -> "Session":
        """Keep what a sign-in gave at this moment."""
        return cls(
            url=url,
            token=entered.access_token,
            until=now + entered.expires_in,
            renewal=entered.renewal,
            enquiry=enquiry,
        )


def demo_folder() -> Path:
    """Give the data directory of the demo where none is named."""
    return Path(platformdirs.user_data_dir("sangam")) / "demo"


def session_file(folder: Path) -> Path:
    """Give the place of the session in a data directory."""
    return folder / "session.json"


def keep(file: Path, session: Session) -> None:
    """Write a session, in place of the one that was there."""
    with _locked(file):
        _write(file, session)


def current(file: Path, *, now: Callable[[], float] = time.time, spare: float = _SPARE_SECONDS) -> Session:
    """Give the session, renewed if its token has less than `spare` seconds left. Raises Refused if there is none."""
    if not file.is_file():
        raise Refused(ErrorCode.UNAUTHENTICATED, "Sign in first: start `sangam demo`, or give --url and --token.")
    with _locked(file):
        try:
            session = Session.model_validate_json(file.read_bytes())
        except ValidationError as problem:
            raise Refused(ErrorCode.UNAUTHENTICATED, f"{file} is not a session; remove it.") from problem
        if session.until - now() >= spare:
            return session
        fresh = Session.of(session.url, renew(session.url, session.renewal), session.enquiry, now())
        _write(file, fresh)
        return fresh


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    descriptor = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(file: Path, session: Session) -> None:
    part = file.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(session.model_dump_json())
    os.replace(part, file)
