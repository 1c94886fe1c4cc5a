"""Every statement of the library and every compiled selection keeps the table of positions; bad ones are refused."""

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings

from auth.grant import Mode
from graph import library, projection
from graph.compiled import Compiled
from graph.connections import ATTACHED, CONNECTIONS, CONTENT_FIELDS, ENVELOPE_FIELDS, LABEL, LINK_FIELDS, Kind
from graph.picks import Pick
from graph.projection import SORT_KEYS, Order, by_ids, listed
from schemas.ids import ValueKind
from schemas.link import RELATIONS, LinkKind
from tests.graph.cypher_text import Refused, tokens_of
from tests.graph.positions import check
from tests.graph.selections import HOSTILE, compiled

NAMES = library.names()

# The predicate is lifted here, and nowhere else: what each gives back.
KEEPING = {
    "keeping/answers": {"one"},
    "keeping/count_holes": {"records", "versions", "links"},
    "keeping/drop_changes": set[str](),
    "keeping/drop_records": set[str](),
    "keeping/note_operation": set[str](),
    # The body is a keyed digest; the ids are those that this very operation of the same officer and enquiry made,
    # and each is read again under today's grant before it leaves.
    "keeping/operation_replayed": {"body", "made"},
    "keeping/operations_done": {"op_id"},
    # The body is a keyed digest of one officer's import of one source; the ids stay with that import, which tells
    # nobody more than how many there are.
    "keeping/operations_made": {"made"},
}


def raw(name: str) -> str:
    return (files("graph") / "cypher" / f"{name}.cypher").read_text(encoding="utf-8")


def body(name: str) -> str:
    return "\n".join(line for line in raw(name).splitlines() if not line.startswith("//"))


