"""Answers as a person would want to see them: names in their own scripts, Indian time, rupees in lakh."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from sangam import (
    AnyRecord,
    Brief,
    Cluster,
    Duty,
    Hit,
    Left,
    Link,
    Match,
    Network,
    NodeKind,
    Path,
    Paths,
    PendingChange,
    Reader,
    Step,
)
from schemas.account import TakedownRequest
from schemas.envelope import INDIA
from schemas.incident import Escalation, IncidentContent
from schemas.link import LinkKind
from schemas.person import Address, RecordedName
from schemas.records import WORD_OF

MOST_NAMES = 2
MOST_BRANCHES = 8
MOST_ROWS = 60

_COLOUR = {
    NodeKind.PERSON: "cyan",
    NodeKind.GANG: "magenta",
    NodeKind.INCIDENT: "red",
    NodeKind.ACCOUNT: "blue",
    NodeKind.VALUE: "yellow",
}
_OTHER_COLOUR = "green"


def hits(found: Sequence[Hit], *, more: bool) -> RenderableType:
    """Show what was found, best first, each with its reasons and the id to go on with."""
    if not found:
        return Text("Nothing that you may see fits.")
    table = Table.grid(padding=(0, 2))
    places = {hit.node.id: place for place, hit in enumerate(found, start=1)}
    for place, hit in enumerate(found, start=1):
        said, id = brief_lines(hit.node)
        why = Text("; ".join(hit.reasons), style="italic")
        one = [Text(_one_with(hit, places), style="italic")] if hit.cluster else []
        table.add_row(f"{place}.", f"{hit.score:.2f}", Group(said, why, *one, id))
    return Group(table, Text("There are more; --json has the first page too.", style="dim")) if more else table


def brief_lines(node: Brief) -> tuple[RenderableType, RenderableType]:
    """Give what a node is called and is, and its id to go on with."""
    return Text.from_markup(f"{_named(node)}  [dim]{escape(_said(node))}[/]"), _id(node.id)


def _one_with(hit: Hit, places: Mapping[str, int]) -> str:
    """Say with which other hits one is said to be one."""
    assert hit.cluster is not None
    others = [f"{places[id]}" for id in hit.cluster.members if id != hit.node.id]
    said = f"Said to be one with {', '.join(others)}" if others else "Said to be one with what is not on this page"
    return f"{said}{_CONTESTED if hit.cluster.contested else ''}."


_CONTESTED = ", and of some of these that they are not"


def inbox(found: Sequence[PendingChange]) -> RenderableType:
    """Show what waits, oldest first: who asks for what, until when, and the id to answer by."""
    if not found:
        return Text("Nothing waits.")
    table = Table.grid(padding=(0, 2))
    for one in found:
        who = "you asked" if one.own else f"{one.author} asks"
        title = Text(f"{one.act.value.lower()}: {who}, until {moment(one.expires_at)}")
        says = Text("\n".join(f"{row.field.replace('_', ' ')}: {row.text}" for row in one.says), style="dim")
        table.add_row(Group(title, says, _id(one.id)))
    return table


def readers(found: Sequence[Reader]) -> RenderableType:
    """Show who looked at a record, newest first."""
    if not found:
        return Text("Nobody has looked at it.")
    table = Table("when", "who", "case", "asked")
    for one in found:
        table.add_row(moment(one.at), one.officer, Text(one.case_ref or ""), one.operation)
    return table


def duties(found: Sequence[Duty]) -> RenderableType:
    """Show records to look at, most urgent first: what each is called, until when it stands, what is disputed."""
    if not found:
        return Text("Nothing waits.")
    table = Table.grid(padding=(0, 2))
    for one in found:
        ends = "lapsed on" if one.lapsed else "review by"
        title = Text(f"{one.kind.value.lower()} {', '.join(one.called)}: {ends} {moment(one.review_by)}")
        parts = [title, *([Text(one.disputed, style="dim")] if one.disputed else []), _id(one.id)]
        table.add_row(Group(*parts))
    return table


def matches(found: Sequence[Match]) -> RenderableType:
    """Show records that bear one identifier, two by two."""
    if not found:
        return Text("Nothing waits.")
    table = Table.grid(padding=(0, 2))
    for one in found:
        kind, bears = (word.value.replace("_", " ") for word in (one.kind, one.bears))
        parts = [Text(f"two {kind.lower()}s bear one {bears}")]
        for record in one.records:
            parts += [Text("  " + ", ".join(record.called)), _id(record.id)]
        table.add_row(Group(*parts))
    return table


def network(found: Network, starts: Sequence[str]) -> RenderableType:
    """Show a network as a tree from its starts; each node once, under the neighbour that is nearest to a start."""
    nodes = {node.id: node for node in found.nodes}
    links: defaultdict[str, list[tuple[Link, str]]] = defaultdict(list)
    for link in found.links:
        links[link.from_].append((link, link.to))
        links[link.to].append((link, link.from_))
    left = {one.id: one for one in found.more}
    order = {node.id: place for place, node in enumerate(found.nodes)}
    trees = {id: Tree(_named(nodes[id])) for id in starts if id in nodes}
    parts = list(trees.values())
    row = list(trees)
    for id in row:  # grows while it is walked: breadth first
        fresh = [(link, far) for link, far in links[id] if far not in trees and far in nodes]
        fresh.sort(key=lambda pair: (pair[0].kind, order[pair[1]]))
        for link, far in _first_of_each(fresh):
            trees[far] = trees[id].add(f"[dim]{_relation(link, id)}[/] {_named(nodes[far])}")
            row.append(far)
        if id in left:
            trees[id].add(f"[dim]{_what_is_left(left[id])}[/]")
    cut = ", not all of its links" if found.links_cut else ""
    count = Text(f"{len(found.nodes)} nodes, {len(found.links)} links{cut}.", style="dim")
    clusters = (_one(cluster, nodes) for cluster in found.clusters)
    return Group(*map(_cut, parts), *clusters, *(_abroad(link, nodes) for link in found.assertions), count)


def _abroad(link: Link, nodes: Mapping[str, Brief]) -> Text:
    """Say what is said of a node and of another state's record, by its id there."""
    said = {LinkKind.SAME_AS: "Said to be one with", LinkKind.NOT_SAME_AS: "Said not to be one with"}
    how = said.get(link.kind, "Said to be perhaps one with")
    return Text.assemble(f"{how} {link.to}: ", Text.from_markup(_named(nodes[link.from_])), ".")


