"""What the command line says of paths, each node under the link that leads to it; and of what is said to be one."""

from typing import Any

from rich.console import Console

from api.cli import asserting, tables
from sangam import reading

PERSON, GANG, OTHER, LINK = (
    f"urn:sangam:IN-RJ:{kind}:{number}1111111-2222-4333-8444-555555555555"
    for number, kind in enumerate(("person", "gang", "person", "link"))
)


def named(type: str, id: str, text: str, **said: Any) -> dict[str, Any]:
    names = [{"text": text, "script": "LATIN", "kind": "LEGAL", "source": "A statement"}]
    return {"__typename": type, "id": id, "names": names, **said}


def step(from_: str, to: str, others: int) -> dict[str, Any]:
    grading = {"owner": "IN-RJ", "sourceGrade": "B", "infoGrade": "KNOWN_TO_SOURCE", "validFrom": None, "validTo": None}
    link = {"id": LINK, "kind": "MEMBER_OF", "from": from_, "to": to, "role": "DRIVER", "provenance": grading}
    return {"link": link, "others": others}


def printed(answer: Any) -> list[str]:
    console = Console(width=220)
    with console.capture() as captured:
        console.print(answer)
    return [" ".join(line.split()) for line in captured.get().splitlines()]


def shown(paths: list[dict[str, Any]], *, hops: int, more: bool = False, cut: bool = False) -> list[str]:
    said = {"paths": paths, "searchedHops": hops, "more": more, "cut": cut, "validAt": None, "knownAt": None}
    return printed(tables.paths(reading.paths(said)))


def test_a_path_is_read_from_one_end_to_the_other() -> None:
    one = named("Person", PERSON, "Kiran [Mewada]", category="SUSPECT", custody="UNKNOWN")
    gang = named("Gang", GANG, "Black Camel", standing="ALLEGED")
    other = named("Person", OTHER, "Salim Qalandar", category="ASSOCIATE", custody="UNKNOWN")
    path = {"nodes": [one, gang, other], "steps": [step(PERSON, GANG, 0), step(OTHER, GANG, 2)]}
    assert shown([path], hops=2, more=True) == [
        "1. 2 links",
        f"Kiran [Mewada] person: suspect {PERSON}",
        "→ member of (driver) B2",
        f"Black Camel gang: alleged {GANG}",
        "← member of (driver) B2, and 2 more like it",
        f"Salim Qalandar person: associate {OTHER}",
        "There are other paths of 2 links or fewer.",
    ]


def test_that_nothing_was_found_is_said_with_how_far_was_looked() -> None:
    assert shown([], hops=6) == ["Nothing that you may see joins them by 6 links or fewer."]
    nothing, why = shown([], hops=1, cut=True)
    assert nothing == "Nothing that you may see joins them by 1 link or fewer."
    assert why.startswith("Longer ones were not looked for")


def test_an_assertion_is_shown_with_its_grade_and_evidence() -> None:
    assert printed(asserting._asserted([])) == ["Nothing that you may see is said of it and another."]
    other = named("Person", OTHER, "Kiran [Mewari]", category="ASSOCIATE", custody="UNKNOWN")
    said = step(PERSON, OTHER, 0)["link"] | {"kind": "NOT_SAME_AS", "role": None}
    edge = {"link": {**said, "criteria": [{"text": "Two [scars]", "source": "Diary 4"}]}, "node": other}
    page = reading.joined({"edges": [edge], "pageInfo": {"hasNextPage": False, "endCursor": None}})
    head, row, ids = printed(asserting._asserted(page.items))
    assert head == "said of it and grade evidence assertion"
    assert row == f"not same as Kiran [Mewari] B2 Two [scars] (Diary 4) {LINK}"
    assert ids == OTHER


def test_what_is_said_to_be_one_is_told_beside_it() -> None:
    one = named("Person", PERSON, "Kiran [Mewada]", category="SUSPECT", custody="UNKNOWN")
    other = named("Person", OTHER, "Kiran Mewari", category="ASSOCIATE", custody="UNKNOWN")
    for members, contested, first, drawn in (
        ([PERSON, OTHER], False, "Said to be one with 2.", "Said to be one: Kiran [Mewada], Kiran Mewari."),
        (
            [PERSON],
            True,
            "Said to be one with what is not on this page, and of some of these that they are not.",
            "Said to be one: Kiran [Mewada] and what is not shown, and of some of these that they are not.",
        ),
    ):
        cluster = {"mark": "a" * 16, "contested": contested, "members": members}
        nodes = [one, other]
        hits = [
            {
                "score": 1.0,
                "reasons": ["Named so."],
                "node": node,
                "cluster": cluster if node["id"] in members else None,
            }
            for node in nodes
        ]
        page = reading.hits({"edges": hits, "pageInfo": {"hasNextPage": False, "endCursor": None}})
        lines = printed(tables.hits(page.items, more=False))
        assert next(line for line in lines if line.startswith("Said")) == first
        assert sum(line.startswith("Said") for line in lines) == len(members)
        network = {"nodes": nodes, "links": [], "linksCut": False, "more": [], "clusters": [cluster], "assertions": []}
        found = reading.network({**network, "validAt": None, "knownAt": None, "exportId": "x"})
        assert drawn in printed(tables.network(found, [PERSON]))


def test_what_is_said_of_another_states_record_is_said_with_its_id_there() -> None:
    other = "urn:sangam:IN-PB:person:00000000-0000-4000-8000-000000000000"
    said = [
        {**step(PERSON, other, 0)["link"], "kind": kind, "role": None} for kind in ("SAME_AS", "NOT_SAME_AS", "UNSURE")
    ]
    nodes = [named("Person", PERSON, "Arun Test", category="SUSPECT", custody="UNKNOWN")]
    network = {"nodes": nodes, "links": [], "linksCut": False, "more": []}
    rest = {"clusters": [], "assertions": said, "validAt": None, "knownAt": None, "exportId": "x"}
    lines = printed(tables.network(reading.network({**network, **rest}), [PERSON]))
    assert [line.split(":")[0] for line in lines if line.startswith("Said")] == [
        "Said to be one with urn",
        "Said not to be one with urn",
        "Said to be perhaps one with urn",
    ]
