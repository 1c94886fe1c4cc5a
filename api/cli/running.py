"""Running something to its end, or until it is told to stop by Ctrl-C or SIGTERM; it closes in order either way."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import typer
import uvloop

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run work to its end and give its result. Raises typer.Abort if it was told to stop: then it is not done."""
    try:
        return _run(work)
    except _Told as told:
        raise typer.Abort() from told


def run_until_told(work: Coroutine[Any, Any, None]) -> None:
    """Run what has no end of its own; that it is told to stop is no failure."""
    try:
        _run(work)
    except _Told:
        return


class _Told(Exception):
    """Work was told to stop before its end."""


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_until_told(work))


async def _until_told(work: Coroutine[Any, Any, T]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    told = False

    def stop() -> None:
        nonlocal told
        told = True
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if told:
            raise _Told from None
        raise
