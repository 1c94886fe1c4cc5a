"""From one row and one rule to a draft, or to every reason against it."""

import hashlib
from datetime import UTC, datetime, time
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from intake.expressions import Absent, BadCell, Cells, Expression
from intake.mapping import Mapping
from intake.rows import Refused, RefusedRow, RepeatedRow, Row
from intake.rules import LinkRule, RecordRule
from intake.sentences import sentence
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.envelope import Marking, life_problem
from schemas.ids import BadIdentifier, RecordType, normal_form
from schemas.link import End, LinkContent, relation_problem
from schemas.records import RECORDS
from schemas.word import Word

W = TypeVar("W", bound=Word)


class _BadWord(ValueError):
    """A word that its model refuses, with every reason."""

    def __init__(self, problems: tuple[Refused, ...]) -> None:
        self.problems = problems
        super().__init__()


class Drafting:
    """Makes the drafts of one file, and remembers which refs were made and of what."""

    def __init__(self, mapping: Mapping) -> None:
        self._ends_known = bool(mapping.records)
        self._at = datetime.combine(mapping.on, time.min, UTC)
        self._types: dict[bytes, RecordType] = {}
        self._seen: dict[bytes, bytes] = {}

    def draft(self, rule: RecordRule | LinkRule, row: Row) -> RecordDraft | LinkDraft | RefusedRow | RepeatedRow:
        """Give what a rule makes of a row."""
        try:
            made = self._record(rule, row.cells) if isinstance(rule, RecordRule) else self._link(rule, row.cells)
        except BadCell as problem:
            return RefusedRow.because(row.line, str(problem), problem.path)
        except _BadWord as problem:
            return RefusedRow(row.line, problem.problems)
        key, said = _key(made.__class__, made.ref), _digest(made.model_dump(mode="json"))
        earlier = self._seen.get(key)
        if earlier == said:
            return RepeatedRow(row.line, made.ref)
        if earlier is not None:
            return RefusedRow.because(row.line, "An earlier row has the same ref and says something else.", "ref")
        self._seen[key] = said
        if isinstance(made, RecordDraft):
            self._types[key] = made.type
        return made

    def made(self, ref: str) -> bool:
        """Say whether a record was made of a ref."""
        return _key(RecordDraft, ref) in self._types

    def _record(self, rule: RecordRule, cells: Cells) -> RecordDraft:
        content: Word = _word(RECORDS[rule.type].content, rule.content, cells, "")
        return _validated(
            RecordDraft,
            {
                "ref": _given(rule.ref, cells, "ref"),
                "type": rule.type,
                "marking": self._marking(rule, cells),
                "content": content,
            },
            "",
        )

    def _link(self, rule: LinkRule, cells: Cells) -> LinkDraft:
        from_, to = self._end(rule.from_, cells, "from_"), self._end(rule.to, cells, "to")
        content = _word(LinkContent, rule.content, cells, "content")
        start, end = self._type_of(from_), self._type_of(to)
        if from_ == to:
            raise BadCell("to", "A link joins two different things.")
        if start is not None and end is not None and (problem := relation_problem(rule.kind, start, end, content)):
            raise BadCell(*problem)
        return _validated(
            LinkDraft,
            {
                "ref": _given(rule.ref, cells, "ref"),
                "kind": rule.kind,
                "from_": from_,
                "to": to,
                "marking": self._marking(rule, cells),
                "content": content,
            },
            "",
        )

    def _end(self, expression: Expression, cells: Cells, name: str) -> str | ValueEnd:
        """Give one end of a link; with record rules in the mapping, a ref must be of a record that they made."""
        raw = _given(expression, cells, name)
        if isinstance(raw, dict):
            end = _validated(ValueEnd, raw, name)
            try:
                normal_form(end.kind, end.value)
            except BadIdentifier as problem:
                raise BadCell(f"{name}.value", str(problem)) from problem
            return end
        if self._ends_known and _key(RecordDraft, raw) not in self._types:
            raise BadCell(name, "No record of this file has this ref.")
        return str(raw)

    def _type_of(self, end: str | ValueEnd) -> End | None:
        return end.kind if isinstance(end, ValueEnd) else self._types.get(_key(RecordDraft, end))

    def _marking(self, rule: RecordRule | LinkRule, cells: Cells) -> Marking:
        marking = _word(Marking, rule.marking, cells, "marking")
        if problem := life_problem(marking, self._at):
            raise BadCell(f"marking.{problem[0]}", problem[1])
        return marking


def _given(expression: Expression, cells: Cells, name: str) -> Any:
    try:
        return expression.value(cells, name)
    except Absent:
        raise BadCell(name, "This is needed, and a column that it is made from is empty.") from None


def _word(model: type[W], expression: Expression, cells: Cells, path: str) -> W:
    return _validated(model, expression.value(cells, path), path)


def _validated(model: type[W], values: Any, path: str) -> W:
    """Make a word. Raises _BadWord with the path of every field that is refused."""
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        errors = problem.errors()
        # A list that lost a bad item is also called too short; only the item is at fault.
        parents = {error["loc"][:cut] for error in errors for cut in range(len(error["loc"]))}
        raise _BadWord(
            tuple(
                Refused(".".join(str(part) for part in (path, *error["loc"]) if part != ""), sentence(error))
                for error in errors
                if error["loc"] not in parents or len(errors) == 1
            )
        ) from problem


def _key(kind: type[Word], ref: str) -> bytes:
    return _digest([kind.__name__, ref])


def _digest(said: Any) -> bytes:
    return hashlib.blake2b(orjson.dumps(said), digest_size=16).digest()
