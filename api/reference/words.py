"""The page of words: every kind of record, what stands inside and around it, and the closed lists of values."""

import inspect
from collections.abc import Iterable, Iterator
from enum import Enum, IntEnum
from typing import TypeVar

from api.gql.filters import WHERE_OF
from api.reference.forms import FORMS, annotation_of, bounds_of, inside, spellings, type_of
from api.reference.markdown import code, codes, link, page, table
from sangam.spelling import camel
from schemas.audience import AudienceAsked, AudienceCell
from schemas.envelope import LONGEST_LIFE_YEARS, Envelope, Marking
from schemas.follower import FollowerAsked, FollowerContent
from schemas.link import LinkContent
from schemas.records import RECORDS, RecordWord
from schemas.word import Word

_T = TypeVar("_T")

_INTRODUCTION = """\
# Words

What a record can say: every kind of record with its fields, the small words inside it, the envelope around it, and the
closed lists that some fields are chosen from. `make schema` writes this page from `schemas/`.

A field is named here as in GraphQL. Mapping files and the Python client write the same name with underscores:
`birthDate` is `birth_date`. A record is refused without what is needed; any other field may be left out. What is
derived follows from other fields and is never typed. Fields that contradict one another are refused with a sentence. No
text holds an Aadhaar number, nor twelve digits that could be one, nor anything that a reader cannot see."""

_ENVELOPE = f"""\
Every record and every link carries an envelope: whose it is, how good it is, who may see it, and when it ends. Its
writer says this much of it (`MarkingInput` in GraphQL, `marking` in mapping files). Review and end lie ahead, by at
most {LONGEST_LIFE_YEARS} years."""

_ADDED = "The node adds the rest. Answers give the envelope as `provenance`, without its status."

_LINK = """\
What a link says of itself beside its envelope (`LinkContentInput` in GraphQL, `content` in mapping files). Which of
these a relation must say, and which it may, stands with the [relations](relations.md#relations)."""


_FOLLOWING = """\
Following is no offence and a follower is no record. These hang at a social account, are written by changes of their own
(`recordFollowerAct`, `recordAudienceSnapshot`), one at a time, and are read through the account alone. Files do not
bring them in."""

FOLLOWING: dict[str, type[Word]] = {
    "Follower": FollowerAsked,
    "FollowerAct": FollowerContent,
    "Audience": AudienceAsked,
    "AudienceCell": AudienceCell,
}


def words() -> str:
    """Give the page."""
    kinds = [word.name for word in RECORDS.values()]
    inner = [word.__name__ for word in small_words()]
    lists = [enum.__name__ for enum in enums()]
    return page(
        _INTRODUCTION,
        _contents(
            ("Records", kinds),
            ("Small words", inner),
            ("Around a record", ["Envelope", "Link"]),
            ("Those who follow an account", list(FOLLOWING)),
            ("Closed lists", lists),
            ("How things are written", []),
        ),
        "## Records",
        "Every kind of record with what it says. Its envelope stands beside these fields.",
        *(block for word in RECORDS.values() for block in _record(word)),
        "## Small words",
        "These stand inside records and links, and have no envelope of their own.",
        *(block for word in small_words() for block in (f"### {word.__name__}", told(word), _fields(word))),
        "## Around a record",
        "What a record does not say of the world but of itself, and what joins it to others.",
        *("### Envelope", _ENVELOPE, _fields(Marking), _ADDED, _added()),
        *("### Link", _LINK, _fields(LinkContent)),
        "## Those who follow an account",
        _FOLLOWING,
        *(block for name, word in FOLLOWING.items() for block in (f"### {name}", told(word), _fields(word))),
        "## Closed lists",
        "A field that is chosen from one of these takes no other value. In GraphQL they are enums, and levels numbers.",
        *(block for enum in enums() for block in (f"### {enum.__name__}", told(enum), _values(enum), _chosen_by(enum))),
        "## How things are written",
        table(
            ("Type", "How it is written", "Example"),
            ((form.one, form.told, code(form.example)) for form in FORMS.values()),
        ),
    )


def by_heading() -> dict[str, type[Word]]:
    """Give every word of the page by the heading that it stands under."""
    return (
        {word.name: word.content for word in RECORDS.values()}
        | {word.__name__: word for word in small_words()}
        | {"Envelope": Envelope, "Link": LinkContent}
        | FOLLOWING
    )


