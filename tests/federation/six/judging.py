"""An answer of many held against the model: its form, who spoke and why not, whose rows it has and in what order.

In order:
1. It is well-formed, names every member in order, and under one number that stands on all ledgers.
2. Each state stands in it as what befell the way there permits, and no otherwise.
3. It is complete exactly if every state that was asked is LOCAL or LIVE.
4. Its rows are those that the owners who answered give to this officer, all of them from where each stood, in order,
   as many as fit; and nothing of any other owner.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.federation.six.operations import Row
from tests.federation.six.weather import LATE, LEFT_ALONE, LIVE, LOCAL, NOT_ASKED, Standing

ANSWERED = frozenset({LIVE[0], LOCAL[0]})
# What a node says whose own time for a question is over.
TOO_LATE = 504
_SOURCE = {"state", "status", "returned", "reason", "contactDesk", "correlationId", "latencyMs", "asOf"}


@dataclass(frozen=True)
class Expected:
    """What the model says: how each state that is asked may stand, what each has from where it stands, and a page."""

    members: Sequence[str]
    permitted: Mapping[str, frozenset[Standing]]
    rows: Mapping[str, Sequence[Row]]
    first: int
    paged: bool


@dataclass
class Verdict:
    """What is wrong with an answer; `late` if all of it is that somebody was too slow.

    `shown` is how many rows it has of each owner, and `like` what else is counted of it.
    """

    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    standings: dict[str, Standing] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    like: Counter[str] = field(default_factory=Counter)
    cursor: str | None = None


def judged(status: int, body: bytes, expected: Expected) -> Verdict:
    """Hold an answer against what is expected of it."""

    def hold(verdict: Verdict, answer: Mapping[str, Any]) -> None:
        formed(verdict, answer, expected.members, expected.permitted)
        stood(verdict, answer["sources"], expected.permitted)
        _rows(verdict, answer, expected)

    return read(status, body, hold)


def read(status: int, body: bytes, hold: Callable[[Verdict, Mapping[str, Any]], None]) -> Verdict:
    """Read an answer, and give what `hold` finds of it; one that is not well-formed is wrong."""
    verdict = Verdict()
    if status == TOO_LATE:
        verdict.late.append("took too long as a whole")
        return verdict
    try:
        said = orjson.loads(body)
        if status != 200 or "errors" in said:
            raise ValueError(f"HTTP {status}")
        [answer] = said["data"]["federated"].values()
        hold(verdict, answer)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        verdict.wrong.append(f"is not well-formed ({fault!r}): {status} {body[:300]!r}")
    return verdict


def formed(verdict: Verdict, answer: Mapping[str, Any], members: Sequence[str], asked: Collection[str]) -> None:
    """Hold the form of an answer, and what it says of those that were asked, against what any answer has."""
    sources = answer["sources"]
    if [one["state"] for one in sources] != list(members):
        verdict.wrong.append(f"names {[one['state'] for one in sources]}")
    if len({one["correlationId"] for one in sources}) != 1 or not sources[0]["correlationId"]:
        verdict.wrong.append("stands under several numbers")
    for one in sources:
        answered = one["status"] in ANSWERED
        if one.keys() != _SOURCE or type(one["latencyMs"]) is not int or one["latencyMs"] % 100:
            verdict.wrong.append(f"has no such source: {one}")
        if answered and (one["asOf"] is None or one["reason"] is not None or one["contactDesk"] is not None):
            verdict.wrong.append(f"answered oddly: {one}")
        if not answered and one["state"] in asked and one["reason"] is None:
            verdict.wrong.append(f"did not answer, oddly: {one}")
    if answer["asOf"] is None:
        verdict.wrong.append("says no time")


def stood(verdict: Verdict, sources: Iterable[Mapping[str, Any]], permits: Mapping[str, frozenset[Standing]]) -> None:
    """Hold how each state stands against how it may."""
    for one in sources:
        standing = (one["status"], one["reason"])
        verdict.standings[one["state"]] = standing
        permitted = permits.get(one["state"], frozenset({NOT_ASKED}))
        if standing in permitted:
            continue
        # A machine that has much to do answers late; what comes of it is asked again, alone.
        slow = standing in (LATE, LEFT_ALONE)
        said = f"{one['state']} stands as {standing}, not {sorted(permitted)}"
        (verdict.late if slow else verdict.wrong).append(said)


def _rows(verdict: Verdict, answer: Mapping[str, Any], expected: Expected) -> None:
    answered = [state for state in expected.permitted if verdict.standings[state][0] in ANSWERED]
    if answer["complete"] is not (len(answered) == len(expected.permitted)):
        verdict.wrong.append(f"says complete: {answer['complete']}, where {answered} spoke")
    rows = ((row.place, state, row) for state in answered for row in expected.rows[state])
    merged = sorted(rows, key=lambda one: one[:2])
    taken = merged[: expected.first]
    if [node["id"] for node in answer["nodes"]] != [row.id for *_, row in taken]:
        theirs = {row.id for *_, row in merged}
        more = [node["id"] for node in answer["nodes"] if node["id"] not in theirs]
        verdict.wrong.append(f"gives {len(answer['nodes'])} rows, not {len(taken)}; {more or 'none'} are nobody's")
    for node, (_, state, row) in zip(answer["nodes"], taken, strict=False):
        if any(node.get(name) != value for name, value in row.says.items()):
            verdict.wrong.append(f"says of {row.id} of {state} {node}, not {row.says}")
    verdict.shown = {state: sum(of == state for _, of, _ in taken) for state in answered}
    returned = {one["state"]: one["returned"] for one in answer["sources"]}
    if returned != dict.fromkeys(returned, 0) | verdict.shown:
        verdict.wrong.append(f"counts {returned}, not {verdict.shown}")
    verdict.cursor = answer["cursor"]
    more = expected.paged and len(merged) > len(taken)
    if (verdict.cursor is not None) is not more:
        verdict.wrong.append(f"has {'a' if verdict.cursor else 'no'} cursor, and {len(merged) - len(taken)} rows more")
