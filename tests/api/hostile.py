"""Hostile requests and documents, and the audits of GraphQL over HTTP, for a toy node and for the real one."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from api import limits
from api.wire import GRAPHQL_JSON
from schemas.errors import ErrorCode

# What an attack may cost, in seconds of processor time.
CPU = 0.050

# The audits of GraphQL over HTTP, by id: level, what is sent, and what comes back.


class Served(Protocol):
    """A node that is asked over HTTP, and what it has worked on."""

    client: httpx.AsyncClient
    finished: list[Any]

    async def post(self, content: bytes | dict[str, Any] | list[Any], **headers: str) -> httpx.Response:
        """Send a body as a known officer; a header of "-" is left out."""


Audit = Callable[[Served], Awaitable[None]]
JSON = "application/json"
ASK: dict[str, Any] = {"query": "{__typename}"}


def answers(sent: bytes | dict[str, Any], status: int, *, media: str | None = None, **headers: str) -> Audit:
    async def audit(node: Served) -> None:
        answer = await node.post(sent, **headers)
        assert answer.status_code == status, answer.text
        kind, _, charset = answer.headers["content-type"].partition(";")
        assert charset.strip() == "charset=utf-8"
        assert media is None or kind == media
        assert ("data" in answer.json()) == (status == 200 and "errors" not in answer.json())

    return audit


def with_both(sent: dict[str, Any], plain: int, graphql: int) -> Audit:
    async def audit(node: Served) -> None:
        await answers(sent, plain, media=JSON, accept=JSON)(node)
        await answers(sent, graphql, media=GRAPHQL_JSON, accept=GRAPHQL_JSON)(node)

    return audit


async def get_is_refused(node: Served) -> None:
    for query in ("{__typename}", 'mutation{change(name:"a")}'):
        answer = await node.client.get("/graphql", params={"query": query}, headers={"authorization": "Bearer good"})
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    assert node.finished == []


NAMED: dict[str, Any] = {"query": "query Q{__typename}", "operationName": "Q"}


def audits(numbered: str) -> dict[str, Audit]:
    """Give the audits of a schema that has a query Q with a number $n."""
    unfit: dict[str, Any] = {"query": numbered, "variables": {"n": "many"}}
    return {
        "22EB": answers(ASK, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "4655": answers(ASK, 200, media=JSON, accept=JSON),
        "47DE": answers(ASK, 200, media=JSON, accept="*/*"),
        "80D8": answers(ASK, 200, media=JSON, accept="-"),
        "82A3": answers(ASK, 200),
        "BF61": answers(ASK, 200, content_type="application/json; charset=utf-8"),
        "78D5": answers(ASK, 200, content_type=JSON),
        "2C94": answers(ASK, 200),
        "5A70": get_is_refused,
        "9C48": get_is_refused,
        "9ABE": answers(ASK, 415, content_type="-"),
        "03D4": answers(ASK, 200, content_type=JSON, accept=JSON),
        "A5BF": answers(b"", 400),
        "423L": with_both({}, 400, 400),
        "LKJ0": with_both({"query": {"a": "b"}}, 400, 400),
        "LKJ1": with_both({"query": 0}, 400, 400),
        "LKJ2": with_both({"query": False}, 400, 400),
        "LKJ3": with_both({"query": ["a"]}, 400, 400),
        "34A2": answers(ASK, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "13EE": answers(ASK, 200, media=JSON, accept=JSON),
        "6C00": with_both({**ASK, "operationName": {"a": "b"}}, 400, 400),
        "6C01": with_both({**ASK, "operationName": 0}, 400, 400),
        "6C02": with_both({**ASK, "operationName": False}, 400, 400),
        "6C03": with_both({**ASK, "operationName": ["a"]}, 400, 400),
        "8161": answers(NAMED, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "B8B3": answers(NAMED, 200, media=JSON, accept=JSON),
        "94B0": answers({**ASK, "variables": None}, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "0220": answers({**ASK, "variables": None}, 200, media=JSON, accept=JSON),
        "94B1": answers({**ASK, "operationName": None}, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "0221": answers({**ASK, "operationName": None}, 200, media=JSON, accept=JSON),
        "94B2": answers({**ASK, "extensions": None}, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "0222": answers({**ASK, "extensions": None}, 200, media=JSON, accept=JSON),
        "4760": with_both({**ASK, "variables": "a"}, 400, 400),
        "4761": with_both({**ASK, "variables": 0}, 400, 400),
        "4762": with_both({**ASK, "variables": False}, 400, 400),
        "4763": with_both({**ASK, "variables": ["a"]}, 400, 400),
        "2EA1": answers({**unfit, "variables": {"n": 1}}, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "28B9": answers({**unfit, "variables": {"n": 1}}, 200, media=JSON, accept=JSON),
        "D6D5": get_is_refused,
        "6A70": get_is_refused,
        "58B0": with_both({**ASK, "extensions": "a"}, 400, 400),
        "58B1": with_both({**ASK, "extensions": 0}, 400, 400),
        "58B2": with_both({**ASK, "extensions": False}, 400, 400),
        "58B3": with_both({**ASK, "extensions": ["a"]}, 400, 400),
        "428F": answers({**ASK, "extensions": {"a": "b"}}, 200, media=GRAPHQL_JSON, accept=GRAPHQL_JSON),
        "1B7A": answers({**ASK, "extensions": {"a": "b"}}, 200, media=JSON, accept=JSON),
        "B6DC": answers(b'{ "not a JSON', 400, accept=JSON),
        "BCF8": answers(b'{ "not a JSON', 400),
        "8764": answers({"qeury": "{__typename}"}, 400, accept=JSON),
        "3E3A": answers({"qeury": "{__typename}"}, 400),
        "572B": answers({"query": "{"}, 200, media=JSON, accept=JSON),
        "FDE2": answers({"query": "{nothing}"}, 200, media=JSON, accept=JSON),
        "7B9B": answers(unfit, 200, media=JSON, accept=JSON),
        "865D": answers({"query": "{"}, 400, media=GRAPHQL_JSON),
        "556A": answers({"query": "{"}, 400, media=GRAPHQL_JSON),
        "D586": answers({"query": "{"}, 400, media=GRAPHQL_JSON),
        "51FE": answers({"query": "{nothing}"}, 400, media=GRAPHQL_JSON),
        "74FF": answers({"query": "{nothing}"}, 400, media=GRAPHQL_JSON),
        "5E5B": answers({"query": "{nothing}"}, 400, media=GRAPHQL_JSON),
        "86EE": answers(unfit, 400, media=GRAPHQL_JSON),
    }


def query(text: str) -> bytes:
    return json.dumps({"query": text}).encode()


@dataclass(frozen=True)
class Words:
    """A schema's own words for what attacks are made of: a record, a text, a number, an input with a list in it."""

    type: str
    record: str
    text: str
    number: str
    misfit: tuple[str, bytes]