def _one(cluster: Cluster, nodes: Mapping[str, Brief]) -> Text:
    """Say which nodes of a network are said to be one."""
    said = Text.from_markup(", ".join(_named(nodes[id]) for id in cluster.members))
    others = " and what is not shown" if len(cluster.members) == 1 else ""
    return Text.assemble("Said to be one: ", said, f"{others}{_CONTESTED if cluster.contested else ''}.")


def _what_is_left(left: Left) -> str:
    if left.hub:
        return "and perhaps more: it has so many that the network does not go on from it"
    return f"and {left.not_shown} more that are not shown"


def paths(found: Paths) -> RenderableType:
    """Show how two are joined: path by path, each node under the link that leads to it, and how far was looked."""
    parts = [_path(place, one) for place, one in enumerate(found.paths, start=1)]
    said = [] if parts else [f"Nothing that you may see joins them by {_links(found.searched_hops)} or fewer."]
    if found.more:
        said.append(f"There are other paths of {_links(found.searched_hops)} or fewer.")
    if found.cut:
        said.append("Longer ones were not looked for: too many links lie between. Ask along fewer relations.")
    return Group(*parts, *(Text(sentence, style="dim") for sentence in said))


def _path(place: int, path: Path) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(f"{place}.", Text(_links(len(path.steps)), style="dim"))
    for at, node in enumerate(path.nodes):
        if at:
            table.add_row("", f"  [dim]{_step(path.steps[at - 1], path.nodes[at - 1].id)}[/]")
        table.add_row("", _named(node), f"[dim]{escape(_said(node))}[/]", _id(node.id))
    return table


def _step(step: Step, seen_from: str) -> str:
    return _relation(step.link, seen_from) + (f", and {step.others} more like it" if step.others else "")


def _links(number: int) -> str:
    return "1 link" if number == 1 else f"{number} links"


def record(found: AnyRecord, around: Network) -> RenderableType:
    """Show a record: what it says, what hangs on it, and whose it is."""
    title = Text.from_markup(
        f"[bold {_COLOUR.get(found.kind, _OTHER_COLOUR)}]{escape(_title(found))}[/]  [dim]{found.kind.lower()}[/]"
    )
    table = Table.grid(padding=(0, 2))
    for name, value in _fields(found):
        table.add_row(Text(name, style="dim"), value)
    parts: list[RenderableType] = [title, Padding(table, (0, 0, 0, 2))]
    if isinstance(found.content, IncidentContent) and found.content.escalation:
        parts.append(Padding(chain(found.content.escalation), (0, 0, 0, 2)))
    parts.append(Padding(_hanging(found, around), (0, 0, 0, 2)))
    said = found.provenance
    source = (
        f"{said.owner}, {said.unit} · recorded {moment(said.recorded_at)} · source {said.source_grade}, "
        f"information {said.info_grade.value} · {said.handling} · level {int(said.level)}"
        f"{f' · {said.compartment}' if said.compartment else ''} · review by {said.review_on.isoformat()}"
    )
    return Group(*parts, Text(source, style="dim"), _id(found.id))


