"""A node as its operator meets it: real programs on one data directory, each ending with its code and one line."""

import json
import os
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from auth.keys import KeyRing
from federation.connections import OwnCertificate
from federation.membership import canonical, fingerprint
from federation.training import training_membership
from sangam import sign_in
from tests.alone import kept
from tests.codes import code_of_now
from tests.federation.peers import token_key
from tests.ports import free_ports

SANGAM = Path(sys.executable).with_name("sangam")
PASSWORD = "a long enough password"
REGISTER = """mapping: 1
source: sikar-jail-register
format: csv
marking:
  unit: RJ
  legal_basis: "Prisons Act 1894, section 42"
  case_ref: "FIR 0123/2026"
  source_grade: B
  info_grade: "2"
  handling: H0
  level: 0
  audience: []
  review_after_days: 180
  expires_after_days: 1000
records:
  - from: rows
    type: person
    ref: "prisoner/{number}"
    fields:
      category: SUSPECT
      names:
        - {text: "{name}", script: Latn, kind: LEGAL}
"""


@dataclass
class Site:
    """A machine with a node's data directory, and how programs are run there."""

    home: Path
    secrets: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("SANGAM_")}
        cache = {"SANGAM_CACHE": os.environ["SANGAM_CACHE"]} if "SANGAM_CACHE" in os.environ else {}
        passwords = {f"SANGAM_PASSWORD_{id}": PASSWORD for id in ("RJ.ADMIN", "RJ.ONE", "RJ.TWO")}
        mine = {"SANGAM_STATE": "IN-RJ", "SANGAM_DATA": str(self.home / "node"), "SANGAM_PORT": "0"}
        return {**plain, **cache, **passwords, **mine, **more}

    def run(self, *words: str | Path, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run([SANGAM, *words], capture_output=True, text=True, env=self.environment(**more))

    def told(self, *words: str | Path, **more: str) -> Any:
        """Run a command that must be done, and give what it says to programs."""
        done = self.run(*words, "--json", **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def refused(self, code: int, *words: str | Path, **more: str) -> str:
        """Run a command that must end with this code, and give the one line that it says."""
        done = self.run(*words, **more)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        [line] = done.stderr.splitlines()
        return line

    def code(self, officer: str) -> str:
        """Give the officer's one-time code of now."""
        return code_of_now(self.home / "node", self.secrets[officer])

    @contextmanager
    def running(self, *words: str, **more: str) -> "Iterator[tuple[subprocess.Popen[str], Any]]":
        """Run a program that goes on until it is told to end, and give what it says when it is ready."""
        command = [SANGAM, *words, "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment(**more))
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            process.stdout.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A data directory with its first officers."""
    made = Site(tmp_path_factory.mktemp("site"))
    founders = ("--admin", "rj.admin,Administrator,NODE_ADMIN,RJ", "--grantor", "rj.one,First,IG_JT_CP,RJ")
    opened = made.told("officer", "bootstrap", *founders, "--grantor", "rj.two,Second,DIG_ADDL_CP,RJ-R-AJM")
    made.secrets = {one["officer"]["id"]: one["totp_secret"] for one in opened}
    return made


@pytest.fixture(scope="module")
def node(site: Site) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """The node of the site, serving, with its address."""
    with site.running("serve") as (process, said):
        yield process, said["url"]


@pytest.fixture(scope="module")
def database(site: Site, node: "tuple[subprocess.Popen[str], str]") -> Iterator[dict[str, Any]]:
    """The database of the site alone, after its node has ended, and how it is reached."""
    node[0].send_signal(signal.SIGTERM)
    assert node[0].wait(30) == 0
    with site.running("database", "start") as (_, said):
        yield said


def reaching(database: dict[str, Any], **more: str) -> dict[str, str]:
    """Give the settings of a node that is to use a database that is there."""
    password = Path(database["password_file"]).read_text(encoding="utf-8").strip()
    named = {"SANGAM_GRAPH_URI": database["uri"], "SANGAM_GRAPH_USER": database["user"]}
    return {**named, "SANGAM_GRAPH_PASSWORD": password, **more}


def test_an_enquiry_is_opened_and_closed_and_a_live_node_trains_nobody(
    site: Site, node: "tuple[subprocess.Popen[str], str]"
) -> None:
    token = sign_in(node[1], "rj.one", PASSWORD, site.code("rj.one")).access_token
    there = {"SANGAM_URL": node[1], "SANGAM_TOKEN": token}
    why = ("--case", "FIR 0123/2026", "--basis", "BNSS 173")
    line = site.refused(1, "enquiry", "open", "--purpose", "TRAINING", *why, **there)
    assert line == "REFUSED Purpose TRAINING is for training nodes."
    opened = site.told("enquiry", "open", "--purpose", "INVESTIGATION", *why, **there)
    assert (opened["purpose"], opened["closed_at"]) == ("INVESTIGATION", None)
    assert site.run("find", "anybody", SANGAM_ENQUIRY=opened["id"], **there).returncode == 0
    assert site.told("enquiry", "close", opened["id"], **there)["closed_at"] is not None
    assert site.refused(1, "find", "anybody", SANGAM_ENQUIRY=opened["id"], **there).startswith("REFUSED ")


def test_a_second_node_on_one_data_directory_says_so_and_stops(
    site: Site, node: "tuple[subprocess.Popen[str], str]"
) -> None:
    line = site.refused(3, "serve")
    there = site.home / "node"
    assert line == f"UNAVAILABLE Another node serves from the data directory {there} (process {node[0].pid})."
    assert site.told("database", "status")["pid"] == node[0].pid


def test_a_node_is_stopped_by_the_name_of_its_directory(site: Site, node: "tuple[subprocess.Popen[str], str]") -> None:
    assert site.told("database", "stop") == {"stopped": node[0].pid}
    assert node[0].wait(30) == 0
    assert site.told("database", "status")["running"] is False
    assert site.told("database", "stop") == {"stopped": None}


def test_the_database_alone_is_started_looked_at_and_migrated(site: Site, database: dict[str, Any]) -> None:
    assert psutil.pid_exists(database["pid"])
    assert site.told("database", "status")["running"] is True
    number = site.told("database", "migrate", **reaching(database))["migration"]
    assert number == len(list((Path(__file__).parents[2] / "graph" / "migrations").glob("*.cypher")))
    assert site.run("database", "migrate", **reaching(database)).stdout == f"Migration {number} is in force.\n"


def test_a_file_is_brought_in_by_an_officer_for_an_enquiry_once(site: Site, database: dict[str, Any]) -> None:
    mapping, source = site.home / "register.yaml", site.home / "register.csv"
    mapping.write_text(REGISTER, encoding="utf-8")
    source.write_text("number,name\n1,Omprakash Palash\n2,\n3,Kiran Mewada\n", encoding="utf-8")
    there = reaching(database)
    with site.running("serve", **there) as (_, said):
        url = said["url"]
        token = sign_in(url, "rj.two", PASSWORD, site.code("rj.two")).access_token
        why = ("--purpose", "INVESTIGATION", "--case", "FIR 0123/2026", "--basis", "BNSS 173")
        enquiry = site.told("enquiry", "open", *why, "--url", url, "--token", token)["id"]
    words = ("import", source, "--mapping", mapping, "--as", "rj.two", "--enquiry", enquiry)
    proof = {"SANGAM_OFFICER_PASSWORD": PASSWORD}
    done = site.told(*words, SANGAM_OFFICER_CODE=site.code("rj.two"), **proof, **there)
    assert (done["records"], done["refused"]) == ({"person": 2}, 1)
    assert "name" in Path(done["refused_file"]).read_text(encoding="utf-8")
    ran = site.told("jobs", "run", "count-holes", **there)
    assert (ran["outcome"], ran["found"]) == ("DONE", {"records": 0, "versions": 0, "links": 0})
    mistaken = site.run("jobs", "run", "nothing", **there)
    assert (mistaken.returncode, mistaken.stdout) == (2, "")
    assert mistaken.stderr.startswith("BAD_INPUT")
    assert "The jobs are settle," in " ".join(mistaken.stderr.split())
    line = site.refused(1, *words, SANGAM_OFFICER_CODE=site.code("rj.two"), **proof, **there)
    assert line.startswith("CONFLICT The last run of this source waits for a second officer")
    line = site.refused(1, *words, SANGAM_OFFICER_CODE="000000", **proof, **there)
    assert line.startswith("UNAUTHENTICATED ")


def test_behind_a_database_that_is_there_too_one_node_serves_and_a_killed_one_leaves_the_place(
    site: Site, database: dict[str, Any]
) -> None:
    there = reaching(database)
    with site.running("serve", **there) as (process, _):
        line = site.refused(3, "serve", **there)
        said = f"UNAVAILABLE Another node serves from the data directory {site.home / 'node'} (process {process.pid})."
        assert line == said
        assert site.told("jobs", "run", "count-holes", **there)["outcome"] == "DONE", "and commands go on beside it"
        process.kill()
        process.wait(30)
    with site.running("serve", **there, SANGAM_METRICS_PORT="0") as (_, said):
        assert said["metrics"].startswith("http://127.0.0.1:")
        assert httpx.get(said["metrics"]).status_code == 200
        assert httpx.get(f"{said['url']}/metrics").status_code == 404


def test_a_database_that_cannot_be_used_is_one_clear_line_and_three(site: Site, database: dict[str, Any]) -> None:
    nowhere = "bolt://127.0.0.1:9"
    line = site.refused(3, "serve", SANGAM_GRAPH_URI=nowhere, SANGAM_GRAPH_PASSWORD="x")
    assert line == f"UNAVAILABLE No database answers at {nowhere}."
    line = site.refused(3, "serve", **reaching(database, SANGAM_GRAPH_PASSWORD="hush, this is not it"))
    assert line == f"UNAVAILABLE The database at {database['uri']} refuses this user name or password."
    with _old_database("5.25.1", bolt=(5, 6)) as uri:
        line = site.refused(3, "serve", SANGAM_GRAPH_URI=uri, SANGAM_GRAPH_PASSWORD="x")
        assert line == f"UNAVAILABLE The database at {uri} is Neo4j 5.25.1; 5.26 or newer is needed."
    with _old_database("4.4.0", bolt=(4, 4)) as uri:
        line = site.refused(3, "serve", SANGAM_GRAPH_URI=uri, SANGAM_GRAPH_PASSWORD="x")
        assert line == f"UNAVAILABLE The database at {uri} is too old; Neo4j 5.26 or newer is needed."


def test_what_the_machine_does_not_give_is_one_clear_line(site: Site, database: dict[str, Any]) -> None:
    """What stays as it is ends with 1, and a node is not started again; what may pass ends with 3."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for port in ("SANGAM_PORT", "SANGAM_METRICS_PORT"):
            line = site.refused(3, "serve", **reaching(database, **{port: str(taken.getsockname()[1])}))
            assert line.startswith("UNAVAILABLE Address already in use")
            assert str(taken.getsockname()[1]) in line
    key = site.home / "node" / "keys" / "state.key"
    key.chmod(0o644)
    try:
        for words in (("serve",), ("peers", "list"), ("database", "backup", "-o", str(site.home / "backup"))):
            line = site.refused(1, *words)
            assert line == f"REFUSED {key} could be read by others. Replace the key in it, or set its mode to 0600."
    finally:
        key.chmod(0o600)
    lost = key.rename(site.home / "lost.key")
    try:
        line = site.refused(1, "serve")
        assert line == f"REFUSED {key} is lost, and these stores are nothing without it: bring it back from a copy."
        assert site.refused(1, "peers", "list") == line
        assert site.refused(1, "database", "backup", "-o", str(site.home / "backup")) == line
        assert not key.exists(), "no other is made in its place"
    finally:
        lost.rename(key)
    for words in (("serve",), ("peers", "list")):
        assert site.refused(1, *words, SANGAM_DATA=str(key)) == f"REFUSED {key}: File exists."
        assert site.refused(2, *words, SANGAM_SECRETS=str(key)).startswith("BAD_INPUT A setting cannot be read: ")


def test_stores_that_were_made_for_something_else_are_refused(site: Site, database: dict[str, Any]) -> None:
    line = site.refused(1, "serve", **reaching(database, SANGAM_STAMP="TRAINING"))
    assert line == "REFUSED This store was made for LIVE, not for TRAINING."
    line = site.refused(1, "serve", SANGAM_STAMP="TRIAL")
    assert line == "REFUSED A node is served LIVE or for TRAINING; TRIAL is for worlds that tests make."
    line = site.refused(1, "serve", **reaching(database, SANGAM_STATE="IN-PB"))
    assert line == "REFUSED This register belongs to IN-RJ, not to IN-PB."


def test_a_node_with_a_certificate_of_the_membership_opens_a_port_for_its_peers_and_warns_before_it_ends(
    site: Site, database: dict[str, Any]
) -> None:
    """What a state does before production, by programs: a membership trusted, a certificate that ends in 25 days."""
    port, keys = free_ports(1)[0], KeyRing.open(site.home / "node" / "keys", at=datetime.now(UTC)).public()
    places = {"IN-RJ": (f"https://127.0.0.1:{port}", keys), "IN-PB": ("https://127.0.0.1:1", (token_key(),))}
    made = training_membership(places, datetime.now(UTC) - timedelta(days=340))
    own, theirs = (kept(made.issued[state], site.home / state) for state in places)
    (site.home / "membership.json").write_bytes(canonical(made.signed))
    there = reaching(database, SANGAM_PEER_PORT=str(port), SANGAM_METRICS_PORT="0")
    joins = {"SANGAM_CERTIFICATE": str(own.certificate), "SANGAM_CERTIFICATE_KEY": str(own.key)}
    given = ("--fingerprint", fingerprint(made.signed.membership), "--as", "rj.admin")
    proof = {"SANGAM_OFFICER_PASSWORD": PASSWORD, "SANGAM_OFFICER_CODE": site.code("rj.admin")}
    assert site.told("peers", "trust", site.home / "membership.json", *given, **proof)["version"] == 1
    with site.running("serve", **there, **joins) as (_, said):
        assert _asked(port, theirs, own) == (200, {"ready": True})
        assert _asked(port, None, own) is None
        ready = httpx.get(f"{said['url']}/health/ready").json()
        assert (ready["ready"], [one[:5] for one in ready["warnings"]]) == (True, ["IN-RJ", "IN-PB"])
        figures = httpx.get(said["metrics"]).text
        assert 'sangam_certificate_warning{state="IN-RJ"} 1.0' in figures
        listed = site.told("peers", "list", **joins)
        assert all("in 24 days: it is time for the next" in row["warning"] for row in listed)
    line = site.refused(1, "serve", **there, **joins | {"SANGAM_CERTIFICATE_KEY": str(theirs.key)})
    assert line == f"REFUSED {theirs.key} cannot be used as the key of {own.certificate}."


def _asked(port: int, theirs: OwnCertificate | None, own: OwnCertificate) -> tuple[int, Any] | None:
    """Ask the port for peers whether it is ready, under a certificate or none; None if it says nothing."""
    context = ssl.create_default_context(cafile=own.certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if theirs is not None:
        context.load_cert_chain(theirs.certificate, theirs.key)
    try:
        answer = httpx.get(f"https://127.0.0.1:{port}/federation/v1/ready", verify=context)
    except httpx.TransportError:
        return None
    return answer.status_code, answer.json()


class _Bolt(socketserver.StreamRequestHandler):
    """As much of Bolt as tells a driver the version of a database."""

    version: bytes
    bolt: tuple[int, int]

    def handle(self) -> None:
        self.rfile.read(20)
        self.wfile.write(bytes((0, 0, self.bolt[1], self.bolt[0])))
        while head := self.rfile.read(2):
            message = self.rfile.read(int.from_bytes(head, "big"))
            match message[1:2]:
                case b"\x02":  # goodbye
                    return
                case b"\x01":  # hello
                    self._say(
                        b"\xb1\x70\xa2"
                        + _text(b"server")
                        + _text(b"Neo4j/" + self.version)
                        + _text(b"connection_id")
                        + _text(b"bolt-1")
                    )
                case b"\x10":  # run
                    self._say(b"\xb1\x70\xa1" + _text(b"fields") + b"\x91" + _text(b"version"))
                case b"\x3f":  # pull
                    self._say(b"\xb1\x71\x91" + _text(self.version))
                    self._say(b"\xb1\x70\xa1" + _text(b"type") + _text(b"r"))
                case b"\x00" | b"":  # the end of a message
                    continue
                case _:
                    self._say(b"\xb1\x70\xa0")

    def _say(self, message: bytes) -> None:
        self.wfile.write(len(message).to_bytes(2, "big") + message + b"\x00\x00")


def _text(text: bytes) -> bytes:
    return bytes((0x80 + len(text),)) + text


@contextmanager
def _old_database(version: str, *, bolt: tuple[int, int]) -> Iterator[str]:
    """Serve a database of this version, which can say nothing else."""
    handler = type("Bolt", (_Bolt,), {"version": version.encode(), "bolt": bolt})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"bolt://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
