"""An archive of CSV files is read file by file, joined by its own keys, and nothing of it is dropped in silence."""

import os
from collections import Counter
from collections.abc import Mapping as Pairs
from pathlib import Path
from zipfile import ZipFile

import pytest

from intake.lines import BadMapping
from intake.mapping import Mapping, packaged_mapping, read_mapping
from intake.preview import Tally, preview
from intake.rows import BadSource
from tests.station import TODAY

# Ours, in the form of the POLE example: what each of its files has a row or two of.
NODES = "crime-investigation.nodes."
LINKS = "crime-investigation.relationships."
ENDS = ":START_ID,:END_ID,:TYPE\n"
FILES = {
    f"{NODES}Person.csv": ":ID,surname,nhs_no,name,age,:LABEL\n1,Neem,999-1,Kabir,,Person\n2,Imli,,Sunil,12,Person\n",
    f"{NODES}Crime.csv": ":ID,date,id,type,last_outcome,note,charge,:LABEL\n"
    "10,01/08/2017,aa,Burglary,Open,,,Crime\n11,1/8/2017,bb,,Open,a note,,Crime\n12,08/2017,cc,Theft,Open,,,Crime\n",
    f"{NODES}Location.csv": ":ID,latitude:double,postcode,longitude:double,address,:LABEL\n"
    "20,53.5,WN3 4NL,-2.6,1 Some Street,Location\n",
    f"{NODES}Vehicle.csv": ":ID,model,reg,make,year,:LABEL\n30,4Runner,RY52 APF,Toyota,2005,Vehicle\n",
    f"{NODES}Object.csv": ":ID,description,id,type,:LABEL\n31,Scale,,Evidence,Object\n",
    f"{NODES}Phone.csv": ":ID,phoneNo,:LABEL\n40,+91 61111 00001,Phone\n41,+91 61111 00002,Phone\n"
    "42,0-(070)893-3322,Phone\n",
    f"{NODES}PhoneCall.csv": ":ID,call_duration,call_time,call_date,call_type,:LABEL\n"
    "50,38,00:32,04/08/2017,CALL,PhoneCall\n51,38,00:32,04/08/2017,CALL,PhoneCall\n",
    f"{NODES}Officer.csv": ":ID,badge_no,rank,name,surname,:LABEL\n60,80-1,Sergeant,A,B,Officer\n",
    f"{LINKS}OCCURRED_AT.csv": ENDS + "10,20,OCCURRED_AT\n12,20,OCCURRED_AT\n",
    f"{LINKS}INVOLVED_IN.csv": ENDS + "30,10,INVOLVED_IN\n31,10,INVOLVED_IN\n",
    f"{LINKS}PARTY_TO.csv": ENDS + "1,11,PARTY_TO\n",
    f"{LINKS}CURRENT_ADDRESS.csv": ENDS + "1,20,CURRENT_ADDRESS\n",
    f"{LINKS}HAS_PHONE.csv": ENDS + "1,40,HAS_PHONE\n2,42,HAS_PHONE\n",
    f"{LINKS}CALLER.csv": ENDS + "50,40,CALLER\n51,99,CALLER\n",
    f"{LINKS}CALLED.csv": ENDS + "50,41,CALLED\n51,41,CALLED\n",
    f"{LINKS}FAMILY_REL.csv": ":START_ID,:END_ID,:TYPE,rel_type\n1,2,FAMILY_REL,SIBLING\n",
    **{f"{LINKS}{name}.csv": ENDS for name in ("KNOWS", "KNOWS_LW", "KNOWS_PHONE", "KNOWS_SN")},
    "model.json": "{}",
}


