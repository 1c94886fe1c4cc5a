"""Paths over states: the shortest ways between two ends through what was joined, over at most so many borders."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.networks import k_shortest
from federation.joining import Joined

MOST_CROSSINGS = 3
# So many of the shortest are looked at for those that cross few borders enough.
_LOOKED_AT = 50


@dataclass(frozen=True)
class Step:
    """One link of a path, in the direction that the path goes."""

    link: str
    from_id: str
    to_id: str
    owner: str


@dataclass(frozen=True)
class Trail:
    """One path; where one step ends and the next begins at two ids, these are one identifier in two states."""

    steps: Sequence[Step]

    @property
    def crossings(self) -> int:
        """Count the borders that it crosses."""
        return sum(one.owner != other.owner for one, other in pairwise(self.steps))


def trails(joined: Joined, one: str, other: str, *, most: int, longest: int) -> list[Trail]:
    """Give the first `most` paths between two nodes, in order of (number of links, what they meet).

    Of several links between two, one of the owner of the step before is taken if there is one, and of those the one
    with the smallest id.
    """
    called = joined.called()
    beside: dict[str, dict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for fragment in joined.fragments:
        for bond in fragment.bonds:
            near, far = called[fragment.owner, bond.from_id], called[fragment.owner, bond.to_id]
            if near != far:
                beside[near][far].append(Step(bond.id, bond.from_id, bond.to_id, fragment.owner))
                beside[far][near].append(Step(bond.id, bond.to_id, bond.from_id, fragment.owner))
    # An end that two states give is this one's: nobody else's identifiers are named here.
    owners = (joined.home, *joined.states)
    near, far = (next((called[owner, id] for owner in owners if (owner, id) in called), id) for id in (one, other))
    if near == far:
        return []
    found = k_shortest(beside, near, far, most=_LOOKED_AT, longest=longest)
    made = (_drawn(beside, path) for path in found)
    return [trail for trail in made if trail.crossings <= MOST_CROSSINGS][:most]


def _drawn(beside: Mapping[str, Mapping[str, Sequence[Step]]], path: Sequence[str]) -> Trail:
    steps: list[Step] = []
    for near, far in pairwise(path):
        before = steps[-1].owner if steps else None
        steps.append(min(beside[near][far], key=lambda step: (step.owner != before, step.link)))
    return Trail(steps)