def bomb(words: Words) -> str:
    """Make fragments of which each spreads two others."""
    parts = [f"fragment F{i} on {words.type}{{...F{(i + 1) % 40} ...F{(i + 2) % 40}}}" for i in range(40)]
    return "{" + words.record + "{...F0}}" + " ".join(parts)


def attacks(words: Words) -> dict[str, tuple[bytes, int, ErrorCode]]:
    """Give each attack by a name: what is sent, and the status and code of its refusal."""

    def echo(value: bytes) -> bytes:
        document = json.dumps(f"query($t:String!){{{words.text % '$t'}}}").encode()
        return b'{"query":' + document + b',"variables":{"t":' + value + b"}}"

    return {
        "forty fragments that spread one another": (query(bomb(words)), 400, ErrorCode.LIMIT),
        "one field 490 times": (query("{" + words.record + "{" + "id " * 490 + "}}"), 400, ErrorCode.LIMIT),
        "four hundred aliases": (
            query("{" + " ".join(f"n{i}:{words.record}" for i in range(400)) + "}"),
            400,
            ErrorCode.LIMIT,
        ),
        "a thousand records deep": (query(f"{{{words.record}" * 1_000 + "}" * 1_000), 400, ErrorCode.LIMIT),
        "a text of 64 KiB": (query("{" + words.text % ('"' + "w" * 65_000 + '"') + "}"), 400, ErrorCode.LIMIT),
        "a number of 64 KiB": (query("{" + words.number % ("9" * 65_000) + "}"), 400, ErrorCode.LIMIT),
        "a list in a list 700 deep": (query("{" + words.number % ("[" * 700 + "]" * 700) + "}"), 400, ErrorCode.LIMIT),
        "JSON 33 deep": (echo(b"[" * 31 + b"]" * 31), 400, ErrorCode.LIMIT),
        "JSON 30,000 deep": (b"[" * 30_000, 400, ErrorCode.LIMIT),
        "JSON objects 10,000 deep": (b'{"a":' * 10_000, 400, ErrorCode.LIMIT),
        "30,000 values": (echo(b"[" + b"1," * 30_000 + b"1]"), 400, ErrorCode.LIMIT),
        "4,000 values that do not fit": (
            b'{"query":'
            + json.dumps(words.misfit[0]).encode()
            + b',"variables":{"w":'
            + words.misfit[1]
            + b"["
            + b'"x",' * 4_000
            + b"1]}}}",
            400,
            ErrorCode.BAD_INPUT,
        ),
        "a number of 60,000 digits": (echo(b"9" * 60_000), 400, ErrorCode.BAD_INPUT),
        "a number beyond every number": (echo(b"1e999"), 400, ErrorCode.BAD_INPUT),
        "quotes without an end": (b'{"query":"\\"' + b'\\"' * 30_000, 400, ErrorCode.BAD_INPUT),
        "a body of 64 KiB and one": (echo(b'"' + b"w" * 65_536 + b'"'), 413, ErrorCode.LIMIT),
        "a body of ten megabytes": (b"x" * 10_000_000, 413, ErrorCode.LIMIT),
        "a list of requests": (b"[" + query("{__typename}") + b"]", 400, ErrorCode.BAD_INPUT),
        "a key twice": (b'{"query":"{a}","query":"{__typename}"}', 400, ErrorCode.BAD_INPUT),
        "a key twice in the variables": (echo(b'{"a":1,"a":2}'), 400, ErrorCode.BAD_INPUT),
        "a key that is not known": (b'{"query":"{__typename}","batch":1}', 400, ErrorCode.BAD_INPUT),
        "NaN": (echo(b"NaN"), 400, ErrorCode.BAD_INPUT),
        "Infinity": (echo(b"-Infinity"), 400, ErrorCode.BAD_INPUT),
        "bytes that are not UTF-8": (echo(b'"\xff\xfe"'), 400, ErrorCode.BAD_INPUT),
        "an overlong NUL": (echo(b'"\xc0\x80"'), 400, ErrorCode.BAD_INPUT),
        "UTF-16": ("{}".encode("utf-16"), 400, ErrorCode.BAD_INPUT),
        "a byte order mark": (b"\xef\xbb\xbf{}", 400, ErrorCode.BAD_INPUT),
        "half a surrogate pair in bytes": (echo(b'"\xed\xa0\x80"'), 400, ErrorCode.BAD_INPUT),
        "half a surrogate pair escaped": (echo(b'"\\ud83d"'), 400, ErrorCode.BAD_INPUT),
        "half a surrogate pair in a key": (echo(b'{"\\uDC00":1}'), 400, ErrorCode.BAD_INPUT),
        "half a surrogate pair in the document": (b'{"query":"{a}\\ud800"}', 400, ErrorCode.BAD_INPUT),
        "NUL in the body": (b'{"query":"{a}\x00"}', 400, ErrorCode.BAD_INPUT),
        "NUL in the document": (query("{a}\x00"), 400, ErrorCode.BAD_INPUT),
        "more after the end": (query("{a}") + b"{}", 400, ErrorCode.BAD_INPUT),
        "a scalar": (b'"{__typename}"', 400, ErrorCode.BAD_INPUT),
        "an empty document": (query(" "), 400, ErrorCode.BAD_INPUT),
        "a subscription": (query("subscription{ticks}"), 400, ErrorCode.BAD_INPUT),
        "two operations": (query("query A{__typename} query B{__typename}"), 400, ErrorCode.BAD_INPUT),
        "another operation's name": (b'{"query":"query A{__typename}","operationName":"B"}', 400, ErrorCode.BAD_INPUT),
    }


