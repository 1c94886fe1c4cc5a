"""How alike two names are, and why: words are paired by sound, and each counts for as much as it says.

Nothing here knows what is stored: the weights and the costs are committed tables.
"""

from dataclasses import dataclass
from functools import cache

from analysis.names import tables
from analysis.names.fold import Token, tokens
from analysis.names.sounds import VOWELS

_LONGEST = 24  # sounds that are compared of a word: the work grows with their square
_STEEPNESS = 2.2  # a third of the sounds wrong is another name
_MISSING = 0.35  # how much of the longer name's surplus words counts against the likeness
_RUN_TOGETHER = 0.97
_INITIAL = 0.6
_SAME_FOLD = 0.9  # where words that fold alike begin


@dataclass(frozen=True)
class Likeness:
    """How alike two names are (0..1, four digits) and what makes them so, the weightiest word first."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    score: float
    weight: float
    reason: str


def likeness(query: str, name: str) -> Likeness:
    """Compare two names, whatever their scripts."""
    asked, held = tokens(query), tokens(name)
    if not asked or not held:
        return Likeness(0.0, ())
    pairs = _paired(asked, held)
    best = _together(pairs, asked, held)
    joined = _run_together(asked, held)
    if joined is not None and joined.score * _RUN_TOGETHER > best:
        return Likeness(round(joined.score * _RUN_TOGETHER, 4), (joined.reason,))
    pairs.sort(key=lambda pair: (-pair.weight * pair.score, pair.reason))
    return Likeness(round(best, 4), tuple(pair.reason for pair in pairs))


def _together(pairs: list[_Pair], asked: tuple[Token, ...], held: tuple[Token, ...]) -> float:
    of_asked, of_held = sum(token.weight for token in asked), sum(token.weight for token in held)
    whole = _MISSING * max(of_asked, of_held) + (1 - _MISSING) * min(of_asked, of_held)
    return min(1.0, sum(pair.weight * pair.score for pair in pairs) / whole)


def _paired(asked: tuple[Token, ...], held: tuple[Token, ...]) -> list[_Pair]:
    """Pair each word with at most one of the other name, the likest first."""
    free = dict(enumerate(held))
    pairs, left = [], []
    for mine in asked:
        same = next((place for place, other in free.items() if other.fold == mine.fold), None)
        if same is None:
            left.append(mine)
        else:
            pairs.append(_compare(mine, free.pop(same)))
    found = ((_compare(mine, other), i, place) for i, mine in enumerate(left) for place, other in free.items())
    taken: set[int] = set()
    for pair, i, place in sorted(found, key=lambda row: (-row[0].score * row[0].weight, row[1], row[2])):
        if pair.score > 0 and i not in taken and place in free:
            taken.add(i)
            del free[place]
            pairs.append(pair)
    return pairs


def _compare(mine: Token, other: Token) -> _Pair:
    weight = min(mine.weight, other.weight)
    if mine.fold == other.fold:
        if mine.common:
            return _Pair(1.0, weight, f"common word: {mine.fold}")
        score = _SAME_FOLD + (1 - _SAME_FOLD) * _heard(mine.sounds, other.sounds)
        return _Pair(score, weight, f"same after folding: {mine.fold}")
    if min(len(mine.fold), len(other.fold)) == 1:
        return _Pair(_INITIAL * (mine.fold[0] == other.fold[0]), weight, f"initial: {mine.fold[0]}")
    if not _worth_hearing(mine.skeleton, other.skeleton):
        return _Pair(0.0, weight, "")
    score = _heard(mine.sounds, other.sounds)
    if mine.skeleton == other.skeleton:
        return _Pair(score, weight, f"same consonants: {mine.skeleton}")
    return _Pair(score, weight, f"sounds like: {mine.fold}, {other.fold}")


def _run_together(asked: tuple[Token, ...], held: tuple[Token, ...]) -> _Pair | None:
    """Compare the telling words as one, where one name writes as two what the other writes as one (Sukh Dev)."""
    mine, other = ([token for token in side if token.telling] for side in (asked, held))
    if len(mine) == len(other) or not mine or not other:
        return None
    ours, theirs = "".join(token.sounds for token in mine), "".join(token.sounds for token in other)
    joined = "".join(token.fold for token in mine)
    return _Pair(_heard(ours, theirs), 1.0, f"same when run together: {joined}")


def _worth_hearing(mine: str, other: str) -> bool:
    """Say whether two skeletons share half of their consonants: below that no vowel makes the words alike."""
    ours, theirs = set(mine.replace("d", "r")), set(other.replace("d", "r"))
    return 2 * len(ours & theirs) >= max(len(ours), len(theirs)) - 1


def _heard(mine: str, other: str) -> float:
    """Give how alike two strings of sounds are, from 0 to 1: a weighted edit distance against what could be missed."""
    if mine == other:
        return 1.0
    mine, other = mine[:_LONGEST], other[:_LONGEST]
    swap, missed, another = _costs()
    row = [0.0]
    for sound in other:
        row.append(row[-1] + missed.get(sound, 1.0))
    all_of_other, all_of_mine = row[-1], 0.0
    columns = [(sound, missed.get(sound, 1.0)) for sound in other]
    for sound in mine:
        gone = missed.get(sound, 1.0)
        all_of_mine += gone
        swaps = swap.get(sound, {})
        diagonal = row[0]
        left = row[0] = diagonal + gone
        for place, (theirs, added) in enumerate(columns, 1):
            above = row[place]
            best = diagonal if sound == theirs else diagonal + swaps.get(theirs, another)
            if above + gone < best:
                best = above + gone
            if left + added < best:
                best = left + added
            row[place] = left = best
            diagonal = above
    whole = max(all_of_mine, all_of_other)
    return max(0.0, 1 - _STEEPNESS * row[-1] / whole) if whole else 0.0


@cache
def _costs() -> tuple[dict[str, dict[str, float]], dict[str, float], float]:
    """Give the cost of each sound heard for another, of each sound missed, and of a sound that is like no other."""
    table = tables.costs()
    swap: dict[str, dict[str, float]] = {}
    for one in VOWELS:
        swap[one] = {other: float(table["vowels"]) for other in VOWELS}
    for group, cost in table["pairs"].items():
        for one, other in group.split():
            swap.setdefault(one, {})[other] = float(cost)
            swap.setdefault(other, {})[one] = float(cost)
    missed = {sound: float(cost) for sounds, cost in table["missed"].items() for sound in sounds}
    return swap, missed, float(table["other"])
