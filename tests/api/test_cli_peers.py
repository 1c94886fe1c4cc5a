"""The peers at the command line: who they are, what changes, who is trusted after a look at the fingerprint."""

import asyncio
import json
import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from auth.certificates import TrainingAuthority, der_of, thumbprint
from auth.keys import KeyRing, SigningKey
from federation.drafting import with_certificate
from federation.membership import canonical, fingerprint
from schemas.codes.states import MEMBERS
from schemas.federated import ReasonCode, SourceState
from schemas.hearing import Hearing
from schemas.membership import SignedMembership, TokenKey
from tests.codes import code_of_now
from tests.federation.peers import SIX, edited, member, signed_by, trained

PASSWORD, FIRST_PASSWORD = "a long enough password", "a password for the first day"
FOUNDERS = (
    *("--admin", "rj.admin,Administrator,NODE_ADMIN,HQ", "--grantor", "rj.adg,First,ADG_SPL_CP,RJ"),
    *("--grantor", "rj.two,Second,DIG_ADDL_CP,RJ-R-AJM", "--compartment", "IN-RJ:KILO"),
)
ASKED = (
    *("IN-PB", "--purpose", "INVESTIGATION", "--purpose", "FUGITIVE", "--level", "2"),
    *("--compartment", "IN-RJ:KILO", "--step-up", "FUGITIVE", "--step-up-minutes", "10"),
)
WORLD = trained(datetime.now(UTC).replace(microsecond=0))

Run = Callable[..., Result]


@pytest.fixture
def sangam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """What runs a command beside a register with its first officers, as one of them where `as_` names one."""
    monkeypatch.setenv("SANGAM_STATE", "IN-RJ")
    monkeypatch.setenv("SANGAM_DATA", str(tmp_path / "node"))
    monkeypatch.setenv("SANGAM_PASSWORD_RJ.ADMIN", PASSWORD)
    for id in ("RJ.ADG", "RJ.TWO"):
        monkeypatch.setenv(f"SANGAM_PASSWORD_{id}", FIRST_PASSWORD)
    monkeypatch.setenv("SANGAM_OFFICER_PASSWORD", PASSWORD)
    monkeypatch.setenv("SANGAM_NEW_PASSWORD", PASSWORD)
    secrets = dict[str, str]()

    def run(*words: str, as_: str | None = None, **more: Any) -> Result:
        if as_ is None:
            return CliRunner().invoke(app, list(words), **more)
        env = {"SANGAM_OFFICER_CODE": code_of_now(tmp_path / "node", secrets[as_]), **more.pop("env", {})}
        return CliRunner().invoke(app, [*words, "--as", as_], env=env, **more)

    shown = json.loads(run("officer", "bootstrap", *FOUNDERS, "--json").stdout)
    secrets.update({one["officer"]["id"]: one["totp_secret"] for one in shown})
    own = run("officer", "secrets", "--json", as_="rj.adg", env={"SANGAM_OFFICER_PASSWORD": FIRST_PASSWORD})
    secrets["rj.adg"] = json.loads(own.stdout)[0]["totp_secret"]
    return run


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return written(tmp_path, WORLD.signed)


def written(directory: Path, signed: SignedMembership) -> Path:
    """Write a membership as the file that is passed from hand to hand."""
    file = directory / f"membership-{signed.membership.version}.json"
    file.write_bytes(canonical(signed))
    return file


def trusted(sangam: Run, file: Path, signed: SignedMembership = WORLD.signed) -> None:
    given = ("--fingerprint", fingerprint(signed.membership))
    result = sangam("peers", "trust", str(file), *given, as_="rj.admin")
    assert result.exit_code == 0, result.output


def error(result: Result) -> tuple[int, str]:
    return result.exit_code, json.loads(result.stdout)["error"]["code"]


def test_before_a_membership_is_trusted_the_list_says_so(sangam: Run) -> None:
    assert "No membership is trusted yet" in sangam("peers", "list").stdout
    assert json.loads(sangam("peers", "list", "--json").stdout) == []
    assert error(sangam("peers", "show", "IN-PB", "--json")) == (1, "NOT_FOUND")


