"""The command line where no node runs: exit codes, settings, accounts, the ledger, dry runs, and the session file."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.cli.session import Session, current, keep
from desk.keeping import BEATS
from desk.stores import alone
from sangam import Refused
from tests.codes import code_of_now

DATA = Path(__file__).parents[1] / "data"
MAPPINGS = Path(__file__).parents[2] / "intake" / "mappings"
PASSWORD, FIRST_PASSWORD = "a long enough password", "a password for the first day"
FOUNDERS = (
    *("--admin", "rj.admin,Administrator,NODE_ADMIN,HQ", "--grantor", "rj.one,First,IG_JT_CP,RJ"),
    *("--grantor", "rj.two,Second,DIG_ADDL_CP,RJ-R-AJM"),
)

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node's data directory that the settings name."""
    monkeypatch.setenv("SANGAM_STATE", "IN-RJ")
    monkeypatch.setenv("SANGAM_DATA", str(tmp_path / "node"))
    monkeypatch.setenv("SANGAM_SESSION", str(tmp_path / "session.json"))
    monkeypatch.setenv("SANGAM_PASSWORD_RJ.ADMIN", PASSWORD)
    for id in ("RJ.ONE", "RJ.TWO"):
        monkeypatch.setenv(f"SANGAM_PASSWORD_{id}", FIRST_PASSWORD)
    monkeypatch.setenv("SANGAM_OFFICER_PASSWORD", PASSWORD)
    monkeypatch.setenv("SANGAM_NEW_PASSWORD", PASSWORD)
    return tmp_path / "node"


@pytest.fixture
def sangam(home: Path) -> Run:
    """What runs a command."""
    return lambda *words, **more: CliRunner().invoke(app, list(words), **more)


@pytest.fixture
def secrets(sangam: Run) -> dict[str, str]:
    """The first officers of the register, with their secrets for one-time codes; the grantors' are their own."""
    result = sangam("officer", "bootstrap", *FOUNDERS, "--json")
    assert result.exit_code == 0, result.output
    shown = {one["officer"]["id"]: one["totp_secret"] for one in json.loads(result.stdout)}
    return {**shown, **{id: own(sangam, id, shown[id], FIRST_PASSWORD, PASSWORD) for id in ("rj.one", "rj.two")}}


def code(secret: str) -> dict[str, str]:
    """Give the environment of an officer with the code of now."""
    return {"SANGAM_OFFICER_CODE": code_of_now(Path(os.environ["SANGAM_DATA"]), secret)}


def own(sangam: Run, id: str, secret: str, password: str, fresh: str) -> str:
    """Let an officer set their own secrets and give the new one for codes."""
    chosen = {"SANGAM_OFFICER_PASSWORD": password, "SANGAM_NEW_PASSWORD": fresh}
    result = sangam("officer", "secrets", "--as", id, "--json", env={**code(secret), **chosen})
    [shown] = json.loads(result.stdout)
    assert shown["officer"]["id"] == id
    return str(shown["totp_secret"])


def test_wrong_usage_is_two_and_nobody_there_is_three(sangam: Run) -> None:
    assert sangam("find").exit_code == 2
    assert sangam("nonsense").exit_code == 2
    assert sangam("find", "x", "--url", "http://127.0.0.1:9").exit_code == 2
    assert sangam("find", "x").exit_code == 1, "nobody has signed in"
    assert sangam("find", "x", "--valid-at", "soon").exit_code == 2
    away = sangam("ask", "mutation { a }", "--url", "http://127.0.0.1:9", "--token", "x", "--json")
    assert (away.exit_code, json.loads(away.stdout)["error"]["code"]) == (3, "UNAVAILABLE")


def test_a_question_waits_for_no_room_behind_a_node(home: Path) -> None:
    ask = "from api.cli import app; import sys\ntry: app(['find', 'x'])\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "neo4j", "register", "graph", "strawberry"} & set(done.stdout.split())


