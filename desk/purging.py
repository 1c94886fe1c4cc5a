"""The purge: what lapsed or was withdrawn a while ago ends for good, in every store of the node.

In order:
1. Thirty days after a record lapsed unrenewed, or was withdrawn, it is due, with what hangs on it.
2. Unsigned tombstones and the INTENT are written first; then one transaction of the graph takes the records away; then
   their files, and what opens them, are destroyed; then the tombstones are signed with the OUTCOME.
3. A purge that was broken off anywhere is taken up by the next run from its unsigned tombstones.
4. A record that was renewed between being found and being held is left, and so is what hangs on it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from auth.policy import Job
from desk.looking import Desk
from desk.working import entry_of, every_compartment, session_of
from graph import purging
from graph.session import GraphSession
from graph.writing import Operation
from register.ledger import Entry, EntryKind
from register.tombstones import Because, Sign, Tombstone
from schemas.ids import RecordType, parse_urn

PURGED_AFTER = timedelta(days=30)

AT_ONCE = 200


async def purge(desk: Desk, sign: Sign, *, run: str | None = None) -> dict[str, int]:
    """End what is due, and what an earlier run did not bring to its end; say how many records went."""
    session = session_of(desk, Job.PURGE, await every_compartment(desk, Job.PURGE), run=run)
    work = _Purge(desk, session, sign, desk.clock())
    gone = 0
    broken_off: dict[str, list[Tombstone]] = defaultdict(list)
    for stone in await desk.register.tombstones.unsigned():
        broken_off[stone.op_id].append(stone)
    for stones in broken_off.values():
        gone += await work.carried_out(stones)
    while stones := await work.due():
        await desk.register.tombstones.begin(stones, entry=work.intent(stones))
        gone += await work.carried_out(stones)
    await purging.purge_links(session, before=work.before)
    await purging.purge_untouched(session)
    return {"records": gone}


class _Purge:
    """One run of the purge, at one moment."""

    def __init__(self, desk: Desk, graph: GraphSession, sign: Sign, at: datetime) -> None:
        self._desk = desk
        self._graph = graph
        self._sign = sign
        self._at = at
        self.before = int((at - PURGED_AFTER).timestamp())
        self._left: set[str] = set()

    async def due(self) -> list[Tombstone]:
        """Give tombstones, not yet signed, for some of what is due and for what hangs on it."""
        op_id, first = str(self._desk.random.uuid("job:PURGE")), AT_ONCE + len(self._left)
        lapsed = await purging.lapsed(self._graph, before=self.before, first=first)
        withdrawn = await purging.withdrawn(self._graph, before=self.before, first=first)
        found = dict.fromkeys(lapsed, Because.LAPSED) | dict.fromkeys(withdrawn, Because.WITHDRAWN)
        found = {id: found[id] for id in sorted(found.keys() - self._left)[:AT_ONCE]}
        hanging = await purging.attached(self._graph, [id for id in found if _is_account(id)])
        found = dict.fromkeys(hanging, Because.ATTACHED) | found
        self._graph.disclosed.clear()
        return [Tombstone(id, because, op_id, self._at) for id, because in sorted(found.items())]

    async def carried_out(self, stones: Sequence[Tombstone]) -> int:
        """Take a purge, begun now or before, to its end; give how many records went."""
        op_id, register = stones[0].op_id, self._desk.register
        operation = Operation(op_id, self._at, self._desk.keys.digest("operation body", f"purge\x1f{op_id}"))
        wanted, roots = [one.id for one in stones], [one.id for one in stones if one.because is not Because.ATTACHED]
        gone = await purging.purge(self._graph, operation, wanted, roots=roots, before=self.before)
        self._left |= set(wanted) - set(gone)
        await purging.purge_untouched(self._graph)
        await register.vault.destroy(gone, at=self._at, entry=lambda files: self._files(files, gone), ever=True)
        await register.followers.forget([id for id in gone if _is_account(id)])
        await register.tombstones.sign(op_id, gone, self._sign, at=self._at, entry=self._outcome(op_id, gone))
        return len(gone)

    def intent(self, stones: Sequence[Tombstone]) -> Entry:
        """Give the entry that a purge begins with."""
        ids = tuple(one.id for one in stones)
        told = {"records": len(ids)}
        return entry_of(self._graph.grant, EntryKind.INTENT, "purge", told, "INTENT", stones[0].op_id, ids)

    def _outcome(self, op_id: str, gone: Sequence[str]) -> Entry:
        told, ids = {"records": len(gone)}, tuple(gone)
        return entry_of(self._graph.grant, EntryKind.OUTCOME, "purge", told, "DONE", op_id, ids)

    def _files(self, files: int, gone: Sequence[str]) -> Entry:
        told, ids = {"records": len(gone), "files": files}, tuple(gone)
        return entry_of(self._graph.grant, EntryKind.JOB, "purge files", told, "OK", ids=ids)


def _is_account(id: str) -> bool:
    urn = parse_urn(id)
    return urn is not None and urn.type == RecordType.ACCOUNT
