"""Where the states' nodes stand: each in a network namespace of its own, or each on a loopback address of its own.

The namespaces have no names and end with this process. One wire joins them all, and what one sends to another can be
cut off in the kernel. Where the machine does not allow them the land says so, and a cut is made by the proxies.
"""

import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

_NEW_NETWORK = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Land:
    """Places by state; `cut` and `mend` act on what goes one way, where the kernel does it."""

    addresses: dict[str, str]
    told: str
    _rooms: dict[str, int] = field(default_factory=dict)
    _wire: int | None = None
    _outside: int | None = None

    @property
    def cuts(self) -> bool:
        """Say whether the kernel cuts."""
        return self._wire is not None

    @contextmanager
    def inside(self, state: str) -> Iterator[None]:
        """Have this thread's new sockets in a state's place for as long as the context lasts."""
        if self._outside is None:
            yield
            return
        _enter(self._rooms[state])
        try:
            yield
        finally:
            _enter(self._outside)

    def cut(self, one: str, other: str) -> None:
        """Let nothing that one state sends reach the other."""
        _ip(self._rooms[one], "route", "add", "blackhole", f"{self.addresses[other]}/32")

    def mend(self, one: str, other: str) -> None:
        """Let it reach the other again."""
        _ip(self._rooms[one], "route", "del", "blackhole", f"{self.addresses[other]}/32")

    def close(self) -> None:
        """Let go of the namespaces."""
        for room in (*self._rooms.values(), *(one for one in (self._wire, self._outside) if one is not None)):
            os.close(room)
        self._rooms.clear()


def laid_out(states: Sequence[str]) -> Land:
    """Give a land for these states, of namespaces if the machine allows them."""
    try:
        return _namespaces(states)
    except (OSError, subprocess.CalledProcessError) as fault:
        loopback = {state: f"127.0.0.{number}" for number, state in enumerate(states, 2)}
        return Land(loopback, f"loopback addresses, since this machine makes no network namespaces ({fault})")


def _namespaces(states: Sequence[str]) -> Land:
    outside, wire = os.open("/proc/thread-self/ns/net", os.O_RDONLY), _room()
    rooms = {state: _room() for state in states}
    land = Land({state: f"10.77.0.{number}" for number, state in enumerate(states, 1)}, "network namespaces")
    land._rooms, land._wire, land._outside = rooms, wire, outside
    try:
        _ip(wire, "link", "add", "wire", "type", "bridge")
        _ip(wire, "link", "set", "wire", "up")
        for number, (state, room) in enumerate(rooms.items(), 1):
            _ip(wire, "link", "add", f"to{number}", "type", "veth", "peer", "name", "home")
            _ip(wire, "link", "set", "home", "netns", f"/proc/{os.getpid()}/fd/{room}")
            _ip(wire, "link", "set", f"to{number}", "master", "wire", "up")
            _ip(room, "addr", "add", f"{land.addresses[state]}/24", "dev", "home")
            _ip(room, "link", "set", "home", "up")
            _ip(room, "link", "set", "lo", "up")
    except BaseException:
        land.close()
        raise
    return land


def _room() -> int:
    """Give a new network namespace, open for as long as its number is."""
    made: list[int | OSError] = []

    def unshare() -> None:
        if _libc.unshare(_NEW_NETWORK):
            made.append(OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno())))
        else:
            made.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY))

    thread = threading.Thread(target=unshare)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]


def _enter(room: int) -> None:
    if _libc.setns(room, _NEW_NETWORK):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _ip(room: int, *words: str) -> None:
    command = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{room}", "ip", *words]
    subprocess.run(command, check=True, capture_output=True)