# What is no JSON by its headers, and the status of its refusal.
NOT_JSON_HEADERS: list[tuple[dict[str, str], int]] = [
    ({"content_type": "multipart/form-data; boundary=a"}, 415),
    ({"content_type": "application/x-www-form-urlencoded"}, 415),
    ({"content_type": "text/plain"}, 415),
    ({"content_type": "application/graphql"}, 415),
    ({"content_type": "application/json; charset=utf-16"}, 415),
    ({"content_encoding": "gzip"}, 415),
    ({"content_length": "99999999999999999999"}, 413),
    ({"content_length": "-1"}, 400),
    ({"accept": "text/html"}, 406),
    ({"accept": "application/json;q=0"}, 406),
]


def nested(names: list[str]) -> str:
    """Nest fields, the last one without a selection."""
    return "{" + "{".join(names) + "}" * len(names)


def mutual(count: int) -> str:
    """Make fragments of which each spreads two others, once each or the next one twice."""
    parts = [f"fragment F{i} on Q{{...F{(i + 1) % count} ...F{(i + 2) % count}}}" for i in range(count)]
    return "{a{...F0}}" + " ".join(parts)


def doubling(count: int) -> str:
    """Make fragments that double: the last one stands 2^count times after expansion."""
    parts = [f"fragment F{i} on Q{{...F{i + 1} ...F{i + 1}}}" for i in range(count)]
    return "{a{...F0}}" + " ".join(parts) + f" fragment F{count} on Q{{x}}"


