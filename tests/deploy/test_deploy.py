"""What deploys a node is closed as it says, holds no secret, and starts the node by the words that are tested here."""

import http.server
import json
import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import SecretStr
from ruamel.yaml import YAML

from api.cli import app
from api.exported import exported
from api.reference.settings import BESIDE, is_secret, variable
from api.settings import Settings
from graph import runtime
from schemas.codes.states import MEMBERS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
SANGAM = Path(sys.executable).with_name("sangam")

SECRETS = {variable(name) for name, info in Settings.model_fields.items() if is_secret(info)}
# In these forms the register is a file in the node's own volume, and has no address.
HANDED = SECRETS - {"SANGAM_REGISTER_URL"}
# A name that says that its value is a secret, or an address that may have one in it; one that ends in the place of a
# file says where it lies.
SECRET_LIKE = re.compile(r"(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|AUTH|CODE|KEY|REGISTER_URL)$", re.IGNORECASE)

GIVEN = {
    "compose.yaml": {
        "SANGAM_STATE": "IN-RJ",
        "SANGAM_GRAPH_PASSWORD_FILE": "/given/password",
        "SANGAM_GRAPH_AUTH_FILE": "/given/auth",
    },
    "compose.six.yaml": {"SANGAM_SECRETS_FOLDER": "/given"},
}

# Settings of Neo4j that follow from where it runs, and from how much it holds.
PLACES_AND_SIZES = {"server.default_listen_address", "server.bolt.listen_address", "server.memory.pagecache.size"}


def plain(name: str) -> dict[str, Any]:
    """Give a compose file as it is written."""
    read: dict[str, Any] = YAML(typ="safe").load((DEPLOY / name).read_text(encoding="utf-8"))
    return read


def composed(name: str) -> dict[str, dict[str, Any]]:
    """Give the services of a compose file, each with what it extends."""
    return {service: _extended(one) for service, one in plain(name)["services"].items()}


def _extended(one: dict[str, Any]) -> dict[str, Any]:
    of = one.get("extends")
    base = _extended(plain(of["file"])["services"][of["service"]]) if of else {}
    joined: dict[str, Any] = {}
    for key in base.keys() & one.keys():
        if isinstance(base[key], dict):
            joined[key] = {**base[key], **one[key]}
        elif isinstance(base[key], list):
            joined[key] = [*base[key], *one[key]]
    return {**base, **{key: value for key, value in one.items() if key != "extends"}, **joined}


SERVICES = [(name, service) for name in GIVEN for service in composed(name)]
NODES = [(name, service) for name, service in SERVICES if "SANGAM_STATE" in composed(name)[service]["environment"]]
GRAPHS = [one for one in SERVICES if one not in NODES]


