"""What must hold of every request, whatever it was: written from the rules, and not from the product.

In order:
1. There is an answer, with a status that is documented: an error of ours, never INTERNAL, never a page of a server.
2. A stranger hears the one 401, and stands neither in the log nor on the ledger.
3. A token that breaks a rule gets the one 401 and one line of the log, none of it the token's own text.
4. What else a member sends has one reason: one entry on the ledger, or one line of the log.
5. What is no HTTP gets the server's one 400, whoever sends it, and one line that says nothing of who did.
6. No answer holds a word or an id of what is hidden, nor anything of the machine.
"""

import json
import re
from contextlib import suppress
from typing import Any

from federation.fanout import QUESTIONS, READY
from federation.hearing import KEYS
from tests.auth.forging import unspell
from tests.fuzz.asking import Asking
from tests.fuzz.world import CANARY, STRANGER, Answer, World
from tests.station import MORNING

STATUSES = {200, 400, 401, 403, 404, 406, 413, 415, 429, 504}
_MACHINE = re.compile(
    rb"Traceback|File \"|/tmp/|/home/|neo4j|bolt:|sqlite|pydantic|\.py\b|0x[0-9a-f]{8}", re.IGNORECASE
)
# Where these have been at work, a token may break a rule that is not looked at here.
_OF_TOKENS = {"claims", "lie", "JOSE", "token", "header", "bytes"}
_NO_HTTP = "Invalid HTTP request received."
_FACES = {("POST", QUESTIONS), ("GET", READY), ("GET", KEYS)}


def judged(
    world: World, one: Asking, answer: Answer, refusal: Answer, lines: list[tuple[str, str]], entries: int
) -> list[str]:
    """Give what is wrong with an answer; `refusal` is the one 401, `lines` and `entries` what was written meanwhile."""
    wrong = []
    if answer.status not in STATUSES or answer.code == "INTERNAL":
        wrong.append(f"status {answer.status}, {answer.code}: {answer.body[:200]!r}")
    shown = b"\n".join((answer.body, *(f"{k}: {v}".encode() for k, v in answer.headers.items())))
    if CANARY.lower().encode() in shown.lower() or any(id.encode() in shown for id in world.hidden):
        wrong.append("shows what is hidden")
    sent = (one.body or b"") + one.path.encode()
    wrong += [f"shows {found!r}" for found in set(_MACHINE.findall(answer.body)) if found not in sent]
    if any(level != "WARNING" for level, _ in lines):
        wrong.append(f"an alarm in the log: {lines}")
    if answer.body == _NO_HTTP.encode():
        return wrong + _expected(answer, 400, lines, entries, lines_=1, entries_=0)
    if one.sender == STRANGER:
        if answer.status != 401 or "sangam-schema" in answer.headers or lines or entries:
            wrong.append(f"a stranger: {answer.status}, {lines}, {entries} entries")
        return wrong
    bad = broken(world, one)
    if (one.method, one.path.partition("?")[0]) not in _FACES:
        wrong += _expected(answer, 404, lines, entries, lines_=1, entries_=0)
    elif one.path.partition("?")[0] != QUESTIONS:
        wrong += _expected(answer, 200, lines, entries, lines_=0, entries_=0)
    elif answer.status == 401:
        wrong += _expected(answer, 401, lines, entries, lines_=1, entries_=0)
        if answer.whole != refusal.whole:
            wrong.append(f"another 401: {answer.whole}")
        if any("eyJ" in line or len(line) > 300 for _, line in lines):
            wrong.append(f"the log repeats a token: {lines}")
    elif bad is not None:
        wrong.append(f"a token is taken that breaks a rule: {bad}")
    elif answer.code != "DEADLINE" and len(lines) + entries != 1:
        wrong.append(f"not one reason: {lines}, {entries} entries, {answer.status} {answer.code}")
    if (
        answer.status == 401
        and bad is None
        and not {"claims", "lie", "JOSE", "token", "header", "bytes"} & set(one.said)
    ):
        wrong.append("a good token is not taken")
    return wrong


def _expected(
    answer: Answer, status: int, lines: list[tuple[str, str]], entries: int, *, lines_: int, entries_: int
) -> list[str]:
    if (answer.status, len(lines), entries) == (status, lines_, entries_):
        return []
    return [f"expected {status}: {answer.status}, {lines}, {entries} entries"]


def broken(world: World, one: Asking) -> str | None:
    """Say which rule the token that is sent breaks, None if it breaks none of those that are looked at here."""
    scheme, _, token = one.whole.get("authorization", "").partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(parts) != 3:
        return "no bearer token"
    try:
        header, claims = (json.loads(unspell(part), object_pairs_hook=_once) for part in parts[:2])
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return "not objects"
    kid = world.seats[one.sender].ring.current.kid
    if header != {"alg": "ES256", "typ": "fed+jwt", "kid": kid}:
        return "the header"
    with suppress(TypeError, AttributeError, KeyError):
        return _claimed(world, one.sender, claims)
    return "the form of its claims"


def _claimed(world: World, sender: str, claims: dict[str, Any]) -> str | None:
    at = int(MORNING.timestamp())
    rules = {
        "iss": claims.get("iss") == sender,
        "aud": claims.get("aud") == "IN-PB",
        "sub": str(claims.get("sub")).startswith(f"{sender}:"),
        "cnf": claims.get("cnf") == {"x5t#S256": world.mark(sender)},
        "enquiry": str(claims.get("enquiry")).startswith(f"urn:sangam:{sender}:enquiry:"),
        "times": claims["exp"] - claims["iat"] <= 120 and claims["exp"] + 30 > at and claims["iat"] <= at + 30,
        "level": claims.get("level") in (0, 1, 2, 3) and not isinstance(claims.get("level"), bool),
        "names": len(claims) == 18,
    }
    return next((name for name, kept in rules.items() if not kept), None)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("A name stands twice.")
    return dict(pairs)
