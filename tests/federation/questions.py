"""Questions to many states as tests put them, and how their answers are told."""

from typing import Any

from tests.federation.circle import Node
from tests.station import PLANNINGS, Caller


async def asked(node: Node, caller: Caller, document: str, **variables: Any) -> dict[str, Any]:
    """Ask, and ask again while a database is planning a new shape, which a busy machine does not do in time."""
    for _ in range(3 * PLANNINGS):
        [answer] = (await caller.ask(document, variables))["federated"].values()
        if all(source["status"] not in ("TIMEOUT", "BREAKER_OPEN") for source in answer["sources"]):
            break
        await node.federation.fanout.probe(node.federation.peers)
    found: dict[str, Any] = answer
    return found


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {source["state"]: source["status"] for source in answer["sources"]}