def instructions() -> list[tuple[str, str]]:
    """Give the instructions of the Containerfile, each as its word and the rest of its line."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines.splitlines() if line)]


def final() -> list[tuple[str, str]]:
    """Give the instructions of the image that is run."""
    all = instructions()
    return all[max(place for place, (word, _) in enumerate(all) if word == "FROM") :]


class Unit(RawConfigParser):
    """A unit file; of what stands in it more than once, every line."""

    def __init__(self, path: Path) -> None:
        """Read the file."""
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None)
        self.lines = re.findall(r"^(\w+)=(.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        self.read(path, encoding="utf-8")

    def optionxform(self, optionstr: str) -> str:
        """Keep a key as it is written."""
        return optionstr

    def every(self, key: str, state: str, data: str = "/var/lib") -> list[str]:
        """Give each value of a key, for one state, as systemd gives it to the program."""
        places = {"%i": state, "%S": data, "%d": "/run/credentials", "%%": "%"}
        return [re.sub("%.", lambda found: places[found[0]], value) for name, value in self.lines if name == key]

    def environment(self, state: str, data: str = "/var/lib") -> dict[str, str]:
        """Give the environment that the unit sets for one state."""
        return dict(one.split("=", 1) for line in self.every("Environment", state, data) for one in shlex.split(line))


NODE_UNIT, BACKUP_UNIT = UNITS / "sangam@.service", UNITS / "sangam-backup@.service"


def start_of(unit: Path, state: str, data: str = "/var/lib") -> list[str]:
    """Give the words of a unit's ExecStart, without the shell that names the file of a backup."""
    [line] = Unit(unit).every("ExecStart", state, data)
    words = shlex.split(line)
    if words[:2] == ["/bin/sh", "-c"]:
        script, *given = words[2:]
        shown = f"set -- {script.removeprefix('exec ')}; printf '%s\\n' \"$@\"".replace("$$", "$")
        done = subprocess.run(["/bin/sh", "-c", shown, *given], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()
    return words


def container_start() -> list[str]:
    """Give the words that the image starts."""
    [words] = [json.loads(rest) for word, rest in final() if word == "CMD"]
    assert "ENTRYPOINT" not in [word for word, _ in final()]
    return list(words)


def parsed(words: list[str]) -> tuple[str, dict[str, Any]]:
    """Give the command that some words come to, by its path, and what they say to it; nothing is run."""
    context = typer.main.get_command(app).make_context(words[0], words[1:])
    while True:
        command: Any = context.command
        if not hasattr(command, "get_command"):
            return context.command_path.partition(" ")[2], context.params
        rest = [*context._protected_args, *context.args]
        name, inner, rest = command.resolve_command(context, rest)
        context = inner.make_context(name, rest, parent=context)


# Compose


def test_both_compose_files_are_read_and_have_every_service_that_they_should() -> None:
    assert set(composed("compose.yaml")) == {"node", "graph"}
    states = [composed("compose.six.yaml")[service]["environment"]["SANGAM_STATE"] for name, service in NODES[1:]]
    assert sorted(states) == sorted(MEMBERS)
    assert len(GRAPHS) == len(NODES) == 1 + len(MEMBERS)


@pytest.mark.parametrize("name", GIVEN)
def test_docker_itself_takes_the_compose_file(name: str) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("There is no `docker compose` here, so that only our own reading of the file is tested.")
    config = [docker, "compose", "-f", str(DEPLOY / name), "config", "--quiet"]
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(config, capture_output=True, text=True, env=bare | GIVEN[name])
    assert done.returncode == 0, done.stderr
    assert subprocess.run(config, capture_output=True, env=bare).returncode != 0


@pytest.mark.parametrize(("name", "service"), SERVICES)
def test_a_service_is_nobody_and_writes_nowhere_but_to_its_volume(name: str, service: str) -> None:
    one = composed(name)[service]
    user, _, group = one["user"].partition(":")
    assert int(user) > 0
    assert int(group) > 0
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert "no-new-privileges:true" in one["security_opt"]
    assert not one.get("privileged")
    assert any(place.partition(":")[0] == "/tmp" for place in one["tmpfs"])
    assert one["healthcheck"]["test"][0] == "CMD"
    own = [volume for volume in one["volumes"] if not volume.endswith(":ro")]
    assert [volume.partition(":")[0] for volume in own] == [service]


def test_no_two_services_share_a_volume_or_a_network_but_the_one_of_the_nodes() -> None:
    six = composed("compose.six.yaml")
    for place in ("volumes", "secrets"):
        used = [
            one["source"] if isinstance(one, dict) else one.partition(":")[0]
            for service in six.values()
            for one in service[place]
            if place == "secrets" or not one.endswith(":ro")
        ]
        assert len(used) == len(set(used)), place
        assert set(used) == plain("compose.six.yaml")[place].keys()
    files = [one["file"] for one in plain("compose.six.yaml")["secrets"].values()]
    assert len(files) == len(set(files))


@pytest.mark.parametrize(("name", "service"), GRAPHS)
def test_only_its_node_reaches_a_database_and_it_reaches_nobody(name: str, service: str) -> None:
    one = composed(name)[service]
    assert "ports" not in one
    [network] = one["networks"]
    assert plain(name)["networks"][network] == {"internal": True}
    there = [other for other, services in composed(name).items() if network in services["networks"]]
    [node] = set(there) - {service}
    assert composed(name)[node]["environment"]["SANGAM_GRAPH_URI"] == f"bolt://{service}:7687"
    assert composed(name)[node]["depends_on"] == {service: {"condition": "service_healthy"}}


@pytest.mark.parametrize(("name", "service"), NODES)
def test_a_node_is_published_on_loopback_alone(name: str, service: str) -> None:
    [published] = composed(name)[service]["ports"]
    assert re.fullmatch(r"127\.0\.0\.1:\d+:8470", published)


def test_a_node_with_peers_hands_over_its_port_and_its_certificate_and_no_more() -> None:
    beside = plain("compose.peers.yaml")
    assert beside["services"].keys() == {"node"}
    node = beside["services"]["node"]
    names = {f"SANGAM_{name.upper()}" for name in Settings.model_fields}
    assert node["environment"].keys() <= names
    placed = {node["environment"][name] for name in ("SANGAM_CERTIFICATE", "SANGAM_CERTIFICATE_KEY")}
    assert placed == {f"/run/secrets/{name}" for name in node["secrets"]}
    assert set(node["secrets"]) == beside["secrets"].keys()
    # None of them has a default, and nobody but the peers' port is opened to others.
    assert all(re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", one["file"]) for one in beside["secrets"].values())
    port = Settings.model_fields["peer_port"].default
    assert node["ports"] == [f"{port}:{port}"]


def test_six_on_one_host_have_each_a_certificate_of_its_own_and_meet_on_one_network() -> None:
    six, beside = composed("compose.six.yaml"), plain("compose.six.peers.yaml")
    nodes = {service for _, service in NODES[1:]}
    assert beside["services"].keys() == nodes
    single = plain("compose.peers.yaml")["services"]["node"]["environment"]
    used = []
    for service, one in beside["services"].items():
        assert one.keys() == {"environment", "secrets"}, "no port is opened on the host"
        assert one["environment"] == single
        placed = {f"/run/secrets/{secret['target']}": secret["source"] for secret in one["secrets"]}
        assert placed.keys() == {single[name] for name in ("SANGAM_CERTIFICATE", "SANGAM_CERTIFICATE_KEY")}
        state = six[service]["environment"]["SANGAM_STATE"]
        for source in placed.values():
            file = beside["secrets"][source]["file"]
            assert re.fullmatch(rf"\$\{{SANGAM_SECRETS_FOLDER:\?[^}}]+\}}/{state}/[a-z_]+", file)
            used.append((source, file))
        assert "front" in six[service]["networks"]
    assert len({file for _, file in used}) == len(used) == 2 * len(nodes)
    assert {source for source, _ in used} == beside["secrets"].keys()
    assert not beside["secrets"].keys() & plain("compose.six.yaml")["secrets"].keys()


def test_docker_itself_takes_the_compose_files_of_six_with_peers() -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("There is no `docker compose` here, so that only our own reading of the files is tested.")
    files = [part for name in ("compose.six.yaml", "compose.six.peers.yaml") for part in ("-f", str(DEPLOY / name))]
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    config = [docker, "compose", *files, "config", "--quiet"]
    assert subprocess.run(config, capture_output=True, env=bare | GIVEN["compose.six.yaml"]).returncode == 0
    assert subprocess.run(config, capture_output=True, env=bare).returncode != 0


def test_docker_itself_takes_the_compose_file_with_peers() -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("There is no `docker compose` here, so that only our own reading of the file is tested.")
    files = [part for name in ("compose.yaml", "compose.peers.yaml") for part in ("-f", str(DEPLOY / name))]
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | GIVEN["compose.yaml"]
    given = {"SANGAM_CERTIFICATE_FILE": "/given/pem", "SANGAM_CERTIFICATE_KEY_FILE": "/given/key"}
    config = [docker, "compose", *files, "config", "--quiet"]
    assert subprocess.run(config, capture_output=True, env=bare | given).returncode == 0
    assert subprocess.run(config, capture_output=True, env=bare).returncode != 0


def test_the_database_is_the_version_that_the_proofs_run_on() -> None:
    lock = tomllib.loads((ROOT / "graph" / "neo4j.lock.toml").read_text(encoding="utf-8"))
    [version] = [one["version"] for one in lock["dependencies"] if one["artifactId"] == "neo4j"]
    assert {composed(name)[service]["image"] for name, service in GRAPHS} == {f"neo4j:{version}-community"}


def test_the_database_beside_a_node_is_set_as_the_one_that_a_node_starts() -> None:
    lines = (DEPLOY / "neo4j.conf").read_text(encoding="utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    differing = {key for key, value in runtime.SETTINGS.items() if said.get(key) != value}
    assert differing == PLACES_AND_SIZES
    assert said.keys() - runtime.SETTINGS.keys() == {
        "server.directories.run",
        "server.memory.heap.initial_size",
        "server.memory.heap.max_size",
    }


# Secrets


def test_there_are_secrets_to_look_for() -> None:
    assert "SANGAM_GRAPH_PASSWORD" in SECRETS
    assert all(SECRET_LIKE.search(name) for name in SECRETS)


def test_no_secret_of_the_settings_has_a_default() -> None:
    for name, info in Settings.model_fields.items():
        if SECRET_LIKE.search(variable(name)):
            assert info.is_required() or info.default is None, name
        assert not isinstance(info.default, SecretStr), name


@pytest.mark.parametrize(("name", "service"), SERVICES)
def test_no_secret_stands_in_the_environment_of_a_service(name: str, service: str) -> None:
    environment = composed(name)[service]["environment"]
    assert not [key for key in environment if SECRET_LIKE.search(key)]
    for key, value in environment.items():
        assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), key
    if (name, service) in NODES:
        assert environment["SANGAM_SECRETS"] == "/run/secrets"
        assert {one["target"] for one in composed(name)[service]["secrets"]} == HANDED


@pytest.mark.parametrize("name", GIVEN)
def test_what_a_state_must_say_is_asked_for_and_has_no_default(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    asked = re.findall(r"\$\{(\w+)(:?[-?+][^}]*)?\}", text)
    assert {variable for variable, _ in asked} == GIVEN[name].keys()
    for name_, rest in asked:
        assert re.fullmatch(r":\?say \w[^}]+", rest), name_
    assert not re.search(r"\$\w", text)
    for one in plain(name)["secrets"].values():
        assert one.keys() == {"file"}
        assert one["file"].startswith("${")


def test_no_secret_stands_in_the_image_or_in_a_unit() -> None:
    for word, rest in instructions():
        if word in {"ARG", "ENV"}:
            names = re.findall(r"(\w+)=", rest) or [rest.split()[0]]
            assert not [name for name in names if SECRET_LIKE.search(name)], rest
    for unit in (NODE_UNIT, BACKUP_UNIT):
        assert not [key for key in Unit(unit).environment("IN-RJ") if SECRET_LIKE.search(key)]
    loaded = {one.partition(":")[0] for one in Unit(NODE_UNIT).every("LoadCredential", "IN-RJ")}
    assert loaded == HANDED
    assert Unit(NODE_UNIT).environment("IN-RJ")["SANGAM_SECRETS"] == "/run/credentials"


def test_a_secret_is_read_from_the_file_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "SANGAM_GRAPH_PASSWORD").write_text("a password in a file\n", encoding="utf-8")
    monkeypatch.setenv("SANGAM_SECRETS", str(tmp_path))
    monkeypatch.delenv("SANGAM_GRAPH_PASSWORD", raising=False)
    password = Settings(state="IN-RJ", data=tmp_path).graph_password
    assert password is not None
    assert password.get_secret_value() == "a password in a file"


# The image


def test_the_image_is_of_an_exact_base_without_root_and_says_how_it_is() -> None:
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert set(bases) == {"python:3.13-slim"}
    words = [word for word, _ in final()]
    [user] = [rest for word, rest in final() if word == "USER"]
    assert int(user.partition(":")[0]) > 0
    assert words.index("USER") > max(place for place, word in enumerate(words) if word in {"RUN", "COPY"})
    assert {composed(name)[service]["user"] for name, service in NODES} == {user}
    [health] = [rest for word, rest in final() if word == "HEALTHCHECK"]
    command = json.loads(health.partition(" CMD ")[2])
    assert {tuple(composed(name)[service]["healthcheck"]["test"]) for name, service in NODES} == {("CMD", *command)}
    assert command == ["python", "/opt/sangam/healthy.py"]


def test_the_image_keeps_all_that_changes_in_its_one_volume() -> None:
    [volume] = [rest for word, rest in final() if word == "VOLUME"]
    environment = dict(re.findall(r"(\w+)=(\S+)", " ".join(rest for word, rest in final() if word == "ENV")))
    assert environment["SANGAM_DATA"] == volume
    for name, service in NODES:
        [there] = composed(name)[service]["volumes"]
        assert there.partition(":")[2] == volume
    assert not Path(environment["SANGAM_CACHE"]).is_relative_to(volume)
    fetching = [rest for word, rest in final() if word == "RUN" and "sangam database fetch" in rest]
    assert fetching
    assert parsed(["sangam", "database", "fetch"])[0] == "database fetch"


def test_whatever_is_installed_in_the_image_is_locked() -> None:
    installed = [
        part for word, rest in instructions() if word == "RUN" for part in re.findall(r"pip install[^&]*", rest)
    ]
    assert installed
    for one in installed:
        assert "--require-hashes -r " in one or "--no-deps --no-index" in one, one
    assert any("requirements.lock" in one for one in installed)
    assert not any(re.search(r"\b(curl|wget|apt-get|apt)\b", rest) for word, rest in instructions() if word == "RUN")


def test_every_room_is_in_the_image_and_nothing_else_of_the_checkout() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = {one.removesuffix("*") for one in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    copied = {
        source
        for word, rest in instructions()
        if word == "COPY" and "--from=" not in rest
        for source in [one for one in rest.split() if not one.startswith("--")][:-1]
    }
    named = {project["project"]["readme"], *project["project"]["license-files"]}
    locks = {"requirements.lock", "requirements-dev.lock"}
    assert copied == rooms | named | locks | {"pyproject.toml", "deploy/healthy.py"}
    [image] = {composed(name)[service]["image"] for name, service in NODES}
    assert image == f"{project['project']['name']}:{project['project']['version']}"


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Answer every question with a status while the context lasts, and give the port."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_the_health_check_passes_for_a_node_that_is_ready_alone(
    status: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with answering(status) as port:
        monkeypatch.setenv("SANGAM_PORT", str(port))
        assert healthy() == code
    assert healthy() == 1


def healthy() -> int:
    """Run the health check and give its exit code."""
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(DEPLOY / "healthy.py"), run_name="__main__")
    return int(str(ended.value.code))


# systemd

CLOSED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallFilter": "@system-service",
    "SystemCallArchitectures": "native",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
    "LimitCORE": "0",
    "MemoryDenyWriteExecute": "no",
}


@pytest.mark.parametrize("unit", [NODE_UNIT, BACKUP_UNIT], ids=lambda path: path.stem)
def test_a_unit_is_closed(unit: Path) -> None:
    section = Unit(unit)["Service"]
    assert {key: section.get(key) for key in CLOSED} == CLOSED
    assert section["User"] == section["Group"] == "sangam-%i"
    assert "sangam/%i" in section["StateDirectory"].split()
    widened = {key for key, _ in Unit(unit).lines if key in {"ReadWritePaths", "BindPaths", "SupplementaryGroups"}}
    assert widened == set()


def test_every_state_has_a_user_of_its_own() -> None:
    lines = (UNITS / "sangam.conf").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("u ")]
    assert sorted(users) == sorted(f"sangam-{state}" for state in MEMBERS)


