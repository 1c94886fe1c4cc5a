"""The demo of several states for real: programs of their own that ask each other, one killed, all ended together."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.testing import CliRunner

from api.cli import app
from federation.fanout import PROBE_SECONDS

SANGAM = Path(sys.executable).with_name("sangam")
FIRST_START_SECONDS = 400.0
NAME = "गुरप्रीत"


def found(session: Path, *words: str) -> dict[str, Any]:
    """Ask all states, and again while a database is planning what is new to it."""
    for _ in range(30):
        asked = words or ("find", NAME)
        result = CliRunner().invoke(app, [*asked, "--everywhere", "--session", str(session), "--json"])
        assert result.exit_code == 0, result.output
        answer: dict[str, Any] = json.loads(result.stdout)
        if all(source["status"] not in ("TIMEOUT", "BREAKER_OPEN") for source in answer["sources"]):
            break
        # A peer that was late three times is asked again after the next probe, and no answer tells when that was.
        time.sleep(PROBE_SECONDS)
    return answer


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {source["state"]: source["status"] for source in answer["sources"]}


@pytest.mark.timeout(FIRST_START_SECONDS + 200)
def test_states_ask_each_other_and_go_on_when_one_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    named = {name: value for name, value in os.environ.items() if not name.startswith("SANGAM_")}
    kept = {"SANGAM_CACHE": os.environ["SANGAM_CACHE"]} if "SANGAM_CACHE" in os.environ else {}
    process = subprocess.Popen(
        [SANGAM, "demo", "--states", "2", "--data", str(folder), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=named | kept,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        nodes = json.loads(process.stdout.readline())["nodes"]
        assert [node["state"] for node in nodes] == ["IN-RJ", "IN-PB"]
        below = psutil.Process(process.pid).children(recursive=True)
        answer = found(folder / "session.json")
        assert statuses(answer) == {"IN-RJ": "LOCAL", "IN-PB": "LIVE"}
        assert {node["id"].split(":")[2] for node in answer["nodes"]} == {"IN-RJ", "IN-PB"}
        theirs = next(node["id"] for node in answer["nodes"] if ":IN-PB:" in node["id"])
        around = found(folder / "session.json", "network", theirs, "--hops", "2")
        assert theirs in {node["id"] for node in around["nodes"]}
        assert {link["provenance"]["owner"] for link in around["links"]} >= {"IN-PB"}
        assert answer["complete"]
        [punjab] = [one for one in below if "IN-PB" in one.cmdline() and "api.cli.member" in one.cmdline()]
        punjab.kill()
        punjab.wait(10)
        answer = found(folder / "session.json")
        assert statuses(answer) == {"IN-RJ": "LOCAL", "IN-PB": "UNREACHABLE"}
        assert {node["id"].split(":")[2] for node in answer["nodes"]} == {"IN-RJ"}
        assert not answer["complete"]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        _, alive = psutil.wait_procs(below, timeout=15)
        assert alive == []
        # One peer was heard to go; that stands in the log of the other, and nowhere else.
        assert process.stderr.read() == ""
        assert "IN-PB is UNREACHABLE" in (folder / "IN-RJ" / "node.log").read_text()
        assert "what officers of other states ask is being planned" in (folder / "IN-RJ" / "node.log").read_text()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
