"""Networks and paths over states: fragments from each owner, asked round by round, and what is made of them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from api.gql import shaping
from api.gql.derived import FROM, HOPS, NUMBERS, RECORDS_OF
from api.gql.inputs import IdentifierInput
from api.gql.owners import Asking, unfit
from api.gql.scalars import Instant, instant, moment_of
from api.gql.sources import FederatedPath, FederatedResult, FederatedStep, Gap, Join, told
from desk import federating
from desk.errors import BadInput
from desk.federating import Source
from desk.looking import Look
from federation.fragments import Asked, Bond, Fragment, Number, Said, Seen
from federation.joining import Joined
from federation.trails import Trail
from graph.abroad import MOST_ASSERTIONS
from graph.network import MOST_HOPS, MOST_LINKS, MOST_NODES
from schemas.errors import FieldProblem
from schemas.federated import ANSWERED, ReasonCode, SourceState
from schemas.ids import BadIdentifier, ValueKind, normal_form, parse_urn
from schemas.link import ASSERTED, LinkKind

ShownTo = Callable[[Mapping[str, Any]], frozenset[str]]
"""Read from a provenance which states something may be told to; raises Misshapen."""

_LONGEST_WRITING = 200
_KINDS = {kind.name: kind for kind in ValueKind}


@dataclass
class _Took:
    """How one state took part in all rounds together."""

    source: Source
    rows: set[str] = field(default_factory=set)

    def again(self, source: Source) -> None:
        """Take in another answer of it: one that failed says how it took part in the whole."""
        told = source if self.source.status in ANSWERED else self.source
        latency = max(self.source.latency_ms, source.latency_ms)
        at = source.as_of or self.source.as_of
        self.source = Source(told.state, told.status, latency, None, at, told.reason, told.contact_desk)


@dataclass(frozen=True)
class Explored:
    """What came of all rounds: the fragments joined, and all as the officer reads it, by id."""

    joined: Joined
    nodes: dict[str, shaping.Ready] = field(default_factory=dict)
    links: dict[str, shaping.Ready] = field(default_factory=dict)
    said: dict[str, shaping.Ready] = field(default_factory=dict)
    took: dict[str, _Took] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def met(self, source: Source) -> _Took:
        """Note how a state took part."""
        took = self.took.get(source.state)
        if took is None:
            took = self.took[source.state] = _Took(source)
        else:
            took.again(source)
        return took


@dataclass(frozen=True)
class Across(Asking):
    """A question whose answer is put together of fragments; of the `past`, if it is as of a moment."""

    past: bool = False

    async def explored(self, joined: Joined, starts: Mapping[str, Sequence[str]]) -> Explored:
        """Ask round by round until there is nothing more to ask; `starts` are ids by the state that owns them."""
        found = Explored(joined)
        members = federating.members(self.look)
        for state in starts.keys() - set(members):
            found.met(federating.no_member(state))
        wanted, late = joined.first(starts), None
        while wanted:
            sources = await self._asked(wanted, late)
            for one, source in zip(wanted, sources, strict=True):
                self._take(found, one, source)
                # Others may go on: a fragment can have very many values to check.
                await asyncio.sleep(0)
            own = (one for one in sources if one.state == self.look.desk.state)
            late = late or next((one for one in own if one.status is SourceState.TIMEOUT), None)
            wanted = joined.following()
        return found

    async def _asked(self, wanted: Sequence[Asked], late: Source | None) -> list[Source]:
        """Give what came of each; this state, once it was `late`, is not asked again for the same question.

        It is asked as often as there is something to ask: late each time, it would take all the time that there is,
        and what the others said would be lost.
        """
        put = [one for one in wanted if late is None or one.state != late.state]
        asks = [(one.state, {**self.variables, **_put(one)}) for one in put]
        told = self._told(put)
        came = await federating.asked_of(self.look, self.question, asks, self.here, told=told) if put else []
        sources = iter(came)
        return [late if late is not None and one.state == late.state else next(sources) for one in wanted]

    def _told(self, wanted: Sequence[Asked]) -> dict[str, list[str]]:
        """Give the numbers and records that each other state learns by what it is asked."""
        told: dict[str, list[str]] = {}
        for one in wanted:
            learnt = [*(normal for _, normal in one.numbers), *one.records]
            if learnt and one.state != self.look.desk.state:
                told.setdefault(one.state, []).extend(learnt)
        return told

    def _take(self, found: Explored, asked: Asked, source: Source) -> None:
        if source.data is not None:
            try:
                self._read(found, asked, source, self.said(source.data))
            except (shaping.Misshapen, shaping.NotTheOwner) as fault:
                source = unfit(source, fault)
        if source.data is None:
            found.joined.unanswered(asked, source.reason or ReasonCode.NO_ANSWER_IN_TIME)
        found.met(source)

    def _read(self, found: Explored, asked: Asked, source: Source, sent: Any) -> None:
        """Read what one owner gave; raise Misshapen or NotTheOwner, and take nothing of it, for what does not fit."""
        if sent is None:
            return
        match sent:
            case {
                "nodes": list(nodes),
                "hops": list(hops),
                "links": list(links),
                "assertions": list(told),
                "more": list(more),
            } if (
                len(nodes) == len(hops) <= MOST_NODES
                and len(links) <= MOST_LINKS
                and len(told) <= MOST_ASSERTIONS
                and len(more) <= len(nodes)
            ):
                cut = sent.get("linksCut") is not False
            case _:
                raise shaping.Misshapen
        own, base = source.state == self.look.desk.state, found.joined.hops - asked.hops
        if own:
            # What this node has of another state's is asked of that state.
            pairs = [(node, hop) for node, hop in zip(nodes, hops, strict=True) if _owned(node, source.state)]
            nodes, hops = [node for node, _ in pairs], [hop for _, hop in pairs]
            there = {_id(node) for node in nodes}
            links = [link for link in links if _owned(link, source.state) and _ends(link) <= there]
            told = [one for one in told if one["fromOfOwner"] in there]
            more = [one for one in more if _id(one) in there]
        shown_to = partial(_shown_to, own=own, past=self.past)
        seen = {_id(node): _seen(node, hop, base, asked.hops, shown_to) for node, hop in zip(nodes, hops, strict=True)}
        bonds = [_bond(link, seen, shown_to) for link in links]
        if own:
            bonds = [self._truly(bond, seen) for bond in bonds]
        said = [_said(one, seen, shown_to) for one in told]
        left, lines = [_id(one) for one in more], [bond.id for bond in bonds] + [one.id for one in said]
        if len(seen) < len(nodes) or len(set(lines)) < len(lines) or not seen.keys() >= set(left):
            raise shaping.Misshapen
        shaper = self.shaper(source)
        nodes_of, links_of = self.asked.below("nodes").nodes, self.asked.below("links").nodes
        rows = {_id(node): shaper.row(nodes_of, node) for node in nodes}
        drawn = {_id(link): shaper.link(links_of, link) for link in links}
        said_of = self.asked.below("assertions").nodes
        made = {_id(one): shaper.assertion(said_of, one) for one in told}
        # At its edge a network ends by itself; what is left out before is missing.
        short = [id for id in left if seen[id].hops < found.joined.hops]
        fragment = Fragment(source.state, seen, bonds, [*short, *([min(seen)] if cut and seen else [])], said)
        found.joined.take(fragment)
        # An identifier that another state gives under an id of this one's is read as this one has it.
        found.nodes.update({id: row for id, row in rows.items() if own or id not in found.nodes})
        found.links.update({id: row for id, row in drawn.items() if id not in found.links})
        found.said.update({id: row for id, row in made.items() if id not in found.said})
        found.ids.update(shaper.ids)
        found.met(source).rows |= rows.keys()

    def _truly(self, bond: Bond, seen: Mapping[str, Seen]) -> Bond:
        """Give an own link without what is written on it, if that is not the number that it bears.

        What is written is an officer's; told to another state as the number, it would join strangers.
        """
        id = bond.bearing(seen)
        kind = seen[id].kind if id is not None else None
        if id is None or kind is None or bond.written is None:
            return bond
        try:
            if self.look.desk.keys.value_id(kind.value, normal_form(kind, bond.written)) == id:
                return bond
        except BadIdentifier:
            pass
        return Bond(bond.id, bond.relation, bond.from_id, bond.to_id, None, bond.shown_to)

    def network(self, found: Explored) -> FederatedResult:
        """Give all that was met: nodes in order of (hop, number of the state, id), links in order of id."""
        return self._result(found, found.nodes.keys(), found.links.keys(), ())

    def paths(self, found: Explored, trails: Sequence[Trail]) -> FederatedResult:
        """Give paths in their order, with the nodes and links that are on them."""
        links = {step.link for trail in trails for step in trail.steps}
        nodes = {id for trail in trails for step in trail.steps for id in (step.from_id, step.to_id)}
        return self._result(found, nodes, links, trails)

    def _result(
        self, found: Explored, nodes: Iterable[str], links: Iterable[str], trails: Sequence[Trail]
    ) -> FederatedResult:
        shown, drawn, joined = set(nodes), sorted(links), found.joined
        order = joined.in_order()
        federating.disclosed(self.look, found.ids)
        returned = {state: len(took.rows & shown) for state, took in found.took.items()}
        gaps = [Gap.of(gap) for gap in sorted(joined.gaps)]
        sources = {state: took.source for state, took in found.took.items()}
        return FederatedResult(
            nodes=[found.nodes[id] for id in order if id in shown],  # type: ignore[misc]  # complete as they stand
            links=[found.links[id] for id in drawn],  # type: ignore[misc]
            assertions=[found.said[id] for id in sorted(joined.said_of(shown, both=bool(trails)))],  # type: ignore[misc]
            joins=[Join.of(kind, ids) for kind, ids in joined.joins() if len(shown & set(ids)) > 1],
            paths=[_path(trail) for trail in trails],
            gaps=gaps,
            sources=told(self.look, sources, returned),
            complete=not gaps and all(source.status in ANSWERED for source in sources.values()),
            as_of=instant(self.look.at) or Instant(""),
            cursor=None,
        )


def asked_states(look: Look, states: Sequence[str] | None, starts: Iterable[str]) -> list[str]:
    """Give the states that are asked: those named beside this one, else all, and who owns a start; raise BadInput."""
    named = federating.addressed(look, states)
    owners = set(starts)
    return [state for state in federating.members(look) if state in named or state in owners]


def by_owner(look: Look, ids: Sequence[str]) -> dict[str, list[str]]:
    """Part ids by the states that own them; an identifier, and what can name nothing, is this state's."""
    parted: dict[str, list[str]] = {}
    for id in dict.fromkeys(ids):
        urn = parse_urn(id)
        parted.setdefault(look.desk.state if urn is None else urn.state, []).append(id)
    return parted


