"""A form offers what stands on its day, and what it offers a record takes."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.codes.statutes import all_statutes, in_force
from schemas.codes.units import line_of
from schemas.codes.units import units as units_of
from schemas.officer import Rank
from tests.station import TODAY, Caller, Station, station

pytestmark = pytest.mark.anyio

STATUTES = """query($on: Date!, $text: String! = "", $first: Int! = 50, $after: String) {
  statutes(on: $on, text: $text, first: $first, after: $after) {
    edges { node { key title kind certainty } } pageInfo { hasNextPage endCursor } } }"""
UNITS = """query($on: Date!, $under: String, $first: Int! = 50, $after: String) {
  units(on: $on, under: $under, first: $first, after: $after) {
    edges { node { code parent } } pageInfo { hasNextPage endCursor } } }"""
# The Indian Penal Code ended the day before.
BNS_BEGINS = date(2024, 7, 1)


@pytest.fixture(scope="module")
async def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path_factory.mktemp("offering")) as made:
        yield made


@pytest.fixture(scope="module")
async def officer(node: Station) -> Caller:
    return await node.caller("rj.form")


async def offered(officer: Caller, document: str, name: str, **asked: Any) -> list[dict[str, Any]]:
    """Give all rows, page by page."""
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await officer.ask(document, {**asked, "after": after}))[name]
        rows += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("on", [BNS_BEGINS, BNS_BEGINS - timedelta(days=1), date(1990, 1, 1), TODAY])
async def test_the_sections_in_force_here_on_the_day_are_offered_and_no_others(officer: Caller, on: date) -> None:
    rows = await offered(officer, STATUTES, "statutes", on=str(on))
    assert [row["key"] for row in rows] == [one.key for one in in_force("IN-RJ", on)]
    keys = {row["key"] for row in rows}
    assert ("BNS 308(4)" in keys, "IPC 384" in keys) == (on >= BNS_BEGINS, on < BNS_BEGINS)
    # An Act of another state is not law here.
    assert not {one.key for one in all_statutes() if one.jurisdiction not in ("IN", "IN-RJ")} & keys


async def test_a_text_narrows_the_sections_by_number_title_and_act(officer: Caller) -> None:
    rows = await offered(officer, STATUTES, "statutes", on=str(TODAY), text="EXTORTION", first=3)
    assert len(rows) > 3
    assert all("extortion" in f"{row['key']} {row['title']}".lower() for row in rows)
    [one] = await offered(officer, STATUTES, "statutes", on=str(TODAY), text="BNS 308(4)")
    assert one["key"] == "BNS 308(4)"
    assert await offered(officer, STATUTES, "statutes", on=str(TODAY), text="no such law") == []


@pytest.mark.parametrize("on", [TODAY, date(2024, 6, 1)])
@pytest.mark.parametrize("under", [None, "RJ-JPC", "RJ-R-AJM", "RJ", "nowhere"])
async def test_the_units_that_stand_here_on_the_day_are_offered(officer: Caller, on: date, under: str | None) -> None:
    rows = await offered(officer, UNITS, "units", on=str(on), under=under, first=7)
    standing = [one.code for one in units_of("IN-RJ", on)]
    wanted = [code for code in standing if under is None or under in {one.code for one in line_of(code, on)}]
    assert [row["code"] for row in rows] == wanted
    assert bool(wanted) is (under != "nowhere")


async def test_what_was_offered_stands_on_the_ledger_and_its_text_only_as_a_digest(
    node: Station, officer: Caller
) -> None:
    await offered(officer, STATUTES, "statutes", on=str(TODAY), text="Sukhdev Test")
    [last] = await node.desk.register.ledger.search(first=1)
    assert (last.entry.kind, last.entry.operation, last.entry.ids) == (EntryKind.LOOK, "statutes", ())
    assert "Sukhdev" not in str(last.entry.variables)


async def test_a_refusal_comes_before_what_is_wrong_with_the_question(node: Station) -> None:
    auditor = await node.caller("rj.audit", rank=Rank.AUDITOR)
    for document, asked in ((STATUTES, {"text": "x" * 101}), (UNITS, {"under": "x" * 101})):
        assert await auditor.code(document, {"on": str(TODAY), **asked}) == "REFUSED"


async def test_a_text_that_is_too_long_is_refused(officer: Caller) -> None:
    for document, asked in ((STATUTES, {"text": "x" * 101}), (UNITS, {"under": "x" * 101})):
        assert await officer.code(document, {"on": str(TODAY), **asked}) == "BAD_INPUT"