def _id(id: str) -> Text:
    """Show an id whole, however narrow the terminal is, so that it can be copied."""
    return Text(id, style="dim", no_wrap=True, overflow="ignore")


def _hanging(found: AnyRecord, around: Network) -> Tree:
    """Show what is joined to a record, with what each is in a few words."""
    tree = Tree("What hangs on it", style="dim")
    nodes = {node.id: node for node in around.nodes}
    for link in sorted(around.links, key=lambda link: link.kind):
        if found.id in (link.from_, link.to):
            far = nodes[link.to if link.from_ == found.id else link.from_]
            tree.add(f"[dim]{_relation(link, found.id)}[/] {_named(far)} [dim]{escape(_said(far))}[/]")
    return _cut(tree)


def chain(rungs: Sequence[Escalation]) -> Tree:
    """Show an escalation from the demand to what followed."""
    tree = Tree("[red]Escalation[/]")
    for rung in rungs:
        when = moment(rung.at) if rung.at else "time unknown"
        note = f": {escape(rung.note)}" if rung.note else ""
        tree.add(f"[bold]{plain(rung.step)}[/] [dim]{when}[/]{note}")
    return tree


def moment(at: datetime) -> str:
    """Write a moment in Indian time."""
    return at.astimezone(INDIA).strftime("%d %b %Y %H:%M IST")


def rupees(amount: int) -> str:
    """Write rupees with lakh grouping: 2500000 is ₹ 25,00,000."""
    head, tail = str(amount)[:-3], str(amount)[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return "₹ " + ",".join([*groups, tail])


def plain(word: str) -> str:
    """Write a word of an enum as people do."""
    return word.replace("_", " ").lower()


def _title(found: AnyRecord) -> str:
    names = getattr(found.content, "names", ())
    if names:
        return _names(names)
    said = (getattr(found.content, name) for name in WORD_OF[type(found.content)].brief)
    return next((_written("", one) for one in said if one), found.id)


def _names(names: Iterable[RecordedName]) -> str:
    return " · ".join(dict.fromkeys(f"@{name.text}" if name.kind == "URF" else name.text for name in names))


def _named(node: Brief) -> str:
    label = _names(node.names[:MOST_NAMES]) if node.names else node.label
    return f"[{_COLOUR.get(node.kind, _OTHER_COLOUR)}]{escape(label)}[/]"


def _said(node: Brief) -> str:
    """Say what tells a node from others, beside what it is called."""
    said = []
    for name in type(node.says).model_fields:
        value = getattr(node.says, name)
        if value not in (None, (), "UNKNOWN") and name not in ("names", "writings") and _text(value) != node.label:
            said.append(plain(value) if isinstance(value, StrEnum) else _written(name, value))
    return f"{plain(node.kind)}: {', '.join(said)}" if said else plain(node.kind)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _relation(link: Link, seen_from: str) -> str:
    """Say a link as it is read from one of its ends, with its grade."""
    arrow = "→" if link.from_ == seen_from else "←"
    more = [plain(word) for word in (link.content.role, link.content.basis) if word is not None]
    if link.content.weight is not None:
        more.append(f"×{link.content.weight}")
    grade = f"{link.provenance.source_grade}{link.provenance.info_grade.value}"
    said = f" ({', '.join(more)})" if more else ""
    return f"{arrow} {plain(link.kind)}{said} {grade}"


def _first_of_each(pairs: Iterable[tuple[Link, str]]) -> list[tuple[Link, str]]:
    """Keep the first link to each node."""
    first: dict[str, tuple[Link, str]] = {}
    for link, far in pairs:
        first.setdefault(far, (link, far))
    return list(first.values())


def _cut(tree: Tree) -> Tree:
    """Keep a tree readable: so many branches at one place, so many rows in all."""
    room = [MOST_ROWS]

    def prune(one: Tree) -> None:
        kept = one.children[: max(0, min(MOST_BRANCHES, room[0]))]
        lost = len(one.children) - len(kept)
        room[0] -= len(kept)
        one.children = kept
        for child in kept:
            prune(child)
        if lost:
            one.add(f"[dim]… {lost} more; --json has all[/]")

    prune(tree)
    return tree


def _fields(found: AnyRecord) -> Iterator[tuple[str, RenderableType]]:
    for name in type(found.content).model_fields:
        value = getattr(found.content, name)
        if value not in (None, (), "UNKNOWN") and name not in ("names", "title", "escalation"):
            yield name.replace("_", " "), Text(_written(name, value))


def _written(name: str, value: Any) -> str:
    match value:
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(_written(name, one) for one in value)
        case Address():
            return value.text
        case TakedownRequest():
            return f"{value.requested_on.isoformat()} by {value.requested_by}: {plain(value.outcome)}"
        case int() if name == "amount_rupees":
            return rupees(value)
        case str() if value.isupper() and "_" in value:
            return plain(value)
    return str(value)
