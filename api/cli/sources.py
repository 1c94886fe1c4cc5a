"""What many states answered, for a person: rows, then who spoke and who did not, in words."""

from collections import Counter

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from api.cli.tables import brief_lines
from sangam.across import Across
from sangam.answers import Everywhere
from schemas.federated import ANSWERED, ReasonCode, SourceState, SourceStatus


def everywhere_told(found: Everywhere) -> RenderableType:
    """Show rows with their owners, and how every state took part; nothing found is said of those that answered."""
    asked = [one for one in found.sources if one.status is not SourceState.NOT_ASKED]
    answered = sum(one.status in ANSWERED for one in asked)
    parts: list[RenderableType] = []
    if found.nodes:
        table = Table.grid(padding=(0, 2))
        for place, node in enumerate(found.nodes, start=1):
            table.add_row(f"{place}.", _owner(node.id), Group(*brief_lines(node)))
        parts.append(table)
    else:
        parts.append(Text(f"No record among the {answered} of {len(asked)} states that answered."))
    parts.append(Text(""))
    if isinstance(found, Across):
        parts += _across(found)
    if found.complete:
        parts.append(Text(f"All {len(asked)} states that were asked have answered.", style="green"))
    else:
        parts.append(Text(f"{answered} of {len(asked)} states answered: there may be more.", style="bold yellow"))
    parts.append(_sources(asked))
    if found.cursor is not None:
        parts.append(Text(f"There are more: ask on with --after {found.cursor}", style="dim"))
    return Group(*parts)


def _across(found: Across) -> list[RenderableType]:
    """Show links and paths by the places of their ends in the list, and what is missing."""
    places = {node.id: place for place, node in enumerate(found.nodes, start=1)}
    for join in found.joins:
        shown = [places[id] for id in join.ids if id in places]
        places |= dict.fromkeys(join.ids, min(shown)) if shown else {}
    said = {link.id: link for link in found.links}
    lines = Table.grid(padding=(0, 2))
    for path in found.paths:
        way = [places.get(path.steps[0].from_), *(places.get(step.to) for step in path.steps)]
        borders = f"{path.crossings} border{'' if path.crossings == 1 else 's'}"
        lines.add_row("path", " - ".join(map(str, way)), borders)
    for link in said.values():
        lines.add_row(link.kind.value, f"{places.get(link.from_)} > {places.get(link.to)}", link.provenance.owner)
    for link in found.assertions:
        ends = f"{places.get(link.from_)} and {places.get(link.to) or link.to}"
        lines.add_row(link.kind.value, ends, link.provenance.owner)
    missing: dict[tuple[str, ReasonCode], int] = Counter((gap.state, gap.reason) for gap in found.gaps)
    for (state, reason), many in sorted(missing.items()):
        lines.add_row("missing", state, f"{_BECAUSE[reason]} ({many})")
    return [lines, Text("")]


def _sources(asked: list[SourceStatus]) -> Table:
    table = Table.grid(padding=(0, 2))
    for one in asked:
        rows = f"{one.returned} row{'' if one.returned == 1 else 's'}" if one.status in ANSWERED else ""
        table.add_row(one.state, _SAID[one.status], rows, _why(one))
    return table


def _why(one: SourceStatus) -> str:
    why = _BECAUSE[one.reason] if one.reason is not None else ""
    return "; ".join(part for part in (why, f"call {one.contact_desk}" if one.contact_desk else "") if part)


def _owner(id: str) -> str:
    return id.split(":")[2] if id.startswith("urn:") else ""


_SAID = {
    SourceState.LOCAL: "this node",
    SourceState.LIVE: "answered",
    SourceState.TIMEOUT: "not in time",
    SourceState.UNREACHABLE: "not reached",
    SourceState.DENIED: "refused",
    SourceState.STEP_UP_REQUIRED: "wants a fresh sign-in",
    SourceState.BREAKER_OPEN: "left alone for now",
    SourceState.INCOMPATIBLE: "not understood",
    SourceState.NOT_ASKED: "not asked",
}
_BECAUSE = {
    ReasonCode.NO_ANSWER_IN_TIME: "no answer in 1.5 s",
    ReasonCode.NO_CONNECTION: "no connection",
    ReasonCode.CERTIFICATE: "its certificate, or ours there, does not hold",
    ReasonCode.NODE_NOT_READY: "its node is not ready",
    ReasonCode.TOO_MUCH_ASKED: "more than may be asked at once",
    ReasonCode.REFUSED_BY_OWNER: "by its own rules or by agreement",
    ReasonCode.NOT_RECOGNISED: "it does not take this node's word",
    ReasonCode.SIGN_IN_ANEW: "sign in again, with a one-time code",
    ReasonCode.FAILED_BEFORE: "it failed before; it is tried again by itself",
    ReasonCode.CLOCK: "its clock and ours differ by more than 30 s",
    ReasonCode.SCHEMA: "it runs another release",
    ReasonCode.ANSWER_NOT_UNDERSTOOD: "what it sent does not fit the question",
    ReasonCode.NOT_THE_OWNER: "it sent another state's record",
    ReasonCode.NO_MEMBER: "it is no member",
    ReasonCode.NOT_DISCLOSED: "not asked: it may not be told this number",
    ReasonCode.NOT_WRITTEN: "not asked: no link says how this number is written",
    ReasonCode.TOO_MANY: "not asked: too many numbers at once",
    ReasonCode.NO_MORE_ROUNDS: "not asked: it would be a third round",
    ReasonCode.NOT_ALL_SHOWN: "not all that is there is shown",
}
