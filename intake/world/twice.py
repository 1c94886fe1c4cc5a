"""What a state wrote down twice, and what its officers made of that: it is one, it is not, or it cannot be told.

Some of what bears a number that one thing alone bears is left unsaid: for a node to match, and for officers to judge.
"""

from collections import defaultdict
from collections.abc import Sequence

from intake.world.book import Book
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.ids import RecordType
from schemas.link import BORNE_BY_ONE, Criterion, LinkContent, LinkKind
from schemas.person import PROTECTED, PersonContent
from schemas.records import Content

_SAID_ONE, _LEFT_UNSAID = 2, 2  # of each type of record
_FINDINGS = {
    LinkKind.SAME_AS: (
        "Compared at the desk: all that both files say agrees, down to the sheet that both cite.",
        "The officer of the first file knew the second for a copy of his own.",
    ),
    LinkKind.NOT_SAME_AS: (
        "Compared at the desk: the two were seen in two towns within one hour.",
        "Both officers were asked and described two different ones.",
    ),
    LinkKind.UNSURE: (
        "What both files say agrees, but it would agree for many.",
        "The one sheet that would tell is torn.",
    ),
}


def write_twice(book: Book, records: Sequence[RecordDraft], links: Sequence[LinkDraft]) -> list[LinkDraft]:
    """Write some records of a state down again in a book of their own, and give what is asserted of these and others.

    Nothing is asserted of victims, witnesses, complainants and children, and none of them is written down twice.
    """
    borne = _borne(links)
    said = Book(book.dice, book.land, book.on, book.marker.compartment, series="said")
    for type_ in RecordType:
        of_type = [record for record in records if record.type is type_ and not _protected(record)]
        numbered = book.dice.some([record for record in of_type if record.ref in borne], _LEFT_UNSAID)
        for record in numbered:
            _again(book, record, borne[record.ref])
        left = [record for record in of_type if record not in numbered]
        for record in book.dice.some(left, _SAID_ONE):
            _say(said, LinkKind.SAME_AS, record, _again(book, record, borne.get(record.ref, [])))
        for kind in (LinkKind.NOT_SAME_AS, LinkKind.UNSURE):
            pair = book.dice.some(left, 2)
            if len(pair) == 2:
                _say(said, kind, *pair)
    return said.links


def _borne(links: Sequence[LinkDraft]) -> dict[str, list[ValueEnd]]:
    """Give what each record bears that one thing alone bears."""
    of_one, found = {kind for _, kind in BORNE_BY_ONE}, defaultdict(list)
    types = {type_.value for type_, _ in BORNE_BY_ONE}
    for link in links:
        if link.kind is LinkKind.IDENTIFIED_BY and isinstance(link.to, ValueEnd) and link.to.kind in of_one:
            ref = str(link.from_)
            if (type_ := ref.split("/")[1]) in types and (RecordType(type_), link.to.kind) in BORNE_BY_ONE:
                found[ref].append(link.to)
    return found


def _protected(record: RecordDraft) -> bool:
    return isinstance(record.content, PersonContent) and record.content.category in PROTECTED


def _again(book: Book, record: RecordDraft, values: Sequence[ValueEnd]) -> RecordDraft:
    """Write a record down as another station had it, under the same numbers."""
    category = record.content.category if isinstance(record.content, PersonContent) else None
    firm = record.marking.source_grade.value in "ABC"
    copy = book.add(_as_known_there(record.content), book.marker.record(category, firm=firm))
    for value in values:
        book.link(LinkKind.IDENTIFIED_BY, copy, value, LinkContent(as_written=value.value))
    return copy


def _as_known_there(content: Content) -> Content:
    """Give what the other station knew: of a person the first name on its sheet, and nobody's father or house."""
    if not isinstance(content, PersonContent):
        return content
    return content.model_copy(update={"names": content.names[:1], "parentage": None, "marks": (), "addresses": ()})


def _say(book: Book, kind: LinkKind, one: RecordDraft, other: RecordDraft) -> None:
    sheet = f"Training file TRN/{book.land.short}/{book.on.year}/{book.dice.between(1, 400):04d}"
    found = Criterion(text=book.dice.pick(_FINDINGS[kind]), source=f"{sheet}, sheet {book.dice.between(1, 90)}")
    book.link(kind, one, other, LinkContent(criteria=(found,)), firm=True)