def numbers_of(identifiers: Sequence[IdentifierInput]) -> list[Number]:
    """Read identifiers as an officer wrote them; raise BadInput for what is none."""
    found, problems = [], []
    for place, one in enumerate(identifiers):
        try:
            found.append((one.kind, normal_form(one.kind, one.value)))
        except BadIdentifier as problem:
            problems.append(FieldProblem(path=f"identifiers.{place}.value", message=str(problem)))
    if problems:
        raise BadInput(problems)
    return list(dict.fromkeys(found))


def _path(trail: Trail) -> FederatedPath:
    steps = [FederatedStep(link=step.link, from_=step.from_id, to=step.to_id) for step in trail.steps]  # type: ignore[arg-type]
    return FederatedPath(steps=steps, crossings=trail.crossings)


def _put(asked: Asked) -> dict[str, Any]:
    numbers = [{"kind": kind.name, "value": normal} for kind, normal in asked.numbers]
    return {FROM: list(asked.ids), NUMBERS: numbers, RECORDS_OF: list(asked.records), HOPS: asked.hops}


def _id(sent: Any) -> str:
    match sent:
        case {"id": str(id)}:
            return id
    raise shaping.Misshapen


def _owned(sent: Any, state: str) -> bool:
    urn = parse_urn(_id(sent))
    return urn is None or urn.state == state


