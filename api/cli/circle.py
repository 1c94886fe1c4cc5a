"""A training circle on one machine: keys, certificates, ports and the membership of several states, made once.

What one state keeps to itself lies in its own folder; the membership lies above them all.
"""

import os
import socket
from collections.abc import Sequence
from pathlib import Path

from auth.keys import KeyRing
from desk.errors import Unavailable
from federation.membership import canonical
from federation.training import training_membership
from schemas.codes.states import MEMBERS
from schemas.membership import SignedMembership
from schemas.operation import system_clock

HOST = "127.0.0.1"
MEMBERSHIP, CERTIFICATE, CERTIFICATE_KEY, LOG = "membership.json", "tls.pem", "tls-key.pem", "node.log"


def states_of(number: int) -> tuple[str, ...]:
    """Give the first so many member states, in order of number."""
    return tuple(sorted(MEMBERS, key=lambda code: MEMBERS[code].bit))[:number]


def prepare(folder: Path, states: Sequence[str]) -> None:
    """Make the circle of a folder if there is none; raise Unavailable if the one that is there cannot stand."""
    file = folder / MEMBERSHIP
    if not file.is_file():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(folder, states)
    signed = SignedMembership.model_validate_json(file.read_bytes())
    there = tuple(member.code for member in signed.membership.members)
    if there != tuple(states):
        raise Unavailable(f"{folder} was made for {len(there)} states: name another folder, or as many states.")
    for member in signed.membership.members:
        _free(member.code, int(member.address.rpartition(":")[2]))


def _make(folder: Path, states: Sequence[str]) -> None:
    at = system_clock()
    held = [socket.create_server((HOST, 0)) for _ in states]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    rings = {}
    for state in states:
        (folder / state).mkdir(mode=0o700, parents=True, exist_ok=True)
        rings[state] = KeyRing.open(folder / state / "keys", at=at)
    places = {
        state: (f"https://{HOST}:{port}", rings[state].public()) for state, port in zip(states, ports, strict=True)
    }
    made = training_membership(places, at)
    for state in states:
        _write(folder / state / CERTIFICATE, made.issued[state].certificate_pem.encode())
        _write(folder / state / CERTIFICATE_KEY, made.issued[state].private_key_pem.encode())
    # Last: a circle without it is made anew.
    _write(folder / MEMBERSHIP, canonical(made.signed))


def _write(file: Path, content: bytes) -> None:
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    beside.replace(file)


def _free(state: str, port: int) -> None:
    try:
        socket.create_server((HOST, port)).close()
    except OSError as fault:
        said = (
            f"Port {port}, at which the other states of this demo ask {state}, is taken: is the demo running already?"
        )
        raise Unavailable(said) from fault
