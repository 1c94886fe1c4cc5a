"""The product broken on purpose, one rule at a time: each weakening must turn the property red.

In order:
1. A weakening changes statements before the predicate is written out in them, or one function of the product.
2. One that changes no text at all is an error: it would prove nothing.
3. The session's second look in Python stands aside, unless a test wants to see it catch the leak.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from auth import policy
from auth.grant import Mode
from desk import asking, filing, finding, inbox, readers, recording
from desk.errors import NotFound
from graph import (
    abroad,
    access,
    clusters,
    compiled,
    disputing,
    fragments,
    keeping,
    library,
    matching,
    network,
    past,
    paths,
    pending,
    reviewing,
    visible,
    writing,
)
from graph import finding as graph_finding
from graph.library import Statement
from graph.session import GraphSession
from tests.noninterference import stage
from tests.noninterference.changes import USUAL
from tests.noninterference.low import UNITS, VIEWER

_MODULES = (
    abroad,
    access,
    clusters,
    disputing,
    graph_finding,
    keeping,
    matching,
    network,
    paths,
    pending,
    reviewing,
    writing,
)
Rewrite = Callable[[str, str], str]


@dataclass(frozen=True)
class Weakening:
    """One broken rule: how texts change, which operations show it, which hidden changes and acts bring it out."""

    name: str
    rewrite: Rewrite | None = None
    patches: Callable[[], list[Any]] = list
    operations: tuple[str, ...] = ("person", "persons", "gang", "incident", "socialAccount", "network", "find")
    changes: tuple[str, ...] = tuple(USUAL)
    shared_tape: bool = False
    acts: tuple[str, ...] = ()


class NothingBroken(ValueError):
    """A weakening changed no text that was asked."""


@contextmanager
def broken(weakening: Weakening, on: "stage.Stage", *, second_look: bool = False) -> Iterator[None]:
    """Break the product for as long as the context lasts; raise NothingBroken if nothing was."""
    touched: list[str] = []
    with ExitStack() as stack:
        # What was written of the past before is not broken, and what is written now must not stay.
        stack.callback(past.then.cache_clear)
        past.then.cache_clear()
        for one in weakening.patches():
            touched.append("function")
            stack.enter_context(one)
        if weakening.rewrite is not None:
            for one in _rewritten(weakening.rewrite, touched):
                stack.enter_context(one)
        if not second_look:
            stack.enter_context(patch.object(GraphSession, "check", _believing))
        if weakening.shared_tape:
            touched.append("tape")
        on.shared_tape = weakening.shared_tape
        try:
            yield
        finally:
            on.shared_tape = False
    if not touched:
        raise NothingBroken(f"{weakening.name} changed nothing.")


def _believing(session: GraphSession, mode: object, gates: Any, *, of: str) -> set[str]:
    return {gate[0] for gate in gates}


async def _of_own_unit(*given: object) -> list[Any]:
    return [SimpleNamespace(values={"unit": UNITS[VIEWER]})]


class _Everything:
    """What has all that is asked for in it."""

    def __contains__(self, one: object) -> bool:
        return True

    def issuperset(self, some: object) -> bool:
        return bool(some)


async def _anything(*given: object, **more: object) -> str:
    return "-"


def _rewritten(rewrite: Rewrite, touched: list[str]) -> list[Any]:
    """Give patches that put every packaged statement and every compiled selection through a rewrite."""

    def weak(name: str, text: str) -> str:
        changed = rewrite(name, text)
        if changed != text:
            touched.append(name)
        return changed

    def reread(one: Statement) -> Statement:
        raw = (files("graph") / "cypher" / f"{one.name}.cypher").read_text(encoding="utf-8")
        return library.parse(one.name, weak(one.name, raw))

    patches: list[Any] = []
    for module in _MODULES:
        for name, value in vars(module).items():
            if isinstance(value, Statement):
                patches.append(patch.object(module, name, reread(value)))
            elif isinstance(value, dict) and value and all(isinstance(one, Statement) for one in value.values()):
                patches.append(patch.object(module, name, {key: reread(one) for key, one in value.items()}))
    plain = compiled.expand
    patches.append(patch.object(compiled, "expand", lambda text, **given: plain(weak("projection", text), **given)))
    as_of = past.as_of
    # Of a packaged statement the body is changed already.
    patches.append(
        patch.object(past, "as_of", lambda body: as_of(weak("projection", body) if _is_compiled(body) else body))
    )
    return patches


def _is_compiled(body: str) -> bool:
    return body.startswith("RETURN [") and body.endswith("] AS row")


def _in(names: str, pattern: str, becomes: str | Callable[[re.Match[str]], str]) -> Rewrite:
    """Make a rewrite of the statements whose name begins with one of some words."""

    def rewrite(name: str, text: str) -> str:
        return re.sub(pattern, becomes, text, flags=re.S) if name.startswith(tuple(names.split())) else text

    return rewrite


def _null_rows(name: str, text: str) -> str:
    """Give a page's row as null where its far end is hidden."""
    seen = r"VISIBLE\(n(\d+)\) AND VISIBLE\(v\1\)"
    return re.sub(
        seen + r"([^{}]*\}[^{}]*\} AS c\1 WITH [^{}]*?)RETURN (\[[^{}]*?\]) AS row ORDER BY n\1\.id",
        r"true\2RETURN CASE WHEN VISIBLE(n\1) AND VISIBLE(v\1) THEN \3 END AS row ORDER BY n\1.id",
        text,
    )