def test_the_members_are_listed_with_their_addresses_and_ends(sangam: Run, first: Path) -> None:
    trusted(sangam, first)
    rows = json.loads(sangam("peers", "list", "--json").stdout)
    assert [row["state"] for row in rows] == list(SIX)
    pem = WORLD.signed.membership.members[1].certificates[0]
    assert (rows[1]["address"], rows[1]["warning"], rows[1]["agreement"]) == ("https://127.0.0.1:9001", None, None)
    assert rows[1]["certificates"][0]["thumbprint"] == thumbprint(der_of(pem))
    shown = sangam("peers", "list").stdout
    assert "IN-PB  Punjab, https://127.0.0.1:9001\n" in shown
    assert "WARNING" not in shown
    assert shown.count("It may ask nothing here.") == 5
    assert "This state itself." in shown


@pytest.mark.parametrize(
    ("age", "said"), [(334, None), (336, "in 28 days: it is time for the next"), (366, "nobody is to speak")]
)
def test_a_certificate_that_ends_within_thirty_days_is_warned_of(
    sangam: Run, tmp_path: Path, age: int, said: str | None
) -> None:
    old = trained(datetime.now(UTC) - timedelta(days=age)).signed
    trusted(sangam, written(tmp_path, old), old)
    warnings = {row["warning"] for row in json.loads(sangam("peers", "list", "--json").stdout)}
    assert len(warnings) == 1
    assert warnings == {None} if said is None else said in str(warnings)
    shown = sangam("peers", "list").stdout
    assert shown.count("WARNING") == (0 if said is None else 6)
    assert said is None or said in shown


