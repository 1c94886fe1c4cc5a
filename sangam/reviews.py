"""What an officer is asked to look at: the inbox, reviews, disputes and changes of two: this part of both clients."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from sangam import waiting
from sangam.answers import Duty, Match, Page, PendingChange, Renewed
from sangam.calls import Call
from sangam.everywhere import Asking, AsyncAsking
from schemas.pending import InboxKind

Answer = TypeVar("Answer")


class Reviews(Asking, ABC):
    """The inbox and what is done about it, by waiting for each answer."""

    @abstractmethod
    def _do(self, call: Call[Answer]) -> Answer:
        """Send a call and give its answer."""

    @abstractmethod
    def _paged(self, page_after: Callable[[str | None], Call[Page[Any]]]) -> Iterator[Any]:
        """Give what comes page by page."""

    def review(self, id: str, new_information: str, until: date, *, key: str | None = None) -> str:
        """Keep a record of this state longer on new information, also one that has lapsed."""
        return self._do(waiting.review(id, new_information, until, key))

    def review_all(self, reviews: Sequence[tuple[str, str, date]]) -> list[Renewed]:
        """Review many records, each (id, new information, until) decided alone, and say what became of each."""
        return self._do(waiting.review_all(reviews))

    def dispute(self, id: str, statement: str, *, key: str | None = None) -> str:
        """Say what is disputed about a record of this state."""
        return self._do(waiting.dispute(id, statement, key))

    def settle_dispute(self, id: str, reason: str, *, upheld: bool, key: str | None = None) -> str:
        """Settle what another officer disputed."""
        return self._do(waiting.settle_dispute(id, upheld, reason, key))

    def duties(self, kind: InboxKind) -> Iterator[Duty]:
        """Give the records that the officer's unit must review, or that are disputed, page by page."""
        return self._paged(lambda after: waiting.duties(kind.value, after))

    def matches(self) -> Iterator[Match]:
        """Give the records of the officer's unit that may be of one thing, two by two, page by page."""
        return self._paged(waiting.matches)

    def inbox(self) -> Iterator[PendingChange]:
        """Give what waits for this officer, and what of their own waits for another: oldest first, page by page."""
        return self._paged(waiting.inbox)

    def pending_change(self, id: str) -> PendingChange:
        """Give a change that waits or waited, and how it was settled."""
        return self._do(waiting.pending_change(id))

    def approve(self, id: str, *, key: str | None = None) -> PendingChange:
        """Carry out what an officer of another chain asked for."""
        return self._do(waiting.approve(id, key))

    def decline(self, id: str, reason: str, *, key: str | None = None) -> PendingChange:
        """Refuse what an officer of another chain asked for."""
        return self._do(waiting.decline(id, reason, key))

    def withdraw_pending(self, id: str, *, key: str | None = None) -> PendingChange:
        """Take back what this officer asked for and nobody has settled."""
        return self._do(waiting.withdraw_pending(id, key))


class AsyncReviews(AsyncAsking, ABC):
    """The inbox and what is done about it, to be awaited."""

    @abstractmethod
    async def _do(self, call: Call[Answer]) -> Answer:
        """Send a call and give its answer."""

    @abstractmethod
    def _paged(self, page_after: Callable[[str | None], Call[Page[Any]]]) -> AsyncIterator[Any]:
        """Give what comes page by page."""

    async def review(self, id: str, new_information: str, until: date, *, key: str | None = None) -> str:
        """Keep a record of this state longer on new information, also one that has lapsed."""
        return await self._do(waiting.review(id, new_information, until, key))

    async def review_all(self, reviews: Sequence[tuple[str, str, date]]) -> list[Renewed]:
        """Review many records, each (id, new information, until) decided alone, and say what became of each."""
        return await self._do(waiting.review_all(reviews))

    async def dispute(self, id: str, statement: str, *, key: str | None = None) -> str:
        """Say what is disputed about a record of this state."""
        return await self._do(waiting.dispute(id, statement, key))

    async def settle_dispute(self, id: str, reason: str, *, upheld: bool, key: str | None = None) -> str:
        """Settle what another officer disputed."""
        return await self._do(waiting.settle_dispute(id, upheld, reason, key))

    def duties(self, kind: InboxKind) -> AsyncIterator[Duty]:
        """Give the records that the officer's unit must review, or that are disputed, page by page."""
        return self._paged(lambda after: waiting.duties(kind.value, after))

    def matches(self) -> AsyncIterator[Match]:
        """Give the records of the officer's unit that may be of one thing, two by two, page by page."""
        return self._paged(waiting.matches)

    def inbox(self) -> AsyncIterator[PendingChange]:
        """Give what waits for this officer, and what of their own waits for another: oldest first, page by page."""
        return self._paged(waiting.inbox)

    async def pending_change(self, id: str) -> PendingChange:
        """Give a change that waits or waited, and how it was settled."""
        return await self._do(waiting.pending_change(id))

    async def approve(self, id: str, *, key: str | None = None) -> PendingChange:
        """Carry out what an officer of another chain asked for."""
        return await self._do(waiting.approve(id, key))

    async def decline(self, id: str, reason: str, *, key: str | None = None) -> PendingChange:
        """Refuse what an officer of another chain asked for."""
        return await self._do(waiting.decline(id, reason, key))

    async def withdraw_pending(self, id: str, *, key: str | None = None) -> PendingChange:
        """Take back what this officer asked for and nobody has settled."""
        return await self._do(waiting.withdraw_pending(id, key))
