"""Requests as peers send them, mutated in body, document, digest, variables, headers, claims, JOSE header and bytes."""

import base64
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from auth.keys import SigningKey
from federation.fanout import QUESTIONS, READY
from federation.hearing import KEYS
from tests.auth.forging import body_of, forge, header_of, spell, text_of, unspell
from tests.fuzz.spelling import VALUES, changed, mistyped, spelled

_TOKEN = re.compile(r"\$?\w+|\.\.\.|[^\s\w]|\s+")
WORDS = (
    *("query", "mutation", "subscription", "fragment", "on", "find", "record", "federated", "me", "enquiries", "id"),
    *(
        "__typename",
        "__schema",
        "_entities",
        "_service",
        "persons",
        "edges",
        "node",
        "Person",
        "names",
        "text",
        "History",
    ),
    *("provenance", "owner", "...", "{", "}", "(", ")", "$text", "@include(if: true)", "@skip(if: false)", "@x", "!"),
    *(
        "totalCount",
        "pageInfo",
        "first: 1000000",
        "a: b",
        "# c",
        '"',
        '"""',
        "\x00",
        "é",
        "[",
        "]",
        "999999999999999999",
    ),
)
_STRANGER_KEY = SigningKey.from_pem(SigningKey.generate().private_pem())


@dataclass
class Asking:
    """One request: who sends it, what, and by which mutations; `token` is None once it stands there no more."""

    sender: str
    token: str | None
    value: Any
    method: str = "POST"
    path: str = QUESTIONS
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    said: list[str] = field(default_factory=list)

    @property
    def whole(self) -> dict[str, str]:
        """Give its headers."""
        plain = {"content-type": "application/json", "accept": "application/graphql-response+json"}
        bearer = {} if self.token is None else {"authorization": f"Bearer {self.token}"}
        return {**plain, **bearer, **self.headers}


