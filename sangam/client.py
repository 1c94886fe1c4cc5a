"""The client: one method per question and change, answers in our words, pages asked for as they are read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import stamina

from sangam import calls
from sangam.answers import (
    AnyRecord,
    Content,
    Explanation,
    HeldEnquiry,
    Hit,
    Identifier,
    Joined,
    Network,
    NodeKind,
    Page,
    Record,
)
from sangam.calls import LARGEST_PAGE, Call
from sangam.errors import Unavailable
from sangam.exchange import (
    ATTEMPTS,
    LONGEST_SECONDS,
    PATIENCE_SECONDS,
    WAIT_SECONDS,
    Speaker,
    answered,
    data_of,
    passing,
    unknown_document,
)
from schemas.draft import ValueEnd
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.ids import ValueKind
from schemas.link import LinkContent, LinkKind
from schemas.officer import Officer

Answer = TypeVar("Answer")
Where = Mapping[str, Any]


class Client:
    """A connection to one node as one officer; `enquiry` is the id that goes with every question.

    Every method raises Refused, with the node's code and sentence, or Unavailable.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        enquiry: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Stand ready to ask; nothing is sent yet."""
        self._url = url
        self._http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, transport=transport)
        self._speaker = Speaker(token, enquiry)

    def __enter__(self) -> Self:
        """Give the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    @property
    def token(self) -> str | None:
        """The token that goes with every request."""
        return self._speaker.token

    @token.setter
    def token(self, token: str | None) -> None:
        self._speaker.token = token

    @property
    def enquiry(self) -> str | None:
        """The id of the enquiry that every question is for."""
        return self._speaker.enquiry

    @enquiry.setter
    def enquiry(self, enquiry: str | None) -> None:
        self._speaker.enquiry = enquiry

    def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Ask a GraphQL document and give its data as it came; in production only trusted documents are answered."""
        return self._do(calls.text(document, variables or {}))

    def me(self) -> Officer:
        """Say who asks."""
        return self._do(calls.me())

    def enquiries(self) -> list[HeldEnquiry]:
        """Give the officer's own enquiries, newest first."""
        return self._do(calls.enquiries())

    def open_enquiry(self, content: EnquiryContent) -> HeldEnquiry:
        """Open an enquiry, and ask everything after it for this one."""
        opened = self._do(calls.open_enquiry(content))
        self.enquiry = opened.id
        return opened

    def close_enquiry(self, id: str) -> HeldEnquiry:
        """Close an enquiry."""
        return self._do(calls.close_enquiry(id))

    def find(
        self, text: str, kinds: Sequence[NodeKind] | None = None, *, valid_at: date | None = None
    ) -> Iterator[Hit]:
        """Find by a name in any script, a phone, a social id or a FIR number: best first, page by page."""
        return self._paged(lambda after: calls.find(text, kinds, valid_at, after, LARGEST_PAGE))

    def find_first(
        self, text: str, kinds: Sequence[NodeKind] | None = None, first: int = 20, *, valid_at: date | None = None
    ) -> Page[Hit]:
        """Find, and give one page of hits."""
        return self._do(calls.find(text, kinds, valid_at, None, first))

    def network(
        self,
        *from_: str,
        hops: int = 1,
        along: Sequence[LinkKind] | None = None,
        valid_at: date | None = None,
        limit: int = 200,
    ) -> Network:
        """Give the network around some records or identifiers."""
        return self._do(calls.network(from_, hops, along, valid_at, limit))

    def record(self, id: str, *, valid_at: date | None = None) -> AnyRecord:
        """Give a record: what it says, and whose it is; with a day, only if it held true then."""
        return self._do(calls.record(id, valid_at))

    def joined(self, id: str, connection: str) -> Iterator[Joined]:
        """Give all that hangs on a record by one connection, page by page."""
        return self._paged(lambda after: calls.joined(id, connection, after))

    def identifier(self, kind: ValueKind, value: str, *, valid_at: date | None = None) -> Identifier:
        """Say what visible links say of a phone, social id or FIR number, on one day if one is given."""
        return self._do(calls.identifier(kind, value, valid_at))

    def explain_access(self, id: str) -> Explanation:
        """Say why a record is seen."""
        return self._do(calls.explain_access(id))

    def records(
        self, content: type[Content], where: Where | None = None, order_by: str | None = None
    ) -> Iterator[Record[Content]]:
        """Give the records of one kind, by what they say (`PersonContent`), filtered and ordered, page by page.

        Raises ValueError for a kind that is not listed.
        """
        return self._paged(lambda after: calls.records(content, where, order_by, after))

    def put_on_record(self, content: Content, marking: Marking, *, key: str | None = None) -> Record[Content]:
        """Record something new; `key` makes this the same change if it is sent again."""
        return self._do(calls.put_on_record(content, marking, key))

    def link(
        self,
        kind: LinkKind,
        from_: str | ValueEnd,
        to: str | ValueEnd,
        marking: Marking,
        content: LinkContent | None = None,
        *,
        key: str | None = None,
    ) -> str:
        """Join two nodes and give the link's id."""
        return self._do(calls.link(kind, from_, to, marking, content, key))

    def unlink(self, from_: str, id: str, reason: str, *, key: str | None = None) -> str:
        """Close a link of a node; what it was is kept."""
        return self._do(calls.unlink(from_, id, reason, key))

    def withdraw(self, id: str, reason: str, *, key: str | None = None) -> str:
        """Withdraw a record of this state."""
        return self._do(calls.withdraw(id, reason, key))

    def _paged(self, page_after: Callable[[str | None], Call[Page[Any]]]) -> Iterator[Any]:
        after: str | None = None
        while True:
            page = self._do(page_after(after))
            yield from page.items
            if not page.more:
                return
            after = page.end

    def _do(self, call: Call[Answer]) -> Answer:
        """Send a call, again if that is safe, and give its answer."""
        attempts = stamina.retry_context(
            on=passing(call), attempts=ATTEMPTS, timeout=LONGEST_SECONDS, wait_initial=WAIT_SECONDS
        )
        for attempt in attempts:
            with attempt:
                return call.read(self._data(call))
        raise AssertionError  # the last attempt returns or raises

    def _data(self, call: Call[Any]) -> Mapping[str, Any]:
        said = self._said(call)
        if not self._speaker.texts and unknown_document(said):
            self._speaker.texts = True
            said = self._said(call)
        return data_of(said)

    def _said(self, call: Call[Any]) -> Mapping[str, Any]:
        try:
            body, headers = self._speaker.body(call), self._speaker.headers(call)
            return answered(self._http.post("/graphql", json=body, headers=headers))
        except httpx.TransportError as problem:
            raise Unavailable(f"No node answers at {self._url}.") from problem
