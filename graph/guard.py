"""The process between the program and Java: it ends Java when the program ends, however that ends.

In order:
1. It runs alone, imports nothing of ours and has one thread, because PR_SET_PDEATHSIG is tied to a thread.
2. Java dies with it, by the kernel's hand.
3. When its standard input ends or its parent has gone it asks Java to stop, and insists after a while. Both are
   looked for, because a forked child of the program may hold the input open.
4. A byte on standard input means: kill Java at once, it is stuck.

Run as `python guard.py GRACE_SECONDS COMMAND…`; it prints Java's process id on its standard output. What Java prints
goes to the guard's standard error. It ends when Java has ended.
"""

import ctypes
import os
import select
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 1.0
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(grace: float, command: list[str]) -> None:
    """Run the command until it ends by itself or is to end."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    program = os.getppid()
    for number in (*STOPPING, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    os.umask(0o077)
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        _become(command, guard)
    print(child, flush=True)
    os.close(sys.stdout.fileno())
    _watch(child, program, woken, grace)


def _become(command: list[str], guard: int) -> None:
    """Turn the forked child into the command, tied to the guard's life; never returns."""
    try:
        for number in (*STOPPING, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == guard:  # the guard may have died before the kernel was told
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(2, 1)
            os.execv(command[0], command)  # noqa: S606  # no shell is wanted
    finally:
        os._exit(127)


def _watch(child: int, program: int, woken: int, grace: float) -> None:
    """Wait for the child's end; pass on that it should end, and kill it when `grace` seconds were not enough."""
    inputs = [0, woken]
    kill_at = float("inf")
    while not os.waitpid(child, os.WNOHANG)[0]:
        ready, _, _ = select.select(inputs, [], [], LOOK_SECONDS)
        stop = os.getppid() != program
        if woken in ready:
            stop |= any(number in STOPPING for number in os.read(woken, 64))
        if 0 in ready and not os.read(0, 1):
            inputs.remove(0)
            stop = True
        elif 0 in ready:
            os.kill(child, signal.SIGKILL)
        if time.monotonic() >= kill_at:
            os.kill(child, signal.SIGKILL)
        elif stop and kill_at == float("inf"):
            kill_at = time.monotonic() + grace
            os.kill(child, signal.SIGTERM)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