def test_every_setting_is_printed_with_its_source_and_no_secret(sangam: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANGAM_GRAPH_PASSWORD", "hush")
    result = sangam("settings", "--json")
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert (rows["SANGAM_STATE"]["source"], rows["SANGAM_HOST"]["source"]) == ("environment", "default")
    assert rows["SANGAM_GRAPH_PASSWORD"]["value"] == "set"
    assert "hush" not in result.stdout + sangam("settings").stdout
    assert all(row["meaning"] for row in rows.values())


def test_a_missing_setting_is_named(sangam: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANGAM_STATE")
    result = sangam("ledger", "verify", "--json")
    assert result.exit_code == 2
    assert [one["path"] for one in json.loads(result.stdout)["error"]["problems"]] == ["SANGAM_STATE"]


def test_accounts_begin_once_and_grow_by_two(sangam: Run, secrets: dict[str, str]) -> None:
    admin, one, two = (secrets[id] for id in ("rj.admin", "rj.one", "rj.two"))
    new = ("--name", "New", "--rank", "SI", "--unit", "HQ")
    assert sangam("officer", "add", "rj.new", *new, "--as", "rj.one", env=code(one)).exit_code == 1
    added = sangam("officer", "add", "rj.new", *new, "--as", "rj.admin", "--json", env=code(admin))
    granted = sangam("officer", "grant", "rj.new", "--level", "2", "--as", "rj.one", "--json", env=code(one))
    proposal = json.loads(granted.stdout)["proposal"]
    early = sangam("officer", "confirm", proposal, "--as", "rj.two", env=code(two))
    assert (early.exit_code, "must first set their own secrets" in early.stderr) == (1, True)
    own(sangam, "rj.new", json.loads(added.stdout)[0]["totp_secret"], PASSWORD, "a password of my own")
    confirmed = sangam("officer", "confirm", proposal, "--as", "rj.two", "--json", env=code(two))
    assert json.loads(confirmed.stdout)["level"] == 2
    listed = sangam("officer", "list", "--as", "rj.admin", "--json", env=code(admin))
    assert [row["id"] for row in json.loads(listed.stdout)] == ["rj.admin", "rj.new", "rj.one", "rj.two"]
    assert sangam("officer", "disable", "rj.new", "--as", "rj.admin", env=code(admin)).exit_code == 0
    wrong = sangam("officer", "list", "--as", "rj.admin", "--json", env={"SANGAM_OFFICER_CODE": "000000"})
    assert (wrong.exit_code, json.loads(wrong.stdout)["error"]["code"]) == (1, "UNAUTHENTICATED")
    again = sangam("officer", "bootstrap", *FOUNDERS, "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]["code"]) == (1, "REFUSED")


def test_an_officer_types_their_own_password_twice_and_is_shown_a_new_secret_once(
    sangam: Run, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("SANGAM_OFFICER_PASSWORD", "SANGAM_NEW_PASSWORD"):
        monkeypatch.delenv(variable)
    now = code(secrets["rj.one"])["SANGAM_OFFICER_CODE"]
    fresh = "a password of my own"
    typed = (PASSWORD, now, fresh, "another by mistake", fresh, fresh)
    result = sangam("officer", "secrets", "--as", "rj.one", input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert fresh not in result.output
    [shown] = re.findall(r"\b[A-Z2-7]{32}\b", result.stdout)
    old = {**code(secrets["rj.one"]), "SANGAM_OFFICER_PASSWORD": PASSWORD}
    assert sangam("officer", "pending", "--as", "rj.one", env=old).exit_code == 1
    new = {**code(shown), "SANGAM_OFFICER_PASSWORD": fresh}
    assert sangam("officer", "pending", "--as", "rj.one", env=new).exit_code == 0


def test_whoever_gets_secrets_from_another_is_told_to_set_their_own(sangam: Run) -> None:
    said = " ".join(sangam("officer", "bootstrap", *FOUNDERS).stdout.split())
    for id in ("rj.admin", "rj.one", "rj.two"):
        assert f"sangam officer secrets --as {id}" in said


def test_an_admin_keeps_accounts_and_keys_but_not_those_that_hold_a_permission(
    sangam: Run, secrets: dict[str, str], home: Path
) -> None:
    admin = secrets["rj.admin"]
    ring = home / "keys" / "signing-keys.json"

    def as_admin(*words: str, **more: str) -> Result:
        return sangam(*words, "--as", "rj.admin", "--json", env={**code(admin), **more})

    new = ("rj.new", "--name", "New", "--rank", "SI", "--unit", "HQ")
    first = json.loads(as_admin("officer", "add", *new).stdout)[0]["totp_secret"]
    assert as_admin("officer", "disable", "rj.new").exit_code == 0
    assert json.loads(as_admin("officer", "enable", "rj.new").stdout) == {"enabled": "rj.new"}
    again = json.loads(as_admin("officer", "reset", "rj.new").stdout)[0]
    assert (again["officer"]["id"], again["totp_secret"] != first) == ("rj.new", True)
    assert as_admin("officer", "disable", "rj.one").exit_code == 0
    for forbidden in ("enable", "reset"):
        result = as_admin("officer", forbidden, "rj.one")
        assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (1, "REFUSED")
    assert as_admin("officer", "revoke", SANGAM_REVOKED_TOKEN="no token").exit_code == 1
    before = ring.read_bytes()
    signs = json.loads(as_admin("keys", "rotate").stdout)["signs"]
    assert signs in json.loads(ring.read_bytes())["keys"]
    assert signs not in json.loads(before)["keys"]
    assert sangam("ledger", "verify").exit_code == 0


def test_what_waits_for_a_second_officer_is_listed_for_whoever_can_confirm_it(
    sangam: Run, secrets: dict[str, str]
) -> None:
    admin, one, two = (secrets[id] for id in ("rj.admin", "rj.one", "rj.two"))
    new = ("--name", "New", "--rank", "SI", "--unit", "HQ")
    assert sangam("officer", "add", "rj.new", *new, "--as", "rj.admin", env=code(admin)).exit_code == 0
    granted = sangam("officer", "grant", "rj.new", "--level", "2", "--as", "rj.one", "--json", env=code(one))
    proposal = json.loads(granted.stdout)["proposal"]
    [waits] = json.loads(sangam("officer", "pending", "--as", "rj.two", "--json", env=code(two)).stdout)
    assert (waits["id"], waits["officer"], waits["level"], waits["grantor"]) == (proposal, "rj.new", 2, "rj.one")
    assert proposal in sangam("officer", "pending", "--as", "rj.two", env=code(two)).stdout
    assert sangam("officer", "pending", "--as", "rj.one", env=code(one)).stdout == "Nothing waits for you.\n"


def test_a_grant_is_declined_or_taken_back_and_what_is_held_is_lowered(sangam: Run, secrets: dict[str, str]) -> None:
    admin, one, two = (secrets[id] for id in ("rj.admin", "rj.one", "rj.two"))
    new = ("--name", "New", "--rank", "SI", "--unit", "RJ-P-JPE")
    assert sangam("officer", "add", "rj.new", *new, "--as", "rj.admin", env=code(admin)).exit_code == 0
    asked = ("officer", "grant", "rj.new", "--level", "1", "--as", "rj.one", "--json")
    proposal = json.loads(sangam(*asked, env=code(one)).stdout)["proposal"]
    declined = ("officer", "decline", proposal, "--reason", "Not yet.", "--as", "rj.two", "--json")
    told = json.loads(sangam(*declined, env=code(two)).stdout)
    assert (told["proposal"], told["officer"]["level"]) == (proposal, 0)
    proposal = json.loads(sangam(*asked, env=code(one)).stdout)["proposal"]
    back = sangam("officer", "take-back", proposal, "--as", "rj.one", env=code(one))
    assert (back.exit_code, f"Proposal {proposal} is taken back" in back.stdout) == (0, True)
    assert sangam("officer", "pending", "--as", "rj.two", env=code(two)).stdout == "Nothing waits for you.\n"
    lowered = sangam("officer", "lower", "rj.one", "--level", "2", "--as", "rj.two", "--json", env=code(two))
    assert json.loads(lowered.stdout)["level"] == 2


@pytest.mark.usefixtures("secrets")
def test_a_changed_ledger_is_found_and_where(sangam: Run, home: Path) -> None:
    assert sangam("ledger", "verify").exit_code == 0
    with sqlite3.connect(home / "register" / "register.db") as register:
        register.execute("UPDATE ledger SET body = replace(body, 'rj.two', 'rj.ten') WHERE seq = 3")
    register.close()
    result = sangam("ledger", "verify", "--json")
    assert result.exit_code == 1
    assert 3 in {fault["seq"] for fault in json.loads(result.stdout)["faults"]}


def test_what_the_node_does_by_itself_is_listed_before_it_ever_ran(sangam: Run) -> None:
    jobs = json.loads(sangam("jobs", "list", "--json").stdout)
    assert [one["name"] for one in jobs] == [beat.name for beat in BEATS.values()]
    assert all(one["overdue"] and one["started_at"] is None for one in jobs)
    shown = sangam("jobs", "list")
    assert shown.exit_code == 0
    for word in ("purge", "never", "overdue"):
        assert word in shown.stdout


def test_an_auditor_reads_page_by_page_how_many_ids_left_and_no_entry_s_number(
    sangam: Run, secrets: dict[str, str]
) -> None:
    words = ("--name", "Auditor", "--rank", "AUDITOR", "--unit", "HQ", "--as", "rj.admin", "--json")
    made = sangam("officer", "add", "rj.auditor", *words, env=code(secrets["rj.admin"]))
    secret = json.loads(made.stdout)[0]["totp_secret"]
    asked = ("ledger", "search", "--as", "rj.auditor", "--officer", "rj.admin", "--first", "2")
    first = json.loads(sangam(*asked, "--json", env=code(secret)).stdout)
    assert [row["operation"] for row in first["entries"]] == ["sign out", "account add"]
    assert set(first["entries"][0]) == {
        *("at", "kind", "officer", "enquiry", "purpose", "operation", "disclosed", "code"),
    }
    rest = json.loads(sangam(*asked, "--after", first["next"], "--json", env=code(secret)).stdout)
    assert ([row["operation"] for row in rest["entries"]], rest["next"]) == (["sign in"], None)
    other = sangam("ledger", "search", "--as", "rj.auditor", "--after", first["next"], env=code(secret))
    assert other.exit_code == 2, "the cursor of another question"


def test_only_an_auditor_reads_the_ledger(sangam: Run, secrets: dict[str, str]) -> None:
    assert sangam("ledger", "search", "--as", "rj.one", env=code(secrets["rj.one"])).exit_code == 1


def test_a_dry_run_counts_and_a_bad_mapping_is_named_by_line(sangam: Run, tmp_path: Path) -> None:
    refused, source = tmp_path / "refused.csv", str(DATA / "montagna_calls.graphml")
    words = ("import", source, "--mapping", str(MAPPINGS / "montagna_calls.yaml"), "--refused", str(refused))
    said = json.loads(sangam(*words, "--dry-run", "--json").stdout)
    assert (said["records"], said["links"], said["refused"]) == ({"person": 100}, {"ASSOCIATE_OF": 124}, 0)
    assert sangam(*words).exit_code == 2, "nobody brings it in"
    bad = tmp_path / "bad.yaml"
    bad.write_text("mapping: 1\nsource: x\nformat: tarot\n", encoding="utf-8")
    result = sangam("import", source, "--mapping", str(bad), "--dry-run")
    assert (result.exit_code, "line 3" in result.stderr) == (2, True)


def test_a_session_is_private_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    session = Session(url="http://127.0.0.1:9", token="t", until=1_000.0, renewal="r")
    keep(file, session)
    assert file.stat().st_mode & 0o777 == 0o600
    assert current(file, now=lambda: 900.0) == session
    file.write_text("{", encoding="utf-8")
    with pytest.raises(Refused, match="not a session"):
        current(file)


def test_nobody_opens_the_register_while_the_stores_are_replaced(
    sangam: Run, home: Path, secrets: dict[str, str]
) -> None:
    with alone(home):
        assert sangam("ledger", "verify").exit_code == 3
    assert sangam("ledger", "verify").exit_code == 0


def test_stores_are_restored_over_others_only_when_that_is_said(
    sangam: Run, home: Path, secrets: dict[str, str]
) -> None:
    result = sangam("database", "restore", str(home / "nothing"))
    assert (result.exit_code, "--replace" in result.output) == (1, True)
    result = sangam("database", "restore", str(home / "nothing"), "--replace")
    assert (result.exit_code, "cannot be read" in result.output) == (1, True)
    elsewhere = {"SANGAM_GRAPH_URI": "bolt://127.0.0.1:1"}
    for words in (("backup", "-o", str(home / "file")), ("restore", str(home / "nothing")), ("compact",)):
        result = sangam("database", *words, env=elsewhere)
        assert (result.exit_code, "server of its own" in result.output) == (1, True)