def small_words() -> list[type[Word]]:
    """Give the words inside records and links, in the order in which they are met."""
    around = [*(word.content for word in RECORDS.values()), Envelope, LinkContent, *FOLLOWING.values()]
    return list(_met(around, Word))


def enums() -> list[type[Enum]]:
    """Give the closed lists that fields are chosen from, by name."""
    return sorted(_met(by_heading().values(), Enum), key=lambda enum: enum.__name__)


def told(cls: type[object]) -> str:
    """Give the description of a class, its lines as paragraphs."""
    paragraphs = (inspect.getdoc(cls) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _met(words: Iterable[type[Word]], kind: type[_T]) -> dict[type[_T], None]:
    """Give the classes of a kind that the fields of words hold."""
    fields = (info for word in words for info in word.model_fields.values())
    return {part: None for info in fields for part in inside(info.annotation) if issubclass(part, kind)}


def _contents(*parts: tuple[str, list[str]]) -> str:
    """Give the parts of the page, each a line with a link to every heading in it."""
    lines = (
        f"* {link(part)}" + (": " if headings else "") + ", ".join(map(link, headings)) for part, headings in parts
    )
    return "\n".join(lines)


def _record(word: RecordWord) -> Iterator[str]:
    # The first sentence of a content's docstring says of each the same: that it stands without its envelope.
    more = told(word.content).partition(".")[2].strip()
    yield f"### {word.name}"
    yield f"{word.told} {more}".strip()
    yield "\n".join(f"* {line}" for line in _asked(word))
    yield _fields(word.content)


def _asked(word: RecordWord) -> Iterator[str]:
    yield f"Its id: `urn:sangam:IN-RJ:{word.type}:` and a random UUID; its type in files is `{word.type}`"
    if word.type in WHERE_OF:
        order = f"of time (`{camel(word.timed_by)}`)" if word.timed_by else "of name"
        yield f"In GraphQL: `{word.name}`, one by its id as `{word.root}`, many as `{word.plural}`, in order {order}"
    else:
        yield f"In GraphQL: `{word.name}`, by its id as `{word.root}`"
    if word.named_by:
        yield "Found by name: " + ", ".join(f"`{camel(name)}`" for name in word.named_by)
    yield f"What hangs on it: {link(word.name, 'relations.md', text='connections')}"


def _fields(word: type[Word]) -> str:
    rows = [
        (
            code(camel(name)),
            type_of(annotation_of(info)),
            "yes" if info.is_required() else "no",
            bounds_of(info),
            info.description or "",
        )
        for name, info in word.model_fields.items()
    ]
    rows += [
        (code(camel(name)), type_of(derived.return_type), "derived", "", derived.description or "")
        for name, derived in word.model_computed_fields.items()
    ]
    return table(("Field", "Type", "Needed", "Bounds", "What it is"), rows)


def _added() -> str:
    """Give the fields of an envelope that are in no marking: nobody who records says them."""
    rows = (
        (code(camel(name)), type_of(annotation_of(info)), info.description or "")
        for name, info in Envelope.model_fields.items()
        if name not in Marking.model_fields
    )
    return table(("Field", "Type", "What it is"), rows)


def _values(enum: type[Enum]) -> str:
    """Give the values of a closed list; both spellings where GraphQL has another than the word itself."""
    written = spellings(enum)
    if issubclass(enum, IntEnum):
        names = (one.name.replace("_", " ").lower() for one in enum)
        return table(("Value", "Meaning"), zip(map(code, written), names, strict=True))
    if all(one.name == one.value for one in enum):
        return codes(written)
    ours = (code(one.value) for one in enum)
    heads = ("In GraphQL", "In mapping files and the Python client")
    return table(heads, zip(map(code, written), ours, strict=True))


def _chosen_by(enum: type[Enum]) -> str:
    """Give the fields that are chosen from a closed list."""
    fields = (
        f"{link(heading)} {code(camel(name))}"
        for heading, word in by_heading().items()
        for name, info in word.model_fields.items()
        if enum in inside(info.annotation)
    )
    return f"Chosen by: {', '.join(fields)}."
