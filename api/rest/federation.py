"""The face that other states ask at: the same schema, under their certificate and their word for an officer.

In order:
1. Whoever comes has a certificate of a member; which member, the membership says, and nothing that is sent.
2. The token is bound to that certificate, used once, and asserts an officer of that member alone.
3. This state decides before anything else is read; what it refuses stands on its ledger, whatever was asked.
4. Of the schema only the questions that this state answers to others; documents are those that a node of this release
   derives from its own trusted ones, and any on a training node.
5. Each answer says by which schema and at what time it was given.
6. What a member sends that is refused before it can stand on the ledger has one line in the log; a stranger has none.
7. To which keys this state has handed over it tells every member; it is signed, and no secret.
"""

import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from graphql import parse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.context import Context
from api.documents import TrustedDocuments, digest_of
from api.errors import Masker, new_reference
from api.gql import derived
from api.gql.schema import SCHEMA
from api.graphql_http import GraphQLEndpoint
from api.limits import measure
from api.wire import HttpRefused, HttpRequest, Reply, dump
from auth.certificates import thumbprint
from auth.tokens import PeerClaims, TokenRefused
from desk.errors import DeskError, NotFound, Refused, Unauthenticated
from desk.looking import Desk, Look, Stamp
from federation.fanout import QUESTIONS, READY, SCHEMA_HEADER, TIME_HEADER
from federation.hearing import KEYS
from federation.peers import Peer
from federation.standing import Federation
from schemas.agreement import Agreement
from schemas.enquiry import Enquiry
from schemas.membership import Published
from schemas.officer import PeerOfficer

_log = logging.getLogger("sangam.federation")

# What a state answers to others' officers.
ANSWERED = frozenset(shape.root for shape in derived.SHAPES.values())

Finish = Callable[[Context, Any], Awaitable[None]]


@cache
def schema_digest() -> str:
    """Give the digest of the schema, by which two nodes know that they mean the same."""
    return digest_of(SCHEMA.as_str())


def for_peers(trusted: TrustedDocuments) -> TrustedDocuments:
    """Give the documents that a peer of this release derives from these."""
    return _for_peers(tuple(trusted))


# Worked out once, however many nodes stand in one process.
@lru_cache(maxsize=4)
def _for_peers(trusted: tuple[str, ...]) -> TrustedDocuments:
    texts = {}
    for text in trusted:
        taken = measure(parse(text, no_location=True), introspection=False)
        for one in derived.every(SCHEMA._schema, taken.operation, taken.fragments):
            texts[one.digest] = one.text
    return TrustedDocuments(texts)


