"""What is asked as of a moment is answered as it would have been of what was recorded by then and is seen today."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from graph import clusters, network, paths
from tests.oracle.conftest import Stage
from tests.oracle.model import VIEWERS, Sight, Viewer
from tests.oracle.past import Past
from tests.oracle.tables import RECORDS, VALUE, WALKED
from tests.oracle.test_clusters import grouped
from tests.oracle.test_days import PAGES, hanging
from tests.oracle.test_find import TEXTS, found, paged
from tests.oracle.test_lists import FIELDS, FILTERS, listed, whole
from tests.oracle.test_network import DOCUMENT as NETWORK
from tests.oracle.test_network import Walk, drawn
from tests.oracle.test_network import questions as of_networks
from tests.oracle.test_paths import DOCUMENT as PATHS
from tests.oracle.test_paths import Search, answered
from tests.oracle.test_paths import questions as of_paths
from tests.station import MORNING

pytestmark = pytest.mark.anyio

_PAGES = " ".join(f"{page}(first: 50) {{ totalCount edges {{ link {{ id kind }} }} }}" for page in PAGES)
_SAID = "id provenance { unit recordedAt }"
PERSON = f"""query($id: ID!, $known: DateTime) {{ person(id: $id, knownAt: $known) {{
  {_SAID} category custody names {{ text }} {_PAGES} }} }}"""
RECORD = f"query($id: ID!, $known: DateTime) {{ record(id: $id, knownAt: $known) {{ {_SAID} }} }}"
IDENTIFIER = """query($kind: ValueKind!, $value: String!, $known: DateTime) {
  identifier(kind: $kind, value: $value, knownAt: $known) { id } }"""
CLUSTERS = """query($from: [ID!]!, $known: DateTime) { network(from: $from, hops: 1, knownAt: $known) {
  nodes { id } clusters { contested members } } }"""
WORLDS = range(500, 502)


def written(known: datetime) -> str:
    return known.isoformat()


def seen_then(past: Past, viewer: Viewer, known: datetime, *, walk: bool = False) -> Sight:
    """Give what a viewer sees of a world as it was known at a moment."""
    return Sight(past.then(viewer, known), viewer, walk=walk)


async def test_a_record_says_what_it_said_and_has_what_it_had(stage: Stage) -> None:
    told = dict.fromkeys(("gone", "there", "otherwise", "hidden between", "other links"), 0)
    # The newest of then is seldom hidden where an older one is seen.
    for seed in (*WORLDS, 502, 503):
        past = await stage.put_past(seed)
        dice = Random(f"records {seed}")
        for viewer in VIEWERS:
            today, caller = Sight(past.world, viewer), stage.callers[viewer]
            for id in sorted(past.world.things):
                own = [one.recorded_at for one in past.earlier[id]]
                known = dice.choice([*past.moments(dice, 2), *own])
                sight = seen_then(past, viewer, known)
                thing = past.world.things[id]
                text = PERSON if thing.kind == "person" else RECORD
                asked = {"id": id, "known": written(known)}
                if id not in sight.things:
                    assert await caller.code(text, asked) == "NOT_FOUND", (seed, viewer, asked)
                    told["gone"] += id in today.things
                    continue
                [answer] = (await caller.ask(text, asked)).values()
                said = sight.world.things[id]
                at = datetime.fromisoformat(answer["provenance"]["recordedAt"])
                assert (answer["provenance"]["unit"], at) == (said.unit, said.recorded_at), (seed, viewer, asked)
                told["there"] += 1
                told["otherwise"] += said.says != thing.says
                newest = [one for one in (*past.earlier[id], thing) if one.recorded_at <= known][-1]
                told["hidden between"] += newest.recorded_at != said.recorded_at
                if thing.kind == "person":
                    [name] = answer["names"]
                    told_of = (name["text"], answer["category"], answer["custody"])
                    assert told_of == tuple(said.says[one] for one in ("name", "category", "custody"))
                    pages = {page: {edge["link"]["id"] for edge in answer[page]["edges"]} for page in PAGES}
                    assert pages == hanging(sight, id, None), (seed, viewer, asked)
                    assert all(answer[page]["totalCount"] == len(pages[page]) for page in PAGES)
                    kinds = {edge["link"]["kind"] for page in PAGES for edge in answer[page]["edges"]}
                    assert not any(kind.startswith("WAS") for kind in kinds)
                    told["other links"] += pages != hanging(today, id, None)
    assert min(told.values()) >= 5, told


async def test_an_identifier_is_there_if_a_seen_link_to_it_stood_then(stage: Stage) -> None:
    there = gone = 0
    for seed in WORLDS:
        past = await stage.put_past(seed)
        dice = Random(f"identifiers {seed}")
        for viewer in VIEWERS:
            today, caller = Sight(past.world, viewer), stage.callers[viewer]
            for known in past.moments(dice, 1):
                sight = seen_then(past, viewer, known)
                for id, (kind, text) in sorted(past.world.values.items()):
                    asked = {"kind": kind, "value": text, "known": written(known)}
                    if id in sight.nodes:
                        assert (await caller.ask(IDENTIFIER, asked))["identifier"]["id"] == id
                        there += 1
                    else:
                        assert await caller.code(IDENTIFIER, asked) == "NOT_FOUND", (seed, viewer, asked)
                        gone += id in today.nodes
    assert min(there, gone) > 5, "the worlds are too thin to tell"


async def test_a_list_is_of_what_was_known_by_what_it_said(stage: Stage) -> None:
    otherwise: set[str] = set()
    for seed in WORLDS:
        past = await stage.put_past(seed)
        dice = Random(f"lists {seed}")
        for viewer in VIEWERS:
            today = Sight(past.world, viewer)
            for place, kind in enumerate(FIELDS):
                [known] = dice.sample(past.moments(dice, 6), 1)
                sight = seen_then(past, viewer, known)
                for where, says in FILTERS[kind][0], FILTERS[kind][2], FILTERS[kind][3]:
                    latest = bool(place % 2)
                    expected = listed(sight.world, sight, kind, says, latest)
                    asked = (kind, where, latest, 3, written(known))
                    assert await whole(stage.callers[viewer], *asked) == expected, (seed, viewer, asked)
                    if expected and expected != listed(past.world, today, kind, says, latest):
                        otherwise.add(kind)
    assert len(otherwise) >= 5, otherwise


async def test_find_goes_by_the_names_and_links_of_then(stage: Stage) -> None:
    told = {"named": 0, "joined": 0}
    every = [name for name, _ in RECORDS.values()] + [VALUE]
    for seed in WORLDS:
        past = await stage.put_past(seed)
        dice = Random(f"find {seed}")
        for turn, (text, read) in enumerate(TEXTS.items()):
            values = {stage.value_id(kind, value) for kind, value in read}
            for viewer in VIEWERS:
                [known] = dice.sample(past.moments(dice, 6), 1)
                sight, today = seen_then(past, viewer, known), Sight(past.world, viewer)
                expected = found(sight.world, sight, text, values, every, None)
                asked = {"text": text, "kinds": None, "day": None, "known": written(known)}
                got, totals = await paged(stage.callers[viewer], asked, 2 if turn % 2 else 50)
                assert got == expected, (seed, viewer, asked)
                assert totals == {len(expected)}
                if expected and expected != found(past.world, today, text, values, every, None):
                    told["joined" if read else "named"] += 1
    assert min(told.values()) >= 5, told


async def test_a_network_is_drawn_of_what_stood_then(stage: Stage) -> None:
    told = {"gone": 0, "drawn": 0, "otherwise": 0}
    for seed in WORLDS:
        past = await stage.put_past(seed)
        for viewer in VIEWERS:
            dice = Random(f"network {seed} {viewer.name}")
            for known in past.moments(dice, 2):
                sight, today = seen_then(past, viewer, known, walk=True), Sight(past.world, viewer, walk=True)
                for asked in of_networks(dice, past.world, today)[:4]:
                    variables: dict[str, Any] = {**asked, "day": None, "known": written(known)}
                    if not set(asked["from"]) <= sight.nodes:
                        code = await stage.callers[viewer].code(NETWORK, variables)
                        assert code == "NOT_FOUND", (seed, viewer, variables)
                        told["gone"] += 1
                        continue
                    answer = (await stage.callers[viewer].ask(NETWORK, variables))["network"]
                    along = WALKED if asked["along"] is None else asked["along"]
                    shares = network.LINKS_SHARED // asked["limit"], network.LINKS_OF_STARTS // len({*asked["from"]})
                    walk = Walk(along, None, asked["limit"], *shares, network.MOST_LINKS)
                    assert answer == drawn(sight, asked["from"], asked["hops"], walk), (seed, viewer, variables)
                    told["drawn"] += bool(answer["links"])
                    told["otherwise"] += answer != drawn(today, asked["from"], asked["hops"], walk)
    assert min(told.values()) >= 5, told


async def test_clusters_are_of_what_was_said_to_be_one_then(stage: Stage) -> None:
    told = {"some": 0, "otherwise": 0}
    for seed in WORLDS:
        past = await stage.put_past(seed)
        for viewer in VIEWERS:
            dice = Random(f"clusters {seed} {viewer.name}")
            today = Sight(past.world, viewer, walk=True)
            for known in past.moments(dice, 4):
                sight = seen_then(past, viewer, known, walk=True)
                starts = dice.sample(sorted(sight.things), min(len(sight.things), 12))
                if not starts:
                    continue
                answer = await stage.callers[viewer].ask(CLUSTERS, {"from": starts, "known": written(known)})
                shown = [node["id"] for node in answer["network"]["nodes"]]
                whole = grouped(sight, shown, None, clusters.MOST_ROUNDS)
                expected = {tuple(id for id in group if id in shown): parted for group, parted in whole.items()}
                got = {tuple(one["members"]): one["contested"] for one in answer["network"]["clusters"]}
                assert got == expected, (seed, viewer, known)
                told["some"] += bool(got)
                told["otherwise"] += whole != grouped(today, shown, None, clusters.MOST_ROUNDS)
    assert min(told.values()) >= 5, told


async def test_paths_go_along_what_stood_then(stage: Stage) -> None:
    told = {"gone": 0, "joined": 0, "otherwise": 0}
    for seed in WORLDS:
        past = await stage.put_past(seed)
        for viewer in VIEWERS:
            dice = Random(f"paths {seed} {viewer.name}")
            for known in past.moments(dice, 2):
                sight, today = seen_then(past, viewer, known, walk=True), Sight(past.world, viewer, walk=True)
                for asked in of_paths(dice, past.world, today)[:6]:
                    variables: dict[str, Any] = {**asked, "day": None, "known": written(known)}
                    ends = asked["from"], asked["to"]
                    if not set(ends) <= sight.nodes:
                        code = await stage.callers[viewer].code(PATHS, variables)
                        assert code == "NOT_FOUND", (seed, viewer, variables)
                        told["gone"] += 1
                        continue
                    answer = (await stage.callers[viewer].ask(PATHS, variables))["paths"]
                    along = WALKED if asked["along"] is None else asked["along"]
                    given = along, None, asked["maxHops"], paths.MOST_LINKS
                    assert answer == answered(Search(sight, *given), *ends, asked["k"]), (seed, viewer, variables)
                    told["joined"] += bool(answer["paths"])
                    told["otherwise"] += answer != answered(Search(today, *given), *ends, asked["k"])
    assert min(told.values()) >= 5, told


async def test_a_moment_that_has_not_been_or_is_none_is_refused(stage: Stage) -> None:
    past = await stage.put_past(WORLDS[0])
    caller = stage.callers[VIEWERS[0]]
    [id, *_] = sorted(Sight(past.world, VIEWERS[0]).things)
    for known in (written(MORNING + timedelta(seconds=1)), "2026-06-01T09:00:00", "yesterday", "2026-06-01"):
        assert await caller.code(RECORD, {"id": id, "known": known}) == "BAD_INPUT", known
    assert (await caller.ask(RECORD, {"id": id, "known": written(MORNING)}))["record"]["id"] == id


async def test_a_cursor_of_one_moment_is_none_of_another(stage: Stage) -> None:
    past = await stage.put_past(WORLDS[0])
    caller = stage.callers[VIEWERS[3]]
    field, where = FIELDS["person"]
    text = f"""query($where: {where}, $known: DateTime, $after: String) {{
      {field}(where: $where, knownAt: $known, first: 1, after: $after) {{ edges {{ cursor }} }} }}"""
    dice = Random("cursors")
    known, other = (written(at) for at in sorted(past.moments(dice, 2))[-2:])
    [edge] = (await caller.ask(text, {"known": known}))[field]["edges"]
    after = {"after": edge["cursor"]}
    assert "edges" in (await caller.ask(text, {"known": known, **after}))[field]
    for elsewhere in ({"known": other}, {}):
        assert await caller.code(text, {**elsewhere, **after}) == "BAD_INPUT"
