"""Signing in: an officer's id, password and one-time code for a token and the secret that renews it once."""

from collections.abc import Mapping
from typing import Any

import httpx

from sangam.errors import Unavailable
from sangam.exchange import PATIENCE_SECONDS, answered, data_of
from schemas.word import Word


class SignedIn(Word):
    """A token for so many seconds; `renewal` is good once, and gives the next of both."""

    access_token: str
    expires_in: int
    renewal: str


def sign_in(url: str, officer: str, password: str, code: str) -> SignedIn:
    """Sign in at a node. Raises Refused, always with the same words, or Unavailable."""
    return _entered(url, "/sign-in", {"officer": officer, "password": password, "code": code})


def renew(url: str, renewal: str) -> SignedIn:
    """Trade a renewal for the next token. Raises Refused when the session has ended, or Unavailable."""
    return _entered(url, "/sign-in/renew", {"renewal": renewal})


async def sign_in_async(url: str, officer: str, password: str, code: str) -> SignedIn:
    """Sign in at a node, as `sign_in` does."""
    return await _entered_async(url, "/sign-in", {"officer": officer, "password": password, "code": code})


async def renew_async(url: str, renewal: str) -> SignedIn:
    """Trade a renewal for the next token, as `renew` does."""
    return await _entered_async(url, "/sign-in/renew", {"renewal": renewal})


def _entered(url: str, path: str, form: Mapping[str, str]) -> SignedIn:
    try:
        with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as http:
            return _signed(http.post(path, json=form))
    except httpx.TransportError as problem:
        raise Unavailable(f"No node answers at {url}.") from problem


async def _entered_async(url: str, path: str, form: Mapping[str, str]) -> SignedIn:
    try:
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as http:
            return _signed(await http.post(path, json=form))
    except httpx.TransportError as problem:
        raise Unavailable(f"No node answers at {url}.") from problem


def _signed(reply: httpx.Response) -> SignedIn:
    said: Mapping[str, Any] = answered(reply)
    data_of(said)
    return SignedIn(access_token=said["access_token"], expires_in=said["expires_in"], renewal=said["renewal"])
