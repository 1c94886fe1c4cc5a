"""The training world of one day as tests read it."""

from datetime import date

from intake.world import World
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.ids import RecordType, ValueKind, normal_form
from schemas.link import End, LinkKind
from schemas.person import PersonContent

ON = date(2026, 1, 15)


def everything(made: World) -> list[RecordDraft | LinkDraft]:
    return [draft for state in made.states.values() for draft in (*state.records, *state.links)]


def people(made: World) -> list[RecordDraft]:
    return [draft for draft in everything(made) if isinstance(getattr(draft, "content", None), PersonContent)]


def links(made: World, kind: LinkKind) -> list[LinkDraft]:
    return [draft for draft in everything(made) if isinstance(draft, LinkDraft) and draft.kind is kind]


def by_ref(made: World) -> dict[str, RecordDraft]:
    return {record.ref: record for state in made.states.values() for record in state.records}


def records(made: World, type_: RecordType) -> list[RecordDraft]:
    return [record for record in by_ref(made).values() if record.type is type_]


def end_kinds(link: LinkDraft, known: dict[str, RecordDraft]) -> tuple[End, ...]:
    return tuple(end.kind if isinstance(end, ValueEnd) else known[end].type for end in (link.from_, link.to))


def values(made: World, kind: ValueKind) -> list[tuple[str, str]]:
    """Give every value of a kind in its normal form, with the ref of the record that it identifies."""
    return [
        (normal_form(kind, link.to.value), str(link.from_))
        for link in links(made, LinkKind.IDENTIFIED_BY)
        if isinstance(link.to, ValueEnd) and link.to.kind is kind
    ]
