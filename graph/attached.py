"""What is attached to an account without a link: acts of those who follow it, and its audience.

In order:
1. Each is a record of its own whose one relationship leads to its own version; it names the account in a property.
2. It is as strict as the account at least, and is read through the account alone.
3. A pseudonym and a sealed handle never leave: which acts are one follower's is told by the first that is visible.
4. Of an audience only what is published is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from graph.library import statement
from graph.session import GraphSession, GraphWriting
from graph.stored import Gate, content_properties, day_read, envelope_properties, flat, gate_of, meet
from graph.writing import Operation, held, note
from schemas.audience import AudienceCell, total_of
from schemas.envelope import Envelope
from schemas.follower import FollowerContent

_STORE_ACT = statement("follower/store")
_STORE_AUDIENCE = statement("audience/store")
_LAST_AUDIENCE = statement("audience/last")


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act on its way in: the account that it is about, who did it as a pseudonym, and their handle sealed."""

    id: str
    account: str
    envelope: Envelope
    content: FollowerContent
    pseudonym: str
    sealed_handle: bytes | None


@dataclass(frozen=True, slots=True)
class NewAudience:
    """An audience on its way in, before it is known what of it is published."""

    id: str
    account: str
    envelope: Envelope
    taken_on: date


Last = tuple[date, Mapping[str, int | None]]
Publish = Callable[[Gate, Last | None], tuple[AudienceCell, ...]]


async def store_act(graph: GraphSession, operation: Operation, new: NewAct) -> None:
    """Keep an act; raise EndNotSeen if the account is not there for the writer, CompartmentsDiffer."""

    async def act(writing: GraphWriting) -> None:
        account = (await held(writing, {new.account}))[new.account]
        said = envelope_properties(new.envelope) | content_properties(new.content)
        said |= {"account": new.account, "pseudonym": new.pseudonym, "sealed_handle": new.sealed_handle}
        said["sort_time"] = said["happened_on"]
        row = {"id": new.id, "gate": meet(gate_of(new.envelope), [account]).properties(), "said": said}
        await writing.run(_STORE_ACT, acts=[row], op_id=operation.id)
        await note(writing, operation, [new.id])

    await graph.write(act)


async def store_audience(graph: GraphSession, operation: Operation, new: NewAudience, publish: Publish) -> None:
    """Keep what `publish` gives, from the account's gate and what was published last, both held.

    Raise EndNotSeen if the account is not there for the writer, and what `publish` raises.
    """

    async def act(writing: GraphWriting) -> None:
        account = (await held(writing, {new.account}))[new.account]
        cells = publish(account, await _last(writing, new.account))
        said = envelope_properties(new.envelope) | {"account": new.account, "total": total_of(cells)}
        said |= {"taken_on": flat(new.taken_on), "sort_time": flat(new.taken_on), "cells": flat(cells)}
        row = {"id": new.id, "gate": meet(gate_of(new.envelope), [account]).properties(), "said": said}
        await writing.run(_STORE_AUDIENCE, audiences=[row], op_id=operation.id)
        await note(writing, operation, [new.id])

    await graph.write(act)


async def _last(writing: GraphWriting, account: str) -> Last | None:
    for taken_on, cells in await writing.run(_LAST_AUDIENCE, account=account):
        day = day_read(taken_on)
        if day is not None:
            return day, {cell["district"]: cell["followers"] for cell in orjson.loads(cells)}
    return None