def mutated(one: Asking, key: SigningKey, random: Random) -> Asking:
    """Change a request in one to three places; `key` signs the sender's tokens."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        name = random.choice(sorted(MUTATIONS))
        one.said.append(name)
        # What one mutation has broken, another cannot always read.
        with suppress(ValueError, TypeError, AttributeError, KeyError, RecursionError):
            MUTATIONS[name](one, key, random)
    if one.body is None:
        one.body = spelled(one.value, random) if "bytes" in one.said else text_of(one.value).encode()
    return one


def _body(one: Asking, _: SigningKey, random: Random) -> None:
    one.value = changed(one.value, random)


def _bytes(_one: Asking, _: SigningKey, _random: Random) -> None:
    """The body is spelled anew at the end."""


def _document(one: Asking, _: SigningKey, random: Random) -> None:
    if not isinstance(one.value, dict) or not isinstance(one.value.get("query"), str):
        one.value = {"query": " ".join(random.choices(WORDS, k=random.randrange(1, 30)))}
        return
    parts = _TOKEN.findall(one.value["query"])
    for _n in range(random.choice((1, 1, 2, 4))):
        place = random.randrange(len(parts) or 1)
        match random.randrange(4):
            case 0:
                parts[place : place + 1] = []
            case 1:
                parts[place:place] = parts[place : place + random.choice((1, 5, 20))]
            case 2:
                parts[place : place + 1] = [random.choice(WORDS)]
            case _:
                parts[place:place] = [" ", random.choice(WORDS), " "]
    one.value = {**one.value, "query": "".join(parts)}


def _digest(one: Asking, _: SigningKey, random: Random) -> None:
    if not isinstance(one.value, dict):
        return
    named = one.value.get("extensions") or {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    one.value = {**one.value, "extensions": changed(named, random)}


def _variables(one: Asking, _: SigningKey, random: Random) -> None:
    if isinstance(one.value, dict):
        held = one.value.get("variables")
        wild = {random.choice(("text", "first", "id", "afterOfOwner", "x")): random.choice(VALUES)}
        one.value = {**one.value, "variables": changed(held, random) if held and random.random() < 0.7 else wild}


_HEADERS: dict[str, tuple[str, ...]] = {
    "content-type": (
        "",
        "text/plain",
        "application/json; charset=utf-16",
        "multipart/form-data",
        "x" * 500,
        "a/b;" * 99,
    ),
    "accept": ("", "text/html", "*/*;q=0", "application/json;q=nan", "image/png", "," * 300, "application/*"),
    "content-encoding": ("gzip", "identity", "br, gzip", ""),
    "authorization": (
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp5",
        "bearer x",
        "Bearer a.b.c",
        "Bearer " + "." * 4_000,
        "Digest",
    ),
    "sangam-enquiry": ("urn:sangam:IN-PB:enquiry:1", "x", ""),
    "idempotency-key": ("x", "x" * 2_000),
    "x-forwarded-for": ("127.0.0.1",),
    "x-forwarded-client-cert": ("Subject=IN-HR",),
    "x-http-method-override": ("DELETE",),
    "forwarded": ("for=127.0.0.1;proto=http",),
    "cookie": ("session=1",),
    "sangam-schema": ("0" * 64,),
    "expect": ("100-continue",),
    "upgrade": ("websocket", "h2c"),
    "range": ("bytes=0-1",),
}


def _header(one: Asking, _: SigningKey, random: Random) -> None:
    name = random.choice(sorted(_HEADERS))
    one.headers[name] = random.choice(_HEADERS[name])


def _path(one: Asking, _: SigningKey, random: Random) -> None:
    others = (
        "/graphql",
        "/",
        f"{QUESTIONS}/",
        f"{QUESTIONS}?query=x",
        "/metrics",
        "/health/ready",
        "/%2e%2e/graphql",
        "*",
    )
    one.path = random.choice(
        (KEYS, READY, *others, mistyped(QUESTIONS, random).encode("ascii", "ignore").decode().strip())
    )
    one.path = one.path.replace(" ", "") or "/"
    one.method = random.choice(("POST", "POST", "GET", "PUT", "DELETE", "OPTIONS", "PATCH"))


def _claims(one: Asking, key: SigningKey, random: Random) -> None:
    if one.token is None:
        return
    said = body_of(one.token)
    if random.random() < 0.8:
        name = random.choice(sorted(_CLAIMS))
        said[name] = random.choice(_CLAIMS[name])
    else:
        said = changed(said, random)
    payload: Any = said
    if random.random() < 0.1:
        payload = spelled(said, random)
    one.token = _signed(header_of(one.token), payload, key)


_CLAIMS: dict[str, tuple[Any, ...]] = {
    "iss": ("IN-HR", "IN-PB", "IN-DL", "in-rj", ["IN-RJ"]),
    "aud": ("IN-HR", "IN-RJ", ["IN-PB"], "IN-PB,IN-HR"),
    "sub": ("IN-HR:adg.crime", "IN-PB:adg.crime", "IN-GJ:adg", "adg.crime", "IN-RJ:IN-PB:x", "IN-RJ:adg.crime\n"),
    "level": (0, 1, 2, 3, 4, True, "3", 3.0),
    "purpose": ("AUDIT", "COURT", "TRAINING", "FUGITIVE", "PREVENTION_OF_NAMED_THREAT", "ANY", ""),
    "rank": ("NODE_ADMIN", "AUDITOR", "DGP", "CONSTABLE", "ANALYST"),
    "compartments": (["IN-PB:LION"], ["IN-PB:LION"] * 60, ["IN-HR:LION"], "IN-PB:LION"),
    "exp": (0, 2**40, 32_503_680_000, -1),
    "enquiry_exp": (0, 2**40, 7_258_118_400, 32_503_679_999),
    "auth_time": (0, 2**40, 7_258_118_400, 32_503_679_999),
    "cnf": ({}, {"x5t#S256": "A" * 43}, {"jkt": "A" * 43}),
    "enquiry": ("urn:sangam:IN-PB:enquiry:2d8f5a8c-6d3e-4a4e-8b7d-000000000000", "urn:sangam:IN-RJ:person:1"),
}


def _lie(one: Asking, key: SigningKey, random: Random) -> None:
    """Say one thing that is untrue and well formed, under a good signature."""
    if one.token is None:
        return
    said, other = body_of(one.token), random.choice(("IN-HR", "IN-PB", "IN-GJ"))
    enquiry = str(said["enquiry"]).replace(one.sender, other)
    lies = {"iss": other, "aud": other, "sub": f"{other}:adg.crime", "enquiry": enquiry, "exp": said["iat"] + 121}
    lies |= {"cnf": {"x5t#S256": "A" * 43}, "level": 4, "iat": said["iat"] + 60, "rank": "SUPREME"}
    name = random.choice(sorted(lies))
    one.token = _signed(header_of(one.token), {**said, name: lies[name]}, key)


def _signed(header: Any, payload: Any, key: SigningKey) -> str:
    try:
        return forge(header, payload, key.private)
    except UnicodeEncodeError:
        return forge(header, text_of(payload).encode("utf-8", "surrogatepass"), key.private)


def _jose(one: Asking, key: SigningKey, random: Random) -> None:
    if one.token is None:
        return
    header = header_of(one.token)
    payload = unspell(one.token.split(".")[1])
    match random.randrange(8):
        case 0:
            header["alg"] = random.choice(("none", "HS256", "RS256", "es256", "ES384", "", None, ["ES256"]))
        case 1:
            header["typ"] = random.choice(("JWT", "at+jwt", "FED+JWT", "", None))
        case 2:
            header["kid"] = random.choice(
                (_STRANGER_KEY.kid, "../../x", "A" * 43, key.kid.swapcase(), "", None, [key.kid])
            )
        case 3:
            header[random.choice(("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "cty"))] = random.choice(VALUES)
        case 4:
            one.token = forge(header, payload, _STRANGER_KEY.private)
            return
        case 5:
            header = changed(header, random)
        case 6:
            one.token = forge(spelled(header, random), payload, key.private)
            return
        case _:
            del header[random.choice(sorted(header))]
    one.token = _signed(header, payload, key)


def _token(one: Asking, _: SigningKey, random: Random) -> None:
    if one.token is None:
        return
    parts = one.token.split(".")
    n = random.randrange(len(parts))
    match random.randrange(7):
        case 0:
            parts[n] = ""
        case 1:
            parts[n] += random.choice(("=", "==", "A", "+", "/"))
        case 2:
            parts.append(parts[n])
        case 3 if parts[n]:
            raw = bytearray(base64.urlsafe_b64decode(parts[n][: len(parts[n]) // 4 * 4]) or b"x")
            raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
            parts[n] = spell(bytes(raw))
        case 4:
            parts[n], parts[0] = parts[0], parts[n]
        case 5:
            parts[n] = "A" * random.choice((86, 4_096, 9_000))
        case _:
            one.token = None
            return
    one.token = ".".join(parts)


Mutation = Callable[[Asking, SigningKey, Random], None]
MUTATIONS: dict[str, Mutation] = {
    "body": _body,
    "bytes": _bytes,
    "document": _document,
    "digest": _digest,
    "variables": _variables,
    "header": _header,
    "path": _path,
    "claims": _claims,
    "lie": _lie,
    "JOSE": _jose,
    "token": _token,
}