def _limit_first(name: str, text: str) -> str:
    """Cut a list's page before the predicate is asked."""
    return re.sub(
        r" AND VISIBLE\(n\) AND VISIBLE\(v\)([^{}]*?) WITH n, v (ORDER BY [^{}]*? LIMIT \$p\d+) RETURN",
        r" WITH n, v \2 WHERE VISIBLE(n) AND VISIBLE(v)\1 RETURN",
        text,
        count=1,
    )


def _without_ids(name: str, text: str) -> str:
    """Order a list by its key alone, and not along the index, which would keep its own order of ids."""
    if name != "projection":
        return text
    text = re.sub(r"USING INDEX v:Version\([^)]*\) ", "", text)
    return re.sub(r"v\.kind( DESC)?, |, (n\.id|v\.record)( DESC)?(?= |$)", "", text)


def _counted_raw(name: str, text: str) -> str:
    """Count what is not shown, along all relations or some, without the predicate."""
    if name != "network/around":
        return text
    text = re.sub(r"(WITH n, COUNT \{[^{}]*?) WHERE VISIBLE\(r\) AND REACHED\(m\)", r"\1", text)
    return re.sub(r"(WITH n, COUNT \{[^{}]*?)VISIBLE\(r\) AND (type[^{}]*?) AND REACHED\(m\)", r"\1\2", text)


def _open_nulls() -> list[Any]:
    """Open what lost a part of its gate."""
    loose = "coalesce(" + visible._CONJUNCTS + ", true)"
    return [patch.object(visible, "_VISIBLE", loose), patch.object(visible, "_REACHED", loose)]


def _by_document_frequency() -> list[Any]:
    """Let a name that many bear count less, as full-text scores do."""
    search, rank = graph_finding.search, finding.rank
    bearers = [0]

    async def counting(graph: Any, values: Any, keys: Any, kinds: Any, **more: Any) -> Any:
        async with graph._driver().session() as session:
            found = await session.run(
                "MATCH (k:Key)<-[r:KEYED]-() WHERE k.id IN $keys RETURN count(r)", keys=list(keys)
            )
            bearers[0] = (await found.single(strict=True))[0]
        return await search(graph, values, keys, kinds, **more)

    def ranked(query: Any, things: Any) -> Any:
        return [(id, replace(like, score=like.score / (1 + bearers[0]))) for id, like in rank(query, things)]

    return [patch.object(graph_finding, "search", counting), patch.object(finding, "rank", ranked)]


