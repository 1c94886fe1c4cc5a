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
from graph.library import Statement
from graph.past import as_of, then
from graph.picks import Pick
from graph.projection import SORT_KEYS, Order, by_ids, listed
from schemas.ids import ValueKind
from schemas.link import RELATIONS, LinkKind
from tests.graph.cypher_text import Refused, tokens_of
from tests.graph.positions import check
from tests.graph.selections import HOSTILE, compiled

NAMES = library.names()
# Each statement as it is asked, and again as of a moment where it may be.
THEN = " as of a moment"
ASKED = [*NAMES, *(name + THEN for name in NAMES if library.statement(name).past)]

# The predicate is lifted here, and nowhere else: what each gives back.
KEEPING = {
    "keeping/answers": {"one"},
    # They make the grants of jobs, so that what lies where no officer looks any more ends too.
    "keeping/compartments": {"comp"},
    "keeping/count_holes": {"records", "versions", "links"},
    "keeping/drop_changes": set[str](),
    "keeping/drop_matches": set[str](),
    "keeping/drop_records": set[str](),
    # They stay with the job that makes matches, which takes those away that stand no more or are broken.
    "keeping/matches_there": {"id", "whole"},
    "keeping/note_operation": set[str](),
    # The body is a keyed digest; the ids are those that this very operation of the same officer and enquiry made,
    # and each is read again under today's grant before it leaves.
    "keeping/operation_replayed": {"body", "made"},
    "keeping/operations_done": {"op_id"},
    # The body is a keyed digest of one officer's import of one source; the ids stay with that import, which tells
    # nobody more than how many there are.
    "keeping/operations_made": {"made"},
    "keeping/purge_changes": set[str](),
    "keeping/purge_foreign": set[str](),
    "keeping/purge_keys": set[str](),
    "keeping/purge_links": set[str](),
    "keeping/purge_matches": set[str](),
    "keeping/purge_records": set[str](),
    "keeping/purge_values": set[str](),
    # The purge alone asks, of ids that it began to purge: what it does not see it must not take for gone.
    "keeping/records_there": {"id"},
}


def raw(name: str) -> str:
    return (files("graph") / "cypher" / f"{name}.cypher").read_text(encoding="utf-8")


def body(name: str) -> str:
    today = "\n".join(line for line in raw(name.removesuffix(THEN)).splitlines() if not line.startswith("//"))
    return as_of(today) if name.endswith(THEN) else today


def asked(name: str) -> Statement:
    today = library.statement(name.removesuffix(THEN))
    return then(today) if name.endswith(THEN) else today


