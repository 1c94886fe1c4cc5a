"""One request of one officer, of this state or another: decide once, look under that grant, tell the ledger first.

In order:
1. The enquiry named must be an open one of this officer; else nothing is decided.
2. Policy decides once; a refusal is final for the whole request and stands on the ledger.
3. Every act notes what was asked, personal terms as keyed digests.
4. `close` writes one entry with all that was disclosed. If it cannot be written there is no answer.
5. Another state's officer comes with the enquiry that this state asserts, and is no officer to any act of this one.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from auth.grant import Action, Grant, Refusal
from auth.policy import decide
from auth.sealing import StateKeys
from desk.errors import EnquiryRequired, LimitReached, Refused, Unavailable
from federation.standing import Federation
from graph.driver import Driver
from graph.session import GraphSession
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.store import Register, RegisterUnavailable
from schemas.enquiry import Enquiry
from schemas.ids import parse_urn
from schemas.officer import Officer, PeerOfficer
from schemas.operation import Clock, Random

RECORDS_A_DAY = 3_000

LONGEST_PAGE = 50

# Under what an entry names the token of another state's officer.
JTI = "jti"


class Stamp(StrEnum):
    """What a node's stores were made for, fixed when they were made."""

    LIVE = "LIVE"
    TRAINING = "TRAINING"
    TRIAL = "TRIAL"  # worlds made by tests, in any compartment


@dataclass(frozen=True)
class Desk:
    """What every act of a node stands on."""

    state: str
    stamp: Stamp
    register: Register
    graph: Callable[[], Driver]
    keys: StateKeys
    clock: Clock
    random: Random
    records_a_day: int = RECORDS_A_DAY
    federation: Federation | None = None


@dataclass
class Noted:
    """One act of a request: its name and what was asked, fit for the ledger."""

    operation: str
    asked: dict[str, JSON]


