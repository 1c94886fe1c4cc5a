"""One-time codes for tests that sign in more often than a code may be used."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pyotp import TOTP


def code_of_now(data: Path, secret: str) -> str:
    """Give the code of this moment, which stays good for half a minute, to an officer of the register in `data`.

    A code is good once: the register is made to forget which ones were used, since no test waits for the next. The
    code before it would do without that, but is refused if its command is not there when the half minute ends.
    """
    with closing(sqlite3.connect(data / "register" / "register.db")) as register, register:
        register.execute("UPDATE officers SET totp_step = -1")
    return TOTP(secret).now()
