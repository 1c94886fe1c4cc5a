"""What the command line says of paths: each node under the link that leads to it, and how far was looked."""

from typing import Any

from rich.console import Console

from api.cli import tables
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


def shown(paths: list[dict[str, Any]], *, hops: int, more: bool = False, cut: bool = False) -> list[str]:
    said = {"paths": paths, "searchedHops": hops, "more": more, "cut": cut, "validAt": None}
    console = Console(width=160)
    with console.capture() as captured:
        console.print(tables.paths(reading.paths(said)))
    return [" ".join(line.split()) for line in captured.get().splitlines()]


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
