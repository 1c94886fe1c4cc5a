"""An import in a process of its own, to be killed: it says when it has begun to load, then brings a file in."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from api.node import Node, open_node
from api.settings import Settings
from desk import keeping
from desk.looking import Look, Stamp
from intake import run
from intake.mapping import read_mapping
from register.ledger import Entry, EntryKind
from register.officers import NewAccount, OfficerExists
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from schemas.operation import system_clock
from tests.kills.told import EXPIRES

AUTHOR = Officer(
    id="rj.importer", name="Importer", state="IN-RJ", rank=Rank.SI, unit="RJ-P-JPE", level=Level.SOURCE_BEARING
)
APPROVER = AUTHOR.model_copy(update={"id": "rj.approver", "name": "Approver", "rank": Rank.SP_DCP, "unit": "RJ-D-AJM"})


def settings(data: Path, uri: str, password: str) -> Settings:
    """Give the settings of the node that is killed."""
    return Settings(
        state="IN-RJ", data=data, stamp=Stamp.TRIAL, graph_uri=uri, graph_user="neo4j", graph_password=password
    )


async def looking(node: Node, officer: Officer) -> Look:
    """Give a request of an officer, put into the register at the first asking."""
    register, at = node.desk.register, system_clock()
    opened = Entry(EntryKind.ACCOUNT, "tests", None, None, "open account", {"account": officer.id}, (), "OK")
    with suppress(OfficerExists):
        await register.officers.add(NewAccount(officer, "-", "A" * 32), at=at, by="tests", entry=opened)
    content = EnquiryContent(
        purpose=Purpose.INVESTIGATION, case_ref="FIR 0001/2026", legal_basis="BNSS 173", expires_at=EXPIRES()
    )
    enquiry = await register.enquiries.open(officer.id, content, at=at)
    return Look(node.desk, officer, enquiry.id, at)


async def brought(node: Node, folder: Path) -> str | None:
    """Bring the list in, or go on with it, and give the change that waits."""
    mapping = read_mapping((folder / "list.yaml").read_text(encoding="utf-8"), on=system_clock().date())
    look = await looking(node, AUTHOR)
    ended = await run.run_import(look, folder / "list.csv", mapping, folder / "refused.csv")
    await look.close(document="import")
    return ended.change


# Many small batches: a kill shall fall between any two of them.
run.BATCH = 100


async def main(data: str, folder: str, uri: str, password: str) -> None:
    """Bring a file in until killed."""
    async with open_node(settings(Path(data), uri, password)) as node:
        await keeping.settle(node.desk, all=True)
        print("begun", flush=True)
        print(await brought(node, Path(folder)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
