"""One state's peers' face in a process of its own, to be killed: it reads where it stands, says its port, serves."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from api.cli.serving import forever, served
from auth.keys import KeyRing
from desk.looking import Stamp
from federation.connections import OwnCertificate, serving_context
from graph.local import LocalGraph
from schemas.membership import Membership
from tests.federation.circle import HOST, joining
from tests.federation.six.seats import place_of


async def main(told: dict[str, Any]) -> None:
    """Serve until killed."""
    home, at = Path(told["home"]), datetime.fromisoformat(told["at"])
    own = OwnCertificate(home / "tls.pem", home / "tls-key.pem")
    membership = Membership.model_validate_json(told["membership"])
    uri, user, password = told["graph"]
    graph = cast(LocalGraph, SimpleNamespace(uri=uri, user=user, password=password))
    async with AsyncExitStack() as stack:
        ring = KeyRing.open(home / "keys", at=at)
        node = await joining(stack, told["state"], graph, home, ring, own, membership, 0, Stamp.TRIAL)
        node.watch.now = at
        context = serving_context(own, [pem for member in membership.members for pem in member.certificates])
        address = await stack.enter_async_context(served(node.face, HOST, 0, context))
        print(place_of(address)[1], flush=True)
        await forever()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
