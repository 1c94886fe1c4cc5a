"""Beside a node, on its machine: its register opened without its graph, and the officer who acts there.

In order:
1. Whoever acts proves who they are by password and one-time code, as at any sign-in, and it stands on the ledger.
2. The session so begun is ended with the act.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from api.settings import Settings, revealed
from auth.keys import KeyRing
from auth.tokens import Tokens
from desk.entering import recognise, sign_in, sign_out, tokens_of
from desk.errors import Unauthenticated
from desk.stores import in_use, register_url, state_keys
from register.store import Register
from schemas.codes.states import adopt
from schemas.officer import Officer
from schemas.operation import SystemRandom, system_clock

# Somebody who types two commands in half a minute has the same code twice.
_NOT_ENTERED = "Officer, password and one-time code do not fit; a code is good once, so try again with the next one."

As = Annotated[str, typer.Option("--as", help="The officer who acts; password and code are asked for.")]


@dataclass(frozen=True, repr=False)
class Acting:
    """Who says that they act, and by what they prove it."""

    officer: str
    password: str
    code: str

    @classmethod
    def asked(cls, officer: str) -> "Acting":
        """Ask an officer for password and one-time code."""
        password = secret("SANGAM_OFFICER_PASSWORD", f"Password of {officer}")
        return cls(officer, password, os.environ.get("SANGAM_OFFICER_CODE") or typer.prompt("One-time code", err=True))


def secret(variable: str, prompt: str, *, twice: bool = False) -> str:
    """Take a secret from the environment or ask for it; never from an argument, which others can see."""
    given = os.environ.get(variable)
    return given or str(typer.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))


@asynccontextmanager
async def open_register(settings: Settings) -> AsyncIterator[tuple[Register, Tokens]]:
    """Open a node's register, and what checks its tokens, while the context lasts; know the states that it knows."""
    with in_use(settings.data):
        keys = state_keys(settings.data)
        ring = KeyRing.open(settings.data / "keys", at=system_clock())
        register = await Register.open(
            revealed(settings.register_url) or register_url(settings.data),
            state=settings.state,
            keys=keys,
            clock=system_clock,
            random=SystemRandom(),
            files=settings.data / "vault",
        )
        try:
            adopt(await register.peers.known())
            yield register, tokens_of(register, ring)
        finally:
            await register.close()


@asynccontextmanager
async def entered(register: Register, tokens: Tokens, acting: Acting) -> AsyncIterator[Officer]:
    """Sign an officer in for as long as the context lasts. Raises Unauthenticated, for every reason alike."""
    try:
        signed = await sign_in(register, tokens, acting.officer, acting.password, acting.code, at=register.clock())
    except Unauthenticated as fault:
        raise Unauthenticated(_NOT_ENTERED) from fault
    officer, claims = await recognise(register, tokens, signed.access_token)
    try:
        yield officer
    finally:
        await sign_out(register, claims, at=register.clock())
