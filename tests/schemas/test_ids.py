"""Identifiers: good and bad cases of each kind, and one normal form for all spellings of one thing."""

from uuid import UUID, uuid1, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.codes.states import MEMBERS
from schemas.ids import (
    URN_TYPES,
    BadIdentifier,
    Fir,
    FirKind,
    Platform,
    Urn,
    ValueKind,
    make_urn,
    normal_form,
    parse_urn,
)

U = "0f8fad5b-d9cb-469f-a165-70867728950e"

GOOD = {
    ValueKind.PHONE: [
        ("9414012345", "+919414012345"),
        ("+91 94140-12345", "+919414012345"),
        ("0 94140 12345", "+919414012345"),
        ("09414012345", "+919414012345"),
        ("919414012345", "+919414012345"),
        ("00919414012345", "+919414012345"),
        ("tel:+91-9414012345", "+919414012345"),
        ("(+91) 94140.12345", "+919414012345"),
        ("९४१४०१२३४५", "+919414012345"),
        ("੯੪੧੪੦੧੨੩੪੫", "+919414012345"),
        ("૯૪૧૪૦૧૨૩૪૫", "+919414012345"),
        ("۹۴۱۴۰۱۲۳۴۵", "+919414012345"),
        ("＋９１９４１４０１２３４５", "+919414012345"),
        ("\u00a09414012345\u00a0", "+919414012345"),
        ("94140–12345", "+919414012345"),
        ("0141-2345678", "+911412345678"),
        ("+1 202 555 0123", "+12025550123"),
        ("+44 7911 123456", "+447911123456"),
        ("+971 50 123 4567", "+971501234567"),
        ("+870 773 111 632", "+870773111632"),
    ],
    ValueKind.SOCIAL_ID: [
        ("INSTAGRAM:17841400000000001", "INSTAGRAM:17841400000000001"),
        ("instagram: 17841400000000001 ", "INSTAGRAM:17841400000000001"),
        ("facebook:100004567890123", "FACEBOOK:100004567890123"),
        ("x:12", "X:12"),
        ("youtube:UCabcdefghij_klmnopq-012", "YOUTUBE:UCabcdefghij_klmnopq-012"),
        ("telegram:5123456789", "TELEGRAM:5123456789"),
        ("telegram:-1001234567890", "TELEGRAM:-1001234567890"),
        (f"snapchat:{U.upper()}", f"SNAPCHAT:{U}"),
        (f"signal:{U}", f"SIGNAL:{U}"),
        ("whatsapp:94140 12345", "WHATSAPP:+919414012345"),
        ("OTHER:ShareChat/Ab.12", "OTHER:sharechat/Ab.12"),
    ],
    ValueKind.FIR: [
        ("IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0123/REGULAR", "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0123/REGULAR"),
        ("IN-RJ, Jaipur East, PS Vaishali Nagar, 0123/2025", "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0123/REGULAR"),
        (
            "Rajasthan / jaipur  east / P.S. Vaishali-Nagar / 123/2025",
            "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0123/REGULAR",
        ),
        ("in-rj|rj-p-jpe|vaishali nagar|१२३/२०२५", "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0123/REGULAR"),
        ("IN-RJ, Jaipur East, Vaishali Nagar, 0123/2025/Zero FIR", "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0123/ZERO"),
        ("IN-DL, Some District, Saket, 2024/2025", "IN-DL/SOME DISTRICT/SAKET/2025/2024/REGULAR"),
        ("IN-DL/SOME DISTRICT/SAKET/2025/2024/REGULAR", "IN-DL/SOME DISTRICT/SAKET/2025/2024/REGULAR"),
        ("IN-DL, Some District, Saket, 12345/2025/e-FIR", "IN-DL/SOME DISTRICT/SAKET/2025/12345/E_FIR"),
        ("IN-PB, Tarn Taran, Thana ਸਦਰ, 2025/7", "IN-PB/PB-D-TTN/ਸਦਰ/2025/0007/REGULAR"),
        ("IN-RJ, Jaipur East, लक्\u200dष्मी, 7/2025", "IN-RJ/RJ-P-JPE/लक्ष्मी/2025/0007/REGULAR"),
        ("IN-RJ, Jaipur East, थाना सदर, 7/2025", "IN-RJ/RJ-P-JPE/सदर/2025/0007/REGULAR"),
    ],
}

