"""The client: one method per question and change, answers in our words, pages asked for as they are read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import stamina

from sangam import calls, filed
from sangam.answers import (
    AnyRecord,
    AudienceSnapshot,
    Content,
    Explanation,
    FollowerAct,
    HeldEnquiry,
    History,
    Hit,
    Identifier,
    Joined,
    Network,
    OfferedStatute,
    OfferedUnit,
    Page,
    Paths,
    Reader,
    Record,
)
from sangam.calls import LARGEST_PAGE, Call, Kinds, KnownAt, ValidAt
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
    taken_away,
    unknown_document,
)
from sangam.exported import Exported
from sangam.filed import FileCall
from sangam.reviews import Reviews
from schemas.audience import AudienceAsked
from schemas.draft import ValueEnd
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.file import KeptFile
from schemas.follower import FollowerAsked, FollowerContent
from schemas.ids import ValueKind
from schemas.link import Criterion, LinkContent, LinkKind
from schemas.officer import Officer
from schemas.person import Category, PersonContent

Answer = TypeVar("Answer")
Where = Mapping[str, Any]


class Client(Reviews):
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
        self, text: str, kinds: Kinds = None, *, valid_at: ValidAt = None, known_at: KnownAt = None
    ) -> Iterator[Hit]:
        """Find by a name in any script, a phone, a social id or a FIR number: best first, page by page."""
        return self._paged(lambda after: calls.find(text, kinds, valid_at, known_at, after, LARGEST_PAGE))

    def find_first(
        self, text: str, kinds: Kinds = None, first: int = 20, *, valid_at: ValidAt = None, known_at: KnownAt = None
    ) -> Page[Hit]:
        """Find, and give one page of hits."""
        return self._do(calls.find(text, kinds, valid_at, known_at, None, first))

    def network(
        self,
        *from_: str,
        hops: int = 1,
        along: Sequence[LinkKind] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        limit: int = 200,
    ) -> Network:
        """Give the network around some records or identifiers, as it was known at a moment if one is given."""
        return self._do(calls.network(from_, hops, along, valid_at, known_at, limit))

    def download(self, export_id: str, formats: Sequence[str] = (), language: str = "en") -> Exported:
        """Take a network away as files: GraphML, CSV and SVG, or only some of them, in English or Hindi (`hi`)."""
        attempts = stamina.retry_context(
            on=passing(True), attempts=ATTEMPTS, timeout=LONGEST_SECONDS, wait_initial=WAIT_SECONDS
        )
        for attempt in attempts:
            with attempt:
                return taken_away(self._taken(export_id, {"as": list(formats), "language": language}))
        raise AssertionError  # the last attempt returns or raises

    def _taken(self, export_id: str, asked: Mapping[str, Any]) -> httpx.Response:
        try:
            return self._http.get(f"/exports/{export_id}", params=asked, headers=self._speaker.who())
        except httpx.TransportError as problem:
            raise Unavailable(f"No node answers at {self._url}.") from problem

    def files(self, record: str) -> list[KeptFile]:
        """Give the files that a record has, newest first."""
        return self._filed(filed.files(record))

    def add_file(self, record: str, content: bytes, *, taken_on: date | None = None) -> KeptFile:
        """Add a photo to a person or a file to a document: a JPEG or PNG, to a document a PDF too, of at most 20 MB.

        A picture is kept without what was said beside its points: where and with what it was taken.
        """
        return self._filed(filed.add(record, content, taken_on))

    def file(self, record: str, file: str) -> bytes:
        """Give a file of a record."""
        return self._filed(filed.fetch(record, file))

    def remove_file(self, record: str, file: str) -> None:
        """Take a file of a record away for good."""
        self._filed(filed.remove(record, file))

    def paths(
        self,
        from_: str,
        to: str,
        *,
        max_hops: int = 6,
        k: int = 3,
        along: Sequence[LinkKind] | None = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
    ) -> Paths:
        """Give the shortest paths between two records or identifiers: how they are joined."""
        return self._do(calls.paths(from_, to, max_hops, k, along, valid_at, known_at))

    def record(self, id: str, *, valid_at: ValidAt = None, known_at: KnownAt = None) -> AnyRecord:
        """Give a record: what it says, and whose it is; with a day, only if it held true then.

        With a moment, as it was known then.
        """
        return self._do(calls.record(id, valid_at, known_at))

    def joined(
        self, id: str, connection: str, *, valid_at: ValidAt = None, known_at: KnownAt = None
    ) -> Iterator[Joined]:
        """Give all that hangs on a record by one connection, on a day and as of a moment if given, page by page."""
        return self._paged(lambda after: calls.joined(id, connection, valid_at, known_at, after))

    def identifier(
        self, kind: ValueKind, value: str, *, valid_at: ValidAt = None, known_at: KnownAt = None
    ) -> Identifier:
        """Say what visible links say of a phone, social id or FIR number, on a day and as of a moment if given."""
        return self._do(calls.identifier(kind, value, valid_at, known_at))

    def explain_access(self, id: str) -> Explanation:
        """Say why a record is seen."""
        return self._do(calls.explain_access(id))

    def records(
        self,
        content: type[Content],
        where: Where | None = None,
        order_by: str | None = None,
        *,
        known_at: KnownAt = None,
    ) -> Iterator[Record[Content]]:
        """Give the records of one kind, by what they say (`PersonContent`), filtered and ordered, page by page.

        As they were known at a moment, if one is given.

        Raises ValueError for a kind that is not listed.
        """
        return self._paged(lambda after: calls.records(content, where, order_by, known_at, after))

    def put_on_record(self, content: Content, marking: Marking, *, key: str | None = None) -> Record[Content]:
        """Record something new; `key` makes this the same change if it is sent again.

        Raises Waits for an act of help, which a second officer must approve.
        """
        return self._do(calls.put_on_record(content, marking, key))

    def revise(
        self,
        record: Record[Content],
        reason: str,
        *,
        marking: Where | None = None,
        key: str | None = None,
        **change: object,
    ) -> Record[Content]:
        """Change fields of a record as it was read, named as in our words; None clears one.

        What others changed meanwhile stands; Refused with code CONFLICT if it is one of these fields.
        """
        return self._do(calls.revise(record, change, marking or {}, reason, key))

    def history(self, id: str) -> History:
        """Say what became of a record: its changes, newest first."""
        return self._do(calls.history(id))

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
        """Join two nodes and give the link's id; raises Waits for a membership, which a second officer must approve."""
        return self._do(calls.link(kind, from_, to, marking, content, key))

    def assert_that(
        self, kind: LinkKind, a: str, b: str, marking: Marking, evidence: Sequence[Criterion], *, key: str | None = None
    ) -> str:
        """Say whether two records are one: SAME_AS, NOT_SAME_AS or UNSURE. Gives the assertion's id, for `unlink`."""
        return self._do(calls.asserted(kind, a, b, marking, evidence, key))

    def unlink(self, from_: str, id: str, reason: str, *, key: str | None = None) -> str:
        """Close a link of a node; what it was is kept."""
        return self._do(calls.unlink(from_, id, reason, key))

    def withdraw(self, id: str, reason: str, *, key: str | None = None) -> str:
        """Withdraw a record of this state."""
        return self._do(calls.withdraw(id, reason, key))

    def follower_acts(self, account: str) -> Iterator[FollowerAct]:
        """Give the acts of those who follow an account, newest first, page by page."""
        return self._paged(lambda after: calls.follower_acts(account, after))

    def audience(self, account: str) -> Iterator[AudienceSnapshot]:
        """Give how many followed an account, as published, newest first, page by page."""
        return self._paged(lambda after: calls.audience(account, after))

    def record_follower_act(
        self, account: str, follower: FollowerAsked, act: FollowerContent, marking: Marking, *, key: str | None = None
    ) -> str:
        """Keep one act of one who follows an account, and give its id; who it is is never given back."""
        return self._do(calls.record_follower_act(account, follower, act, marking, key))

    def record_audience(
        self, account: str, audience: AudienceAsked, marking: Marking, *, key: str | None = None
    ) -> str:
        """Publish how many follow an account, and give its id; the count itself is not kept."""
        return self._do(calls.record_audience(account, audience, marking, key))

    def set_category(
        self,
        person: Record[PersonContent],
        category: Category,
        reason: str,
        *,
        document: str | None = None,
        marking: Where | None = None,
        key: str | None = None,
    ) -> Record[PersonContent]:
        """Move a person, as they were read, to another category.

        A move up names the record of a document, and raises Waits: a second officer must approve it.
        """
        return self._do(calls.set_category(person, category, reason, document, marking or {}, key))

    def statutes(self, on: date, text: str = "") -> Iterator[OfferedStatute]:
        """Give the sections of law in force on a day, with a text in number, title or Act, page by page."""
        return self._paged(lambda after: calls.statutes(on, text, after))

    def units(self, on: date, under: str | None = None) -> Iterator[OfferedUnit]:
        """Give the units that stand on a day, or of them one with all under it, page by page."""
        return self._paged(lambda after: calls.units(on, under, after))

    def readers(self, id: str) -> Iterator[Reader]:
        """Give who looked at a record of a unit that this officer supervises: newest first, page by page."""
        return self._paged(lambda after: calls.readers(id, after))

    def _paged(self, page_after: Callable[[str | None], Call[Page[Any]]]) -> Iterator[Any]:
        after: str | None = None
        while True:
            page = self._do(page_after(after))
            yield from page.items
            if not page.more:
                return
            after = page.end

    def _filed(self, call: FileCall[Answer]) -> Answer:
        """Send a call about files, again if that is safe, and give its answer."""
        attempts = stamina.retry_context(
            on=passing(call.repeatable), attempts=ATTEMPTS, timeout=LONGEST_SECONDS, wait_initial=WAIT_SECONDS
        )
        for attempt in attempts:
            with attempt:
                return call.read(self._sent(call))
        raise AssertionError  # the last attempt returns or raises

    def _sent(self, call: FileCall[Any]) -> httpx.Response:
        who = self._speaker.who()
        try:
            return self._http.request(call.method, call.path, params=call.params, content=call.content, headers=who)
        except httpx.TransportError as problem:
            raise Unavailable(f"No node answers at {self._url}.") from problem

    def _do(self, call: Call[Answer]) -> Answer:
        """Send a call, again if that is safe, and give its answer."""
        attempts = stamina.retry_context(
            on=passing(call.repeatable), attempts=ATTEMPTS, timeout=LONGEST_SECONDS, wait_initial=WAIT_SECONDS
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
