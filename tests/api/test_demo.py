"""The demo for real: started as a program, asked over HTTP and from the command line, ended, and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from pyotp import TOTP
from typer.testing import CliRunner

from api.cli import app
from sangam import Client, NodeKind, Refused, sign_in
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.errors import ErrorCode
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import TRAINING, Handling, Level, Purpose
from schemas.link import Basis
from schemas.person import Category, NameKind, PersonContent, RecordedName, Script

SECOND_START_SECONDS = 15.0
FIRST_START_SECONDS = 400.0
# As `sangam` of the virtual environment runs it.
COMMAND = [sys.executable, "-c", "from api.cli import main; main()", "demo", "--json"]


@dataclass
class Running:
    """A demo that is up: its process, what it printed, and how long that took in seconds."""

    process: subprocess.Popen[str]
    node: dict[str, Any]
    took: float

    def officer(self, id: str) -> dict[str, Any]:
        return next(one for one in self.node["officers"] if one["id"] == id)


@contextmanager
def demo(folder: Path, end: signal.Signals) -> Iterator[Running]:
    """Run the demo, end it by a signal, and see that it ended cleanly and left no process."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*COMMAND, "--data", str(folder)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        took = time.monotonic() - began
        [node] = json.loads(line)["nodes"]
        below = psutil.Process(process.pid).children(recursive=True)
        assert below, "a database runs below it"
        yield Running(process, node, took)
        process.send_signal(end)
        assert process.wait(30) == 0
        assert process.stdout.read() == "", "one line and no more"
        _, alive = psutil.wait_procs(below, timeout=5)
        assert alive == []
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def entered(running: Running, id: str) -> str:
    officer = running.officer(id)
    code = TOTP(officer["totp_secret"]).now()
    return sign_in(running.node["url"], id, officer["password"], code).access_token


def enquiry(purpose: Purpose, case_ref: str) -> EnquiryContent:
    ends = datetime.now(UTC) + timedelta(days=1)
    return EnquiryContent(purpose=purpose, case_ref=case_ref, legal_basis="Training of officers", expires_at=ends)


def newcomer() -> tuple[PersonContent, Marking]:
    now = datetime.now(UTC)
    person = PersonContent(
        category=Category.SUSPECT,
        names=(RecordedName(text="ਨਵਾਂ ਆਇਆ", script=Script.GURMUKHI, kind=NameKind.LEGAL),),
    )
    marking = Marking(
        unit="RJ",
        legal_basis="Training of officers",
        case_ref="TRN/NEW",
        source_grade=SourceGrade.B,
        info_grade=InfoGrade.KNOWN_TO_SOURCE,
        handling=Handling.H0,
        level=Level.ANY_OFFICER,
        audience=(),
        compartment=TRAINING,
        review_on=now.date() + timedelta(days=90),
        expires_at=now + timedelta(days=100),
    )
    return person, marking


def told(*words: str, session: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--session", str(session)])
    return result.exit_code, result.stdout


@pytest.mark.timeout(FIRST_START_SECONDS + 200)
def test_the_demo_comes_up_answers_ends_and_keeps_what_was_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder, signal.SIGINT) as first:
        assert first.node["state"] == "IN-RJ"
        assert {one["role"] != "" for one in first.node["officers"]} == {True}
        assert {one["rank"] for one in first.node["officers"]} == {
            "ADG_SPL_CP",
            "ANALYST",
            "SP_DCP",
            "AUDITOR",
            "NODE_ADMIN",
        }
        with Client(first.node["url"], entered(first, "analyst.crime")) as asking:
            with pytest.raises(Refused, match="TRAINING") as refused:
                asking.open_enquiry(enquiry(Purpose.INVESTIGATION, first.node["case_refs"][0]))
            assert refused.value.code is ErrorCode.REFUSED
            asking.open_enquiry(enquiry(Purpose.TRAINING, first.node["case_refs"][0]))
            kept = asking.record_person(*newcomer())
            [met] = asking.find_first("Montagna 18", [NodeKind.PERSON], 1).items
            calls = [link for link in asking.network(met.node.id).links if link.content.basis is Basis.CALLS]
            assert calls, "the call network came in with its weights"
            assert all(link.content.weight for link in calls)
        session = folder / "session.json"
        assert session.stat().st_mode & 0o777 == 0o600
        code, said = told("find", "नवां आया", session=session)
        assert (code, kept.id in said, "ਨਵਾਂ ਆਇਆ" in said) == (0, True, True)
        assert told("record", kept.id, session=session)[0] == 0
        code, said = told("network", kept.id, "--json", session=session)
        assert [node["id"] for node in json.loads(said)["nodes"]] == [kept.id]
        code, said = told("ask", "{ me { id } }", "--json", session=session)
        assert (code, json.loads(said)) == (0, {"me": {"id": "adg.crime"}})
        assert told("record", "urn:sangam:IN-RJ:gang:00000000-0000-4000-8000-000000000000", session=session)[0] == 1
        assert told("ask", "{", session=session)[0] == 2
        old = first.officer("adg.crime")
    assert told("find", "Montagna 18", session=session)[0] == 3, "nobody answers any more"

    with demo(folder, signal.SIGTERM) as second:
        # The figure is for a machine that does nothing else; others' work stretches it in proportion.
        busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        assert second.took <= SECOND_START_SECONDS * busy
        assert second.officer("adg.crime")["password"] != old["password"]
        assert second.node["case_refs"] == first.node["case_refs"]
        with Client(second.node["url"], entered(second, "analyst.crime")) as asking:
            asking.open_enquiry(enquiry(Purpose.TRAINING, second.node["case_refs"][0]))
            [hit] = asking.find_first("ਨਵਾਂ ਆਇਆ", None, 1).items
            assert hit.node.id == kept.id
            assert [one.node.label for one in asking.find("Montagna 18")].count("Montagna 18") == 1, "nothing twice"
    assert not [one for one in os.listdir(folder) if one.endswith(".part")]