def test_the_library_finds_every_file() -> None:
    root = Path(str(files("graph"))) / "cypher"
    packaged = {path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*") if path.is_file()}
    assert packaged == set(NAMES)
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", ASKED)
def test_every_statement_keeps_the_table_of_positions(name: str) -> None:
    check(body(name), keeping=name.startswith("keeping/"), known_at="known_at" in asked(name).params)


def test_what_is_asked_of_the_past_only_reads() -> None:
    """No statement that writes says that it may be asked as of a moment, and one that does not is never so asked."""
    of_the_past = {name for name in NAMES if library.statement(name).past}
    assert of_the_past == {
        "abroad/said",
        "abroad/said_of",
        "find/search",
        *(f"network/{one}" for one in ("around", "left")),
        *(f"network/links_{way}_{ends}" for way in ("from", "to") for ends in ("records", "values")),
        *(f"path/{one}" for one in ("links", "step", "weight")),
        "record/asserted",
    }
    assert not any(re.search(r"\b(CREATE|MERGE|DELETE|SET)\b", body(name)) for name in of_the_past)
    with pytest.raises(library.BadStatement):
        then(library.statement("record/hold"))


def test_no_question_about_today_meets_what_is_over() -> None:
    """A past that may be asked for changes no text of what is asked of the record of today."""
    for name in NAMES:
        if library.statement(name).past:
            assert not re.search(r"WAS|known_at|recorded_until", library.statement(name).text)


@pytest.mark.parametrize("name", ASKED)
def test_every_header_says_what_the_text_takes_and_gives(name: str) -> None:
    statement = asked(name)
    assert statement.question.endswith(("?", "."))
    taken = {token.removeprefix("$") for token in tokens_of(body(name)) if re.fullmatch(r"\$\w+", token)}
    assert statement.params - ({"known_at"} if name.endswith(THEN) else set()) == taken - {"g"}
    last = body(name).rpartition("\nRETURN")[2] if "RETURN" in body(name) else ""
    assert [column for column in statement.returns if not re.search(rf"\b{column}\b", last)] == []


@pytest.mark.parametrize("name", ASKED)
def test_nothing_of_the_predicate_is_left_unwritten_or_written_by_hand(name: str) -> None:
    text = asked(name).text
    assert not re.search(r"VISIBLE|REFERRED|REACHED|TOUCHED|WALKED|LINKED|STOOD|KNOWN|RECALLED|LATEST|BORNE", text)
    assert not re.search(r"\$g|\baud\b.*%", body(name))


def test_the_predicate_is_lifted_only_where_this_test_names_it() -> None:
    lifted = {name for name in NAMES if name.startswith("keeping/") or library.statement(name).mode is Mode.KEEP}
    assert lifted == KEEPING.keys()
    for name, columns in KEEPING.items():
        assert set(library.statement(name).returns) == columns


HOLDS = re.compile(r"SET (\w+)\.kind = \1\.kind")


def test_what_is_held_is_read_by_the_next_statement() -> None:
    """What a clause read before it waited for a lock may be old; of a version that holds, gates alone are told."""
    # A change that waits has one version, which nobody rewrites.
    holding = [name for name in NAMES if HOLDS.search(body(name)) and name != "change/hold"]
    assert len(holding) >= 5
    for name in holding:
        told = body(name).rpartition("\nRETURN")[2].partition(" AS gates")[2]
        assert not re.search(r"\bv\.", told), name


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
        # Of an identifier, to which a link leads whose gate is told, its kind is said.
        says = [(gates, re.sub(r"\[a IN kept[^]]*\]+|\bx\.kind\b", "", said))]
    for gated, bare in says:
        lists = re.findall(r"\[(\w+)\.id, (\w+)\.audience, \2\.level, \2\.comp, \2\.class, \2\.until\]", gated)
        assert len(lists) == gated.count("audience") >= 1
        read = set(re.findall(r"\b(\w+)\.(?!id\b)\w+", bare))
        assert {x for x in read if x not in {"n"} or "n.kind" not in bare} <= {of for _, of in lists}


def test_parameters_and_columns_are_the_only_dynamic_types() -> None:
    dynamic = {name for name in NAMES if "$(" in body(name)}
    allowed = {f"link/store_{ends}" for ends in ("records", "record_value", "value_record", "values", "abroad")}
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
@given(compiled(past=True))
def test_every_compiled_selection_keeps_the_table_as_of_a_moment_too(question: Compiled) -> None:
    check(as_of(question.source), known_at=True)
    text = then(question.statement).text
    assert not re.search(r"VISIBLE|REFERRED|REACHED|TOUCHED|STOOD|KNOWN|RECALLED|LATEST", text)


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


# As of a moment likewise, and what it said then is asked again with it.
BEYOND_NEED |= {"find/search" + THEN: BEYOND_NEED["find/search"]}
ASKED_TWICE = {"find/search" + THEN: {5: "LATEST(n, v)", 8: "LATEST(n, v)"}}
_ANY = r"(VISIBLE|REFERRED|REACHED|TOUCHED)\(\w+\)"
_THEN = r"(STOOD|KNOWN|RECALLED|LATEST|BORNE)\(\w+(, \w+)?\)"


def passed_without(text: str, macros: str, *, known_at: bool = False) -> dict[int, str]:
    """Take each occurrence away in turn; give those without which the text passes all the same."""
    passed = {}
    for place, spot in enumerate(re.finditer(macros, text)):
        try:
            check(text[: spot.start()] + "true" + text[spot.end() :], known_at=known_at)
        except Refused:
            continue
        passed[place] = spot[0]
    return passed


@pytest.mark.parametrize("name", [name for name in ASKED if not name.startswith("keeping/")])
def test_no_predicate_can_be_left_out_of_any_statement(name: str) -> None:
    passed = passed_without(body(name), _ANY, known_at=name.endswith(THEN))
    assert passed == BEYOND_NEED.get(name, {})


@pytest.mark.parametrize("name", [name for name in ASKED if name.endswith(THEN)])
def test_nothing_can_be_left_out_that_tells_what_was_known(name: str) -> None:
    assert passed_without(body(name), _THEN, known_at=True) == ASKED_TWICE.get(name, {})


@settings(max_examples=15, deadline=None)
@given(compiled(depth=2))
def test_no_predicate_can_be_left_out_of_a_compiled_selection(question: Compiled) -> None:
    assert passed_without(question.source, _ANY) == {}


@settings(max_examples=15, deadline=None)
@given(compiled(depth=2, past=True))
def test_nothing_can_be_left_out_of_a_compiled_selection_as_of_a_moment(question: Compiled) -> None:
    assert passed_without(as_of(question.source), f"{_ANY}|{_THEN}", known_at=True) == {}