def test_systemd_itself_takes_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("There is no `systemd-analyze` here, so that only our own reading of the units is tested.")
    names = []
    for path in UNITS.glob("sangam*@.*"):
        name = path.name.replace("@", "@IN-RJ")
        # It looks whether the program is there, which it is where a node is installed.
        text = path.read_text(encoding="utf-8").replace("/opt/sangam/bin/sangam", str(SANGAM))
        (tmp_path / name).write_text(text, encoding="utf-8")
        names.append(name)
    assert len(names) == 3
    there = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    done = subprocess.run([analyze, "verify", "--man=no", *names], capture_output=True, text=True, env=there)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "sangam" in line]) == (0, [])


def test_a_backup_has_the_stores_to_itself_and_the_node_comes_back() -> None:
    backup = Unit(BACKUP_UNIT)["Unit"]
    node = "sangam@%i.service"
    assert (backup["Conflicts"], backup["After"], backup["OnSuccess"], backup["OnFailure"]) == (node,) * 4
    section = Unit(BACKUP_UNIT)["Service"]
    assert section["Type"] == "oneshot"
    assert "sangam-backups/%i" in section["StateDirectory"].split()
    assert Unit(UNITS / "sangam-backup@.timer")["Timer"]["OnCalendar"]


# What is started


@pytest.mark.parametrize("state", MEMBERS)
def test_a_unit_serves_the_state_that_it_is_named_after(state: str) -> None:
    path, said = parsed(start_of(NODE_UNIT, state))
    assert path == "serve"
    assert not any(said.values()), "what a node is told, its environment says"
    environment = Unit(NODE_UNIT).environment(state)
    assert (environment["SANGAM_STATE"], environment["SANGAM_DATA"]) == (state, f"/var/lib/sangam/{state}")


