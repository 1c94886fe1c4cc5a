"""Ports for servers that a test or a benchmark starts itself."""

import contextlib
import random
import socket

_HOST = "127.0.0.1"
# Below those that the system gives to whoever connects somewhere, so that nobody gets one before its server is up.
_RANGE = range(20_000, 30_000)


def free_ports(many: int) -> list[int]:
    """Give ports at which nothing listens now; raise OSError if there are none."""
    found: list[int] = []
    for port in random.SystemRandom().sample(_RANGE, 1_000):
        with contextlib.suppress(OSError), socket.create_server((_HOST, port)):
            found.append(port)
        if len(found) == many:
            return found
    raise OSError("No ports are free.")
