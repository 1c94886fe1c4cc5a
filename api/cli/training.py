"""What a training node holds: officers of no real person, the training world, and one real, anonymised network."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from api.cli.progress import Tell
from desk.enquiring import close_enquiry, open_enquiry
from desk.looking import Desk, Look
from intake.mapping import packaged_mapping
from intake.reading import bytes_to_read
from intake.run import load_world, run_import
from intake.world import StateWorld, world
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.link import LinkKind, Role
from schemas.officer import Officer, Rank
from schemas.person import NameKind, PersonContent, Script

SEED = 2023
LOADER = "analyst.crime"
MOST_CASES = 5
NETWORKS = ("montagna_calls", "montagna_meetings")
# Not packaged: they are research data, and lie beside the sources.
SMALL_COPIES = Path(__file__).parents[2] / "tests" / "data"

_LEADING = frozenset({Role.LEADER, Role.LEADER_IN_CUSTODY})
_ROLES = {
    "adg.crime": "asks, and may confirm what needs a second officer",
    "analyst.crime": "asks and records",
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
    """One loading: into which node, by whom, and who is told how far it has come."""

    desk: Desk
    officer: Officer
    tell: Tell
    folder: Path


def officers(state: str) -> list[Officer]:
    """Give the officers of a training node, named by their posts; between them they hold every level."""
    rows = (
        ("adg.crime", "ADG Crime (training)", Rank.ADG_SPL_CP, Level.SOURCE_BEARING),
        ("analyst.crime", "Analyst, crime branch (training)", Rank.ANALYST, Level.SOURCE_BEARING),
        ("sp.training", "SP of a district (training)", Rank.SP_DCP, Level.ORGANISED_CRIME_UNITS),
        ("auditor", "Auditor (training)", Rank.AUDITOR, Level.ANY_OFFICER),
        ("node.admin", "Node administrator (training)", Rank.NODE_ADMIN, Level.ANY_OFFICER),
    )
    unit = state.removeprefix("IN-")
    return [Officer(id=id, name=name, state=state, rank=rank, unit=unit, level=level) for id, name, rank, level in rows]


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
    at = loading.desk.clock()
    look = Look(loading.desk, loading.officer, None, at)
    content = EnquiryContent(
        purpose=Purpose.TRAINING,
        case_ref="TRN/LOADING",
        legal_basis="Training of officers",
        expires_at=at + timedelta(days=1),
    )
    enquiry = await open_enquiry(look, content)
    look = Look(loading.desk, loading.officer, enquiry.id, at)
    part = await _load_world(look, loading, begun.on)
    networks = await _load_networks(look, loading, begun.on)
    await look.close(document="load")
    await close_enquiry(look, enquiry.id)
    done = Loaded(on=begun.on, done=True, wanted=_wanted(part), case_refs=_case_refs(part), networks=networks)
    file.write_text(done.model_dump_json(), encoding="utf-8")
    return done


async def _load_world(look: Look, loading: Loading, on: date) -> StateWorld:
    state = loading.desk.state
    what = "Loading the training world"
    loading.tell(what, 0, 1)
    made = world(SEED, on=on, only=state)
    part = made.states[state]
    total = len(part.records) + len(part.links)
    await load_world(look, made.source, part, progress=lambda done: loading.tell(what, done, total))
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

        await run_import(look, source, mapping, refused, progress=progress)
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