def test_a_backup_is_written_beside_the_stores_of_its_state() -> None:
    words = start_of(BACKUP_UNIT, "IN-RJ")
    path, said = parsed(words)
    assert path == "database backup"
    assert re.fullmatch(r"/var/lib/sangam-backups/IN-RJ/\d{4}-\d\d-\d\dT\d{6}Z\.backup", str(said["to"]))
    for unit in (NODE_UNIT, BACKUP_UNIT):
        assert Unit(unit).environment("IN-RJ")["SANGAM_DATA"] == "/var/lib/sangam/IN-RJ"
    assert words[0] == start_of(NODE_UNIT, "IN-RJ")[0] == "/opt/sangam/bin/sangam"


def test_the_image_starts_what_a_unit_starts() -> None:
    assert container_start() == ["sangam", *start_of(NODE_UNIT, "IN-RJ")[1:]]


def test_the_words_of_the_unit_start_a_node_that_the_health_check_finds_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = start_of(NODE_UNIT, "IN-RJ")[1:]
    environment = Unit(NODE_UNIT).environment("IN-RJ", str(tmp_path)) | {"SANGAM_PORT": "0"}
    environment["SANGAM_CACHE"] = os.environ.get("SANGAM_CACHE", "")
    environment["SANGAM_SECRETS"] = str(tmp_path)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SANGAM_")}
    process = subprocess.Popen([SANGAM, *words, "--json"], stdout=subprocess.PIPE, env=plain | environment)
    assert process.stdout is not None
    try:
        said = json.loads(process.stdout.readline())
        assert said["state"] == "IN-RJ"
        monkeypatch.setenv("SANGAM_PORT", said["url"].rpartition(":")[2])
        assert healthy() == 0
        assert (tmp_path / "sangam" / "IN-RJ" / "keys" / "state.key").is_file()
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
    assert process.wait(60) == 0
    assert healthy() == 1


# The reference


def test_every_setting_and_every_variable_that_the_sources_read_stands_in_the_reference() -> None:
    [page] = [text.decode() for path, text in exported().items() if path.name == "settings.md"]
    told = set(re.findall(r"^\| `([^`]+)` \|", page, flags=re.MULTILINE))
    assert told == {variable(name) for name in Settings.model_fields} | BESIDE.keys()
    rooms = ("api", "auth", "desk", "graph", "intake", "register", "analysis", "federation", "sangam")
    read = {
        name
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if path.name != "settings.py"
        for name in re.findall(r"SANGAM_[A-Z_]*[A-Z]_?", path.read_text(encoding="utf-8"))
    }
    assert {name + "…" if name.endswith("_") else name for name in read} <= told


def test_what_deploys_a_node_names_no_machine_and_no_other_host() -> None:
    pages = [*DEPLOY.rglob("*"), ROOT / "docs" / "before-production.md", ROOT / "docs" / "reference" / "settings.md"]
    for path in pages:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"/work/|/root/|/home/|\b(docker|pypi|ghcr|quay|github)\.(io|org|com)\b", text), path
