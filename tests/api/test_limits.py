"""Each limit refuses what is one more than it, in linear time, and lets what is at the limit pass."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from graphql import GraphQLError, build_schema, get_introspection_query, parse, specified_rules, validate
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api import limits
from api.limits import DocumentRefused, Measured, lex, measure
from schemas.errors import ErrorCode
from tests.api.hostile import CPU, DOCUMENTS, RECORDS, doubling, mutual, nested, numbered


def guard(text: str, *, introspection: bool = False) -> Measured:
    """Pass a text through the whole guard."""
    lex(text)
    return measure(parse(text, no_location=True), introspection=introspection)


def refused(text: str) -> DocumentRefused:
    """Give the refusal of a text, which costs less than the CPU that an attack is allowed."""
    with pytest.raises(DocumentRefused) as caught:
        guard(text)

    def again() -> None:
        with suppress(DocumentRefused):
            guard(text)

    assert cpu(again) < CPU
    return caught.value


@pytest.mark.parametrize("attack", DOCUMENTS)
def test_what_is_over_a_limit_is_refused_in_little_time(attack: str) -> None:
    text, code = DOCUMENTS[attack]
    assert refused(text).code is code


@pytest.mark.parametrize(
    "text",
    [
        nested(["root", *RECORDS[:9]]),
        nested(["root", "edges", "node", *RECORDS[:8], "pageInfo", "hasNextPage"]),
        nested(["root", *["edges"] * 23]),
        "{" + numbered(250) + "}",
        "{" + " ".join(f"n{i}:a" for i in range(15)) + "}",
        "{a(i:[" + "1 " * 1_490 + "])}",
        "{a{" + "x " * 12 + "}}",
        "{a " + "@skip(if:true) " * 4 + "}",
        '{a(i:"' + "w" * 16_000 + '")}',
        "{__typename}",
        doubling(3),
    ],
)
def test_what_is_at_a_limit_passes(text: str) -> None:
    guard(text)


def test_the_refusal_of_one_fragment_bomb_costs_no_more_than_its_length() -> None:
    assert cpu(lambda: refused(doubling(20))) < CPU
    assert cpu(lambda: refused(mutual(24))) < CPU


def test_a_root_field_and_what_wraps_records_do_not_count_as_depth() -> None:
    wrapped = [part for record in RECORDS[:8] for part in (record, "edges", "node")]
    with pytest.raises(DocumentRefused, match="levels"):
        guard(nested(["root", *wrapped, "id"]))
    guard(nested(["root", *wrapped[:21], "id"]))


def test_fragments_at_the_root_do_not_hide_depth() -> None:
    below = nested(RECORDS)[1:-1]
    assert refused("{...F} fragment F on Query{root{" + below + "}}").code is ErrorCode.LIMIT


def test_a_training_node_describes_its_schema_within_the_same_limits() -> None:
    guard(get_introspection_query(), introspection=True)
    with pytest.raises(DocumentRefused):
        guard("{__schema{types{name}}}")


def test_the_operation_comes_first_and_its_root_fields_are_named_through_fragments() -> None:
    measured = guard("fragment F on Query{b ...{c}} query Who{a ...F}")
    assert measured.root_fields == ("a", "b", "c")
    assert [d.kind for d in measured.document.definitions] == ["operation_definition", "fragment_definition"]


SCHEMA = build_schema("type Query{a(i:[Int]):Q b:Q x:Int} type Q{a:Q b:Q x:Int y:Int z:Int}")


def bipartite(above: int, below: int) -> str:
    """Make fragments that each spread every one of some others."""
    spread = " ".join(f"...L{i}" for i in range(below))
    upper = " ".join(f"fragment F{i} on Q{{a{{{spread}}}}}" for i in range(above))
    lower = " ".join(f"fragment L{i} on Q{{x{i}}}" for i in range(below))
    return "{a{" + " ".join(f"...F{i}" for i in range(above)) + "}}" + upper + " " + lower


def same(body: str, count: int) -> str:
    parts = " ".join(f"fragment F{i} on Q{{{body}}}" for i in range(count))
    return "{a{" + " ".join(f"...F{i}" for i in range(count)) + "}}" + parts


@pytest.mark.parametrize(
    "text",
    [
        "{a{" + "x " * 12 + "y " * 12 + "z " * 12 + "}}",
        "{" + " ".join("a(i:[" + "1 " * 100 + "]){x}" for _ in range(12)) + "}",
        same("x y z b{x y z a{x y z}}", 12),
        same("x y a{x y a{x y a{x y}}}", 12),
        bipartite(12, 12),
        "{a(i:[" + "1 " * 1_400 + "]){x}}",
        "query(" + " ".join(f"$a{i}:Int" for i in range(370)) + "){x}",
    ],
)
def test_what_the_guard_lets_pass_is_validated_in_little_time(text: str) -> None:
    def whole() -> list[GraphQLError]:
        return validate(SCHEMA, guard(text).document, specified_rules, max_errors=5, hide_suggestions=True)

    assert cpu(whole) < CPU


def cpu(work: Callable[[], object]) -> float:
    """Give the processor seconds that some work takes, the better of two runs."""
    times = []
    for _ in range(2):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


names = st.sampled_from(["a", "b", "edges", "node", "pageInfo", "__typename", "__schema", "x"])


def selection(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = st.lists(children, min_size=0, max_size=4).map(" ".join)
    return st.one_of(
        names,
        st.tuples(names, inner).map(lambda pair: f"{pair[0]}{{{pair[1]}}}"),
        st.tuples(names, names).map(lambda pair: f"{pair[0]}:{pair[1]}"),
        st.integers(0, 5).map(lambda i: f"...F{i}"),
        inner.map(lambda text: f"...on Q{{{text}}}"),
    )


selections = selection(selection(selection(names)))
documents = st.lists(selections, min_size=1, max_size=7).map(
    lambda parts: "{" + parts[0] + "}" + " ".join(f"fragment F{i} on Q{{{part}}}" for i, part in enumerate(parts[1:]))
)


@settings(deadline=None, max_examples=300)
@given(documents)
@example(doubling(23))
@example(mutual(23))
def test_the_guard_of_any_document_is_quick_and_raises_its_own_refusal_only(text: str) -> None:
    lex(text)
    document = parse(text, no_location=True)

    def guarded() -> None:
        with suppress(DocumentRefused):
            measure(document, introspection=False)

    assert cpu(guarded) < CPU


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet='{}()[]"\\#.@$:!|&=, \n\r\ufeffa0-e\x00é😀', max_size=200), st.integers(1, 300))
def test_lexing_any_text_is_linear_and_raises_its_own_refusal_only(text: str, times: int) -> None:
    def lexed() -> None:
        with suppress(DocumentRefused):
            lex((text * times)[:65_536])

    assert cpu(lexed) < CPU


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(['"""', '"', "\\", "#", "\n", "{", "}", "a", "1", "...", "é"]), max_size=60))
def test_the_lexer_counts_at_least_the_tokens_of_the_library(parts: list[str]) -> None:
    text = " ".join(parts)
    try:
        expected = parse(text, no_location=True).token_count
    except GraphQLError:
        return
    lexed = sum(m.lastgroup != "space" for m in limits._TOKEN.finditer(text))
    assert expected is not None
    assert lexed >= expected
