"""Compacting: what lives, in fresh stores; what was deleted is in no file of the node any more.

In order:
1. Nobody else uses the stores meanwhile, and the ledger says that it was done.
2. The graph is copied node by node and link by link into a fresh one and compared; the register is written anew
   without its free pages; what nobody knows of goes from the vault.
3. The fresh stores take the place of the old ones whole, whose files are removed.
"""

from dataclasses import dataclass

from desk.backing import Progress
from desk.stores import Stores, alone, making, switch
from graph.compacting import copied
from register.ledger import Entry, EntryKind


@dataclass(frozen=True)
class Compacted:
    """What lives in the graph, and how long its files and the register's were and are, in bytes."""

    nodes: int
    links: int
    before: int
    after: int


async def compact(node: Stores, *, progress: Progress) -> Compacted:
    """Let what lives take the place of everything.

    Raise Unavailable if the stores are in use, GraphUnavailable or RegisterUnavailable if one of them cannot be read;
    then they stay as they are.
    """
    with alone(node.data), making(node.data) as folder:
        before = node.bytes()
        tally = await copied(node.data / "graph", folder / "graph", progress=progress)
        register = await node.register(node.data)
        try:
            await register.vault.sweep(older=0)
            told = {"nodes": tally.nodes, "links": tally.links}
            await register.ledger.append(Entry(EntryKind.JOB, None, None, None, "compact", told, (), "OK"))
            (folder / "register").mkdir(mode=0o700)
            await register.copy(folder / "register" / "register.db")
        finally:
            await register.close()
        switch(node.data)
    return Compacted(tally.nodes, tally.links, before, node.bytes())