def _look_up_first() -> list[Any]:
    """Look whether the ends of a link are there before its fields are judged."""
    plain = recording.link

    async def link(look: Any, kind: Any, from_: Any, to: Any, *rest: Any, **more: Any) -> Any:
        graph = await look.graph()
        ids = [end.id for end in (from_, to) if end.id is not None]
        async with graph._driver().session() as session:
            found = await session.run("MATCH (n:Record) WHERE n.id IN $ids RETURN count(n)", ids=ids)
            if (await found.single(strict=True))[0] < len(set(ids)):
                raise NotFound
        return await plain(look, kind, from_, to, *rest, **more)

    return [patch.object(recording, "link", link)]


_SHORTEST = """\
// Which path?
// scope:   walk
// params:  a, b
// returns: ids, links
MATCH p = SHORTEST 1 (a {id: $a}) ((x)-[r:WALKED]-(y) INSIDE){1,8} (b {id: $b}) OUTSIDE
RETURN [n IN nodes(p) | n.id] AS ids, [r IN relationships(p) | r.id] AS links"""
_ALL = "WHERE all(n IN nodes(p) WHERE REACHED(n)) AND all(r IN relationships(p) WHERE VISIBLE(r))"


def _by_shortest(inside: str, outside: str) -> list[Any]:
    """Let the database choose a shortest path, with the predicate inside or outside of its search."""
    shortest = library.parse("path/shortest", _SHORTEST.replace("INSIDE", inside).replace("OUTSIDE", outside))
    plain = paths.between

    async def between(graph: Any, a: str, b: str, *, hops: int, **more: Any) -> Any:
        if await plain(graph, a, b, hops=1, **more) is None:
            return None
        looked = paths.Looked(hops)
        for ids, links in await graph.read(shortest, a=a, b=b):
            for id, (near, far) in zip(links, pairwise(ids), strict=True):
                looked.add(id, near, far)
            looked.at.update(ids)
        return looked

    return [patch.object(paths, "between", between)]


def _of_then(macro: str, weaker: Callable[[str], str]) -> list[Any]:
    """Say otherwise what was known at a moment."""
    return [patch.dict(visible._THEN, {macro: weaker(visible._THEN[macro])})]


def _over_ungated() -> list[Any]:
    """Judge no link as of a moment, and so none that is over."""
    as_of = past.as_of
    return [patch.object(past, "as_of", lambda body: re.sub(r"VISIBLE\((\w+)\) AND STOOD", "STOOD", as_of(body)))]


def _said_ungated() -> list[Any]:
    """Read of the past whatever is the latest, hidden or not."""
    as_of = past.as_of

    def ungated(body: str) -> str:
        return re.sub(r"VISIBLE\((\w+)\) AND LATEST\((\w+), \1\)", r"LATEST(\2, \1)", as_of(body))

    return [*_of_then("LATEST", _blind), patch.object(past, "as_of", ungated)]


def _blind(text: str) -> str:
    return re.sub(r"VISIBLE\(\{x\}_said\) AND ", "", text)


def _pending_read() -> list[Any]:
    """Read what waits for a second officer like all else."""
    plain = policy._classes_for

    def classes(*given: Any, **more: Any) -> Any:
        held = plain(*given, **more)
        return {**held, Mode.READ: (*held[Mode.READ], "PENDING")}

    return [patch.object(policy, "_classes_for", classes)]


def _smallest_of_all() -> list[Any]:
    """Let the smallest record that anybody could see stand for a cluster."""
    plain = clusters.clusters

    async def found(graph: Any, ids: Any, **more: Any) -> Any:
        made = []
        for one in await plain(graph, ids, **more):
            async with graph._driver().session() as session:
                near = await session.run(
                    "MATCH (a)-[:SAME_AS*0..3]-(b) WHERE a.id IN $ids RETURN min(b.id)", ids=[*one.members]
                )
                first = (await near.single(strict=True))[0]
            made.append(replace(one, members=tuple(dict.fromkeys((first, *one.members)))))
        return made

    return [patch.object(clusters, "clusters", found)]


_WAITS = ("inbox", "pendingChange", "approve", "decline")
_LINKS_SEEN = ("link_between_visible", "many_links_between_visible", "hole")
_ENDS_HIDDEN = ("bridge", "link_to_hidden", "hole")