def numbered(count: int) -> str:
    return " ".join(f"f{i}" for i in range(count))


RECORDS = [f"r{i}" for i in range(limits.MAX_DEPTH + 2)]

# Documents that are over a limit, and the code of their refusal.
DOCUMENTS = {
    "forty fragments that spread one another": (mutual(40), ErrorCode.LIMIT),
    "fragments that reach themselves": (mutual(20), ErrorCode.BAD_INPUT),
    "fragments that double twenty times": (doubling(20), ErrorCode.LIMIT),
    "one field named 490 times": ("{a{" + "x " * 490 + "}}", ErrorCode.LIMIT),
    "one field named 25 times in one place": ("{a{" + "x " * 25 + "}}", ErrorCode.LIMIT),
    "one field named 28 times through its parents": ("{" + "a{x x x x x x x} " * 4 + "}", ErrorCode.LIMIT),
    "one field named 27 times through fragments": (
        "{" + "...F " * 9 + "} fragment F on Query{x ...on Query{x} ...{x}}",
        ErrorCode.LIMIT,
    ),
    "251 fields": ("{" + numbered(251) + "}", ErrorCode.LIMIT),
    "252 fields through fragments": (
        "{" + "...F " * 12 + "} fragment F on Query{" + numbered(21) + "}",
        ErrorCode.LIMIT,
    ),
    "16 aliases": ("{" + " ".join(f"n{i}:a" for i in range(16)) + "}", ErrorCode.LIMIT),
    "400 aliases": ("{" + " ".join(f"n{i}:a" for i in range(400)) + "}", ErrorCode.LIMIT),
    "16 aliases through a fragment": ("{" + "...F " * 8 + "} fragment F on Query{n:a m:a}", ErrorCode.LIMIT),
    "nine records deep": (nested(["root", *RECORDS]), ErrorCode.LIMIT),
    "25 levels of wrapping": (nested(["root", *["edges"] * 24]), ErrorCode.LIMIT),
    "25 levels of inline fragments": ("{" + "...{" * 24 + "x" + "}" * 25, ErrorCode.LIMIT),
    "brackets nested 300 deep": ("{a(i:" + "[" * 300 + "]" * 300 + ")}", ErrorCode.LIMIT),
    "objects nested 300 deep": ("{a(i:" + "{i:" * 300 + "1" + "}" * 300 + ")}", ErrorCode.LIMIT),
    "types nested 300 deep": ("query($a:" + "[" * 300 + "Int" + "]" * 300 + "){a}", ErrorCode.LIMIT),
    "selections nested 700 deep": ("{a" * 700 + "}" * 700, ErrorCode.LIMIT),
    "1,501 tokens": ("{a(i:[" + "1 " * 1_494 + "])}", ErrorCode.LIMIT),
    "30,000 tokens": ("{a(i:[" + "1 " * 30_000 + "])}", ErrorCode.LIMIT),
    "1,500 comments": ("#\n" * 1_500 + "{a}", ErrorCode.LIMIT),
    "a text of 64 KiB": ('{a(i:"' + "w" * 65_000 + '")}', ErrorCode.LIMIT),
    "a text of 64 KiB in parts": ("{a(i:[" + ('"' + "w" * 8_000 + '" ') * 8 + "])}", ErrorCode.LIMIT),
    "a block text of 64 KiB": ('{a(i:"""' + '\\"""' * 16_000 + '""")}', ErrorCode.LIMIT),
    "a number of 64 KiB": ("{a(i:" + "9" * 65_000 + ")}", ErrorCode.LIMIT),
    "a fraction of 64 KiB": ("{a(i:0." + "9" * 65_000 + "e99999)}", ErrorCode.LIMIT),
    "a name of 64 KiB": ("{" + "n" * 65_000 + "}", ErrorCode.LIMIT),
    "texts that never end": ('{a(i:"\\' + '"\\' * 32_000, ErrorCode.LIMIT),
    "block texts that never end": ('"""' + '\\"' * 32_000, ErrorCode.LIMIT),
    "five directives on one field": ("{a " + "@skip(if:true) " * 5 + "}", ErrorCode.LIMIT),
    "NUL in a text": ('{a(i:"\x00")}', ErrorCode.BAD_INPUT),
    "a control character": ("{a\x07}", ErrorCode.BAD_INPUT),
    "a selection of nothing": ("{a{}}", ErrorCode.BAD_INPUT),
    "two operations": ("query A{a} query B{a}", ErrorCode.BAD_INPUT),
    "no operation": ("fragment F on Query{a}", ErrorCode.BAD_INPUT),
    "a subscription": ("subscription{a}", ErrorCode.BAD_INPUT),
    "a type": ("{a} type T{a:Int}", ErrorCode.BAD_INPUT),
    "a fragment not used": ("{a} fragment F on Query{a}", ErrorCode.BAD_INPUT),
    "a fragment not defined": ("{...F}", ErrorCode.BAD_INPUT),
    "a fragment defined twice": ("{...F} fragment F on Query{a} fragment F on Query{a}", ErrorCode.BAD_INPUT),
    "the schema": ("{__schema{types{name}}}", ErrorCode.BAD_INPUT),
    "a type of the schema": ('{...F} fragment F on Query{a{x} __type(name:"Q"){name}}', ErrorCode.BAD_INPUT),
}