def zipped(folder: Path, files: Pairs[str, str] = FILES) -> Path:
    source = folder / "some.zip"
    with ZipFile(source, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return source


def tallied(source: Path, mapping: Mapping, folder: Path) -> Tally:
    return preview(source, mapping, folder / "refused.csv")


def pole() -> Mapping:
    return packaged_mapping("pole", on=TODAY)


def test_every_row_of_an_archive_is_brought_in_joined_refused_or_counted(tmp_path: Path) -> None:
    tally = tallied(zipped(tmp_path), pole(), tmp_path)
    assert tally.records == {"person": 2, "incident": 2, "place": 1, "vehicle": 1}
    assert tally.links == {
        "OCCURRED_AT": 1, "USED_IN": 1, "SUSPECT_IN": 1, "ADDRESS_AT": 1, "USES_PHONE": 1, "CALLED": 1,
    }  # fmt: skip
    assert tally.unread.untaken == {
        f"{NODES}Object": 1, f"{NODES}Officer": 1, f"{LINKS}INVOLVED_IN": 1, f"{LINKS}FAMILY_REL": 1,
    }  # fmt: skip
    assert tally.unread.unsaid[f"{NODES}Person.nhs_no"] == 1
    assert tally.unread.unsaid[f"{NODES}Person.age"] == 1
    assert tally.unread.unsaid[f"{NODES}Crime.note"] == 1
    assert tally.unread.unsaid[f"{LINKS}FAMILY_REL.rel_type"] == 1
    assert f"{NODES}Crime.type" not in tally.unread.unsaid
    assert tally.reasons == {
        "model.json is no CSV file and is not read.": 1,
        f"marking.valid_from: {NODES}Crime: This must be a date written as %d/%m/%Y.": 1,
        f"from_: {LINKS}OCCURRED_AT: No record of this file has this ref.": 1,
        f"to.value: {LINKS}HAS_PHONE: No such phone number can exist; check its digits and its country code.": 1,
        f"from_.value: {NODES}PhoneCall: The table `numbers` does not know what stands here.": 1,
    }
    assert accounted(tally, joined=3 + 2 + 2) == tally.unread.rows.total() == 27


def accounted(tally: Tally, *, joined: int, files: int = 1) -> int:
    """Add up what became of the rows, where no row is taken by two rules; `files` are refused that are no rows."""
    came = tally.records.total() + tally.links.total()
    return came + tally.refused - files + tally.repeated + tally.unread.untaken.total() + joined


def test_an_archive_that_is_none_is_not_read(tmp_path: Path) -> None:
    broken = tmp_path / "some.zip"
    broken.write_bytes(b"PK nothing")
    with pytest.raises(BadSource, match="no zip archive"):
        tallied(broken, pole(), tmp_path)
    with pytest.raises(BadSource, match="no CSV file"):
        tallied(zipped(tmp_path, {"a.txt": ""}), pole(), tmp_path)
    with pytest.raises(BadSource, match="one name"):
        tallied(zipped(tmp_path, {"a/x.csv": "a\n", "b/x.csv": "a\n"}), pole(), tmp_path)


def test_a_file_that_the_archive_lacks_is_named_with_the_line_of_the_mapping(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if "Vehicle" not in name}
    with pytest.raises(BadMapping, match=r"line \d+: The archive has no file `crime-investigation.nodes.Vehicle.csv`"):
        tallied(zipped(tmp_path, files), pole(), tmp_path)


def test_an_archive_that_breaks_off_says_so(tmp_path: Path) -> None:
    people = "".join(f"{n},Neem {n},,Kabir,,Person\n" for n in range(100, 1_000))
    source = zipped(tmp_path, {**FILES, f"{NODES}Person.csv": FILES[f"{NODES}Person.csv"] + people})
    raw = source.read_bytes()
    source.write_bytes(raw.replace(b"999,Neem 999", b"999,NEEM 999"))
    tally = tallied(source, pole(), tmp_path)
    assert f"{NODES}Person: The archive is broken here; nothing of this file from here on was read." in tally.reasons
    source.write_bytes(raw.replace(b"30,4Runner", b"30,5Runner"))
    with pytest.raises(BadSource, match="is broken in the archive"):
        tallied(source, pole(), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("is: a record", "is: something", "`made` stands in rules of links"),
        ('{made: "vehicle/{:START_ID}", is: a record}', "{is: a record}", "A condition has a `column` or a `made`"),
        ("table: numbers", "table: digits", "There is no table `digits`"),
        ("joins:\n  numbers:", "tables: {numbers: {a: b}}\njoins:\n  numbers:", "There is a table `numbers` already"),
    ],
)
def test_a_join_or_a_condition_that_cannot_stand_is_refused(old: str, new: str, said: str) -> None:
    text = (Path(__file__).parents[2] / "intake" / "mappings" / "pole.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadMapping, match=said):
        read_mapping(text.replace(old, new), on=TODAY)


def test_a_key_with_two_values_is_refused_and_the_first_is_kept(tmp_path: Path) -> None:
    files = {**FILES, f"{NODES}Phone.csv": FILES[f"{NODES}Phone.csv"] + "40,+91 61111 00009,Phone\n"}
    tally = tallied(zipped(tmp_path, files), pole(), tmp_path)
    twice = "An earlier row has the same key and another value; that one is kept."
    assert tally.reasons[f":ID: {NODES}Phone: {twice}"] == 1
    assert tally.links["USES_PHONE"] == 1


# The published data themselves, where they are at hand.


def published(name: str) -> Path:
    """Give a file of the folder that the environment names, or skip."""
    folder = os.environ.get("SANGAM_PUBLISHED_DATA")
    source = Path(folder or "absent") / name
    if not source.is_file():
        pytest.skip(f"{name} is not at hand: SANGAM_PUBLISHED_DATA names the folder that holds it")
    return source


@pytest.mark.deep
def test_every_node_and_relationship_of_pole_is_accounted_for(tmp_path: Path) -> None:
    tally = tallied(published("pole/pole-data-importer.zip"), pole(), tmp_path)
    by_kind = Counter[str]()
    for section, count in tally.unread.rows.items():
        by_kind[section.split(".")[1]] += count
    assert by_kind == {"nodes": 61_521, "relationships": 105_840}
    assert accounted(tally, joined=328 + 534 + 534) == 61_521 + 105_840
    # One crime has an empty type, and 8,272 dates are written 8/2017 where the others are written 08/2017.
    assert (tally.records["incident"], tally.links["OCCURRED_AT"]) == (28_762, 28_762)
    assert tally.repeated == 0


def test_caviar_comes_in_with_its_own_numbers(tmp_path: Path) -> None:
    source = published("networks/caviar_full_directed.graphml")
    tally = tallied(source, packaged_mapping("caviar", on=TODAY), tmp_path)
    assert (tally.records, tally.links, tally.refused) == ({"person": 110}, {"ASSOCIATE_OF": 295}, 0)
    assert tally.unread.unsaid == {}


def test_people_and_crimes_of_st_louis_are_never_merged(tmp_path: Path) -> None:
    source = published("networks/stlouis_crime_2mode.graphml")
    tally = tallied(source, packaged_mapping("stlouis", on=TODAY), tmp_path)
    assert tally.records == {"person": 829, "incident": 551}
    assert tally.records.total() == 1_380
    assert tally.unread.rows == {"nodes": 1_380, "edges": 1_476}
    # 41 edges say victim and suspect at once, and are two links each.
    assert tally.links == {"SUSPECT_IN": 682 + 41, "VICTIM_OF": 558 + 41, "WITNESS_OF": 195}
    assert (tally.links.total(), tally.refused, tally.unread.untaken.total()) == (1_476 + 41, 0, 0)
