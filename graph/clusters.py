"""Which records visible assertions say are one: worked out for each question, stored nowhere.

In order:
1. Nobody is met here whom a walk does not meet: the protected are in no cluster.
2. Two records are joined if the newest assertion about the two that the viewer sees says so; of two as new as one
   another, the one that parts them counts.
3. A record of another state is met by its id there: two records here that are said to be one with it are one.
4. It goes on from what was joined for so many rounds; a round that would look at too much is not begun.
5. The assertions that a cluster rests on are disclosed with it, whatever is told of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from graph.library import statement
from graph.past import relation
from graph.session import GraphSession
from schemas.asserted import Asserted, Pair
from schemas.ids import parse_urn
from schemas.link import LinkKind

_ASSERTED = statement("record/asserted")

MOST_ROUNDS = 8
MOST_ASSERTIONS = 2_000


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are said to be one, in order of id; `contested` if an assertion that counts parts two of them."""

    members: tuple[str, ...]
    contested: bool


async def clusters(
    graph: GraphSession, ids: Iterable[str], *, valid_at: int | None, goes: Callable[[str, str], bool] | None = None
) -> list[Cluster]:
    """Give the clusters of these records, in order of their first member; a record that is alone is in none.

    What is more than eight assertions away from all of them is not looked at, nor a round of over 2,000 assertions.
    With `goes`, two of just these are joined by what goes for its owner and handling; what parts them need not.
    """
    asserted, left = Asserted(), MOST_ASSERTIONS
    said_by: dict[str, Pair] = {}
    layer = sorted({id for id in ids if parse_urn(id)})
    met = set(layer)
    for _ in range(MOST_ROUNDS if goes is None else 1):
        if not layer:
            break
        rows = await graph.weigh(_ASSERTED, True, ids=layer, valid_at=valid_at, most=left + 1)
        if len(rows) > left:
            break
        left -= len(rows)
        for [[id, *_], *_], (kind, at, near, far, owner, handling) in rows:
            if goes is not None and not (far in met and (relation(kind) != LinkKind.SAME_AS or goes(owner, handling))):
                continue
            said_by[id] = frozenset((near, far))
            asserted.note(LinkKind(relation(kind)), at, said_by[id])
        layer = sorted({id for pair in asserted.joined() for id in pair} - met)
        met.update(layer)
    groups = _grouped(asserted.joined())
    parted = asserted.parted()
    graph.disclosed.update(id for id, pair in said_by.items() if any(pair <= {*group} for group in groups))
    return [Cluster(group, any(pair <= {*group} for pair in parted)) for group in groups]


def _grouped(pairs: Sequence[Pair]) -> list[tuple[str, ...]]:
    """Give what hangs together, each in order of id, in order of the first."""
    group_of: dict[str, set[str]] = {}
    for pair in pairs:
        group = {*pair}.union(*(group_of.get(id, ()) for id in pair))
        group_of.update(dict.fromkeys(group, group))
    return sorted({tuple(sorted(group)) for group in group_of.values()})
