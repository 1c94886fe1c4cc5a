"""The way from one asker to one owner: a TCP proxy of our own, which does what the weather says."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from random import Random
from socket import AF_INET, SOCK_STREAM, create_server, socket

from tests.federation.six.land import Land
from tests.federation.six.weather import Fault

_CHUNK = 65_536
_DRIP_SECONDS = 0.02
# What the kernel does to one direction, where it does it; else the proxy hangs.
_CUTS = frozenset({Fault.CUT_OFF, Fault.ONE_WAY})
_HANGS = _CUTS | {Fault.NO_WAY_BACK}

Place = tuple[str, int]


@dataclass
class Way:
    """A proxy: it leads to the owner's place, which is `exits[None]`; to another of this machine for some faults."""

    asker: str
    owner: str
    land: Land
    exits: Mapping[Fault | None, Place]
    fault: Fault = Fault.NONE
    entrance: Place = ("127.0.0.1", 0)
    dice: Random = field(default_factory=Random)
    _server: asyncio.Server | None = None
    _talks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def open(self) -> None:
        """Listen, where it was listening before."""
        held = create_server(self.entrance)
        held.setblocking(False)
        self.entrance = held.getsockname()[:2]
        self._server = await asyncio.start_server(self._begin, sock=held)

    async def close(self) -> None:
        """Listen no more, and end every talk."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._hang_up()

    async def befall(self, fault: Fault, seed: int) -> None:
        """Have a fault from now on; every connection that was open is gone."""
        await self._hang_up()
        if self.fault in _CUTS and self.land.cuts:
            self.land.mend(self.asker, self.owner)
        self.fault, self.dice = fault, Random(seed)
        if fault in _CUTS and self.land.cuts:
            self.land.cut(self.asker, self.owner)
        if fault is Fault.REFUSED:
            await self.close()
        elif self._server is None:
            await self.open()

    async def _hang_up(self) -> None:
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        self._talks.clear()

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                await self._through(reader, writer)
        finally:
            writer.transport.abort()

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.fault is Fault.HANGS or (self.fault in _HANGS and not self.land.cuts):
            await asyncio.Event().wait()
        if self.fault is Fault.GARBAGE:
            await reader.read(_CHUNK)
            writer.write(os.urandom(self.dice.randint(1, 5000)))
            await writer.drain()
            return
        there, back = await asyncio.open_connection(sock=await self._connected())
        both = [asyncio.create_task(self._pump(*ends)) for ends in ((reader, back, False), (there, writer, True))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            back.transport.abort()

    async def _connected(self) -> socket:
        elsewhere = self.exits.get(self.fault)
        with nullcontext() if elsewhere else self.land.inside(self.asker):
            made = socket(AF_INET, SOCK_STREAM)
        made.setblocking(False)
        try:
            if not self.land.cuts:
                made.bind((self.land.addresses[self.asker], 0))
            await asyncio.get_running_loop().sock_connect(made, elsewhere or self.exits[None])
        except BaseException:
            made.close()
            raise
        return made

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, is_answer: bool) -> None:
        left = self.dice.randint(100, 4000)
        while chunk := await source.read(_CHUNK):
            match self.fault:
                case Fault.DELAY:
                    await asyncio.sleep(self.dice.uniform(0.02, 0.3))
                case Fault.LOSS if self.dice.random() < 0.2:
                    # What is lost comes again, after the time that TCP takes to miss it.
                    await asyncio.sleep(self.dice.choice([0.2, 0.4, 0.8, 1.6]))
                case Fault.RESET if self.dice.random() < 0.15:
                    return
                case Fault.DRIPS if is_answer:
                    for byte in chunk:
                        sink.write(bytes([byte]))
                        await asyncio.sleep(_DRIP_SECONDS)
                    continue
                case Fault.CUT_SHORT if is_answer:
                    chunk, left = chunk[:left], left - len(chunk)
                    if left < 0:
                        sink.write(chunk)
                        await sink.drain()
                        return
            sink.write(chunk)
            await sink.drain()
