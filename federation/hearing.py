"""Hearing a peer: beside all questions it is asked how it stands, and to which keys it has handed over.

In order:
1. It is asked under its pinned certificate, at the address in the membership, as for everything else.
2. What it says of its keys counts as far as a key that is known already has signed it.
3. A peer of another schema, or whose clock goes otherwise, is INCOMPATIBLE; its keys are heard all the same.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from pydantic import ValidationError

from auth.tokens import LEEWAY
from federation.connections import BadCertificate, Connections, TooLong
from federation.fanout import PEER_SECONDS, SCHEMA_HEADER, TIME_HEADER
from federation.peers import Peer, PublishedKeys
from schemas.federated import ReasonCode, SourceState
from schemas.hearing import Hearing
from schemas.membership import MOST_HANDOVERS, Handover, Published

_log = logging.getLogger("sangam.federation")

KEYS = "/federation/v1/keys"


async def hear(
    connections: Connections, peer: Peer, before: Hearing | None, *, clock: Callable[[], datetime], schema: str
) -> Hearing:
    """Ask one peer how it stands; where nothing has changed, `since` stays as it was."""
    status, reason, published = await _asked(connections, peer, clock, schema)
    at, known = clock(), before.handovers if before is not None else ()
    since = before.since if before is not None and (before.status, before.reason) == (status, reason) else at
    version = published.version if published is not None else before and before.version
    # More than these, years of changes, nobody says in earnest; a membership that names the newest key ends their row.
    handovers = known if published is None else (*known, *_more(peer, published, known))
    return Hearing(
        state=peer.state, status=status, reason=reason, since=since, at=at, version=version, handovers=handovers
    )


async def _asked(
    connections: Connections, peer: Peer, clock: Callable[[], datetime], schema: str
) -> tuple[SourceState, ReasonCode | None, Published | None]:
    try:
        answer = await connections.ask(peer, "GET", KEYS, headers={}, seconds=PEER_SECONDS)
    except TimeoutError:
        return SourceState.TIMEOUT, ReasonCode.NO_ANSWER_IN_TIME, None
    except BadCertificate:
        return SourceState.UNREACHABLE, ReasonCode.CERTIFICATE, None
    except OSError:
        return SourceState.UNREACHABLE, ReasonCode.NO_CONNECTION, None
    except TooLong:
        return SourceState.INCOMPATIBLE, ReasonCode.ANSWER_NOT_UNDERSTOOD, None
    if answer.status >= 500:
        return SourceState.UNREACHABLE, ReasonCode.NODE_NOT_READY, None
    if answer.status == 401:
        return SourceState.DENIED, ReasonCode.NOT_RECOGNISED, None
    try:
        published = Published.model_validate_json(answer.body) if answer.status == 200 else None
    except ValidationError:
        published = None
    reason = _unlike(answer.headers, clock(), schema)
    if reason is None and published is None:
        reason = ReasonCode.ANSWER_NOT_UNDERSTOOD
    return SourceState.INCOMPATIBLE if reason else SourceState.LIVE, reason, published


def _unlike(headers: Mapping[str, str], now: datetime, schema: str) -> ReasonCode | None:
    """Say why answers under these headers cannot be read here, None if they can."""
    if headers.get(SCHEMA_HEADER) != schema:
        return ReasonCode.SCHEMA if SCHEMA_HEADER in headers else ReasonCode.ANSWER_NOT_UNDERSTOOD
    try:
        theirs = datetime.fromtimestamp(int(headers.get(TIME_HEADER, "")), UTC)
    except (ValueError, OverflowError, OSError):
        return ReasonCode.ANSWER_NOT_UNDERSTOOD
    return ReasonCode.CLOCK if abs(now - theirs) > LEEWAY else None


def _more(peer: Peer, published: Published, known: tuple[Handover, ...]) -> list[Handover]:
    """Give what of the handovers is new and stands on keys that are known, as far as there is room for more."""
    spoken = {one.by for one in known}
    fresh = [one for one in published.handovers if one.by not in spoken]
    keys = PublishedKeys(peer.member.keys, (*known, *fresh[: max(0, MOST_HANDOVERS - len(known))]))
    if others := [one.by for one in published.handovers if keys.contradicts(one)]:
        # In one line, however many a peer makes up.
        _log.error(
            "%s hands over from %d keys to others than it said before, %s first", peer.state, len(others), others[0]
        )
    return [one for one in keys.handovers if one.by not in spoken]
