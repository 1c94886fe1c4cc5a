"""What may be written as text, and what a reader could not see or must not hold."""

import contextlib
import time
import unicodedata
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.aadhaar import passes_verhoeff
from schemas.text import Code, Line, NameText, Prose, has_aadhaar

LINE, PROSE, NAME, CODE = (TypeAdapter[str](kind) for kind in (Line, Prose, NameText, Code))

# --- an independent Verhoeff check: D5 as the symmetries of a pentagon's corners, written as permutations of them
_TURN = [tuple((corner + by) % 5 for corner in range(5)) for by in range(5)]
_MIRROR = tuple(-corner % 5 for corner in range(5))


def _after(outer: tuple[int, ...], inner: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(outer[corner] for corner in inner)


_D5 = [*_TURN, *(_after(turn, _MIRROR) for turn in _TURN)]
_STEP = {0: 1, 1: 5, 2: 7, 3: 6, 4: 2, 5: 8, 6: 3, 7: 0, 8: 9, 9: 4}


def _checks(digits: str) -> bool:
    symmetry = _TURN[0]
    for place, char in enumerate(reversed(digits)):
        digit = int(char)
        for _ in range(place):
            digit = _STEP[digit]
        symmetry = _after(symmetry, _D5[digit])
    return symmetry == _TURN[0]


def with_check(eleven: str) -> str:
    """Give the twelve digits that pass the check, by the independent one above."""
    return next(eleven + str(digit) for digit in range(10) if _checks(eleven + str(digit)))


valid = st.text("0123456789", min_size=11, max_size=11).map(with_check)
beside = st.text(
    st.characters(codec="utf-8", exclude_categories=["Nd", "Nl", "No"], exclude_characters="+"), max_size=20
)


@st.composite
def written(draw: st.DrawFn, numbers: st.SearchStrategy[str] = valid) -> str:
    """Write a number in one piece, in fours, or in random groups, with the digits of some script."""
    number = draw(numbers)
    zero = draw(st.sampled_from("0०੦૦۰٠０𝟎"))
    gap = draw(st.sampled_from([" ", "-", " - ", "\u00a0", "–", "\n"]))
    cuts = draw(st.sampled_from([[], [4, 8], [2, 7], [5], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]))
    pieces = [number[start:end] for start, end in zip([0, *cuts], [*cuts, 12], strict=True)]
    return gap.join("".join(chr(ord(zero) + int(digit)) for digit in piece) for piece in pieces)


@pytest.mark.parametrize(
    ("digits", "passes"), [("2363", True), ("123451", True), ("1234567890120", True), ("2364", False)]
)
def test_verhoeffs_own_examples_come_out(digits, passes):
    assert passes_verhoeff(digits) is passes


@given(st.text("0123456789", min_size=1, max_size=30))
def test_both_ways_of_computing_the_check_agree(digits):
    assert passes_verhoeff(digits) == _checks(digits)


@given(beside, written(), beside)
def test_an_aadhaar_number_is_found_wherever_and_however_it_is_written(before, number, after):
    assert has_aadhaar(before + number + after)


@given(valid)
def test_no_single_changed_digit_and_no_swap_of_neighbours_is_still_one(number):
    for place, digit in product(range(12), "0123456789"):
        changed = number[:place] + digit + number[place + 1 :]
        assert has_aadhaar(changed) == (changed == number)
    for place in range(11):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert has_aadhaar(swapped) == (swapped == number)


GOOD = with_check("23456789012")


@pytest.mark.parametrize(
    "text",
    [
        f"UID{GOOD}",
        f"12 {GOOD}",
        f"12 {GOOD[:4]} {GOOD[4:8]} {GOOD[8:]} 99",
        f"{GOOD[:4]}-{GOOD[4:8]}-{GOOD[8:]}.",
        f"+{with_check('99999999999')}",
        f"½{GOOD}",
        "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in GOOD),
        "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in GOOD),
        f"²{GOOD}",
        f"on 2025-01-15 {GOOD}",
        f"1111.{GOOD[:4]}.{GOOD[4:8]}.{GOOD[8:]}.1111",
        *(
            f"{GOOD[:4]}{mark}{GOOD[4:8]}{mark}{GOOD[8:]}"
            for mark in (".", "/", "_", ",", ", ", ":", "·", "  -  ", "।")
        ),
    ],
)
def test_an_aadhaar_number_is_found(text):
    assert has_aadhaar(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD[:11],
        GOOD + "0",
        "1" + GOOD,
        f"{GOOD[:6]}.{GOOD[6:]}",
        f"{GOOD[:6]}, {GOOD[6:]}",
        f"FIR {GOOD[:4]}/{GOOD[4:8]}, {GOOD[8:]}/2025",
        f"12{GOOD[:4]}.{GOOD[4:8]}.{GOOD[8:]}",
        *(f"in {first}, {first + 1}, {last}" for first in range(2000, 2020) for last in range(2020, 2027)),
        "+" + next(n for n in (with_check(f"919414{tail:05d}") for tail in range(99)) if n),
        # 2024, 12, 28 and 1030 or any other hour are a date and a time, whatever the check says.
        *(f"seen 2024-12-28 {hour:04d} hrs" for hour in range(1000, 1030)),
        *(f"seen 28-12-2024 {hour:04d} hrs" for hour in range(1000, 1030)),
        f"see urn:sangam:IN-RJ:person:11111111-1111-4111-8111-{GOOD} for more",
    ],
)
def test_a_number_that_is_something_else_is_no_aadhaar_number(text):
    assert not has_aadhaar(text)


