"""Handsets, vehicles, papers, accounts and cases: good and bad numbers of each, and one form for all spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.ids import (
    BadIdentifier,
    ChargeSheetKind,
    ChargeSheetNumber,
    Fir,
    Ifsc,
    ValueKind,
    normal_form,
)
from schemas.text import has_aadhaar

SHEET = "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/012"
CELL = "IN-RJ/JAIPUR CENTRAL JAIL"

GOOD = {
    ValueKind.IMEI: [
        ("490154203237518", "490154203237518"),
        ("49-015420-323751-8", "490154203237518"),
        ("49 015420 323751 8", "490154203237518"),
        ("490154/20/323751/8", "490154203237518"),
        ("490154.20.323751.8", "490154203237518"),
        ("४९०१५४२०३२३७५१८", "490154203237518"),
        ("੪੯੦੧੫੪੨੦੩੨੩੭੫੧੮", "490154203237518"),
        ("૪૯૦૧૫૪૨૦૩૨૩૭૫૧૮", "490154203237518"),
        ("٤٩٠١٥٤٢٠٣٢٣٧٥١٨", "490154203237518"),
        ("49\u2013015420\u2013323751\u20138", "490154203237518"),
        ("\u00a0490154203237518\u00a0", "490154203237518"),
        ("49015420323751", "490154203237518"),
        ("49-015420-323751", "490154203237518"),
        ("4901542032375100", "490154203237518"),
        ("4901542032375177", "490154203237518"),
        ("49-015420-323751-23", "490154203237518"),
        # Six, six: these twelve could be an Aadhaar number, and are none.
        ("35 234567 890124 3", "352345678901243"),
    ],
    ValueKind.VEHICLE: [
        ("RJ14AB1234", "RJ14AB1234"),
        ("rj 14 ab 1234", "RJ14AB1234"),
        ("RJ-14-AB-1234", "RJ14AB1234"),
        ("RJ.14.AB.1234", "RJ14AB1234"),
        ("R J 14 A B 1234", "RJ14AB1234"),
        ("IND RJ14 AB 1234", "RJ14AB1234"),
        ("INDRJ14AB1234", "RJ14AB1234"),
        ("RJ १४ AB १२३४", "RJ14AB1234"),
        ("RJ14 – AB – 1234", "RJ14AB1234"),
        ("RJ14AB7", "RJ14AB0007"),
        ("RJ14AB0007", "RJ14AB0007"),
        ("DL 3C AB 1234", "DL03CAB1234"),
        ("DL03CAB1234", "DL03CAB1234"),
        ("PB10 C 1", "PB10C0001"),
        ("CH 01 AB 1234", "CH01AB1234"),
        ("GJ-1-A-1", "GJ01A0001"),
        ("HR 26 1234", "HR261234"),
        ("HR261234", "HR261234"),
        ("HR 6 1234", "HR061234"),
        ("HR-26-7", "HR260007"),
        ("HR-261234", "HR261234"),
        ("OR 02 A 1", "OR02A0001"),
        ("OD 02 A 1", "OD02A0001"),
        ("UA07A1234", "UA07A1234"),
        ("UK07A1234", "UK07A1234"),
        ("TS09EA1234", "TS09EA1234"),
        ("TG09A1234", "TG09A1234"),
        ("LA01A1234", "LA01A1234"),
        ("22BH1234AA", "22BH1234AA"),
        ("22 bh 1234 a", "22BH1234A"),
        ("IND 22-BH-0001-AA", "22BH0001AA"),
        ("RJ VA AA 12", "RJVAAA0012"),
        ("T 1223 RJ 0123 ZZ", "T1223RJ0123ZZ"),
        ("t0124gj0001a", "T0124GJ0001A"),
        ("63 CD 12", "63CD12"),
        ("063-cd-0012", "63CD12"),
        ("109 UN 7", "109UN7"),
        ("7 CC 1", "7CC1"),
    ],
    ValueKind.PASSPORT: [
        ("A1234567", "IND/A1234567"),
        ("a 1234567", "IND/A1234567"),
        ("A-123 4567", "IND/A1234567"),
        ("Z १२३४५६७", "IND/Z1234567"),
        ("IND:A1234567", "IND/A1234567"),
        ("IND/A1234567", "IND/A1234567"),
        ("ind - a1234567", "IND/A1234567"),
        ("IND A 1234567", "IND/A1234567"),
        ("GBR:123456789", "GBR/123456789"),
        ("NPL 01234567", "NPL/01234567"),
        ("PAK/AB 123 4567", "PAK/AB1234567"),
        ("XXB: 123456", "XXB/123456"),
        ("USA/C12345678", "USA/C12345678"),
    ],
    ValueKind.UPI: [
        ("name@upi", "name@upi"),
        ("Name.Two@OkBank", "name.two@okbank"),
        ("9414012345@ybl", "9414012345@ybl"),
        ("९४१४०१२३४५@ybl", "9414012345@ybl"),
        ("shop-12_a @ s2b", "shop-12_a@s2b"),
        ("9414012345-2@axl", "9414012345-2@axl"),
        ("q123456789@ybl", "q123456789@ybl"),
        ("123456789012@upi", "123456789012@upi"),
    ],
    ValueKind.BANK_ACCOUNT: [
        ("ABCD0123456/50100123456789", "ABCD0123456/50100123456789"),
        ("abcd0123456 50100123456789", "ABCD0123456/50100123456789"),
        ("ABCD 0123456: 5010 0123 4567 89", "ABCD0123456/50100123456789"),
        ("ABCD0123456, 50100-123456-789", "ABCD0123456/50100123456789"),
        ("ABCDO123456/50100123456789", "ABCD0123456/50100123456789"),
        ("ABCD0123456/५०१००१२३४५६७८९", "ABCD0123456/50100123456789"),
        ("ABCD0123456 - 00000050100123456", "ABCD0123456/50100123456"),
        ("ABCD0123456/50100123456", "ABCD0123456/50100123456"),
        ("ABCD0123456/000012", "ABCD0123456/000012"),
        ("ABCD0123456/0000000012", "ABCD0123456/000012"),
        ("ABCD0ABC123/123456", "ABCD0ABC123/123456"),
        ("ABCD0123456/123456789012345678", "ABCD0123456/123456789012345678"),
        ("ABCD0123456/shop00123456", "ABCD0123456/SHOP00123456"),
        ("ABCD0123456/000SHOP", "ABCD0123456/000SHOP"),
        ("ABCD0123456/123456789012", "ABCD0123456/123456789012"),
        # Fourteen digits in groups that would be an Aadhaar number if the last were not there.
        ("ABCD0123456/2345 6789 0124 12", "ABCD0123456/23456789012412"),
        # Twelve digits that pass the check, but no longer twelve once the zeros are left out.
        ("ABCD0123456/000012345676", "ABCD0123456/12345676"),
    ],
    ValueKind.CNR: [
        ("RJJP010001232025", "RJJP01/000123/2025"),
        ("RJJP01-000123-2025", "RJJP01/000123/2025"),
        ("RJJP01/000123/2025", "RJJP01/000123/2025"),
        ("rjjp 01 000123 2025", "RJJP01/000123/2025"),
        ("RJJP०१०००१२३२०२५", "RJJP01/000123/2025"),
        ("PHHC010012342024", "PHHC01/001234/2024"),
        ("WBCHCA0123452024", "WBCHCA/012345/2024"),
        ("UP12010001231999", "UP1201/000123/1999"),
        # In one piece, and with dashes, it ends with twelve digits that could be an Aadhaar number.
        ("RJJP010000092025", "RJJP01/000009/2025"),
        ("RJJP01-000009-2025", "RJJP01/000009/2025"),
    ],
    ValueKind.PRISONER: [
        (f"{CELL}/1234/2025", f"{CELL}/1234/2025"),
        ("Rajasthan, Central Jail Jaipur, 1234/2025", f"{CELL}/1234/2025"),
        ("in-rj | jaipur  central-jail | 01234 | 2025", f"{CELL}/1234/2025"),
        ("IN-RJ, Jaipur Central Prison, No. 1234/2025", f"{CELL}/1234/2025"),
        ("IN-RJ, Jaipur Central Jail, १२३४/२०२५", f"{CELL}/1234/2025"),
        ("IN-RJ, Jaipur Central Jail, ut no. 123/2025", f"{CELL}/UT-123/2025"),
        ("IN-RJ, Jaipur Central Jail, UT-0123/2025", f"{CELL}/UT-123/2025"),
        ("IN-RJ, Jaipur Central Jail, 123a/2025", f"{CELL}/123A/2025"),
        ("IN-RJ, Jaipur Central Jail, NONO 12/2025", f"{CELL}/12/2025"),
        ("IN-DL, CJ-3, 77/2024", "IN-DL/CJ 3/77/2024"),
        ("IN-RJ, केन्द्रीय कारागृह जयपुर, 7/2025", "IN-RJ/केन्द्रीय कारागृह जयपुर/7/2025"),
        ("IN-RJ, लक्\u200dष्मी कारागृह, 7/2025", "IN-RJ/लक्ष्मी कारागृह/7/2025"),
        ("IN-RJ, Jail Central, 7/2025", "IN-RJ/JAIL CENTRAL/7/2025"),
        ("IN-RJ, Central Jail District Jail X, 7/2025", "IN-RJ/CENTRAL JAIL DISTRICT JAIL X/7/2025"),
    ],
    ValueKind.LOC: [
        ("BOI/1234/2025", "BOI/1234/2025"),
        ("boi / 1234 / 2025", "BOI/1234/2025"),
        ("B.O.I./1234/2025", "BOI/1234/2025"),
        ("LOC No. BOI/1234/2025", "BOI/1234/2025"),
        ("L.O.C. BOI/1234/2025", "BOI/1234/2025"),
        ("Look-Out Circular no: BOI/1234/2025", "BOI/1234/2025"),
        ("(LOC) BOI/1234/2025", "BOI/1234/2025"),
        ("LOC LOC BOI/1234/2025", "BOI/1234/2025"),
        ("BOI/१२३४/२०२५", "BOI/1234/2025"),
        ("Jaipur Police - 12/25", "JAIPUR-POLICE-12/25"),
        ("JAIPUR POLICE–12/25.", "JAIPUR-POLICE-12/25"),
        ("12/BOI/2025(41)", "12/BOI/2025-41"),
        ("BOI-1234-2025", "BOI-1234-2025"),
    ],
    ValueKind.INTERPOL: [
        ("A-1234/5-2025", "A-1234/5-2025"),
        ("a 1234 / 05 - 2025", "A-1234/5-2025"),
        ("A1234/5/2025", "A-1234/5-2025"),
        ("A-01234/5-2025", "A-1234/5-2025"),
        ("A–१२३४/५–२०२५", "A-1234/5-2025"),
        ("B-7/12-1998", "B-7/12-1998"),
    ],
    ValueKind.CHARGE_SHEET: [
        (f"{SHEET}/MAIN", f"{SHEET}/MAIN"),
        ("IN-RJ, Jaipur East, PS Vaishali Nagar, 12/2025", f"{SHEET}/MAIN"),
        ("Rajasthan / jaipur  east / P.S. Vaishali-Nagar / 012/2025 / main charge-sheet", f"{SHEET}/MAIN"),
        ("in-rj|rj-p-jpe|vaishali nagar|१२/२०२५", f"{SHEET}/MAIN"),
        (f"{SHEET}/SUPPLEMENTARY-1", f"{SHEET}/SUPPLEMENTARY-1"),
        ("IN-RJ, Jaipur East, Vaishali Nagar, 012/2025, Supplementary 1", f"{SHEET}/SUPPLEMENTARY-1"),
        ("IN-RJ, Jaipur East, Vaishali Nagar, 012/2025, 1st supplementary", f"{SHEET}/SUPPLEMENTARY-1"),
        ("IN-RJ, Jaipur East, Vaishali Nagar, 012/2025, First Supplementary Charge-Sheet", f"{SHEET}/SUPPLEMENTARY-1"),
        ("IN-RJ, Jaipur East, Vaishali Nagar, 012/2025, Supplementary challan no. १", f"{SHEET}/SUPPLEMENTARY-1"),
        ("IN-RJ, Jaipur East, Vaishali Nagar, 012/2025, suppl. 01", f"{SHEET}/SUPPLEMENTARY-1"),
        ("IN-RJ, Jaipur East, Vaishali Nagar, 012/2025, Supp-12", f"{SHEET}/SUPPLEMENTARY-12"),
        ("IN-DL, Some District, Saket, 2024/2025", "IN-DL/SOME DISTRICT/SAKET/2025/2024/MAIN"),
        ("IN-PB, Tarn Taran, Thana ਸਦਰ, 2025/7", "IN-PB/PB-D-TTN/ਸਦਰ/2025/007/MAIN"),
    ],
}

# What is refused of every kind; the first cannot come through a model, and is refused all the same.
NEVER = [
    None,
    5,
    b"RJ14AB1234",
    [],
    "",
    " ",
    "x\x00",
    "1\u202e2",
    "1\u200b2",
    "\ud800",
    "a" * 10_000_000,
    "1" * 10_000_000,
]

BAD = {
    ValueKind.IMEI: [
        "490154203237519",
        "490154203237510",
        "940154203237518",
        "000000000000000",
        "00000000000000",
        "0000000000000012",
        "4901542032375",
        "49015420323751812",
        "49-015420-32375-1",
        "49-015420-323751-23-4",
        "49-015420-3237512-3",
        "490154203237518/490154203237518",
        "490154203237518x",
        "IMEI",
        "A0000000000001",
        "-490154203237518",
        "49015420323751फ",
        "2345 6789 0124",
    ],
    ValueKind.VEHICLE: [
        "RJ",
        "1234",
        "XX14AB1234",
        "BH14AB1234",
        "RJ00AB1234",
        "RJ14AB0000",
        "RJ14AB12345",
        "RJ123AB1234",
        "RJ14ABCD1234",
        "RJ14AO1234",
        "RJ14IA1234",
        "RJ14ABO123",
        "RJ14AB1234X",
        "RJ14AB1234 RJ14AB1235",
        "RJ14AB1234/RJ14AB1235",
        "RJ14 AB 1234!",
        "RJ14123",
        "RJ1412345",
        "RJ 1 41234",
        "RJ1234",
        "HR 00 1234",
        "HR 26 0000",
        "22BH123AA",
        "22BH12345AA",
        "22BH1234AO",
        "22BH1234AAA",
        "22BH1234",
        "2BH1234AA",
        "T1323RJ0123A",
        "T0023RJ0123A",
        "T1223XX0123A",
        "T1223RJ0123",
        "RJVAAI0012",
        "RJVAAA0000",
        "63CD0",
        "0CD1",
        "1234CD1",
        "63CX1",
        "IND",
        "आरजे14AB1234",
        "ſK01AB1234",
    ],
    ValueKind.PASSPORT: [
        "A123456",
        "A-4712/5-2025",
        "A12345678",
        "AB123456",
        "12345678",
        "A0000000",
        "A1234567B",
        "EA0123456",
        "IND/AB123456",
        "IND/123456789",
        "IN/A1234567",
        "XYZ/A1234567",
        "UTO/A1234567",
        "GBR",
        "GBR/",
        "GBR/ABCDEFG",
        "GBR/1234",
        "GBR/1234567890",
        "GBR/1234 5678 9012",
        "GBR/12345é",
        "А1234567",
        "ı1234567",
        "A1234567, A1234568",
    ],
    ValueKind.UPI: [
        "name",
        "name@",
        "@upi",
        "n@upi",
        "name@u",
        "name@upi@upi",
        "name@1upi",
        "name@example.com",
        "name@example.co.in",
        "name @ example.com",
        "my name@upi",
        "name+x@upi",
        "naмe@upi",
        "नाम@upi",
        "--@upi",
        "name@upi/1",
        "name@" + "a" * 65,
        "9414012345@mobile.npci",
        "12345678901@ABCD0123456.ifsc.npci",
        "234567890123@aadhaar.npci",
        "234567890124@upi",
        "2345-6789-0124@upi",
        "2345_6789_0124@upi",
        "२३४५६७८९०१२४@upi",
        "name@upi, name@ybl",
    ],
    ValueKind.BANK_ACCOUNT: [
        "50100123456789",
        "ABCD0123456",
        "ABCD0123456/",
        "ABCD012345650100123456789",
        "ABCD012345 50100123456789",
        "ABCD1123456/50100123456789",
        "ABC00123456/50100123456789",
        "ABCD0123456/12345",
        "ABCD0123456/1234567890123456789",
        "ABCD0123456/000000",
        "ABCD0123456/ABCDEFGH",
        "ABCD0123456/SHOP1" + "0" * 30,
        "ABCD0123456/501001234567/501001234568",
        "ABCD0123456/5010012345678é",
        "ABCD0123456/234567890124",
        "ABCD0123456/2345 6789 0124",
        "ABCD0123456/000234567890124",
        "ABCD0123456/२३४५६७८९०१२४",
    ],
    ValueKind.CNR: [
        "RJJP01000123202",
        "RJJP0100012320255",
        "RJJP010000002025",
        "RJJP010001231825",
        "RJJP010001232125",
        "1JJP010001232025",
        "RJJPA10001232025",
        "RJJP01O001232025",
        "RJJP01_000123_2025",
        "RJJP010001232025 RJJP010001242025",
        "आरजेजेपी010001232025",
        "010001232025",
    ],
    ValueKind.PRISONER: [
        "1234/2025",
        "IN-RJ, Jaipur Central Jail, 1234",
        "IN-RJ, Central Jail, Jaipur, 1234/2025",
        "IN-RJ, Jaipur Central Jail, UT/123/2025",
        "IN-UP, Agra Central Jail, 1234/2025",
        "IN-RJ, , 1234/2025",
        "IN-RJ, -, 1234/2025",
        "IN-RJ, " + "a" * 81 + ", 1234/2025",
        "IN-RJ, Jaipur Central Jail, 0/2025",
        "IN-RJ, Jaipur Central Jail, UT/2025",
        "IN-RJ, Jaipur Central Jail, 12345678901/2025",
        "IN-RJ, Jaipur Central Jail, बंदी 7/2025",
        "IN-RJ, Jaipur Central Jail, 1234/25",
        "IN-RJ, Jaipur Central Jail, 1234/1825",
        "IN-RJ, Jaipur Central Jail, 2025/1234",
        "IN-RJ, Jaipur Central\u202e Jail, 1234/2025",
        "IN-RJ, 2345 6789 0124, 1234/2025",
        # Three groups of four, parted alike only in the normal form.
        "IN-RJ, 4321, 1004/2025",
    ],
    ValueKind.LOC: [
        "BOI",
        "1234/2025",
        "B/1234/2025",
        "LOC/1234/2025",
        "LOC No. 1234",
        "/-/",
        "BOI/1234/2025;",
        "BOI_1234",
        "आव्रजन/1234/2025",
        "BOІ/1234",
        "BOI/2345 6789 0124",
        "BOI/2345/6789/0124",
        "BOI 2345.6789-0124",
        "BOI/" + "1" * 80,
    ],
    ValueKind.INTERPOL: [
        "1234/5-2025",
        "A-1234",
        "A-1234/5",
        "A-0/5-2025",
        "A-1234/0-2025",
        "A-1234/13-2025",
        "A-1234/5-25",
        "A-1234/5-1825",
        "A-1234567/5-2025",
        "AB-1234/5-2025",
        "А-1234/5-2025",
        "2025/12345",
        "A-1234-5-2025",
        "A-1234/5-2025, A-1235/5-2025",
    ],
    ValueKind.CHARGE_SHEET: [
        "012/2025",
        "IN-RJ/Jaipur East/Vaishali Nagar/2025",
        "IN-UP, Agra, Sadar, 1/2025",
        "IN-RJ, , Sadar, 1/2025",
        "IN-RJ, Jaipur East, -, 1/2025",
        "IN-RJ, Jaipur East, Sadar, 0/2025",
        "IN-RJ, Jaipur East, Sadar, 1/25",
        "IN-RJ, Jaipur East, Sadar, 1234567/2025",
        "IN-RJ, Jaipur East, Sadar, 1/2025, ",
        "IN-RJ, Jaipur East, Sadar, 1/2025, REGULAR",
        "IN-RJ, Jaipur East, Sadar, 1/2025, Supplementary",
        "IN-RJ, Jaipur East, Sadar, 1/2025, Supplementary 0",
        "IN-RJ, Jaipur East, Sadar, 1/2025, Supplementary 100",
        "IN-RJ, Jaipur East, Sadar, 1/2025, 1st supplementary 2",
        "IN-RJ, Jaipur East, Sadar, 1/2025, Eleventh Supplementary",
        "IN-RJ, Jaipur East, Sadar, 1/2025, MAIN 1",
        "IN-RJ, Jaipur East, Sadar, 1/2025, MAIN, MAIN",
        "IN-RJ, Jaipur East, Sad\u202ear, 1/2025",
        "IN-RJ, Jaipur East, 2345 6789 0124, 1/2025",
        "IN-RJ, Jaipur East, 4321, 1015/2025",
    ],
}


@pytest.mark.parametrize(("kind", "raw", "normal"), [(kind, *row) for kind, rows in GOOD.items() for row in rows])
def test_every_spelling_comes_to_one_normal_form(kind, raw, normal):
    assert normal_form(kind, raw) == normal
    assert normal_form(kind, normal) == normal


@pytest.mark.parametrize(
    ("kind", "raw"), [(kind, raw) for kind, rows in BAD.items() for raw in [*NEVER, *rows]], ids=lambda x: ascii(x)[:40]
)
def test_what_cannot_be_one_is_refused_with_a_sentence(kind, raw):
    with pytest.raises(BadIdentifier) as refusal:
        normal_form(kind, raw)
    sentence = str(refusal.value)
    assert sentence[0].isupper()
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        (ValueKind.IMEI, "490154203237510", "0 in its place"),
        (ValueKind.VEHICLE, "RJ14123", "part the district"),
        (ValueKind.VEHICLE, "RJ 14", "as it is on the plate"),
        (ValueKind.PASSPORT, "EA0123456", "with its country"),
        (ValueKind.PASSPORT, "XYZ/A1234567", "XYZ is not"),
        (ValueKind.UPI, "name@example.com", "e-mail"),
        (ValueKind.UPI, "9414012345@mobile.npci", "that number itself"),
        (ValueKind.UPI, "234567890124@upi", "Aadhaar"),
        (ValueKind.BANK_ACCOUNT, "ABCD0123456/234567890124", "Aadhaar"),
        (ValueKind.PRISONER, "IN-UP, Agra Central Jail, 1/2025", "IN-RJ, IN-PB"),
        (ValueKind.CHARGE_SHEET, "IN-RJ, Jaipur East, Sadar, 1/2025, Supplementary", "which supplementary one"),
    ],
)
def test_a_sentence_says_what_to_do_about_it(kind, raw, said):
    with pytest.raises(BadIdentifier, match=said):
        normal_form(kind, raw)


@st.composite
def nearly(draw: st.DrawFn) -> tuple[ValueKind, str]:
    """Take something that can be read and put a few other signs in it."""
    kind, raw = draw(st.sampled_from([(kind, raw) for kind, rows in GOOD.items() for raw, _ in rows]))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(raw)))
        signs = draw(st.text("0123456789०९٣ABIOSTß\u0131é -–./:,|@_()\u200d", max_size=4))
        raw = raw[:start] + signs + raw[start + draw(st.integers(0, 2)) :]
    return kind, raw


@given(nearly())
def test_a_normal_form_is_stable_and_never_reads_as_an_aadhaar_number(case):
    kind, raw = case
    try:
        normal = normal_form(kind, raw)
    except BadIdentifier:
        return
    assert normal_form(kind, normal) == normal
    assert not has_aadhaar(normal)


@given(st.sampled_from(["RJJP01", "WBCHCA", "PHHC01", "DL1212"]), st.integers(1, 999_999), st.integers(1950, 2050))
def test_every_court_case_can_be_written_down(court, serial, year):
    normal = normal_form(ValueKind.CNR, f"{court}{serial:06d}{year}")
    assert normal == f"{court}/{serial:06d}/{year}"
    assert not has_aadhaar(normal)


# --- an independent check of Luhn: what a digit counts at every second place, read off a table
_COUNTS = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))
named = st.text("0123456789", min_size=14, max_size=14).filter(lambda digits: digits.strip("0"))


def luhn(digits: str) -> bool:
    return (sum(map(int, digits[-1::-2])) + sum(_COUNTS[digit] for digit in digits[-2::-2])) % 10 == 0


@given(named, st.text("0123456789", min_size=2, max_size=2))
def test_a_handset_is_one_with_and_without_check_digit_and_version(fourteen, version):
    whole = normal_form(ValueKind.IMEI, fourteen)
    assert whole.startswith(fourteen)
    assert luhn(whole)
    for same in (whole, fourteen + version, f"{whole[:2]} {whole[2:8]} {whole[8:14]} {whole[14]}"):
        assert normal_form(ValueKind.IMEI, same) == whole


@given(named, st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_an_imei_is_always_noticed(fourteen, place, by):
    whole = normal_form(ValueKind.IMEI, fourteen)
    wrong = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    with pytest.raises(BadIdentifier):
        normal_form(ValueKind.IMEI, wrong)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("ABCD0123456", "ABCD0123456"),
        ("abcd 0 123456", "ABCD0123456"),
        ("ABCD-0ABC12३", "ABCD0ABC123"),
        ("ABCDO123456", "ABCD0123456"),
    ],
)
def test_a_branch_has_one_code_however_it_is_written(raw, code):
    assert TypeAdapter[str](Ifsc).validate_python(raw) == code


@pytest.mark.parametrize(
    "raw",
    [*NEVER, "ABCD1123456", "ABC00123456", "ABCD012345", "ABCD01234567", "ABCD0_23456", "ÀBCD0123456"],
    ids=lambda x: ascii(x)[:40],
)
def test_what_is_no_code_of_a_branch_is_refused(raw):
    with pytest.raises(ValidationError):
        TypeAdapter[str](Ifsc).validate_python(raw)


SHEET_ROW = {"state": "IN-RJ", "district": "Jaipur East", "station": "PS Vaishali Nagar", "year": 2025, "serial": 12}


def test_a_charge_sheet_is_found_under_the_place_of_its_report():
    sheet = ChargeSheetNumber.model_validate(SHEET_ROW)
    assert (sheet.kind, sheet.ordinal, sheet.printed) == (ChargeSheetKind.MAIN, None, "012/2025")
    place = Fir.model_validate(SHEET_ROW).normal().removesuffix("2025/0012/REGULAR")
    assert sheet.normal() == f"{place}2025/012/MAIN"
    second = ChargeSheetNumber.model_validate({**SHEET_ROW, "kind": "SUPPLEMENTARY", "ordinal": 2})
    assert second.normal() == f"{place}2025/012/SUPPLEMENTARY-2"
    assert ChargeSheetNumber.parse(second.normal()).normal() == second.normal()


@pytest.mark.parametrize(
    "wrong",
    [
        {"more": 1},
        {"year": "2025"},
        {"serial": 0},
        {"serial": True},
        {"state": "IN-UP"},
        {"station": "."},
        {"kind": "X"},
        {"kind": "SUPPLEMENTARY"},
        {"ordinal": 1},
        {"kind": "SUPPLEMENTARY", "ordinal": 0},
        {"kind": "SUPPLEMENTARY", "ordinal": 100},
    ],
    ids=ascii,
)
def test_a_charge_sheet_is_closed_and_counted_only_if_supplementary(wrong):
    with pytest.raises(ValidationError):
        ChargeSheetNumber.model_validate({**SHEET_ROW, **wrong})
