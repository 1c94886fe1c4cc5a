"""A network that was just asked for, taken away as files.

In order:
1. An export is a question sealed for its officer and enquiry: nothing of an answer is kept, so nothing lies at rest,
   and another's export is as one that was never made.
2. The file is made at its download, by that moment's grant over what is visible then.
3. What its handling does not let leave stays behind and is counted; what hung on it alone goes with it.
4. Two of its records have one number if an assertion that may leave joins them, and none that parts them is seen.
5. Protected persons are no nodes, and of an incident's each is a reference; followers are no records at all.
6. The manifest's digest stands in the ledger's entry, which is written before the first byte leaves.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC

from analysis.charts.files import Format, archive, files
from analysis.charts.manifest import manifest
from analysis.charts.model import Chart, Made
from analysis.charts.words import Language
from auth.policy import POLICY_VERSION, exported
from desk.asking import NetworkAsked, around, instant, second, written
from desk.charting import PICKS, chart_of, going
from desk.errors import BadInput, NotFound
from desk.looking import Look
from desk.paging import bound
from graph.clusters import clusters
from schemas.codes.states import MEMBERS
from schemas.envelope import Day, Moment
from schemas.errors import FieldProblem
from schemas.handling import Handling
from schemas.link import LinkKind
from schemas.word import Word

_SEALED_FOR = "export"
MOST_FORMATS = 20
# Charts are drawn one after the other, in a thread that nothing else waits for.
_DRAWING = ThreadPoolExecutor(1, "chart")


class _Question(Word):
    """A network as asked, as it is sealed."""

    from_: tuple[str, ...]
    hops: int
    along: tuple[LinkKind, ...] | None
    valid_at: Day | None
    known_at: Moment | None
    limit: int
    touched: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it leaves: one ZIP with every file and the manifest, which names each with its SHA-256."""

    archive: bytes
    manifest_sha256: str


def export_id(look: Look, asked: NetworkAsked) -> str:
    """Give the id under which this officer can take a network away for this enquiry."""
    question = _Question(**asdict(asked)).model_dump_json().encode()
    return look.desk.keys.seal_cursor(question, bound(look, _SEALED_FOR))


async def export(look: Look, id: str, formats: Sequence[str], language: str) -> Export:
    """Make an export anew, as everything is now; no formats are all of them.

    Raise NotFound if the id is not this officer's for this enquiry, or a start is no longer there for him, and BadInput
    for a format or language that there is not.
    """
    asked = _opened(look, id)
    noted = look.note(
        "export",
        id=look.term(id),
        formats=sorted(one if one in set(Format) else look.term(one) for one in formats[:MOST_FORMATS]),
        language=language if language in set(Language) else look.term(language),
    )
    await look.graph()
    wanted, spoken = _wanted(formats, language)
    if asked is None:
        raise NotFound
    assert look.enquiry is not None  # the session was decided for it
    answer = await around(look, asked, PICKS)
    leave = {own: exported(look.enquiry.purpose, own=own) for own in (True, False)}
    own = look.desk.state
    one = await clusters(
        (await look.graph()).as_of(second(asked.known_at)),
        going(answer, own=own, leave=leave),
        valid_at=instant(asked.valid_at),
        goes=lambda owner, handling: Handling(handling) in leave[owner == own],
    )
    chart = chart_of(answer, asked.from_, own=own, leave=leave, clusters=one)
    made = Made(
        officer=look.officer.id,
        node=look.desk.state,
        enquiry=look.enquiry.id,
        purpose=look.enquiry.purpose.value,
        case_ref=look.enquiry.case_ref,
        at=look.at.astimezone(UTC).isoformat(),
        policy_version=POLICY_VERSION,
        language=spoken.value,
    )
    contents = await asyncio.get_running_loop().run_in_executor(
        _DRAWING, _contents, chart, made, _told(asked), wanted, spoken
    )
    digest = hashlib.sha256(contents["manifest.json"]).hexdigest()
    noted.asked["manifest"] = digest
    look.exports = True
    return Export(archive(contents, look.at.astimezone(UTC)), digest)


def _opened(look: Look, id: str) -> NetworkAsked | None:
    try:
        raw = look.desk.keys.open_cursor(id, bound(look, _SEALED_FOR))
        question = _Question.model_validate_json(raw)
    except ValueError:  # another's, or of a release that asked otherwise
        return None
    return NetworkAsked(**dict(question))


def _wanted(formats: Sequence[str], language: str) -> tuple[list[Format], Language]:
    problems = []
    if unknown := sorted(set(formats) - set(Format)):
        known = ", ".join(Format)
        problems.append(FieldProblem(path="as", message=f"A network leaves as {known}; there is no {unknown[0][:40]}."))
    if language not in set(Language):
        problems.append(FieldProblem(path="language", message="A chart is written in en (English) or hi (Hindi)."))
    if problems:
        raise BadInput(problems)
    return [one for one in Format if not formats or one in formats], Language(language)


def _told(asked: NetworkAsked) -> dict[str, object]:
    return {
        "from": [*asked.from_, *asked.touched, *asked.records],
        "hops": asked.hops,
        "along": None if asked.along is None else [kind.value for kind in asked.along],
        "valid_at": written(asked.valid_at),
        "known_at": written(asked.known_at),
        "limit": asked.limit,
    }


def _contents(
    chart: Chart, made: Made, question: Mapping[str, object], wanted: Sequence[Format], language: Language
) -> dict[str, bytes]:
    contents = files(chart, made, wanted, language)
    return contents | {"manifest.json": manifest(chart, made, question, contents, tuple(MEMBERS))}