def test_of_its_own_two_certificates_a_state_is_warned_of_the_one_under_which_its_node_speaks(
    sangam: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = trained(datetime.now(UTC) - timedelta(days=336))
    own = made.signed.membership.members[0]
    at = datetime.now(UTC).replace(microsecond=0)
    issued = TrainingAuthority.generate(at).issue("IN-RJ", ["127.0.0.1"], at=at, days=365)
    both = with_certificate(own, issued.certificate_pem)

    def put(said: dict[str, Any]) -> None:
        said["members"][0] = both.model_dump(mode="json")

    signed = signed_by(edited(put, of=made.signed.membership, version=1), made.recovery)
    trusted(sangam, written(tmp_path, signed), signed)
    for name, pem, warned in (("old", own.certificates[0], True), ("new", issued.certificate_pem, False)):
        (tmp_path / f"{name}.pem").write_text(pem)
        monkeypatch.setenv("SANGAM_CERTIFICATE", str(tmp_path / f"{name}.pem"))
        row = json.loads(sangam("peers", "list", "--json").stdout)[0]
        assert ("it is time for the next" in str(row["warning"])) is warned
    monkeypatch.setenv("SANGAM_CERTIFICATE", str(tmp_path / "nowhere"))
    assert json.loads(sangam("peers", "list", "--json").stdout)[0]["warning"] is None


def test_one_member_is_shown_with_its_keys(sangam: Run, first: Path) -> None:
    trusted(sangam, first)
    theirs = WORLD.signed.membership.members[1]
    shown = sangam("peers", "show", "IN-PB").stdout
    assert f"Signs tokens with {theirs.keys[0].kid}" in shown
    assert f"Certificate {thumbprint(der_of(theirs.certificates[0]))}" in shown
    said = json.loads(sangam("peers", "show", "IN-PB", "--json").stdout)
    assert (said["keys"][0]["kid"], said["agreement"]) == (theirs.keys[0].kid, None)
    assert error(sangam("peers", "show", "IN-XX", "--json")) == (1, "NOT_FOUND")


def test_a_difference_is_told_against_what_is_trusted_and_changes_nothing(
    sangam: Run, first: Path, tmp_path: Path
) -> None:
    assert json.loads(sangam("peers", "diff", str(first), "--json").stdout)["version"] == 1
    assert json.loads(sangam("peers", "list", "--json").stdout) == []
    trusted(sangam, first)
    moved = edited(
        lambda said: said["members"][1].update(address="https://pb.example:443"), of=WORLD.signed.membership, version=2
    )
    file = written(tmp_path, signed_by(moved, WORLD.recovery))
    said = json.loads(sangam("peers", "diff", str(file), "--json").stdout)
    changes = ["IN-PB answers at https://pb.example:443, before https://127.0.0.1:9001."]
    assert said == {"version": 2, "fingerprint": fingerprint(moved), "changes": changes, "lacking": None}
    shown = sangam("peers", "diff", str(file)).stdout
    assert all(part in shown for part in ("Version 2", fingerprint(moved), changes[0]))


def test_a_draft_is_read_before_anybody_signs_it_and_is_not_trusted(sangam: Run, tmp_path: Path) -> None:
    draft = written(tmp_path, SignedMembership(membership=WORLD.signed.membership, signatures=()))
    lacking = "More than half of the 6 members of version 1 must sign it; signed by nobody."
    shown = sangam("peers", "diff", str(draft))
    assert (shown.exit_code, "IN-PB (Punjab) joins with number 1" in shown.stdout) == (0, True)
    assert f"It cannot be trusted yet. {lacking}\n" in shown.stdout
    assert json.loads(sangam("peers", "diff", str(draft), "--json").stdout)["lacking"] == lacking
    given = ("--fingerprint", fingerprint(WORLD.signed.membership), "--json")
    refused = sangam("peers", "trust", str(draft), *given, as_="rj.admin")
    assert (error(refused), f"QUORUM: {lacking}" in refused.stdout) == ((1, "REFUSED"), True)
    assert json.loads(sangam("peers", "list", "--json").stdout) == []


def test_a_file_that_fails_a_check_is_refused_by_its_name(sangam: Run, first: Path, tmp_path: Path) -> None:
    first.write_bytes(first.read_bytes() + b"\n")
    for command, who in (("diff", None), ("trust", "rj.admin")):
        result = sangam("peers", command, str(first), "--json", as_=who)
        assert error(result) == (1, "REFUSED")
        assert "FORM: " in result.stdout
    assert sangam("peers", "diff", str(tmp_path / "nowhere")).exit_code == 2


def test_nobody_trusts_what_they_do_not_confirm(sangam: Run, first: Path) -> None:
    said = fingerprint(WORLD.signed.membership)
    for typed in ("n\n", "\n", ""):
        result = sangam("peers", "trust", str(first), as_="rj.admin", input=typed)
        assert result.exit_code == 1
        assert said in result.stdout
    wrong = sangam("peers", "trust", str(first), "--fingerprint", said[:-1], "--json", as_="rj.admin")
    assert error(wrong) == (1, "REFUSED")
    assert json.loads(sangam("peers", "list", "--json").stdout) == []
    result = sangam("peers", "trust", str(first), as_="rj.admin", input="y\n")
    assert (result.exit_code, "Version 1 is trusted from now on." in result.stdout) == (0, True)
    assert "once it begins anew" in result.stdout
    assert len(json.loads(sangam("peers", "list", "--json").stdout)) == 6


def test_a_fingerprint_is_compared_however_it_is_spaced(sangam: Run, first: Path) -> None:
    spaceless = fingerprint(WORLD.signed.membership).replace(" ", "").upper()
    result = sangam("peers", "trust", str(first), "--fingerprint", spaceless, "--json", as_="rj.admin")
    said = json.loads(result.stdout)
    assert (said["version"], len(said["changes"])) == (1, 18)


JAIL = """mapping: 1
source: jail-register
format: csv
marking:
  unit: RJ
  legal_basis: "Prisons Act 1894, section 42"
  case_ref: "FIR 0123/2026"
  source_grade: B
  info_grade: "2"
  handling: H0
  level: 0
  audience: [IN-UP]
  review_after_days: 180
  expires_after_days: 1000
records:
  - {from: rows, type: person, ref: "prisoner/{number}", fields: {category: SUSPECT, names: [
      {text: "{name}", script: Latn, kind: LEGAL}]}}
"""


def test_what_is_brought_in_may_be_for_a_state_that_joined_by_a_membership(
    sangam: Run, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = member("IN-UP", "Uttar Pradesh", 6)[0]
    joined = edited(lambda said: said["members"].append(up), of=WORLD.signed.membership)
    (tmp_path / "jail.yaml").write_text(JAIL, encoding="utf-8")
    (tmp_path / "jail.csv").write_text("number,name\n1,Omprakash Palash\n", encoding="utf-8")
    words = ("import", str(tmp_path / "jail.csv"), "--mapping", str(tmp_path / "jail.yaml"), "--dry-run", "--json")
    assert sangam(*words).exit_code == 2
    trusted(sangam, first)
    signed = signed_by(joined, WORLD.recovery)
    try:
        trusted(sangam, written(tmp_path, signed), signed)
        # Whoever brings something in later is another process, which has heard of none.
        del MEMBERS["IN-UP"]
        result = sangam(*words)
        assert (result.exit_code, json.loads(result.stdout)["records"]) == (0, {"person": 1}), result.output
    finally:
        MEMBERS.pop("IN-UP", None)
    monkeypatch.delenv("SANGAM_STATE")
    monkeypatch.delenv("SANGAM_DATA")
    (tmp_path / "jail.yaml").write_text(JAIL.replace("IN-UP", "IN-PB"), encoding="utf-8")
    assert sangam(*words).exit_code == 0, "and a machine without a node reads a file all the same"


def test_what_is_told_to_stop_is_not_said_to_be_done(sangam: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(*_: object, **__: object) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()
        return "never"

    monkeypatch.setattr("desk.signing.rotate", told)
    for more in ((), ("--json",)):
        stopped = sangam("keys", "rotate", *more, as_="rj.admin")
        assert (stopped.exit_code, stopped.stdout) == (1, "")


def test_who_uses_a_code_twice_is_told_to_wait_for_the_next(sangam: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Officer, password and one-time code do not fit; a code is good once, so try again with the next one."
    monkeypatch.setenv("SANGAM_OFFICER_CODE", "000000")
    result = sangam("officer", "list", "--as", "rj.admin")
    assert (result.exit_code, result.stderr) == (1, f"UNAUTHENTICATED {said}\n")
    assert sangam("officer", "list", "--as", "nobody").stderr == result.stderr, "and nobody learns who is an officer"


def test_only_an_admin_has_a_membership_trusted(sangam: Run, first: Path) -> None:
    given = ("--fingerprint", fingerprint(WORLD.signed.membership), "--json")
    assert error(sangam("peers", "trust", str(first), *given, as_="rj.adg")) == (1, "REFUSED")
    assert json.loads(sangam("peers", "list", "--json").stdout) == []


def test_what_is_agreed_is_said_in_words_and_taken_away_again(sangam: Run, first: Path) -> None:
    trusted(sangam, first)
    words = "may ask here for investigation, fugitive, up to level 2, in IN-RJ:KILO; "
    words += "for fugitive after a sign-in of the last 10 minutes."
    assert sangam("peers", "agree", *ASKED, as_="rj.adg").stdout == f"IN-PB {words}\n"
    assert f"It {words}" in sangam("peers", "list").stdout
    assert f"It {words}" in sangam("peers", "show", "IN-PB").stdout
    [row] = [row for row in json.loads(sangam("peers", "list", "--json").stdout) if row["state"] == "IN-PB"]
    assert (row["agreement"]["ceiling"], row["agreement"]["step_up"]) == (2, ["FUGITIVE"])
    taken = json.loads(sangam("peers", "agree", "IN-PB", "--json", as_="rj.admin").stdout)
    assert taken["purposes"] == []
    assert sangam("peers", "list").stdout.count("It may ask nothing here.") == 5
    assert sangam("ledger", "verify").exit_code == 0


def test_that_an_agreement_stands_again_with_a_state_that_joins_again_is_said_before_it_is_trusted(
    sangam: Run, first: Path, tmp_path: Path
) -> None:
    trusted(sangam, first)
    assert sangam("peers", "agree", *ASKED, as_="rj.adg").exit_code == 0
    without = signed_by(
        edited(lambda said: said["members"].pop(1), of=WORLD.signed.membership, version=2), WORLD.recovery
    )
    trusted(sangam, written(tmp_path, without), without)
    again = written(
        tmp_path, signed_by(edited(lambda said: None, of=WORLD.signed.membership, version=3), WORLD.recovery)
    )
    said = "What was agreed with IN-PB before stands again, unless it is taken away: sangam peers agree IN-PB"
    assert json.loads(sangam("peers", "diff", str(again), "--json").stdout)["changes"][-1] == said
    assert sangam("peers", "agree", "IN-PB", as_="rj.admin").exit_code == 0
    assert said not in sangam("peers", "diff", str(again)).stdout


def test_an_admin_alone_gives_nothing_and_wrong_usage_is_two(sangam: Run, first: Path) -> None:
    trusted(sangam, first)
    assert error(sangam("peers", "agree", *ASKED, "--json", as_="rj.admin")) == (1, "REFUSED")
    for wrong in (
        ("IN-PB", "--level", "4"),
        ("PB",),
        ("IN-PB", "--compartment", "kilo"),
        ("IN-PB", "--purpose", "FUN"),
    ):
        assert sangam("peers", "agree", *wrong, as_="rj.adg").exit_code == 2
    assert error(sangam("peers", "agree", "IN-XX", "--purpose", "FUGITIVE", "--json", as_="rj.adg")) == (2, "BAD_INPUT")


def heard_of(tmp_path: Path, hearing: Hearing) -> None:
    """Have the running node keep what it heard, in the register that the command opens."""
    register = sqlite3.connect(tmp_path / "node" / "register" / "register.db")
    with register:
        register.execute("INSERT INTO hearings VALUES (?, ?)", (hearing.state, hearing.model_dump_json()))
    register.close()


def test_a_peer_that_is_incompatible_is_listed_with_its_reason_and_since_when(
    sangam: Run, first: Path, tmp_path: Path
) -> None:
    trusted(sangam, first)
    at = datetime(2026, 5, 4, 10, tzinfo=UTC)
    said = Hearing(
        state="IN-PB",
        status=SourceState.INCOMPATIBLE,
        reason=ReasonCode.SCHEMA,
        since=at,
        at=at + timedelta(minutes=5),
        version=2,
    )
    heard_of(tmp_path, said)
    lines = "It is INCOMPATIBLE (SCHEMA) since 2026-05-04 10:00:00 UTC, and is asked nothing as long as it is; "
    lines += "last asked 2026-05-04 10:05:00.\n  It has trusted version 2 of the membership already.\n"
    assert lines in sangam("peers", "list").stdout
    assert lines in sangam("peers", "show", "IN-PB").stdout
    rows = json.loads(sangam("peers", "list", "--json").stdout)
    assert [row["heard"] for row in rows if row["state"] != "IN-PB"] == [None] * 5
    [row] = [row for row in rows if row["state"] == "IN-PB"]
    assert (row["heard"]["status"], row["heard"]["reason"], row["ahead"]) == ("INCOMPATIBLE", "SCHEMA", True)


def test_the_next_key_is_made_by_an_admin_and_shown_with_its_beginning(
    sangam: Run, first: Path, tmp_path: Path
) -> None:
    old = KeyRing.open(tmp_path / "node" / "keys", at=datetime.now(UTC)).current
    ours = edited(lambda said: said["members"][0].update(keys=_own(old)), of=WORLD.signed.membership, version=1)
    signed = signed_by(ours, WORLD.recovery)
    trusted(sangam, written(tmp_path, signed), signed)
    assert error(sangam("peers", "rotate", "--json", as_="rj.adg")) == (1, "REFUSED")
    assert sangam("peers", "rotate", "--minutes", "0", as_="rj.admin").exit_code == 2
    said = json.loads(sangam("peers", "rotate", "--minutes", "5", "--json", as_="rj.admin").stdout)
    begins = datetime.fromisoformat(said["begins"])
    assert timedelta(minutes=4) < begins - datetime.now(UTC) <= timedelta(minutes=5)
    keys = json.loads(sangam("peers", "show", "IN-RJ", "--json").stdout)["keys"]
    times = [(key["kid"], key["retired_at"] and datetime.fromisoformat(key["retired_at"])) for key in keys]
    assert times == [(old.kid, begins), (said["key"], None)]
    assert (
        f"Signs tokens with {said['key']}, from {begins:%Y-%m-%d %H:%M:%S}" in sangam("peers", "show", "IN-RJ").stdout
    )
    assert error(sangam("peers", "rotate", "--json", as_="rj.admin")) == (1, "REFUSED")
    assert sangam("ledger", "verify").exit_code == 0


def test_the_next_key_may_begin_in_a_minute_as_the_command_says(sangam: Run) -> None:
    result = sangam("peers", "rotate", "--minutes", "1", as_="rj.admin")
    assert result.exit_code == 0, result.output


def _own(key: SigningKey) -> list[dict[str, Any]]:
    begun = datetime.now(UTC) - timedelta(days=1)
    return [TokenKey(kid=key.kid, public_pem=key.public_pem(), not_before=begun).model_dump(mode="json")]
