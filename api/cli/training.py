"""What a training node holds: officers of no real person, the training world, and one real, anonymised network.

What is loaded takes two officers as every import does: the analyst brings it in, and the ADG approves it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from api.cli.progress import Tell
from desk.approving import approve
from desk.enquiring import close_enquiry, open_enquiry
from desk.looking import Desk, Look
from intake.mapping import packaged_mapping
from intake.reading import bytes_to_read
from intake.run import load_world, run_import, say_by_hand
from intake.world import StateWorld, world
from schemas.codes.units import units
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.link import LinkKind, Role
from schemas.officer import Officer, Rank
from schemas.person import NameKind, PersonContent, Script
from schemas.run import RunState

SEED = 2023
LOADER, SECOND = "analyst.crime", "adg.crime"
MOST_CASES = 5
WITH_NETWORKS = "IN-RJ"
NETWORKS = ("montagna_calls", "montagna_meetings")
# Not packaged: they are research data, and lie beside the sources.
SMALL_COPIES = Path(__file__).parents[2] / "tests" / "data"

_LEADING = frozenset({Role.LEADER, Role.LEADER_IN_CUSTODY})
_ROLES = {
    "adg.crime": "asks, and approves what needs a second officer",
    "analyst.crime": "asks and records, and brings files in",
    "sp.training": "asks, and sees less: level 1",
    "auditor": "reads the ledger, and no records",
    "node.admin": "keeps accounts, and reads no records",
}


class Loaded(BaseModel):
    """What the node was loaded with, kept beside it: the same day makes the same records."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: date
    done: bool = False
    wanted: str = ""
    case_refs: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loading:
    """One loading: into which node, by whom, who approves it, and who is told how far it has come."""

    desk: Desk
    officer: Officer
    second: Officer
    tell: Tell
    folder: Path


def officers(state: str, on: date) -> list[Officer]:
    """Give the officers of a training node, named by their posts; between them they hold every level.

    The analyst stands in another chain than the others, who can be their second.
    """
    top = state.removeprefix("IN-")
    below = next(unit.code for unit in units(state, on) if unit.parent == top)
    rows = (
        ("adg.crime", "ADG Crime (training)", Rank.ADG_SPL_CP, top, Level.SOURCE_BEARING),
        ("analyst.crime", "Analyst, crime branch (training)", Rank.ANALYST, below, Level.SOURCE_BEARING),
        ("sp.training", "SP of a district (training)", Rank.SP_DCP, top, Level.ORGANISED_CRIME_UNITS),
        ("auditor", "Auditor (training)", Rank.AUDITOR, top, Level.ANY_OFFICER),
        ("node.admin", "Node administrator (training)", Rank.NODE_ADMIN, top, Level.ANY_OFFICER),
    )
    return [
        Officer(id=id, name=name, state=state, rank=rank, unit=unit, level=level)
        for id, name, rank, unit, level in rows
    ]


def role(officer: Officer) -> str:
    """Say what a training officer does."""
    return _ROLES[officer.id]


async def load(loading: Loading) -> Loaded:
    """Load what a training node holds unless it was loaded before; one that was broken off goes on where it stood."""
    file = loading.folder / "loaded.json"
    found = Loaded.model_validate_json(file.read_bytes()) if file.is_file() else None
    if found is not None and found.done:
        return found
    begun = found or Loaded(on=loading.desk.clock().date())
    file.write_text(begun.model_dump_json(), encoding="utf-8")
    look = await _looking(loading, loading.officer)
    for run in await loading.desk.register.imports.of(loading.officer.id):
        if run.state is RunState.WAITING:
            await _approved(loading, run.change)
    part = await _load_world(look, loading, begun.on)
    # In one state's world alone: a network of court files is no more in six of them.
    networks = await _load_networks(look, loading, begun.on) if loading.desk.state == WITH_NETWORKS else ()
    await _left(look, "load")
    done = Loaded(on=begun.on, done=True, wanted=_wanted(part), case_refs=_case_refs(part), networks=networks)
    file.write_text(done.model_dump_json(), encoding="utf-8")
    return done


async def _looking(loading: Loading, officer: Officer) -> Look:
    """Give a request of an officer on an enquiry of its own."""
    at = loading.desk.clock()
    content = EnquiryContent(
        purpose=Purpose.TRAINING,
        case_ref="TRN/LOADING",
        legal_basis="Training of officers",
        expires_at=at + timedelta(days=1),
    )
    enquiry = await open_enquiry(Look(loading.desk, officer, None, at), content)
    return Look(loading.desk, officer, enquiry.id, at)


async def _left(look: Look, document: str) -> None:
    await look.close(document=document)
    await close_enquiry(look, look.enquiry_id or "")


async def _approved(loading: Loading, change: str | None) -> None:
    """Have the second training officer approve what a run brought in, if it brought anything."""
    if change is not None:
        look = await _looking(loading, loading.second)
        await approve(look, change, key=None)
        await _left(look, "approve")


async def _load_world(look: Look, loading: Loading, on: date) -> StateWorld:
    state = loading.desk.state
    what = "Loading the training world"
    loading.tell(what, 0, 1)
    made = world(SEED, on=on, only=state)
    part = made.states[state]
    total = len(part.drafts)
    ended = await load_world(look, made.source, part, progress=lambda done: loading.tell(what, done, total))
    await _approved(loading, ended.change)
    await say_by_hand(look, made.source, part, ended.ids)
    return part


async def _load_networks(look: Look, loading: Loading, on: date) -> tuple[str, ...]:
    """Bring the small copies in and name them; none where the sources are not at hand."""
    there = [name for name in NETWORKS if (SMALL_COPIES / f"{name}.graphml").is_file()]
    for name in there:
        source, mapping = SMALL_COPIES / f"{name}.graphml", packaged_mapping(name, on=on)
        total, what = bytes_to_read(source, mapping), f"Importing {name}"
        refused = loading.folder / f"{name}.refused.csv"

        def progress(passed: int, what: str = what, total: int = total) -> None:
            loading.tell(what, passed, total)

        ended = await run_import(look, source, mapping, refused, progress=progress)
        await _approved(loading, ended.change)
    return tuple(there)


def _wanted(part: StateWorld) -> str:
    """Give a leader's name as it is written in another script than ours, to be found by it."""
    leaders = {link.from_ for link in part.links if link.kind is LinkKind.MEMBER_OF and link.content.role in _LEADING}
    return next(
        name.text
        for record in part.records
        if record.ref in leaders and isinstance(record.content, PersonContent) and _in_latin(record.content)
        for name in record.content.names
        if name.kind is NameKind.LEGAL and name.script is not Script.LATIN
    )


def _in_latin(content: PersonContent) -> bool:
    return content.names[0].script is Script.LATIN


def _case_refs(part: StateWorld) -> tuple[str, ...]:
    """Give the first cases of the world, to open enquiries for."""
    return tuple(dict.fromkeys(record.marking.case_ref for record in part.records))[:MOST_CASES]
