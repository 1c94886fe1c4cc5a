"""Assertions about records of other states: what stands here for such a record, and what is said of it.

In order:
1. What stands here for another state's record holds that record's id and a gate as strict as its one assertion's; it
   has no content, is in no list and is met by no walk.
2. An assertion goes from a record of this state; what a viewer sees of it is what they see of any link.
3. Of what is said here about two records the newest counts.
"""

from collections.abc import Sequence

from graph.library import statement
from graph.network import NetworkLink
from graph.past import relation
from graph.session import GraphSession
from schemas.asserted import Asserted
from schemas.link import LinkKind

SAID = statement("abroad/said")
SAID_OF = statement("abroad/said_of")

MOST_ASSERTIONS = 2_000


async def said(graph: GraphSession, ids: Sequence[str], *, valid_at: int | None) -> tuple[list[NetworkLink], bool]:
    """Give what visible assertions say of these records and others', in order of id, and whether some were left out.

    Each goes to the other record by its id there.
    """
    if not ids:
        return [], False
    rows = await graph.weigh(SAID, True, ids=list(ids), valid_at=valid_at, most=MOST_ASSERTIONS + 1)
    drawn = rows[:MOST_ASSERTIONS]
    said = [NetworkLink.of(gates[0], link) for gates, link in drawn]
    # The other record by its own id, for that is what is told; what stands for it here is nobody's to ask for.
    graph.disclosed.update(id for one in said for id in (one.id, one.from_id, one.to_id))
    return said, len(rows) > len(drawn)


async def joined(graph: GraphSession, ids: Sequence[str], *, valid_at: int | None) -> tuple[list[str], bool]:
    """Give the records here that are said to be one with these of other states, in order of id.

    And whether some assertions were not looked at.
    """
    if not ids:
        return [], False
    rows = await graph.weigh(SAID_OF, True, ids=list(ids), valid_at=valid_at, most=MOST_ASSERTIONS + 1)
    asserted, own = Asserted(), set()
    for _, (kind, at, near, far) in rows[:MOST_ASSERTIONS]:
        asserted.note(LinkKind(relation(kind)), at, frozenset((near, far)))
        own.add(near)
    pairs = set(asserted.joined())
    for [[id, *_], *_], (_, _, near, far) in rows[:MOST_ASSERTIONS]:
        if frozenset((near, far)) in pairs:
            graph.disclosed.update((id, near, far))
    return sorted({id for pair in pairs for id in pair & own}), len(rows) > MOST_ASSERTIONS
