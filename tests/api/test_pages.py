"""Pages: fifty rows, and a thousand where a trusted document declares them."""

from pathlib import Path

import pytest

from api.composed import composed
from api.documents import TrustedDocuments, digest_of
from api.gql.schema import SCHEMA
from api.limits import DocumentRefused
from api.prepared import DocumentShelf
from graph.local import LocalGraph
from tests.station import Caller, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } } }"""
DECLARED = composed()["persons"]
UNDECLARED = DECLARED.replace(" @page(most: 1000)", "")
PEOPLE = 53


async def test_a_page_is_as_long_as_a_trusted_document_declares_and_else_fifty_rows(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller()
        for _ in range(PEOPLE):
            await adg.ask(RECORD, {"p": {"names": [name("Kiran Mewada")], "category": "SUSPECT"}, "m": marking()})
        page = (await adg.ask(DECLARED, {"first": 1_000}))["persons"]
        assert len(page["edges"]) == PEOPLE
        assert not page["pageInfo"]["hasNextPage"]
        assert len((await adg.ask(DECLARED))["persons"]["edges"]) == 50
        assert await _refused(adg, DECLARED, 1_001) == "A page has between 1 and 1000 rows."
        assert await _refused(adg, UNDECLARED, 51) == "A page has between 1 and 50 rows."


async def test_a_document_that_is_not_trusted_declares_nothing(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller()
        answer = (await adg.post(DECLARED.replace("Persons", "Others"))).json()
        [error] = answer["errors"]
        assert error["extensions"]["code"] == "BAD_INPUT"
        assert error["message"] == "Only a document that the node trusts asks for longer pages."


@pytest.mark.parametrize("most", ["0", "1001", "-5", "9999999999"])
def test_no_release_is_built_with_a_page_beyond_a_thousand_rows(most: str) -> None:
    text = DECLARED.replace("1000", most)
    with pytest.raises(DocumentRefused):
        DocumentShelf(SCHEMA._schema, TrustedDocuments({digest_of(text): text}), training=False)


async def _refused(caller: Caller, document: str, first: int) -> str:
    [error] = (await caller.post(document, {"first": first})).json()["errors"]
    return str(error["extensions"]["problems"][0]["message"])