_ASKED_OF_THE_PAST = ("persons", "gangs", "incidents", "socialAccounts")

WEAKENINGS: tuple[Weakening, ...] = (
    Weakening(
        "what another state let lapse is there to be reviewed",
        _in("review/due", r"v\.owner = \$owner AND ", "$owner IS NOT NULL AND "),
        operations=("inbox",),
        changes=("to_look_at",),
    ),
    Weakening(
        "what must be reviewed is listed without the predicate",
        _in("review/due", r"AND VISIBLE\(n\) AND VISIBLE\(v\)", ""),
        operations=("inbox",),
        changes=("to_look_at",),
    ),
    Weakening(
        "what is disputed is listed without the predicate",
        _in("dispute/open", r"AND VISIBLE\(n\) AND VISIBLE\(v\)", ""),
        operations=("inbox",),
        changes=("to_look_at", "disputed"),
    ),
    Weakening(
        "a hidden version stands in a record's past",
        _in(
            "projection", r"(HEAD\|WAS\]->\(v:Version\) WHERE n\.id = \$p\d+ AND VISIBLE\(n\)) AND VISIBLE\(v\)", r"\1"
        ),
        operations=("history",),
        changes=("older_version",),
    ),
    Weakening(
        "the newest by then decides, seen or not",
        patches=lambda: _of_then("LATEST", _blind),
        operations=_ASKED_OF_THE_PAST,
        changes=("older_version",),
    ),
    Weakening(
        "what was said is taken though it is hidden",
        patches=_said_ungated,
        operations=_ASKED_OF_THE_PAST,
        changes=("older_version", "revision"),
    ),
    Weakening(
        "what was there is known by what is hidden",
        patches=lambda: _of_then("KNOWN", _blind),
        operations=("network", "paths"),
        changes=("older_version",),
    ),
    Weakening(
        "links that are over are not gated",
        patches=_over_ungated,
        operations=("person", "network", "paths"),
        changes=("closed_link",),
    ),
    Weakening(
        "a rev counts versions",
        _in("projection", r"v\.handling_text", "toString(COUNT { MATCH (n)-[:WAS]->(w) RETURN w })"),
        operations=("person", "gang", "incident", "record"),
        changes=("older_version",),
    ),
    Weakening(
        "the far end of a hop is not gated",
        _in("network/", r"REACHED\(m\)", "true"),
        operations=("network",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "the far end of an export's hop is not gated",
        _in("network/", r"REACHED\(m\)", "true"),
        operations=("export",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "what is said of another's record is not gated",
        _in("abroad/", r"VISIBLE\(r\) AND VISIBLE\([ab]\)", "true"),
        operations=("network",),
        changes=("said_of_another",),
    ),
    Weakening(
        "an export refers to hidden victims",
        _in("projection", r"AND VISIBLE\(n(\d+)\) AND VISIBLE\(v\1\)", "AND true"),
        operations=("export",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "files are listed without a look at their record",
        patches=lambda: [patch.object(filing, "_category", _anything)],
        operations=("files",),
    ),
    Weakening(
        "the link of a hop is not gated",
        _in("network/", r"VISIBLE\(r\)", "true"),
        operations=("network",),
        changes=_LINKS_SEEN,
    ),
    Weakening(
        "a link of a network leads anywhere",
        _in("network/", r"b IN kept", "true"),
        operations=("network",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "which are hubs is told by a raw degree",
        _in("network/", r"(WITH n WHERE COUNT \{[^{}]*?) WHERE VISIBLE\(r\) AND REACHED\(m\)", r"\1"),
        operations=("network",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "what is not shown is counted raw",
        _counted_raw,
        operations=("network",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "what is left where links are cut is counted raw",
        _in("network/left", r"VISIBLE\(r\) AND REACHED\(m\) AND ", ""),
        operations=("network",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "the far end of a step is not gated",
        _in("path/", r"REACHED\(m\)", "true"),
        operations=("paths",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "the link of a step is not gated",
        _in("path/", r"VISIBLE\(r\)", "true"),
        operations=("paths",),
        changes=_LINKS_SEEN,
    ),
    Weakening(
        "how much is looked at for paths is counted raw",
        _in("path/weight", r"WHERE VISIBLE\(r\) AND REACHED\(m\) RETURN r", "RETURN r"),
        operations=("paths",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "the predicate stands outside SHORTEST",
        patches=lambda: _by_shortest("", _ALL),
        operations=("paths",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "which path it is, SHORTEST chooses",
        patches=lambda: _by_shortest("WHERE VISIBLE(r) AND REACHED(y)", ""),
        operations=("paths",),
        changes=("other_order", "purged_early"),
    ),
    Weakening(
        "the link of a page is not gated",
        _in("projection", r"VISIBLE\(l(\d+)\)", "true"),
        operations=("person",),
        changes=_LINKS_SEEN,
    ),
    Weakening(
        "the far end of a page is not gated",
        _in("projection", r"AND VISIBLE\(n(\d+)\) AND VISIBLE\(v\1\)", "AND true"),
        operations=("person",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "a hidden far end comes as a row of nulls",
        _null_rows,
        operations=("person",),
        changes=_ENDS_HIDDEN,
    ),
    Weakening(
        "a page's total is counted raw",
        _in("projection", r"COUNT \{ (MATCH [^{}]*?) WHERE [^{}]*? RETURN l", r"COUNT { \1 RETURN l"),
        operations=("person",),
        changes=("link_between_visible", "many_links_between_visible", "bridge"),
    ),
    Weakening(
        "a list's total is counted raw",
        _in(
            "projection",
            r"(COUNT \{ MATCH [^{}]*?) AND VISIBLE\(n\) AND VISIBLE\(v\)",
            r"\1",
        ),
        operations=("persons", "gangs"),
        changes=("node", "bridge", "duplicate"),
    ),
    Weakening(
        "a list is ordered without ids",
        _without_ids,
        operations=("persons", "gangs", "socialAccounts"),
        changes=("other_order",),
    ),
    Weakening(
        "a page is collected without an order",
        _in("projection", r"ORDER BY n\d+\.id, l\d+\.id", ""),
        operations=("person",),
        changes=("other_order",),
    ),
    Weakening(
        "a page with too many links gives some of them",
        _in("projection", r"\[size\(k(\d+)\), ", "[0, "),
        # Small worlds have few pages of more than one row: one row is looked at, and two are too many.
        patches=lambda: [patch.object(fragments, "LINKS_SHARED", 1)],
        operations=("person", "gang"),
        changes=("other_order",),
    ),
    Weakening(
        "a list is cut before the predicate",
        _limit_first,
        operations=("persons", "gangs"),
        changes=("node", "bridge", "duplicate"),
    ),
    Weakening(
        "a value is there without being touched",
        _in("projection find/ network/ link/", r"TOUCHED\(\w+\)", "true"),
        operations=("identifier", "find"),
        changes=("shared_value", "orphans"),
    ),
    Weakening(
        "a value is reached over a hidden link",
        _in("find/search", r"IN \$values AND VISIBLE\(\w\) AND", "IN $values AND"),
        operations=("find",),
        changes=("shared_value",),
    ),
    Weakening("a hole in a gate is open", patches=_open_nulls, rewrite=lambda name, text: text, changes=("hole",)),
    Weakening(
        "scores know how many bear a name",
        patches=_by_document_frequency,
        operations=("find",),
        changes=("node", "name_key", "duplicate"),
    ),
    Weakening(
        "one tape of ids for all",
        operations=("recordGang", "recordPerson"),
        changes=("node",),
        shared_tape=True,
        acts=("records",),
    ),
    Weakening(
        "a record that is there is not made again",
        _in(
            "record/store",
            r"CREATE \(n:Record:\$\(row\.label\) (\{.*?\})\)",
            r"MERGE (n:Record:$(row.label) {kind: row.kind, name: row.said.names}) ON CREATE SET n += \1",
        ),
        operations=("recordGang", "recordPerson", "person", "gang"),
        changes=("node",),
        acts=("records",),
    ),
    Weakening(
        "content is read without its own gate",
        _in("projection find/", r" AND VISIBLE\(v\d*\)", ""),
        operations=("person", "persons"),
        changes=("revision",),
    ),
    Weakening(
        "what waits is read like all else", patches=_pending_read, operations=("persons", "gangs"), changes=("node",)
    ),
    Weakening(
        "what waits is shown to any officer of the level",
        patches=lambda: [patch.object(inbox, "_is_for", lambda *_: True)],
        operations=_WAITS,
        changes=("pending_change",),
    ),
    Weakening(
        "whoever waits for a second officer is any chain's",
        patches=lambda: [patch.object(inbox, "may_second", lambda *_: True)],
        operations=("inbox",),
        changes=("node",),
        acts=("asks for a second",),
    ),
    Weakening(
        "what waits is seen without what it names",
        _in("access/seen", r"VISIBLE\(n\) AND VISIBLE\(v\)", "true"),
        operations=_WAITS,
        changes=("pending_change",),
    ),
    Weakening(
        "an incident refers to whom one may not see",
        _in("projection", r"REFERRED\(p\d+\)", "true"),
        operations=("incident",),
        changes=("harmed",),
    ),
    Weakening(
        "what is attached is not gated",
        _in("projection", r"VISIBLE\(a(\d+)\) AND VISIBLE\(w\1\)", "true"),
        operations=("socialAccount",),
        changes=("follower_act",),
    ),
    Weakening(
        "a follower is known by what is hidden",
        _in("projection", r"(x\.pseudonym = [^{}]*?) AND VISIBLE\(b\) AND VISIBLE\(x\)", r"\1"),
        operations=("socialAccount",),
        changes=("follower_act",),
    ),
    Weakening(
        "clusters are worked out over hidden assertions",
        _in("record/asserted", r"VISIBLE\(r\) AND ", ""),
        operations=("find", "network"),
        changes=("said_to_be_one",),
    ),
    Weakening(
        "a cluster goes over hidden records",
        _in("record/asserted", r"AND REACHED\(b\)|VISIBLE\(a\)", lambda found: "" if "b" in found[0] else "true"),
        operations=("find", "network"),
        changes=("said_to_be_one",),
    ),
    Weakening(
        "the mark of a cluster is its smallest record, seen or not",
        patches=_smallest_of_all,
        operations=("find", "network"),
        changes=("said_to_be_one",),
    ),
    Weakening(
        "the threshold counts hidden charge-sheets",
        _in("projection", r"VISIBLE\(u(\d+)\) AND VISIBLE\(q\1\) AND VISIBLE\(w\1\)", "true"),
        operations=("gang",),
        changes=("charge_sheet",),
    ),
    Weakening(
        "readers are told of a record that is not seen",
        patches=lambda: [patch.object(readers, "records", SimpleNamespace(records=_of_own_unit))],
        operations=("readers",),
        changes=("node",),
    ),
    Weakening(
        "a change at a record is told as a look at it",
        patches=lambda: [patch.object(readers, name, _Everything()) for name in ("LOOKS", "QUESTIONS")],
        operations=("readers",),
        acts=("links what is seen",),
    ),
    Weakening(
        "a match is told whatever of it is seen",
        _in("match/queued match/open", r"VISIBLE\([mwavpqbu]\)", "true"),
        operations=("inbox",),
        changes=("borne_alike",),
    ),
    Weakening(
        "a match is missing where anything is asserted",
        _in("match/open", r"WHERE VISIBLE\(s\)", ""),
        operations=("inbox",),
        changes=("borne_alike",),
    ),
    Weakening(
        "of all who bear an identifier so many are matched",
        patches=lambda: [patch.object(matching, "alike", lambda one: one.kind)],
        operations=("inbox",),
        changes=("borne_alike",),
    ),
    Weakening("an end is looked up before the input", patches=_look_up_first, operations=("link",)),
)

BY_NAME = {one.name: one for one in WEAKENINGS}
__all__ = ["BY_NAME", "WEAKENINGS", "Weakening", "asking", "broken"]
