"""A network or paths over states held against what the model makes of all six graphs.

A state that answers some of what it is asked and not the rest is judged by every way in which that can have been: one
of them must give the answer as it stands.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.federation.six.across import (
    NOT_ALL_SHOWN,
    NOT_DISCLOSED,
    Explored,
    Missing,
    Owner,
    Step,
    Wanted,
    crossings,
    explored,
    ways,
)
from tests.federation.six.judging import ANSWERED, Verdict, formed, read, stood
from tests.federation.six.operations import says
from tests.federation.six.weather import LATE, LEFT_ALONE, NOT_ASKED, Standing

# So many ways in which states may have answered in part are tried.
_MOST_WAYS = 512


@dataclass(frozen=True)
class Joining:
    """What the model says: how each state that may be asked may stand, its side, what is wanted, and between whom."""

    members: Sequence[str]
    permitted: Mapping[str, frozenset[Standing]]
    owners: Mapping[str, Owner]
    wanted: Wanted
    ends: tuple[str, str] | None = None
    most: int = 0
    longest: int = 0


def judged(status: int, body: bytes, expected: Joining) -> Verdict:
    """Hold an answer against what is expected of it."""

    def hold(verdict: Verdict, answer: Mapping[str, Any]) -> None:
        asked = {one["state"] for one in answer["sources"] if one["status"] != NOT_ASKED[0]}
        formed(verdict, answer, expected.members, asked)
        # Of whom there was nothing to ask is not asked.
        may = {state: shown | {NOT_ASKED} for state, shown in expected.permitted.items()}
        stood(verdict, answer["sources"], may)
        if not verdict.late and not verdict.wrong:
            _joined(verdict, answer, expected, asked)
        _told(verdict, answer, expected)

    return read(status, body, hold)


def _joined(verdict: Verdict, answer: Mapping[str, Any], expected: Joining, asked: set[str]) -> None:
    """Hold an answer against every way in which it can have come about, the likeliest first."""
    wrong: list[str] = []
    for number, answers in enumerate(_ways_to_answer(verdict, expected)):
        found = explored(expected.owners, expected.wanted, answers)
        said = list(_differences(answer, found, expected, verdict, asked))
        if not said:
            verdict.like["some of a state's answers failed"] += number > 0
            return
        wrong = wrong or said
        if number == _MOST_WAYS:
            wrong.append(f"and {_MOST_WAYS} ways to answer in part do not give it")
            break
    verdict.wrong += wrong


def _ways_to_answer(verdict: Verdict, expected: Joining) -> Iterator[Callable[[str], bool]]:
    """Give who answered, time after time: who stands as having answered always did, and who cannot have never."""
    left: list[list[bool]] = [[]]
    while left:
        given = left.pop()
        taken: list[bool] = []

        def answers(state: str, given: list[bool] = given, taken: list[bool] = taken) -> bool:
            if verdict.standings[state][0] in ANSWERED:
                return True
            if not any(status in ANSWERED for status, _ in expected.permitted[state]):
                return False
            taken.append(given[len(taken)] if len(taken) < len(given) else False)
            return taken[-1]

        yield answers
        left += [[*taken[:place], True] for place in range(len(given), len(taken))]


def _differences(
    answer: Mapping[str, Any], found: Explored, expected: Joining, verdict: Verdict, asked: set[str]
) -> Iterator[str]:
    """Name every difference between an answer and what the model makes of one way in which states answered."""
    trails: list[list[Step]] = []
    nodes, links = found.order(), {tie.id for one in found.answers for tie in one.ties}
    if expected.ends is not None:
        trails = ways(found, *expected.ends, most=expected.most, longest=expected.longest)
        links = {step.link for way in trails for step in way}
        met = {id for way in trails for step in way for id in (step.near, step.far)}
        nodes = [id for id in nodes if id in met]
    if asked != found.asked:
        yield f"was put to {sorted(asked)}, not to {sorted(found.asked)}"
    given = [node["id"] for node in answer["nodes"]]
    if given != nodes:
        more, less = sorted(set(given) - set(nodes)), sorted(set(nodes) - set(given))
        yield f"gives {len(given)} nodes, not {len(nodes)}: too many are {more}, too few {less}"
    drawn = [link["id"] for link in answer["links"]]
    if drawn != sorted(links):
        yield f"draws {len(drawn)} links, not {len(links)}: too many are {sorted(set(drawn) - links)}"
    yield from _misread(answer, expected)
    joins = [{"kind": kind, "ids": ids} for kind, ids in found.joins() if len(set(ids) & set(nodes)) > 1]
    if answer["joins"] != joins:
        yield f"joins {answer['joins']}, not {joins}"
    paths = [
        {"steps": [{"link": one.link, "from": one.near, "to": one.far} for one in way], "crossings": crossings(way)}
        for way in trails
    ]
    if answer["paths"] != paths:
        yield f"goes {answer['paths']}, not {paths}"
    said = [one["id"] for one in answer["assertions"]]
    if said != (there := found.said(set(nodes), both=expected.ends is not None)):
        yield f"says {len(said)} assertions, not {len(there)}: too many are {sorted(set(said) - set(there))}"
    yield from _gaps(verdict, answer["gaps"], found.gaps, expected)
    whole = not found.gaps and all(verdict.standings[state][0] in ANSWERED for state in found.asked)
    if answer["complete"] is not whole:
        yield f"says complete: {answer['complete']}, and has {len(found.gaps)} gaps"
    shown = {state: set[str]() for state in expected.members}
    for one in found.answers:
        shown[one.owner.state] |= one.nodes.keys() & set(nodes)
    returned = {one["state"]: one["returned"] for one in answer["sources"]}
    if returned != (counted := {state: len(ids) for state, ids in shown.items()}):
        yield f"counts {returned}, not {counted}"


def _gaps(
    verdict: Verdict, given: Sequence[Mapping[str, str]], gaps: Sequence[Missing], expected: Joining
) -> Iterator[str]:
    """Hold gaps against those that there are: in order, each once, and with the reason why a state did not answer."""
    said = [(one["at"], one["state"], one["reason"]) for one in given]
    if said != sorted(set(said)):
        yield "gives gaps out of order or twice"
    plain = {(one.at, one.state, one.reason) for one in gaps if one.reason is not None}
    failed = Counter((one.at, one.state) for one in gaps if one.reason is None)
    why = {state: {reason for _, reason in shown} for state, shown in expected.permitted.items()}
    rest = [one for one in said if one not in plain]
    if missing := sorted(plain - set(said)):
        yield f"does not say {missing}"
    if missing := sorted(failed.keys() - {(at, state) for at, state, _ in rest}):
        yield f"does not say of {missing} that they did not answer"
    for (at, state), number in Counter((at, state) for at, state, _ in rest).items():
        if number > failed[at, state]:
            yield f"says a gap at {at} of {state} that there is not"
    for at, state, reason in rest:
        if failed[at, state] and reason in (LATE[1], LEFT_ALONE[1]) and reason not in why[state]:
            # It had refused already, or failed; that it was late too is what a machine does that has much to do.
            verdict.late.append(f"{state} was late about {at}")
        elif failed[at, state] and reason not in why[state]:
            yield f"says that {state} did not answer about {at} for {reason}"


def _misread(answer: Mapping[str, Any], expected: Joining) -> Iterator[str]:
    """Name what is said of a node or link that its owner does not say."""
    worlds = {state: owner.world for state, owner in expected.owners.items()}
    for node in answer["nodes"]:
        told: dict[str, Any] = {}
        for world in worlds.values():
            told |= says(world, node["id"])
        if any(node.get(name) != value for name, value in told.items()):
            yield f"says {node}, not {told}"
    for link in answer["links"]:
        owner = link["id"].split(":")[2]
        tie = worlds[owner].ties.get(link["id"])
        if tie is None or (link["kind"], link["from"], link["to"], link["asWritten"], link["provenance"]) != (
            tie.kind,
            tie.a,
            tie.b,
            tie.written,
            {"owner": owner},
        ):
            yield f"says {link}, not {tie}"
    abroad = {one.tie.id: one.tie for owner in expected.owners.values() for one in owner.abroad}
    for said in answer["assertions"]:
        tie = abroad.get(said["id"])
        if tie is None or (said["kind"], said["from"], said["to"]) != (tie.kind, tie.a, tie.b):
            yield f"says {said}, not {tie}"


def _told(verdict: Verdict, answer: Mapping[str, Any], expected: Joining) -> None:
    """Say what an answer was like, and what it showed of each state."""
    like, kind = verdict.like, "network" if expected.ends is None else "paths"
    verdict.shown = {one["state"]: one["returned"] for one in answer["sources"]}
    like[f"{kind}: nodes of two owners or more"] += sum(number > 0 for number in verdict.shown.values()) > 1
    like[f"{kind}: joins"] += len(answer["joins"])
    like[f"{kind}: joined by what is said"] += sum(
        one["kind"] == "SAME_AS" and one["to"] in {node["id"] for node in answer["nodes"]}
        for one in answer["assertions"]
    )
    like["paths that cross a border"] += sum(path["crossings"] > 0 for path in answer["paths"])
    like["paths that cross three borders"] += sum(path["crossings"] == 3 for path in answer["paths"])
    like[f"{kind}: complete"] += answer["complete"]
    for gap in answer["gaps"]:
        like[f"gap: {gap['reason']}"] += 1


# What a run that is long enough must have met.
MET = (
    "network: nodes of two owners or more",
    "network: joins",
    "network: joined by what is said",
    "paths: joined by what is said",
    "network: complete",
    "paths: nodes of two owners or more",
    "paths: complete",
    "paths that cross a border",
    "some of a state's answers failed",
    f"gap: {NOT_DISCLOSED}",
    f"gap: {NOT_ALL_SHOWN}",
    "gap: NOT_WRITTEN",
    "gap: NO_MORE_ROUNDS",
    "gap: NO_ANSWER_IN_TIME",
    "gap: NO_CONNECTION",
    "gap: REFUSED_BY_OWNER",
)
