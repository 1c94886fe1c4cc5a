"""The product broken on purpose, one guard at a time: each break must be a violation within some worlds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import orjson

from api.gql import federated
from auth import policy
from auth.policy import Refusal
from desk import federating
from federation import fanout
from schemas.officer import Officer
from tests.federation.six.run import Tally, played
from tests.federation.six.stage import Stage

MOST_WORLDS = 6


@dataclass(frozen=True)
class Weakening:
    """A break by name: `break_` holds it for as long as its context lasts, on a stage of nodes."""

    name: str
    break_: Callable[[Stage], Any]


@contextmanager
def _patched(on: Any, name: str, broken: Any) -> Iterator[None]:
    with patch.object(on, name, broken):
        yield


def _trusting_level(_: Stage) -> Any:
    sound = policy._level_for
    return _patched(
        policy, "_level_for", lambda who: sound(who) if isinstance(who, Officer) else int(who.asserted_level)
    )


def _trusting_compartments(_: Stage) -> Any:
    sound = policy._comps_for

    def broken(who: Any, purpose: Any) -> Any:
        if isinstance(who, Officer) or purpose == "TRAINING":
            return sound(who, purpose)
        return ("", *sorted(who.asserted_compartments))

    return _patched(policy, "_comps_for", broken)


def _foreign_as_own(_: Stage) -> Any:
    sound = policy._classes_for
    return _patched(policy, "_classes_for", lambda purpose, *, own: sound(purpose, own=True))


def _any_purpose(_: Stage) -> Any:
    sound = policy._by_agreement

    def broken(who: Any, purpose: Any, at: Any) -> Refusal | None:
        found = sound(who, purpose, at)
        return None if found is not None and found.code == "PURPOSE_NOT_AGREED" else found

    return _patched(policy, "_by_agreement", broken)


def _no_step_up(_: Stage) -> Any:
    sound = policy._by_agreement

    def broken(who: Any, purpose: Any, at: Any) -> Refusal | None:
        found = sound(who, purpose, at)
        return None if found is not None and found.code == policy.STEP_UP else found

    return _patched(policy, "_by_agreement", broken)


def _always_complete(_: Stage) -> Any:
    sound = federated.FederatedResult

    def broken(**given: Any) -> Any:
        return sound(**{**given, "complete": True})

    return _patched(federated, "FederatedResult", broken)


def _rows_of_the_late(_: Stage) -> Any:
    """An owner that was too late once keeps the rows of its answer before."""
    sound, before = federated._Asking._part, {}

    def broken(self: Any, source: Any, first: int, stood: Any) -> Any:
        part = sound(self, source, first, stood)
        key = (self.bound, self.look.officer.id, source.state, str(stood))
        if part.rows:
            before[key] = part
        late = source.status in ("TIMEOUT", "UNREACHABLE", "BREAKER_OPEN")
        return replace(before[key], source=source) if late and key in before else part

    return _patched(federated._Asking, "_part", broken)


def _timeout_is_live(_: Stage) -> Any:
    """An owner that did not answer in time is one that has nothing."""
    sound = federating._source

    def broken(heard: Any) -> Any:
        source = sound(heard)
        late = source.status == "TIMEOUT"
        return replace(source, status=type(source.status).LIVE, data={}, reason=None) if late else source

    return _patched(federating, "_source", broken)


def _any_clock(_: Stage) -> Any:
    return _patched(fanout, "LEEWAY", fanout.LEEWAY * 1000)


def _any_schema(on: Stage) -> Any:
    def heard(self: Any, peer: Any, answer: Any) -> Any:
        headers = {**answer.headers, fanout.SCHEMA_HEADER: self._schema}
        return sound(self, peer, replace(answer, headers=headers))

    sound = fanout.Fanout._read
    return _patched(fanout.Fanout, "_read", heard)


def _no_deadline(_: Stage) -> Any:
    return _patched(fanout, "PEER_SECONDS", 2.5)


def _no_order(_: Stage) -> Any:
    """Rows stand owner by owner."""
    return _patched(federated, "_in_order", lambda row: (row[1], *row[0]))


def _cursor_of_the_absent(_: Stage) -> Any:
    """A cursor begins anew for whoever showed nothing on the page."""
    sound = federated._Asking.page

    def broken(self: Any, parts: Any, first: int, stands: Any) -> Any:
        return sound(self, parts, first, {})

    return _patched(federated._Asking, "page", broken)


def _status_by_data(_: Stage) -> Any:
    """An owner that has nothing for the officer says that it denies."""
    sound = fanout.Fanout._read

    def broken(self: Any, peer: Any, answer: Any) -> Any:
        heard = sound(self, peer, answer)
        rows = orjson.dumps(heard.data) if heard.data is not None else b""
        if heard.data is None or b'"id"' in rows:
            return heard
        reason = fanout.ReasonCode.REFUSED_BY_OWNER
        return replace(heard, status=fanout.SourceState.DENIED, data=None, reason=reason)

    return _patched(fanout.Fanout, "_read", broken)


def _others_rows(_: Stage) -> Any:
    """Whose a row is is not looked at."""
    return _patched(federated.shaping.Shaper, "_owned", lambda self, name, id: self.ids.add(id))


def _tokens_used_again(on: Stage) -> Any:
    from auth import tokens

    return _patched(tokens._Spent, "spend", lambda self, name, until, now: True)


def _no_breaker(_: Stage) -> Any:
    """An owner is left alone after one failure of any kind, also a refusal."""
    sound = fanout.Fanout._one

    async def broken(self: Any, peer: Any, ask: Any) -> Any:
        heard = await sound(self, peer, ask)
        if heard.status == "DENIED":
            for _ in range(3):
                self.breaker(peer.state).failed()
        return heard

    return _patched(fanout.Fanout, "_one", broken)


WEAKENINGS = (
    Weakening("an owner trusts the asker's level", _trusting_level),
    Weakening("an owner trusts the asker's compartments", _trusting_compartments),
    Weakening("a peer's officer reads what an own officer reads", _foreign_as_own),
    Weakening("a purpose that was not agreed on is answered", _any_purpose),
    Weakening("no fresh sign-in is asked for", _no_step_up),
    Weakening("complete is always true", _always_complete),
    Weakening("rows of an owner that does not answer are kept", _rows_of_the_late),
    Weakening("an owner that is late has nothing", _timeout_is_live),
    Weakening("any clock is believed", _any_clock),
    Weakening("any schema is read", _any_schema),
    Weakening("a peer has more than its seconds", _no_deadline),
    Weakening("rows stand owner by owner", _no_order),
    Weakening("a cursor forgets where others stood", _cursor_of_the_absent),
    Weakening("a status depends on data", _status_by_data),
    Weakening("whose a row is is not looked at", _others_rows),
    Weakening("a token is good twice", _tokens_used_again),
    Weakening("whoever denies is left alone", _no_breaker),
)


async def caught(on: Stage, weakening: Weakening, *, most: int = MOST_WORLDS, **how: Any) -> int | None:
    """Give the number of worlds after which a weakening is found, None if it is not among `most`."""
    for seed in range(most):
        tally = Tally()
        with weakening.break_(on):
            await played(on, seed, tally, **{"weathers": 3, "questions": 60, **how})
        if tally.violations:
            return seed + 1
    return None
