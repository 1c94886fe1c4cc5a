"""JSON changed in one place: a value replaced, left out, doubled or moved, a name added; and what is nearly JSON."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

Path = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, -(2**64), 1.5, 1e308, 10**70),
    *("", " ", "x", "\x00", "\u202e", "\ud800", "’", "0", "null", "IN-RJ", "IN-PB", "IN-XX", "ES256", "none"),
    *("x" * 300, "x" * 5_000, "../../etc/passwd", "' OR 1=1 //", "{{7*7}}", "urn:sangam:IN-PB:person:1", "%00%n%s"),
    *([], {}, [None], [[]], {"": {}}, {"a": "b"}, ["IN-PB:LION"], [1, "1"]),
)


def places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Give every place in a value, itself first."""
    yield at
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*at, name))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from places(inner, (*at, n))


def changed(value: Any, random: Random) -> Any:
    """Give a copy that differs in one place."""
    made = copy.deepcopy(value)
    inner = [place for place in places(made) if place]
    if not inner:
        return random.choice(VALUES)
    place = random.choice(inner)
    holder = made
    for step in place[:-1]:
        holder = holder[step]
    last = place[-1]
    match random.randrange(6):
        case 0:
            del holder[last]
        case 1:
            other = random.choice(inner)
            holder[last] = copy.deepcopy(_at(value, other))
        case 2 if isinstance(holder, dict):
            holder[random.choice(("__proto__", "id", "query", "kid", "", "x", "alg"))] = random.choice(VALUES)
        case 3 if isinstance(holder, list):
            holder.insert(random.randrange(len(holder) + 1), copy.deepcopy(random.choice(holder)))
        case 4 if isinstance(holder[last], str) and holder[last]:
            holder[last] = mistyped(holder[last], random)
        case _:
            holder[last] = random.choice(VALUES)
    return made


def _at(value: Any, place: Path) -> Any:
    for step in place:
        value = value[step]
    return value


def mistyped(text: str, random: Random) -> str:
    """Give a text with one character changed, left out or doubled, or its letters in other cases."""
    n, other = random.randrange(len(text)), chr(random.randrange(1, 0x250))
    shorter, longer, changed = text[:n] + text[n + 1 :], text[: n + 1] + text[n:], text[:n] + other + text[n + 1 :]
    return random.choice((shorter, longer, changed, text.swapcase(), text + "\n", f" {text}"))


def spelled(value: Any, random: Random) -> bytes:
    """Spell JSON, now and then as no writer of JSON would."""
    text = json.dumps(value)
    raw = text.encode()
    match random.randrange(14):
        case 0 if isinstance(value, dict) and value:
            name = random.choice(list(value))
            return f"{text[:-1]}, {json.dumps(name)}: {json.dumps(random.choice(VALUES))}}}".encode()
        case 1:
            n = random.randrange(len(raw) + 1)
            return raw[:n]
        case 2:
            n = random.randrange(len(raw))
            return raw[:n] + bytes([random.randrange(256)]) + raw[n + 1 :]
        case 3:
            return random.choice((b"\xef\xbb\xbf", b"\xff\xfe", b" \n", b"[", b"\x00")) + raw
        case 4:
            return b"[" * random.choice((20, 40, 5_000)) + raw
        case 5:
            return text.encode(random.choice(("utf-16", "utf-32", "utf-7")))
        case 6:
            return raw + random.choice((b"}", b" ", b"\n", raw, b"," + raw))
        case 7:
            return raw.replace(b"null", b"NaN").replace(b"1", b"Infinity", 1)
    return raw
