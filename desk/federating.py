"""One question to this state and to others, asked once for one officer, each owner deciding again.

In order:
1. This state decides before anybody is asked; who is refused at home asks nowhere.
2. A token is made for each peer alone: the officer's own state, purpose, case and enquiry, and of compartments only
   those that bear that peer's name.
3. One correlation id stands on the ledger here and on that of every owner.
4. What owners disclosed is on the ledger here before the answer leaves, and counts against the officer's budget.
5. Numbers and records that a state learns by being asked are on the ledger before they leave, whatever becomes of the
   question.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from auth.tokens import KeyNotBegun, TooMuchAsserted
from desk.errors import BadInput, Refused, Unavailable
from desk.looking import Look
from federation.fanout import PEER_SECONDS, Ask, Heard
from federation.peers import Peer
from federation.standing import Federation
from graph.errors import GraphUnavailable, TooMuchAsked
from graph.session import GraphDeadline
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.store import RegisterUnavailable
from schemas.enquiry import Enquiry
from schemas.errors import FieldProblem
from schemas.federated import ReasonCode, SourceState
from schemas.ids import parse_urn


@dataclass(frozen=True)
class Question:
    """A document for peers, by its digest, with its text where nodes answer any; and how it is told on the ledger."""

    name: str
    digest: str
    text: str | None
    ids: tuple[str, ...] = ()

    def body(self, variables: Mapping[str, Any]) -> bytes:
        """Write the request that a peer answers."""
        if self.text is not None:
            return orjson.dumps({"query": self.text, "variables": variables})
        named = {"persistedQuery": {"version": 1, "sha256Hash": self.digest}}
        return orjson.dumps({"extensions": named, "variables": variables})


@dataclass(frozen=True)
class Source:
    """How one state took part in an answer; `data` is what it said, if it is LOCAL or LIVE."""

    state: str
    status: SourceState
    latency_ms: int
    data: Mapping[str, Any] | None
    as_of: datetime | None
    reason: ReasonCode | None
    contact_desk: str | None


async def begin(look: Look) -> None:
    """Decide on the officer before any question to others is read; raise what refuses at home, and without peers."""
    await look.graph()
    _federation(look)


Here = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Answer a question from this node's own graph, by its variables."""


async def asked_everywhere(
    look: Look, question: Question, variables: Mapping[str, Mapping[str, Any]], here: Here
) -> list[Source]:
    """Ask the states that `variables` names, each with its own, and give what came of it, in order of number.

    Raises as `asked_of` does.
    """
    order = members(look)
    asks = sorted(variables.items(), key=lambda one: order.index(one[0]))
    return await asked_of(look, question, asks, here)


async def asked_of(
    look: Look,
    question: Question,
    asks: Sequence[tuple[str, Mapping[str, Any]]],
    here: Here,
    *,
    told: Mapping[str, Sequence[str]] | None = None,
) -> list[Source]:
    """Ask states all at once, each by its variables, and give what came of each in their order.

    `here` answers for this state where it is asked; where its store fails, this state is one that did not answer.
    `told` are the numbers and records that each other state learns by it, which the ledger says first. Raise what
    refuses the officer at home, and Unavailable if what is told cannot be written.
    """
    federation = _federation(look)
    await look.graph()
    enquiry = look.enquiry
    if enquiry is None:
        raise Refused("NO_ENQUIRY", "Questions to other states are asked for an enquiry.")
    if look.correlation is None:
        look.correlation = str(look.desk.random.uuid(look.officer.id))
    learnt: JSON = {state: [_told(look, one) for one in of_state] for state, of_state in (told or {}).items()}
    look.note(
        f"federated {question.name}",
        states=sorted({state for state, _ in asks}),
        ids=[_told(look, id) for id in question.ids] or None,
        told=learnt or None,
    )
    peers = {peer.state: peer for peer in federation.peers}
    signed_in = await _signed_in_at(look) if any(state in peers for state, _ in asks) else _LONG_AGO
    sent = [
        (peers[state], Ask(question.body(variables), _token(look, federation, enquiry, peers[state], signed_in)))
        for state, variables in asks
        if state in peers
    ]
    if learnt:
        await _tell_first(look, enquiry, question, learnt)
    at_home = [variables for state, variables in asks if state == look.desk.state]
    try:
        async with asyncio.TaskGroup() as group:
            others = group.create_task(federation.fanout.ask(sent))
            own = [group.create_task(_own(look, here, variables)) for variables in at_home]
    except ExceptionGroup as failed:
        # What is wrong with the question itself, which no other state needs to say again.
        raise failed.exceptions[0] from None
    heard, answered = iter(others.result()), iter(own)

    def came(state: str) -> Source:
        if state in peers:
            return _source(next(heard))
        # Whom a newer membership leaves out while the question lasts is asked no more.
        return next(answered).result() if state == look.desk.state else no_member(state)

    return [came(state) for state, _ in asks]


def no_member(state: str) -> Source:
    """Tell of a state that is none of the members."""
    return Source(state, SourceState.NOT_ASKED, 0, None, None, ReasonCode.NO_MEMBER, None)


