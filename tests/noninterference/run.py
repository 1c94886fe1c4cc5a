"""Two worlds, one program: compare, shrink what differs to its bones, and print it so that it can be run again."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.noninterference.low import differences
from tests.noninterference.operations import OF_EACH_KIND
from tests.noninterference.program import Case
from tests.noninterference.stage import Played, Stage

INTERNAL = "something went wrong inside"


@dataclass
class Tally:
    """What a run of many worlds came to: how often each operation was asked and answered, and every violation."""

    worlds: int = 0
    steps: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def count(self, case: Case, played: Played) -> None:
        self.worlds += 1
        self.steps += len(case.steps)
        for step, answered in zip(case.steps, played.answered, strict=True):
            self.asked[step.document.operation] += 1
            self.answered[step.document.operation] += answered

    def empty(self, least: float) -> list[str]:
        """Name the operations that were answered in less than a share of their uses, with both numbers.

        What there is for each kind of record is drawn too seldom to be judged alone, and is one.
        """
        asked, answered = (_joined(one) for one in (self.asked, self.answered))
        return [
            f"{name}: {answered[name]} of {uses}"
            for name, uses in sorted(asked.items())
            if answered[name] < least * uses
        ]


def _joined(counts: Counter[str]) -> Counter[str]:
    """Count operations, those for a kind of record together."""
    joined: Counter[str] = Counter()
    for name, number in counts.items():
        joined[OF_EACH_KIND.get(name, name)] += number
    return joined


async def compared(stage: Stage, case: Case) -> tuple[list[str], Played]:
    """Play both worlds and name every difference that the viewer could tell.

    Response time is a declared release: worlds of which one met the deadline on a busy machine are played again.
    """
    for _ in range(4):
        found, first, late = await _compared(stage, case)
        if not late:
            break
    return found, first


async def _compared(stage: Stage, case: Case) -> tuple[list[str], Played, bool]:
    sides = [(case.world, False), (case.changed(), True)]
    if case.seed % 2:
        sides.reverse()
    first, second = [await stage.play(world, case, acts) for world, acts in sides]
    found = []
    for number, (one, other) in enumerate(zip(first.observations, second.observations, strict=True)):
        internal = ["INTERNAL" in side.codes for side in (one, other)]
        if one != other and not all(internal):
            found.append(f"step {number} {case.steps[number].document.operation}:\n   {_told(one)}\n   {_told(other)}")
        if any(internal):
            # No answer of ours is INTERNAL, even where both sides are.
            found.append(f"step {number} {case.steps[number].document.operation}: {INTERNAL}")
    if first.ledger != second.ledger:
        pairs = [pair for pair in zip(first.ledger, second.ledger, strict=False) if pair[0] != pair[1]]
        found.append(f"ledger of the viewer: {pairs[:1] or (len(first.ledger), len(second.ledger))}")
    found += [f"low afterwards: {line}" for line in differences(first.low, second.low)[:3]]
    late = any("DEADLINE" in one.codes for side in (first, second) for one in side.observations)
    return found, first, late


async def shrunk(stage: Stage, case: Case, red: Callable[[list[str]], bool] = bool) -> tuple[Case, list[str]]:
    """Leave out changes, acts and steps for as long as the difference stays."""
    found, _ = await compared(stage, case)
    again = True
    while again:
        again = False
        for part in ("acts", "changes", "steps"):
            for number in reversed(range(len(getattr(case, part)))):
                if part == "steps" and len(case.steps) == 1:
                    continue
                smaller = case.without(part, number)
                now, _ = await compared(stage, smaller)
                if red(now):
                    case, found, again = smaller, now, True
    return case, found


def printed(case: Case, found: list[str]) -> str:
    """Write a case so that somebody can follow it."""
    lines = [
        f"seed {case.seed}: {case.viewer}",
        *(f"  hidden change: {change.name} ({change.seed})" for change in case.changes),
        *(f"  unseen act before step {act.before}: {act.name} ({act.seed})" for act in case.acts),
        *(f"  step {number}: {s.document.text}\n    {s.variables} {s.headers}" for number, s in enumerate(case.steps)),
        *(f"  differs: {line}" for line in found),
    ]
    return "\n".join(lines)


def _told(observation: object) -> str:
    text = str(getattr(observation, "body", b"").decode(errors="replace"))
    return f"{getattr(observation, 'status', '')} {text[:600]}"