def _ends(link: Any) -> set[str]:
    return {link["fromOfOwner"], link["toOfOwner"]}


def _seen(sent: Any, hop: Any, base: int, most: int, shown_to: ShownTo) -> Seen:
    """Read where a node stands, and to which states it may be told."""
    if type(hop) is not int or not 0 <= hop <= min(most, MOST_HOPS):
        raise shaping.Misshapen
    match sent:
        case {"__typename": "Identifier", "kindOfOwner": str(kind)} if kind in _KINDS:
            return Seen(_id(sent), base + hop, _KINDS[kind])
        case {"provenanceOfOwner": dict(said)}:
            return Seen(_id(sent), base + hop, None, shown_to(said))
    raise shaping.Misshapen


def _bond(sent: Any, seen: Mapping[str, Seen], shown_to: ShownTo) -> Bond:
    match sent:
        case {
            "kindOfOwner": str(kind),
            "fromOfOwner": str(one),
            "toOfOwner": str(other),
            "writtenOfOwner": str() | None as written,
            "provenanceOfOwner": dict(said),
        } if one in seen and other in seen and len(written or "") <= _LONGEST_WRITING:
            return Bond(_id(sent), kind, one, other, written, shown_to(said))
    raise shaping.Misshapen


def _said(sent: Any, seen: Mapping[str, Seen], shown_to: ShownTo) -> Said:
    match sent:
        case {
            "kindOfOwner": str(kind),
            "fromOfOwner": str(one),
            "toOfOwner": str(other),
            "provenanceOfOwner": dict(said),
        } if one in seen and kind in ASSERTED:
            near, far = parse_urn(one), parse_urn(other)
            if near is None or far is None or near.state == far.state or near.type != far.type:
                raise shaping.Misshapen
            try:
                at = int(moment_of(said["recordedAt"]).timestamp())
            except (KeyError, TypeError, ValueError) as problem:
                raise shaping.Misshapen from problem
            return Said(_id(sent), LinkKind(kind), one, other, at, shown_to(said))
    raise shaping.Misshapen


def _shown_to(said: Mapping[str, Any], *, own: bool, past: bool) -> frozenset[str]:
    """Read which states something may be told to: of this state, its audience; of another, whom it lets have it."""
    match said.get("audience" if own else "onward"):
        case list(states) if all(isinstance(state, str) for state in states):
            # Its gate is judged today, but whom a version let it be passed on to may since have been taken back.
            return frozenset() if past and not own else frozenset(states)
    raise shaping.Misshapen
