"""Questions to many states at once: this part of both clients."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sangam import reading
from sangam.answers import Everywhere
from sangam.calls import Call, Kinds, KnownAt, ValidAt, conditions, listed, names, when
from sangam.documents import packaged
from sangam.spelling import snake
from schemas.word import Word

Answer = TypeVar("Answer")


def find(
    text: str,
    kinds: Kinds,
    states: Sequence[str] | None,
    valid_at: ValidAt,
    known_at: KnownAt,
    first: int,
    after: str | None,
) -> Call[Everywhere]:
    """Find in the graphs of many states."""
    variables: dict[str, Any] = {"text": text, "kinds": names(kinds), **when(valid_at, known_at), "first": first}
    variables |= {"states": list(states) if states is not None else None, "after": after}
    return Call(packaged()["federated_find"], variables, lambda data: reading.everywhere(data["federated"]["find"]))


def record(id: str, valid_at: ValidAt, known_at: KnownAt) -> Call[Everywhere]:
    """Ask the owner of a record for it."""
    variables = {"id": id, **when(valid_at, known_at)}
    return Call(packaged()["federated_record"], variables, lambda data: reading.everywhere(data["federated"]["record"]))


def records(
    content: type[Word],
    where: Mapping[str, Any] | None,
    order_by: str | None,
    first: int,
    states: Sequence[str] | None,
    known_at: KnownAt,
    after: str | None,
) -> Call[Everywhere]:
    """Ask for a page of one kind of record of many states. Raises ValueError for a kind that is not listed."""
    plural = listed(content)
    variables: dict[str, Any] = {"where": conditions(where), **when(None, known_at), "first": first}
    variables |= {"states": list(states) if states is not None else None, "after": after}
    if order_by is not None:
        variables["orderBy"] = order_by
    document = packaged()[f"federated_{snake(plural)}"]
    return Call(document, variables, lambda data: reading.everywhere(data["federated"][plural]))


class Asking(ABC):
    """Questions to many states, by waiting for each answer."""

    @abstractmethod
    def _do(self, call: Call[Answer]) -> Answer:
        """Send a call and give its answer."""

    def find_everywhere(
        self,
        text: str,
        kinds: Kinds = None,
        first: int = 20,
        *,
        states: Sequence[str] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        after: str | None = None,
    ) -> Everywhere:
        """Find in all states or some, this one always among them: one page, and who spoke."""
        return self._do(find(text, kinds, states, valid_at, known_at, first, after))

    def record_anywhere(self, id: str, *, valid_at: ValidAt = None, known_at: KnownAt = None) -> Everywhere:
        """Give a record of any state as its owner gives it, in a few words; no row if there is none to be seen."""
        return self._do(record(id, valid_at, known_at))

    def records_everywhere(
        self,
        content: type[Word],
        where: Mapping[str, Any] | None = None,
        order_by: str | None = None,
        first: int = 20,
        *,
        states: Sequence[str] | None = None,
        known_at: KnownAt = None,
        after: str | None = None,
    ) -> Everywhere:
        """Give records of one kind (`PersonContent`) of all states or some, in a few words: one page, and who spoke.

        Raises ValueError for a kind that is not listed.
        """
        return self._do(records(content, where, order_by, first, states, known_at, after))


class AsyncAsking(ABC):
    """Questions to many states, for an event loop."""

    @abstractmethod
    async def _do(self, call: Call[Answer]) -> Answer:
        """Send a call and give its answer."""

    async def find_everywhere(
        self,
        text: str,
        kinds: Kinds = None,
        first: int = 20,
        *,
        states: Sequence[str] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        after: str | None = None,
    ) -> Everywhere:
        """Find in all states or some, this one always among them: one page, and who spoke."""
        return await self._do(find(text, kinds, states, valid_at, known_at, first, after))

    async def record_anywhere(self, id: str, *, valid_at: ValidAt = None, known_at: KnownAt = None) -> Everywhere:
        """Give a record of any state as its owner gives it, in a few words; no row if there is none to be seen."""
        return await self._do(record(id, valid_at, known_at))

    async def records_everywhere(
        self,
        content: type[Word],
        where: Mapping[str, Any] | None = None,
        order_by: str | None = None,
        first: int = 20,
        *,
        states: Sequence[str] | None = None,
        known_at: KnownAt = None,
        after: str | None = None,
    ) -> Everywhere:
        """Give records of one kind (`PersonContent`) of all states or some, in a few words: one page, and who spoke.

        Raises ValueError for a kind that is not listed.
        """
        return await self._do(records(content, where, order_by, first, states, known_at, after))
