"""Questions to many states at once: this part of both clients."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sangam import reading
from sangam.across import Across
from sangam.answers import Everywhere
from sangam.calls import Call, Kinds, KnownAt, ValidAt, conditions, listed, names, when
from sangam.documents import packaged
from sangam.spelling import snake
from schemas.ids import ValueKind
from schemas.link import LinkKind
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


def network(
    ids: Sequence[str],
    identifiers: Sequence[tuple[ValueKind, str]],
    hops: int,
    along: Sequence[LinkKind] | None,
    limit: int,
    states: Sequence[str] | None,
    valid_at: ValidAt,
    known_at: KnownAt,
) -> Call[Across]:
    """Ask for the network around some records or identifiers of any states."""
    typed = [{"kind": kind.value, "value": value} for kind, value in identifiers]
    variables: dict[str, Any] = {"from": list(ids), "identifiers": typed, "hops": hops, "limit": limit}
    variables |= {"along": _along(along), **when(valid_at, known_at), "states": _states(states)}
    return Call(packaged()["federated_network"], variables, lambda data: reading.across(data["federated"]["network"]))


def paths(
    one: str,
    other: str,
    max_hops: int,
    k: int,
    along: Sequence[LinkKind] | None,
    states: Sequence[str] | None,
    valid_at: ValidAt,
    known_at: KnownAt,
) -> Call[Across]:
    """Ask how two records of any states are joined."""
    variables: dict[str, Any] = {"from": one, "to": other, "maxHops": max_hops, "k": k}
    variables |= {"along": _along(along), **when(valid_at, known_at), "states": _states(states)}
    return Call(packaged()["federated_paths"], variables, lambda data: reading.across(data["federated"]["paths"]))


def _along(along: Sequence[LinkKind] | None) -> list[str] | None:
    return None if along is None else [kind.value for kind in along]


def _states(states: Sequence[str] | None) -> list[str] | None:
    return None if states is None else list(states)


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

    def network_everywhere(
        self,
        *ids: str,
        identifiers: Sequence[tuple[ValueKind, str]] = (),
        hops: int = 1,
        along: Sequence[LinkKind] | None = None,
        limit: int = 200,
        states: Sequence[str] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
    ) -> Across:
        """Give the network around records or identifiers of any states, joined where two know one number."""
        return self._do(network(ids, identifiers, hops, along, limit, states, valid_at, known_at))

    def paths_everywhere(
        self,
        one: str,
        other: str,
        *,
        max_hops: int = 6,
        k: int = 3,
        along: Sequence[LinkKind] | None = None,
        states: Sequence[str] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
    ) -> Across:
        """Give the shortest paths between two records of any states."""
        return self._do(paths(one, other, max_hops, k, along, states, valid_at, known_at))


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

    async def network_everywhere(
        self,
        *ids: str,
        identifiers: Sequence[tuple[ValueKind, str]] = (),
        hops: int = 1,
        along: Sequence[LinkKind] | None = None,
        limit: int = 200,
        states: Sequence[str] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
    ) -> Across:
        """Give the network around records or identifiers of any states, joined where two know one number."""
        return await self._do(network(ids, identifiers, hops, along, limit, states, valid_at, known_at))

    async def paths_everywhere(
        self,
        one: str,
        other: str,
        *,
        max_hops: int = 6,
        k: int = 3,
        along: Sequence[LinkKind] | None = None,
        states: Sequence[str] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
    ) -> Across:
        """Give the shortest paths between two records of any states."""
        return await self._do(paths(one, other, max_hops, k, along, states, valid_at, known_at))