@given(st.integers(0, 99_999))
def test_an_indian_mobile_with_its_plus_is_a_phone_and_without_it_may_be_an_aadhaar_number(tail):
    number = with_check(f"919414{tail:05d}")
    assert not has_aadhaar(f"calls from +{number} at night")
    assert not has_aadhaar(f"calls from +{number[:2]} {number[2:7]} {number[7:]} at night")
    assert has_aadhaar(f"calls from {number} at night")


KEPT = [
    ("Vaishali Nagar", "Vaishali Nagar"),
    ("  उदय  ", "उदय"),
    ("e\u0301", "é"),
    ("a\u00a0b", "a b"),
    ("क्\u200dष", "क्\u200dष"),
    ("क्\u200cष", "क्\u200cष"),
    ("র\u200d্য", "র\u200d্য"),
    ("❤\ufe0f", "❤\ufe0f"),
    ("محمد", "محمد"),
    ("₹ 5,00,000 (five lakh)", "₹ 5,00,000 (five lakh)"),
]


@pytest.mark.parametrize(("raw", "kept"), KEPT)
def test_honest_text_is_kept_as_it_reads(raw, kept):
    assert LINE.validate_python(raw) == kept
    assert PROSE.validate_python(raw) == kept


UNSEEN = [
    *("a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\tb"),
    *(f"a{char}b" for char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"),
    *(f"a{char}b" for char in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\u2800\ufe0f\U000e0041\U000e0101"),
    *("क्\u200dा", "क\u200d्य", "क\u200dष", "क्\u200d", "\u200dक", "क्\u200da", "क्\u200d\u200dष", "ক\u200d", "a\u200d্"),
    *("a\u2028b", "a\u2029b", "a\ud800b", "\udfff", "a\ue000b", "a\U000f0000b", "a\u0378b", "a\uffffb", "a\ufdd0b"),
]


@pytest.mark.parametrize("raw", UNSEEN, ids=ascii)
@pytest.mark.parametrize("kind", [LINE, PROSE, NAME], ids=["line", "prose", "name"])
def test_what_a_reader_cannot_see_is_refused(kind, raw):
    with pytest.raises(ValidationError):
        kind.validate_python(raw)


@pytest.mark.parametrize(
    "raw", ["", " ", "\n", "\u00a0", None, 5, 5.0, True, b"text", ["text"], {"a": 1}, GOOD], ids=ascii
)
@pytest.mark.parametrize("kind", [LINE, PROSE, NAME, CODE], ids=["line", "prose", "name", "code"])
def test_what_is_empty_or_no_text_or_an_aadhaar_number_is_refused(kind, raw):
    with pytest.raises(ValidationError):
        kind.validate_python(raw)


@pytest.mark.parametrize(("kind", "longest"), [(LINE, 200), (PROSE, 10_000), (NAME, 200), (CODE, 60)])
def test_a_text_has_its_full_length_and_not_one_character_more(kind, longest):
    assert kind.validate_python("a" * longest) == "a" * longest
    with pytest.raises(ValidationError):
        kind.validate_python("a" * (longest + 1))


def test_prose_has_lines_and_a_line_has_none():
    assert PROSE.validate_python("one\r\ntwo\n") == "one\ntwo"
    for raw in ("one\ntwo", "one\rtwo", "one\r\ntwo"):
        with pytest.raises(ValidationError):
            LINE.validate_python(raw)
    with pytest.raises(ValidationError):
        PROSE.validate_python("one\rtwo")


@pytest.mark.parametrize("kind", [LINE, PROSE, NAME, CODE], ids=["line", "prose", "name", "code"])
def test_ten_megabytes_are_refused_before_they_are_read(kind):
    raw = "é" * 10_000_000
    began = time.process_time()
    with pytest.raises(ValidationError):
        kind.validate_python(raw)
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("raw", ["1 " * 5000, "12-" * 3333, "9" * 10_000, "क्\u200d" * 3333, "+9" * 5000])
def test_the_worst_prose_takes_little_time(raw):
    began = time.process_time()
    with contextlib.suppress(ValidationError):
        PROSE.validate_python(raw)
    assert time.process_time() - began < 0.25


@pytest.mark.parametrize(
    "raw",
    [
        "Ravi Kumar",
        "रवि कुमार",
        "Ravi (रवि)",
        "राजू/Raju",
        "O'Brien-Singh",
        "Гагарин Yuri",
        "محمد Khan",
        "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
        "रवि ਰਵੀ",
    ],
)
def test_a_name_may_be_in_any_script_and_a_gloss_in_another(raw):
    assert NAME.validate_python(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "R\u0430vi",  # Cyrillic a
        "\u0420avi",  # Cyrillic R
        "Singh-\u0420atel",
        "K\u03bfli",  # Greek omicron
        "\u0391li",  # Greek Alpha
        "Ра\u03bfул",  # Cyrillic with Greek
        "R\U0001d41avi",  # mathematical bold a
        "Rａvi",  # full-width a
        "रਵਿ",
        "ਗुਰ",  # Gurmukhi letter with a Devanagari sign
        "ગुજરાત",
        "राजूರ",
    ],
    ids=ascii,
)
def test_a_word_of_look_alike_or_mixed_scripts_is_no_name(raw):
    with pytest.raises(ValidationError, match="one script"):
        NAME.validate_python(raw)
    assert LINE.validate_python(raw)


@pytest.mark.parametrize("raw", ["FIR 0123/2025", "CR-12/2026 (SOG)", "BNS 308(4)", "a_b:c.d"])
def test_a_code_is_what_papers_use_as_a_reference(raw):
    assert CODE.validate_python(raw) == raw


@pytest.mark.parametrize("raw", ["a;b", "a'b", "एक", "१२", "a\nb", "Ａ", "a\\b", "a,b", "a%b"])
def test_a_code_holds_nothing_else(raw):
    with pytest.raises(ValidationError):
        CODE.validate_python(raw)


@pytest.mark.parametrize("kind", [LINE, PROSE, NAME, CODE], ids=["line", "prose", "name", "code"])
@given(raw=st.text(st.characters(), max_size=300))
def test_a_text_taken_is_taken_again_unchanged_and_shows_all_it_holds(kind, raw):
    try:
        text = kind.validate_python(raw)
    except ValidationError:
        return
    assert kind.validate_python(text) == text == text.strip() != ""
    assert unicodedata.is_normalized("NFC", text)
    assert not has_aadhaar(text)
    hidden = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")}
    assert hidden <= {"\n", "\u200c", "\u200d"}


@given(st.text("कखगम्ाਕ੍ਖক্যরa\u200c\u200d ", min_size=1, max_size=12))
def test_a_joiner_never_stands_between_scripts_or_at_an_edge(raw):
    try:
        text = LINE.validate_python(raw)
    except ValidationError:
        return
    assume("\u200d" in text or "\u200c" in text)
    for place, char in enumerate(text):
        if char in "\u200c\u200d":
            around = text[place - 1] + text[place + 1]
            assert len({unicodedata.name(side).partition(" ")[0] for side in around}) == 1
            assert any(unicodedata.combining(side) == 9 for side in around)