BAD = {
    ValueKind.PHONE: [
        "",
        " ",
        "phone",
        "1800FLOWERS",
        "112",
        "12345",
        "94140123456789",
        "9414012345;ext=5",
        "9414012345 x5",
        "tel:9414012345;phone-context=+91",
        "++919414012345",
        "+",
        "-",
        "+91",
        "+999 123456789",
        "0000000000",
        "9414012345/9414012346",
        "9414012345, 9414012346",
        "(++919414012345)",
        "9414\x00012345",
        "9414\u202e012345",
        "9414\u200b012345",
        "9414\n012345",
        "9" * 10_000,
        "９".join("9" * 100),
        "Ⅸ414012345",
        "९४१४०१२३४फ",
        "234567890124",
        "\ud800",
    ],
    ValueKind.SOCIAL_ID: [
        "",
        "INSTAGRAM",
        "INSTAGRAM:",
        ":1",
        "MYSPACE:1",
        "instagram:raja.don",
        "instagram:@raja",
        "instagram:017841",
        "instagram:-1",
        "instagram:१२३",
        "instagram:" + "1" * 21,
        "x:1.5",
        "youtube:@channel",
        "youtube:UCshort",
        "telegram:@raja",
        "snapchat:raja",
        "signal:+919414012345",
        "whatsapp:raja",
        "whatsapp:12345",
        "other:12345",
        "other:site/",
        "other:site/a b",
        "other:сайт/1",
        "facebook:234567890124",
        "instagram:1\x00",
        "instagram:1\u200d",
        "instagram:" + "1" * 10_000_000,
    ],
    ValueKind.FIR: [
        "",
        "0123/2025",
        "IN-RJ, Jaipur East, 4321, 1004/2025",
        "IN-RJ",
        "IN-RJ/Jaipur East/Vaishali Nagar/2025",
        "IN-UP, Agra, Sadar, 1/2025",
        "IN-RJ, , Sadar, 1/2025",
        "IN-RJ, Jaipur East, -, 1/2025",
        "IN-RJ, Jaipur East, Sadar, 0/2025",
        "IN-RJ, Jaipur East, Sadar, 1/25",
        "IN-RJ, Jaipur East, Sadar, 1/1825",
        "IN-RJ, Jaipur East, Sadar, 1/2125",
        "IN-RJ, Jaipur East, Sadar, x/2025",
        "IN-RJ, Jaipur East, Sadar, -1/2025",
        "IN-RJ, Jaipur East, Sadar, 1.5/2025",
        "IN-RJ, Jaipur East, Sadar, 1234567/2025",
        "IN-RJ, Jaipur East, Sadar, 2025/1/NONSENSE",
        "IN-RJ, Jaipur East, Sadar, 2025/1/REGULAR/more",
        "IN-RJ, Jaipur East, Sad\u202ear, 1/2025",
        "IN-RJ, Jaipur East, Sadar\x00, 1/2025",
        "IN-RJ, Jaipur East, 2345 6789 0124, 1/2025",
        "IN-RJ, Jaipur East, 2345.6789.0124, 1/2025",
        "IN-RJ, Jaipur East, " + "a" * 81 + ", 1/2025",
        "IN-RJ, Jaipur East, " + "ß" * 41 + ", 1/2025",
        "a" * 10_000_000,
    ],
}


@pytest.mark.parametrize(("kind", "raw", "normal"), [(kind, *row) for kind, rows in GOOD.items() for row in rows])
def test_every_spelling_comes_to_one_normal_form(kind, raw, normal):
    assert normal_form(kind, raw) == normal
    assert normal_form(kind, normal) == normal


@pytest.mark.parametrize(
    ("kind", "raw"), [(kind, raw) for kind, rows in BAD.items() for raw in rows], ids=lambda x: ascii(x)[:40]
)
def test_what_cannot_be_one_is_refused_with_a_sentence(kind, raw):
    with pytest.raises(BadIdentifier) as refusal:
        normal_form(kind, raw)
    assert str(refusal.value)[0].isupper()
    assert str(refusal.value).endswith((".", "GRAM", "OTHER", "IN-CH."))


near_phone = st.text("0123456789०९९੯+- ().tel:x\u2013\u200d", max_size=20)
near_social = st.builds(
    lambda platform, rest: f"{platform}:{rest}",
    st.sampled_from(list(Platform)),
    st.from_regex(r"[0-9A-Fa-f+/UC_-]{1,40}"),
)
near_fir = st.builds(
    lambda *parts: "/".join(parts),
    st.sampled_from([*MEMBERS, "Rajasthan", "IN-UP"]),
    st.one_of(st.sampled_from(["Jaipur East", "RJ-P-JPE", "Ajmer"]), st.text(max_size=20)),
    st.one_of(st.text(max_size=90), st.text("PSpsßŉ ./\u0301\u200dक्ष0123456789-", max_size=30)),
    st.one_of(st.sampled_from(["0123/2025", "2024/2025", "2025/1"]), st.text("0123456789/", max_size=9)),
    st.sampled_from(["REGULAR", "zero fir", "E-FIR", "", "X"]),
).flatmap(lambda text: st.sampled_from([text, text.rpartition("/")[0]]))