@dataclass
class Look:
    """One request: who, for which enquiry, at which moment, and what it has disclosed so far.

    `asserted` is the enquiry of another state's officer, as that state says it; it stands in no register here. `left`
    says that some of its answer is about to leave, whatever became of the rest; `exports`, that it is a file. What
    other states disclosed to it are `foreign` ids, and one `correlation` id names the question on the ledgers of all
    who were asked. `token` names the word by which another state's officer came, which is used up.
    """

    desk: Desk
    who: Officer | PeerOfficer
    enquiry_id: str | None
    at: datetime
    asserted: Enquiry | None = None
    session: str | None = None
    correlation: str | None = None
    token: str | None = None
    foreign: set[str] = field(default_factory=set)
    asked_peers: int = 0
    questions: int = 0
    notes: list[Noted] = field(default_factory=list)
    code: str = "OK"
    left: bool = False
    changed: bool = False
    exports: bool = False
    longest_page: int = LONGEST_PAGE
    enquiry: Enquiry | None = None
    _session: GraphSession | None = None
    _deciding: asyncio.Lock = field(default_factory=asyncio.Lock)
    _document: str = ""
    _fields: str = "-"
    _variables: str | None = None

    @property
    def officer(self) -> Officer:
        """Give the officer of this state who asks; raise Refused for one of another state."""
        if not isinstance(self.who, Officer):
            raise Refused("NOT_FOR_PEERS", "Only an officer of this state may do that.")
        return self.who

    def granted_to(self, state: str) -> bool:
        """Say whether the grant that this request was decided to have is of an officer of this state."""
        return self._session is not None and self._session.grant.state == state

    def note(self, operation: str, **asked: JSON) -> Noted:
        """Remember for the ledger what was asked; hand personal terms through `term` first."""
        self.notes.append(Noted(operation, {name: value for name, value in asked.items() if value is not None}))
        return self.notes[-1]

    def term(self, text: str) -> str:
        """Give the keyed digest of a personal search term."""
        return self.desk.keys.digest("ledger term", text)

    async def graph(self) -> GraphSession:
        """Give the session of this request, deciding at the first call; raise EnquiryRequired or Refused."""
        async with self._deciding:
            if self._session is None:
                self._session = GraphSession(await self._decide(), self.desk.graph)
            return self._session

    @property
    def asks_from(self) -> str:
        """Give the state of whoever asks."""
        return self._session.grant.state if self._session else self.who.state

    async def may(self, action: Action) -> GraphSession:
        """Give the session if the grant allows an action; raise Refused otherwise."""
        graph = await self.graph()
        if action not in graph.grant.may:
            raise Refused("ACTION_NOT_ALLOWED", "This purpose only reads.")
        return graph

    async def _decide(self) -> Grant:
        enquiry = await self._open_enquiry()
        grant = decide(self.who, enquiry, at=self.at)
        if isinstance(grant, Refusal):
            raise Refused(grant.code, grant.reason)
        return grant

    async def _open_enquiry(self) -> Enquiry:
        self.enquiry = await self._own_enquiry()
        if self.enquiry is None:
            raise EnquiryRequired
        return self.enquiry

    async def _own_enquiry(self) -> Enquiry | None:
        """Give the enquiry that the request names if it is this officer's; another's is as one that does not exist."""
        if isinstance(self.who, PeerOfficer):
            return self.asserted
        if self.enquiry_id is None or parse_urn(self.enquiry_id) is None:
            return None
        enquiry = await self.desk.register.enquiries.get(self.enquiry_id)
        return enquiry if enquiry is not None and enquiry.officer == self.who.id else None

    async def close(self, *, document: str, fields: str = "-", variables: Mapping[str, Any] | None = None) -> None:
        """Write what this request did and disclosed; raise Unavailable if that cannot be written.

        `document` is the digest of the text asked, and `fields` name what it asked for, told where no act came to be
        noted. Of a request that was not answered in full the `variables` are told as one keyed digest, whatever was
        noted of them. A request that did nothing that the ledger speaks of writes nothing.
        """
        self._document, self._fields = document, fields
        if not self.notes and self.code == "OK":
            return
        if self.code != "OK" and variables:
            self._variables = self.term(json.dumps(variables, sort_keys=True, ensure_ascii=False))
        ids = sorted(self._session.disclosed | self.foreign) if self._session else []
        try:
            if self.enquiry is None:
                # It was refused before anything was decided; the ledger says for which enquiry all the same.
                self.enquiry = await self._own_enquiry()
            if ids:
                await self._spend(ids)
            await self.desk.register.ledger.append(self._entry(ids))
        except RegisterUnavailable as problem:
            raise Unavailable("The ledger cannot be written, so there is no answer.") from problem

    async def _spend(self, ids: list[str]) -> None:
        """Count distinct records of the day against the officer's budget; the answer that goes over it is withheld."""
        records = [id for id in ids if (urn := parse_urn(id)) is not None and urn.type != "link"]
        most = self.desk.records_a_day
        spent = await self.desk.register.budgets.spend(self.who.id, self.at.date(), records, most=most)
        if not spent:
            self.code = "LIMIT"
            await self.desk.register.ledger.append(self._entry([]))
            kept = " Changes that were carried out stand; this answer alone is withheld." if self.changed else ""
            raise LimitReached("You have seen as many records today as one officer may." + kept)

    def _entry(self, ids: list[str]) -> Entry:
        return Entry(
            kind=self._kind(ids),
            officer=self.who.id,
            enquiry=self.enquiry.id if self.enquiry else None,
            purpose=self.enquiry.purpose.value if self.enquiry else None,
            operation=" ".join(note.operation for note in self.notes) or self._fields,
            variables=self._asked(),
            ids=tuple(ids),
            code=self.code,
        )

    def _asked(self) -> dict[str, JSON]:
        """Say what was asked, and which enquiry was named if it is none of this officer's."""
        asked: list[JSON] = [{"act": note.operation, **note.asked} for note in self.notes]
        said: dict[str, JSON] = {"document": self._document, "asked": asked}
        if self.correlation is not None:
            said["correlation"] = self.correlation
        if self.token is not None:
            said[JTI] = self.token
        if self.asserted is not None:
            # No register here has it: what it is for is told by this entry, or by nothing.
            said["case"], said["basis"] = self.asserted.case_ref, self.asserted.legal_basis
        if self._variables is not None:
            said["variables"] = self._variables
        if self.enquiry is None and self.enquiry_id:
            said["named"] = self.enquiry_id if parse_urn(self.enquiry_id) else self.term(self.enquiry_id)
        return said

    def _kind(self, ids: Sequence[str]) -> EntryKind:
        if self._session is not None and self._session.leaked:
            return EntryKind.INCIDENT
        # What was answered in part was looked at, whatever the rest came to.
        seen = self.code in _ANSWERED or (self.left and bool(ids))
        if not seen:
            return EntryKind.REFUSAL
        return EntryKind.EXPORT if self.exports and self.left else EntryKind.LOOK


# A conflict tells what a field says now.
_ANSWERED = frozenset({"OK", "NOT_FOUND", "BAD_INPUT", "CONFLICT"})