async def _tell_first(look: Look, enquiry: Enquiry, question: Question, told: JSON) -> None:
    """Write which numbers and records are about to leave, and for what. Raises Unavailable."""
    said: JSON = {"correlation": look.correlation, "document": question.digest, "told": told}
    purpose, operation = enquiry.purpose.value, f"federated {question.name}"
    entry = Entry(EntryKind.PEERS, look.officer.id, enquiry.id, purpose, operation, said, (), "ASKING")
    try:
        await look.desk.register.ledger.append(entry)
    except RegisterUnavailable as problem:
        raise Unavailable("The ledger cannot be written, so no state is asked.") from problem


def _told(look: Look, id: str) -> str:
    """Give a record's id as the ledger is told it: what is none may be anything that was typed."""
    return id if parse_urn(id) is not None else look.term(id)


def members(look: Look) -> list[str]:
    """Give every member state, this one among them, in order of number."""
    peers = _federation(look).peers
    numbers = {peer.state: peer.member.number for peer in peers} | {look.desk.state: peers.own.number}
    return sorted(numbers, key=lambda state: numbers[state])


def addressed(look: Look, states: Sequence[str] | None) -> list[str]:
    """Give the states that a question is put to: those named beside this one, else all; raise BadInput for others."""
    known = members(look)
    if states is None:
        return known
    if unknown := sorted(set(states) - set(known)):
        said = f"{unknown[0]} is no member: a state is one of {', '.join(known)}."
        raise BadInput([FieldProblem(path="states", message=said)])
    return [state for state in known if state in states or state == look.desk.state]


def disclosed(look: Look, ids: Iterable[str]) -> None:
    """Remember for the ledger what other states let this officer see."""
    look.foreign.update(ids)


def _federation(look: Look) -> Federation:
    if look.desk.federation is None:
        raise Refused("NO_PEERS", "This node has no peers: it has trusted no membership yet.")
    return look.desk.federation


def _token(look: Look, federation: Federation, enquiry: Enquiry, peer: Peer, signed_in_at: datetime) -> str:
    """Mint what one peer is told of the officer. Each is used once, so each question has a number of its own.

    Raises Unavailable, and Refused for more than can be told.
    """
    officer = look.officer
    look.asked_peers += 1
    # A peer has no business with the names of others' compartments.
    theirs = tuple(name for name in officer.compartments if name.startswith(f"{peer.state}:"))
    try:
        return federation.tokens.mint_peer(
            officer.id,
            jti=f"{look.correlation}.{look.asked_peers}",
            audience=peer.state,
            purpose=enquiry.purpose,
            case_ref=enquiry.case_ref,
            rank=officer.rank,
            unit=officer.unit,
            level=officer.level,
            compartments=theirs,
            enquiry=enquiry.id,
            legal_basis=enquiry.legal_basis,
            enquiry_expires_at=enquiry.expires_at,
            certificate_thumbprint=federation.thumbprint,
            signed_in_at=signed_in_at,
        )
    except KeyNotBegun as problem:
        raise Unavailable("No other state can be asked: the clock stands before the key of this one.") from problem
    except TooMuchAsserted as problem:
        said = f"You hold more compartments of {peer.state} than it can be told of: name the states to ask without it."
        raise Refused("TOO_MANY_COMPARTMENTS", said) from problem


async def _signed_in_at(look: Look) -> datetime:
    """Give when the officer last gave a one-time code; of whom nobody knows it, that was too long ago for anything."""
    begun = await look.desk.register.sessions.begun(look.session) if look.session is not None else None
    return begun or _LONG_AGO


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _source(heard: Heard) -> Source:
    desk = heard.peer.member.contact_desk
    return Source(heard.peer.state, heard.status, heard.latency_ms, heard.data, heard.as_of, heard.reason, desk)


async def _own(look: Look, here: Here, variables: Mapping[str, Any]) -> Source:
    state, data, reason = SourceState.LOCAL, None, None
    answering = asyncio.ensure_future(here(variables))
    try:
        async with asyncio.timeout(PEER_SECONDS):
            data = await asyncio.shield(answering)
    except TimeoutError:
        # It ends by its own deadline: what the database has begun to plan is then there for whoever asks again.
        _federation(look).leave(answering)
        state, reason = SourceState.TIMEOUT, ReasonCode.NO_ANSWER_IN_TIME
    except asyncio.CancelledError:
        answering.cancel()
        _federation(look).leave(answering)
        raise
    except GraphDeadline:
        state, reason = SourceState.TIMEOUT, ReasonCode.NO_ANSWER_IN_TIME
    except GraphUnavailable:
        state, reason = SourceState.UNREACHABLE, ReasonCode.NODE_NOT_READY
    except TooMuchAsked:
        state, reason = SourceState.UNREACHABLE, ReasonCode.TOO_MUCH_ASKED
    answered_at = look.at if data is not None else None
    return Source(look.desk.state, state, 0, data, answered_at, reason, None)