@given(st.sampled_from(ValueKind), st.one_of(st.text(st.characters()), near_phone, near_social, near_fir))
def test_any_text_has_a_stable_normal_form_or_is_a_bad_identifier(kind, raw):
    try:
        normal = normal_form(kind, raw)
    except BadIdentifier:
        return
    assert normal_form(kind, normal) == normal


@given(st.one_of(st.text(st.characters()), near_fir))
def test_a_report_that_can_be_read_is_printed_and_read_back_the_same(raw):
    try:
        fir = Fir.parse(raw)
    except BadIdentifier:
        return
    assert Fir.parse(fir.normal()).normal() == fir.normal()
    assert fir.printed == f"{fir.serial:04d}/{fir.year}"


@given(near_fir)
def test_most_reports_as_officers_write_them_differ_by_number_in_their_normal_form(raw):
    try:
        fir = Fir.parse(raw)
    except BadIdentifier:
        return
    other = fir.model_copy(update={"serial": fir.serial + 1})
    assert other.normal() != fir.normal()


def test_a_report_is_closed_and_keeps_its_paper_text():
    row = {"state": "IN-RJ", "district": "Ajmer", "station": "Kotwali", "year": 2025, "serial": 7}
    fir = Fir.model_validate({**row, "text": "u/s 308(4) BNS"})
    assert (fir.kind, fir.text, fir.printed) == (FirKind.REGULAR, "u/s 308(4) BNS", "0007/2025")
    assert fir.normal() == "IN-RJ/RJ-D-AJM/KOTWALI/2025/0007/REGULAR"
    for wrong in (
        {"more": 1},
        {"year": "2025"},
        {"serial": 0},
        {"state": "IN-UP"},
        {"year": True},
        {"kind": "X"},
        {"station": "."},
    ):
        with pytest.raises(ValidationError):
            Fir.model_validate({**row, **wrong})


@given(st.sampled_from(sorted(MEMBERS)), st.sampled_from(sorted(URN_TYPES)), st.uuids(version=4))
def test_an_id_of_ours_is_read_back_as_it_was_made(state, type_, uuid):
    parts = parse_urn(make_urn(state, type_, uuid))
    assert parts is not None
    assert (parts.state, parts.type, parts.uuid) == (state, type_, uuid)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        5,
        b"urn",
        "",
        U,
        f"urn:sangam:IN-RJ:person:{U.upper()}",
        f"URN:sangam:IN-RJ:person:{U}",
        f"urn:sangam:in-rj:person:{U}",
        f"urn:sangam:IN-UP:person:{U}",
        f"urn:sangam:IN-RJ:persons:{U}",
        f"urn:sangam:IN-RJ:Person:{U}",
        f"urn:sangam:IN-RJ::{U}",
        f"urn:sangam:IN-RJ:person:{U} ",
        f"urn:sangam:IN-RJ:person:{U}\n",
        f" urn:sangam:IN-RJ:person:{U}",
        f"urn:sangam:IN-RJ:person:{{{U}}}",
        f"urn:sangam:IN-RJ:person:{U.replace('-', '')}",
        "urn:sangam:IN-RJ:person:1ec7b640-e9fa-11f1-8f0b-000000000001",
        "urn:sangam:IN-RJ:person:0f8fad5b-d9cb-769f-a165-70867728950e",
        "urn:sangam:IN-RJ:person:0f8fad5b-d9cb-469f-c165-70867728950e",
        "urn:sangam:IN-RJ:person:0f8fad5b-d9cb-469f-a165-7086772895०e",
        f"urn:sangam:IN-RJ:person:{U}" + "0" * 10_000_000,
    ],
    ids=lambda x: ascii(x)[:70],
)
def test_what_is_not_exactly_an_id_is_none_and_no_urn(wrong):
    assert parse_urn(wrong) is None
    with pytest.raises(ValidationError):
        TypeAdapter[str](Urn).validate_python(wrong)


def test_an_id_is_not_made_of_what_could_not_be_read_back():
    for state, type_, uuid in (
        ("IN-UP", "person", uuid4()),
        ("IN-RJ", "thing", uuid4()),
        ("IN-RJ", "person", uuid1()),
        ("IN-RJ", "person", UUID(int=0)),
    ):
        with pytest.raises(ValueError):
            make_urn(state, type_, uuid)
    assert TypeAdapter[str](Urn).validate_python(f"urn:sangam:IN-RJ:person:{U}") == f"urn:sangam:IN-RJ:person:{U}"
