"""The Montagna networks come in whole: as many people and links as other programs count in the files."""

from datetime import date
from pathlib import Path

import networkx
import pytest
from lxml import etree

from intake.mapping import packaged_mapping
from intake.preview import preview
from intake.reading import read
from schemas.draft import LinkDraft, RecordDraft
from schemas.link import Basis, LinkKind

ON = date(2026, 1, 15)
DATA = Path(__file__).parent.parent / "data"


def drafts(name: str) -> list[object]:
    return list(read(DATA / f"montagna_{name}.graphml", packaged_mapping(f"montagna_{name}", on=ON)))


@pytest.mark.parametrize(("name", "basis"), [("calls", Basis.CALLS), ("meetings", Basis.MEETINGS)])
def test_people_links_and_weights_are_those_of_the_file(name: str, basis: Basis) -> None:
    graph = networkx.read_graphml(DATA / f"montagna_{name}.graphml")
    found = drafts(name)
    people = {draft.ref: draft for draft in found if isinstance(draft, RecordDraft)}
    links = [draft for draft in found if isinstance(draft, LinkDraft)]
    assert len(people) + len(links) == len(found)
    assert set(people) == {f"person/{node}" for node in graph.nodes}
    assert len(links) == graph.number_of_edges()
    assert {link.kind for link in links} == {LinkKind.ASSOCIATE_OF}
    assert {link.content.basis for link in links} == {basis}
    ends = {frozenset((link.from_, link.to)): link.content.weight for link in links}
    weights = {frozenset((f"person/{one}", f"person/{other}")): w for one, other, w in graph.edges(data="weight")}
    assert ends == weights


@pytest.mark.parametrize("name", ["calls", "meetings"])
def test_a_dry_run_counts_what_the_xml_holds(name: str, tmp_path: Path) -> None:
    source = DATA / f"montagna_{name}.graphml"
    tree = etree.parse(source)
    tally = preview(source, packaged_mapping(f"montagna_{name}", on=ON), tmp_path / "refused.csv")
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert tally.records == {"person": len(tree.findall(f".//{space}node"))}
    assert tally.links == {"ASSOCIATE_OF": len(tree.findall(f".//{space}edge"))}
    assert (tally.refused, tally.repeated) == (0, 0)


def test_one_person_is_one_record_in_both_networks() -> None:
    assert packaged_mapping("montagna_calls", on=ON).source == packaged_mapping("montagna_meetings", on=ON).source
    calls = {draft.ref: draft for draft in drafts("calls") if isinstance(draft, RecordDraft)}
    meetings = {draft.ref: draft for draft in drafts("meetings") if isinstance(draft, RecordDraft)}
    shared = calls.keys() & meetings.keys()
    assert len(shared) > 40
    assert all(calls[ref] == meetings[ref] for ref in shared)
    links = [draft.ref for name in ("calls", "meetings") for draft in drafts(name) if isinstance(draft, LinkDraft)]
    assert len(set(links)) == len(links)


def test_everything_of_it_is_for_training() -> None:
    assert {draft.marking.compartment for draft in drafts("calls") + drafts("meetings")} == {"TRAINING"}