def test_the_library_finds_every_file() -> None:
    root = Path(str(files("graph"))) / "cypher"
    packaged = {path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*") if path.is_file()}
    assert packaged == set(NAMES)
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_keeps_the_table_of_positions(name: str) -> None:
    check(body(name), keeping=name.startswith("keeping/"), known_at="known_at" in library.statement(name).params)


@pytest.mark.parametrize("name", NAMES)
def test_every_header_says_what_the_text_takes_and_gives(name: str) -> None:
    statement = library.statement(name)
    assert statement.question.endswith(("?", "."))
    taken = {token.removeprefix("$") for token in tokens_of(body(name)) if re.fullmatch(r"\$\w+", token)}
    assert statement.params == taken - {"g"}
    last = body(name).rpartition("\nRETURN")[2] if "RETURN" in body(name) else ""
    assert [column for column in statement.returns if not re.search(rf"\b{column}\b", last)] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_the_predicate_is_left_unwritten_or_written_by_hand(name: str) -> None:
    text = library.statement(name).text
    assert not re.search(r"VISIBLE|REACHED|TOUCHED|WALKED|LINKED", text)
    assert not re.search(r"\$g|\baud\b.*%", body(name))


def test_the_predicate_is_lifted_only_where_this_test_names_it() -> None:
    lifted = {name for name in NAMES if name.startswith("keeping/") or library.statement(name).mode is Mode.KEEP}
    assert lifted == KEEPING.keys()
    for name, columns in KEEPING.items():
        assert set(library.statement(name).returns) == columns


# What each collects, and of which list how many gates of a hit are checked.
HITS = {
    "find/search": (["joined", "named"], [("joined", (0, 1, 2)), ("named", (0, 1))]),
    "path/step": (["found"], [("step", (0,))]),
}


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_question_says_of_records_it_says_with_their_gates(name: str) -> None:
    """A statement that only reads and meets records or links has `gates`; what it reads of them is gated there."""
    text = body(name)
    if name.startswith("keeping/") or re.search(r"\b(CREATE|MERGE|DELETE)\b", text):
        return
    assert re.search(r":Record|\[r:|:Version", text)
    assert library.statement(name).returns[0] == "gates"
    last = text.rpartition("\nRETURN")[2]
    gates, _, said = last.partition(" AS gates")
    if name in HITS:
        # What is collected stands with its gates: a hit is [gate, gate, ...], and all gates of each are checked.
        hits = re.findall(r"RETURN (\[.*\]) AS hit ORDER BY .* AS (\w+)", text)
        collected, held = HITS[name]
        assert [of for _, of in hits] == collected
        assert gates.strip().split(" + ") == [
            f"[hit IN {of} | hit[{place}]]" for of, places in held for place in places
        ]
        says = [(hit, hit.removeprefix("[")) for hit, _ in hits]
    else:
        says = [(gates, re.sub(r"\[a IN kept[^]]*\]+", "", said))]
    for gated, bare in says:
        lists = re.findall(r"\[(\w+)\.id, (\w+)\.audience, \2\.level, \2\.comp, \2\.class, \2\.until\]", gated)
        assert len(lists) == gated.count("audience") >= 1
        read = set(re.findall(r"\b(\w+)\.(?!id\b)\w+", bare))
        assert {x for x in read if x not in {"n"} or "n.kind" not in bare} <= {of for _, of in lists}


def test_parameters_and_columns_are_the_only_dynamic_types() -> None:
    dynamic = {name for name in NAMES if "$(" in body(name)}
    allowed = {f"link/store_{ends}" for ends in ("records", "record_value", "value_record", "values")}
    allowed |= {f"import/link_{ends}" for ends in ("records", "record_value", "value_record")}
    assert dynamic == allowed | {"link/close_at_record", "link/close_at_value", "record/store", "import/store"}
    for name in dynamic:
        assert set(re.findall(r"\$\(([^)]*)\)", body(name))) <= {"row.kind", "row.label", "$closed"}


# What is compiled from a selection.

OUR_WORDS = re.findall(
    r"\w+",
    "MATCH USING INDEX WHERE WITH UNWIND RETURN ORDER BY LIMIT COLLECT COUNT AND OR IN IS NOT NULL AS DESC DISTINCT "
    "null VISIBLE REFERRED REACHED TOUCHED type startNode endNode size row said seen cut walk id kind record audience "
    "level comp class until coalesce Record Value Version HEAD WAS",
) + list(LABEL.values())


@settings(max_examples=80, deadline=None)
@given(compiled())
def test_every_compiled_selection_keeps_the_table_of_positions(question: Compiled) -> None:
    check(question.source)
    assert not re.search(r"VISIBLE|REACHED|TOUCHED", question.statement.text)


@settings(max_examples=60, deadline=None)
@given(compiled())
def test_nothing_that_a_caller_wrote_is_in_a_compiled_text(question: Compiled) -> None:
    ours = {word for kind in CONTENT_FIELDS for word in (*CONTENT_FIELDS[kind], *SORT_KEYS.get(kind, ()))}
    ours |= {*ENVELOPE_FIELDS, *LINK_FIELDS, *LinkKind, *OUR_WORDS}
    ours |= {word for rows in ATTACHED.values() for row in rows.values() for word in (row.label, *row.fields)}
    ours |= {"account", "pseudonym", "sort_time", "one"}
    for token in tokens_of(question.source):
        if re.match(r"\w", token) and token not in ours:
            assert re.fullmatch(r"[a-z]\d*|[a-z]{1,2}\d+|0|1|2|3|1001", token), token
    numbers = {token.removeprefix("$") for token in tokens_of(question.source) if token.startswith("$")} - {"g"}
    assert numbers == question.parameters.keys() == question.statement.params


def test_a_list_is_not_filtered_or_ordered_by_a_word_that_is_not_ours() -> None:
    attempts: list[Callable[[], Compiled]] = [
        lambda: listed(Pick(Kind.PERSON), [], Order(HOSTILE), first=1, after=None),
        lambda: listed(Pick(Kind.PERSON), [projection.Test(HOSTILE, "is", 1)], Order("sort_name"), first=1, after=None),
        lambda: listed(Pick(Kind.PERSON), [projection.Test("aud", "is", 1)], Order("sort_name"), first=1, after=None),
        lambda: listed(Pick(Kind.PERSON), [projection.Test("level", "is", 1)], Order("sort_name"), first=1, after=None),
    ]
    for attempt in attempts:
        with pytest.raises(ValueError, match="no such"):
            attempt()
    with pytest.raises(KeyError):
        listed(Pick(Kind.PERSON), [projection.Test("sex", HOSTILE, 1)], Order("sort_name"), first=1, after=None)


def test_a_list_of_identifiers_does_not_exist() -> None:
    with pytest.raises(KeyError):
        listed(Pick(Kind.VALUE), [], Order("id"), first=1, after=None)


@pytest.mark.parametrize("kind", Kind)
def test_a_connection_follows_relations_that_have_such_ends(kind: Kind) -> None:
    def is_a(end: str, kind: Kind) -> bool:
        return end == kind or (kind is Kind.VALUE and end in set(ValueKind))

    for connection in CONNECTIONS[kind].values():
        for relation in connection.kinds:
            pairs = RELATIONS[relation].ends
            ways = {"OUT": [(0, 1)], "IN": [(1, 0)], "BOTH": [(0, 1), (1, 0)]}[connection.direction]
            assert any(
                is_a(pair[near], kind) and is_a(pair[far], connection.far) for pair in pairs for near, far in ways
            ), (connection.name, relation)


def test_people_met_by_walking_are_never_the_protected() -> None:
    """Each connection that leads to people keeps the protected out, but for those that name them."""
    for kind, connections in CONNECTIONS.items():
        for connection in connections.values():
            if connection.far is Kind.PERSON and not connection.walk:
                assert (kind, connection.name) in {(Kind.INCIDENT, "protected"), (Kind.VALUE, "persons")}
    text = by_ids([(Pick(Kind.GANG), ["x"])]).source
    assert "$g.walk" not in text


# What the parser refuses: each is a way round the predicate that somebody might write.


def told(name: str) -> dict[str, str]:
    """Read a file of statements, each under a line that names it."""
    blocks = (Path(__file__).parent / f"{name}.cypher").read_text(encoding="utf-8").strip().split("\n\n")
    return {head.removeprefix("// "): text for head, _, text in (block.partition("\n") for block in blocks)}


GOOD = told("statements_kept")
BAD = told("statements_refused")


def test_there_are_as_many_ways_round_as_were_thought_of() -> None:
    assert (len(GOOD), len(BAD)) == (13, 141)


@pytest.mark.parametrize("kind", GOOD)
def test_what_keeps_the_table_is_let_through(kind: str) -> None:
    check(GOOD[kind])


@pytest.mark.parametrize("fault", BAD)
def test_what_breaks_the_table_is_refused(fault: str) -> None:
    with pytest.raises(Refused):
        check(BAD[fault])


BEYOND_NEED = {
    # A gated link to a gated end touches the identifier already.
    "link/hold_at_value": {1: "TOUCHED(a)"},
    "link/close_at_value": {1: "TOUCHED(a)"},
    # What was chosen is judged again as its gates are read, because it may have been closed while others were met.
    "find/search": {
        6: "VISIBLE(n)",
        7: "VISIBLE(v)",
        11: "VISIBLE(n)",
        12: "VISIBLE(v)",
    },
}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("keeping/")])
def test_no_predicate_can_be_left_out_of_any_statement(name: str) -> None:
    """Take each occurrence away in turn; the statement must not pass any more."""
    text = body(name)
    spots = [*re.finditer(r"(VISIBLE|REFERRED|REACHED|TOUCHED)\(\w+\)", text)]
    weaker = [text[: spot.start()] + "true" + text[spot.end() :] for spot in spots]
    passed = {}
    for place, (spot, weak) in enumerate(zip(spots, weaker, strict=True)):
        try:
            check(weak)
        except Refused:
            continue
        passed[place] = spot[0]
    assert passed == BEYOND_NEED.get(name, {})


@settings(max_examples=15, deadline=None)
@given(compiled(depth=2))
def test_no_predicate_can_be_left_out_of_a_compiled_selection(question: Compiled) -> None:
    for spot in re.finditer(r"(VISIBLE|REFERRED|REACHED|TOUCHED)\(\w+\)", question.source):
        with pytest.raises(Refused):
            check(question.source[: spot.start()] + "true" + question.source[spot.end() :])
