"""What befalls the way from an asker to an owner, and how an owner may then stand in an answer.

A way has one fault at a time. Clocks, agreements and databases are an owner's and add to it: what stands here is said
of an owner that would answer.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from random import Random

Standing = tuple[str, str | None]

LIVE: Standing = ("LIVE", None)
LOCAL: Standing = ("LOCAL", None)
LATE: Standing = ("TIMEOUT", "NO_ANSWER_IN_TIME")
GONE: Standing = ("UNREACHABLE", "NO_CONNECTION")
STRANGE: Standing = ("UNREACHABLE", "CERTIFICATE")
NOT_READY: Standing = ("UNREACHABLE", "NODE_NOT_READY")
UNKNOWN: Standing = ("DENIED", "NOT_RECOGNISED")
DENIED: Standing = ("DENIED", "REFUSED_BY_OWNER")
STEP_UP: Standing = ("STEP_UP_REQUIRED", "SIGN_IN_ANEW")
CLOCK: Standing = ("INCOMPATIBLE", "CLOCK")
SCHEMA: Standing = ("INCOMPATIBLE", "SCHEMA")
GIBBERISH: Standing = ("INCOMPATIBLE", "ANSWER_NOT_UNDERSTOOD")
FOREIGN: Standing = ("INCOMPATIBLE", "NOT_THE_OWNER")
LEFT_ALONE: Standing = ("BREAKER_OPEN", "FAILED_BEFORE")
NOT_ASKED: Standing = ("NOT_ASKED", None)


class Fault(StrEnum):
    """What is wrong on a way."""

    NONE = "none"
    REFUSED = "refused"
    HANGS = "hangs"
    DRIPS = "drips"
    GARBAGE = "garbage"
    CUT_SHORT = "cut short"
    DELAY = "delay"
    LOSS = "loss"
    RESET = "reset"
    WRONG_CERTIFICATE = "wrong certificate"
    EXPIRED_CERTIFICATE = "expired certificate"
    NONSENSE = "nonsense"
    ANOTHERS_ROW = "another's row"
    OTHER_SCHEMA = "other schema"
    ANOTHERS_TOKEN = "another state's token"
    OTHER_AUDIENCE = "a token for another"
    REPLAYED = "replayed token"
    CUT_OFF = "cut off"
    ONE_WAY = "cut off one way"
    NO_WAY_BACK = "cut off on the way back"
    KILLED = "killed process"


# What each lets be seen of an owner that would answer.
SHOWS: Mapping[Fault, frozenset[Standing]] = {
    Fault.NONE: frozenset({LIVE}),
    Fault.REFUSED: frozenset({GONE}),
    Fault.HANGS: frozenset({LATE}),
    Fault.DRIPS: frozenset({LATE}),
    Fault.GARBAGE: frozenset({GONE, STRANGE}),
    Fault.CUT_SHORT: frozenset({LIVE, GONE}),
    Fault.DELAY: frozenset({LIVE, LATE}),
    Fault.LOSS: frozenset({LIVE, LATE}),
    Fault.RESET: frozenset({LIVE, GONE}),
    Fault.WRONG_CERTIFICATE: frozenset({STRANGE}),
    Fault.EXPIRED_CERTIFICATE: frozenset({STRANGE}),
    Fault.NONSENSE: frozenset({GIBBERISH}),
    Fault.ANOTHERS_ROW: frozenset({FOREIGN, GIBBERISH}),
    Fault.OTHER_SCHEMA: frozenset({SCHEMA}),
    Fault.ANOTHERS_TOKEN: frozenset({UNKNOWN}),
    Fault.OTHER_AUDIENCE: frozenset({UNKNOWN}),
    Fault.REPLAYED: frozenset({UNKNOWN}),
    Fault.CUT_OFF: frozenset({GONE, LATE}),
    Fault.ONE_WAY: frozenset({GONE, LATE}),
    Fault.NO_WAY_BACK: frozenset({GONE, LATE}),
    Fault.KILLED: frozenset({LIVE, GONE, LATE}),
}
# What reaches the owner's own clock, and is judged after it.
_AFTER_CLOCK = frozenset({LIVE, UNKNOWN, GIBBERISH, FOREIGN})
_AWAY = frozenset({"TIMEOUT", "UNREACHABLE"})
# What is drawn for a single way; the rest befalls several at once, or a process.
_TOGETHER = {Fault.NONE, Fault.CUT_OFF, Fault.ONE_WAY, Fault.NO_WAY_BACK, Fault.KILLED}
ALONE = tuple(fault for fault in Fault if fault not in _TOGETHER)

LEEWAY_SECONDS = 30
SKEWS = (0, 0, 0, 0, 0, 0, 14, -14, 29, -29, 31, -31, 600, -5400)


def standings(fault: Fault, *, apart: float, agreed: Standing, ready: Iterable[Standing] = ()) -> frozenset[Standing]:
    """Give how an owner may stand: `apart` by so many seconds, with what was `agreed` for the question.

    `ready` is what may be seen beside it while the owner's database is away.
    """
    shown = SHOWS[fault]
    if abs(apart) > LEEWAY_SECONDS:
        # Some nonsense says no time that could be judged.
        before = shown & {GIBBERISH}
        shown = frozenset(CLOCK if one in _AFTER_CLOCK else one for one in shown) | before
    elif agreed != LIVE:
        shown = frozenset(agreed if one == LIVE else one for one in shown)
    elif LIVE in shown and (instead := frozenset(ready)):
        shown = shown - {LIVE} | instead
    return shown | {LEFT_ALONE} if any(status in _AWAY for status, _ in shown) else shown


def drawn(dice: Random, states: tuple[str, ...]) -> dict[tuple[str, str], Fault]:
    """Draw what befalls each way: some have a fault of their own, or the states fall apart into two."""
    pairs = [(one, other) for one in states for other in states if one != other]
    match dice.choice(["some", "some", "some", "many", "apart", "one way", "calm"]):
        case "calm":
            return {}
        case "apart":
            side = set(dice.sample(states, dice.randint(1, len(states) // 2)))
            return {pair: Fault.CUT_OFF for pair in pairs if (pair[0] in side) != (pair[1] in side)}
        case "one way":
            chosen = {tuple(sorted(pair)): pair for pair in dice.sample(pairs, max(1, len(pairs) // 5))}
            # Who is not heard by another does not hear an answer from there either.
            return {
                way: fault
                for pair in chosen.values()
                for way, fault in ((pair, Fault.ONE_WAY), (pair[::-1], Fault.NO_WAY_BACK))
            }
        case "many":
            return {pair: dice.choice(ALONE) for pair in pairs if dice.random() < 0.7}
    return {pair: dice.choice(ALONE) for pair in pairs if dice.random() < 0.3}