class PeersFace:
    """The ASGI application of the port that peers ask at."""

    def __init__(
        self, desk: Desk, federation: Federation, finish: Finish, ready: Callable[[], Awaitable[list[str]]]
    ) -> None:
        """Stand on a node that has peers; `ready` says what is missing."""
        self._desk = desk
        self._federation = federation
        self._ready = ready
        self._errors = Masker(new_reference)
        self._questions = GraphQLEndpoint[Context](
            SCHEMA,
            context=self._context,
            anew=self._anew,
            training=desk.stamp is not Stamp.LIVE,
            documents=for_peers(TrustedDocuments.packaged()),
            finish=finish,
            only=ANSWERED,
            unread=self._tell_unread,
        )
        self._faces: Mapping[tuple[str, str], ASGIApp] = {
            ("POST", QUESTIONS): self._questions,
            ("GET", READY): self._say_ready,
            ("GET", KEYS): self._say_keys,
        }

    @property
    def port(self) -> int:
        """Give the port at which the membership says that this state answers."""
        return int(self._federation.peers.own.address.rpartition(":")[2])

    @property
    def tls(self) -> ssl.SSLContext:
        """Give the context that lets members in; raise ValueError for a node that has none."""
        if self._federation.serving is None:
            raise ValueError("This node lets nobody in.")
        return self._federation.serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a peer; a stranger gets the same 401 whatever it wants."""
        if scope["type"] != "http":
            return
        at = int(self._desk.clock().timestamp())
        beside = {SCHEMA_HEADER: schema_digest(), TIME_HEADER: str(at)}

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in beside.items()]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        known = self._peer(HttpRequest.of(scope))
        if known is None:
            await self._instead(Unauthenticated(), send)
            return
        face = self._faces.get((scope["method"], scope["path"]))
        if face is None:
            _log.warning("a request from %s is refused: there is no such path", known[0].state)
            await self._instead(NotFound(), told)
            return
        await face(scope, receive, told)

    async def _say_ready(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        lacking = await self._ready()
        await Reply(503 if lacking else 200, dump({"ready": not lacking})).send(send)

    def _tell_unread(self, request: HttpRequest, error: HttpRefused) -> None:
        if (known := self._peer(request)) is not None:
            _log.warning("a request from %s is refused: %s", known[0].state, error.message)

    async def _say_keys(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        said = Published(version=self._federation.peers.version, handovers=self._federation.handovers())
        await Reply(200, dump(said.model_dump(mode="json"))).send(send)

    async def _instead(self, error: DeskError, send: Send) -> None:
        problem = self._errors.of(error)
        await Reply(problem.status, dump({"errors": [problem.said()]})).send(send)

    def _peer(self, request: HttpRequest) -> tuple[Peer, str] | None:
        """Give the member whose certificate it came under, and the certificate's thumbprint."""
        if request.certificate is None:
            return None
        peer = self._federation.peers.of_certificate(request.certificate, self._desk.clock())
        return (peer, thumbprint(request.certificate)) if peer is not None else None

    async def _context(self, request: HttpRequest) -> Context:
        """Settle who asks, and decide; raise Unauthenticated or Refused."""
        known = self._peer(request)
        if known is None:
            raise Unauthenticated
        return await self._decided(self._claims(*known, request))

    async def _anew(self, request: HttpRequest, context: Context) -> Context:
        """Decide again for a question that came slowly; its token proved who asks, and is used up."""
        if self._peer(request) is None or context.claims is None:
            raise Unauthenticated
        return await self._decided(context.claims)

    async def _decided(self, claims: PeerClaims) -> Context:
        look = await self._look(claims)
        try:
            await look.graph()
        except Refused as refusal:
            look.code = refusal.code_for_ledger
            await look.close(document="", fields="federation")
            raise
        return Context(look, claims=claims)

    def _claims(self, peer: Peer, mark: str, request: HttpRequest) -> PeerClaims:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise TokenRefused("no bearer token")
            return self._federation.tokens.verify_peer(
                token, ring_of={peer.state: peer.keys}, certificate_thumbprint=mark
            )
        except TokenRefused as fault:
            # For who runs this node, and not for whoever sent it.
            _log.warning("a token from %s is refused: %s", peer.state, fault.reason)
            raise Unauthenticated from fault

    async def _look(self, claims: PeerClaims) -> Look:
        agreement = await self._desk.register.peers.agreement(claims.state)
        officer = PeerOfficer(
            id=f"{claims.state}:{claims.officer}",
            state=claims.state,
            home=self._desk.state,
            rank=claims.rank,
            asserted_level=claims.level,
            asserted_compartments=claims.compartments,
            agreement=agreement or Agreement(state=claims.state),
            signed_in_at=claims.signed_in_at,
            token_expires_at=claims.expires_at,
        )
        at = self._desk.clock()
        enquiry = Enquiry(
            id=claims.enquiry,
            officer=officer.id,
            purpose=claims.purpose,
            case_ref=claims.case_ref,
            legal_basis=claims.legal_basis,
            # Its state opened it, and says so now; two clocks may differ by the leeway of a token.
            opened_at=min(claims.issued_at, at),
            expires_at=claims.enquiry_expires_at,
        )
        correlation = claims.jti.partition(".")[0]
        return Look(self._desk, officer, enquiry.id, at, asserted=enquiry, correlation=correlation, token=claims.jti)
