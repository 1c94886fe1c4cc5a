"""The mapping language: what the rows of a source become. `docs/import-mapping.md` documents it."""

from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Literal

from pydantic import ValidationError

from intake.compiling import Compiler
from intake.expressions import Cells, Expression, Fields
from intake.grammar import SECTIONS, FileText, LinkText, RecordText
from intake.lines import BadMapping, Located, MappingProblem, Path, load
from intake.sentences import sentence
from schemas.draft import ValueEnd
from schemas.envelope import Marking, life_problem
from schemas.ids import RecordType
from schemas.link import LinkContent, LinkKind
from schemas.records import RECORDS

_AFTER = {"review_after_days": "review_on", "expires_after_days": "expires_at"}
_LONGEST_DAYS = 5 * 365


@dataclass(frozen=True)
class When:
    """Which rows a rule takes: those whose column is, or is not, one of these texts."""

    column: str
    texts: frozenset[str]
    wanted: bool

    def holds(self, cells: Cells) -> bool:
        """Say whether the rule takes a row."""
        return (cells[self.column] in self.texts) is self.wanted


@dataclass(frozen=True)
class RecordRule:
    """What becomes a record: the section it comes from, its type, and expressions for the rest."""

    section: str
    type: RecordType
    when: When | None
    ref: Expression
    marking: Fields
    content: Expression


@dataclass(frozen=True)
class LinkRule:
    """What becomes a link; an end is a record's ref, or gives the kind and text of an identifier."""

    section: str
    kind: LinkKind
    when: When | None
    ref: Expression
    marking: Fields
    from_: Expression
    to: Expression
    content: Expression


@dataclass(frozen=True)
class Mapping:
    """A mapping file that was found good. `used` names every column read, with the section and the line."""

    source: str
    format: Literal["csv", "graphml"]
    delimiter: str
    records: tuple[RecordRule, ...]
    links: tuple[LinkRule, ...]
    used: tuple[tuple[str, str, int], ...]
    on: date

    def check_columns(self, columns: Pairs[str, tuple[str, ...]]) -> None:
        """Raise BadMapping if it reads a column that the file does not have."""
        problems = [
            MappingProblem(line, f"The {section} have no column `{column}`; they have {', '.join(columns[section])}.")
            for section, column, line in self.used
            if column not in columns[section]
        ]
        if problems:
            raise BadMapping(problems)


def read_mapping(text: str, *, on: date) -> Mapping:
    """Read a mapping file as it stands on a day, from which its reviews are counted.

    Raises BadMapping with every problem and its line.
    """
    located = load(text)
    try:
        file = FileText.model_validate(located.data)
    except ValidationError as problem:
        raise BadMapping(_of_model(located, problem)) from problem
    work = Compiler(located, file.tables)
    if not (file.records or file.links):
        work.refuse((), "A mapping has rules under `records` or `links`.")
    records = tuple(_record_rule(work, file, rule, place, on) for place, rule in enumerate(file.records))
    links = tuple(_link_rule(work, file, rule, place, on) for place, rule in enumerate(file.links))
    work.stop_if_bad()
    return Mapping(file.source, file.format, file.delimiter, records, links, tuple(dict.fromkeys(work.used)), on)


def _record_rule(work: Compiler, file: FileText, rule: RecordText, place: int, on: date) -> RecordRule:
    path: Path = ("records", place)
    when = _begin(work, file, rule, path)
    work.check(rule.fields, (*path, "fields"), RECORDS[rule.type].content)
    return RecordRule(
        rule.section,
        rule.type,
        when,
        work.expression(rule.ref, (*path, "ref")),
        _marking(work, file, rule, path, on),
        work.expression(rule.fields, (*path, "fields")),
    )


def _link_rule(work: Compiler, file: FileText, rule: LinkText, place: int, on: date) -> LinkRule:
    path: Path = ("links", place)
    when = _begin(work, file, rule, path)
    work.check(rule.content, (*path, "content"), LinkContent)
    for name, end in (("from_", rule.from_), ("to", rule.to)):
        if isinstance(end, dict):
            work.check(end, (*path, name), ValueEnd)
        elif not isinstance(end, str):
            work.refuse((*path, name), "An end is a record's ref, or has a `kind` and a `value`.")
    return LinkRule(
        rule.section,
        rule.kind,
        when,
        work.expression(rule.ref, (*path, "ref")),
        _marking(work, file, rule, path, on),
        work.expression(rule.from_, (*path, "from_")),
        work.expression(rule.to, (*path, "to")),
        work.expression(rule.content, (*path, "content")),
    )


def _begin(work: Compiler, file: FileText, rule: RecordText | LinkText, path: Path) -> When | None:
    """Check where a rule takes its rows from, and compile its condition."""
    if rule.section not in SECTIONS[file.format]:
        known = " or ".join(f"`{section}`" for section in SECTIONS[file.format])
        work.refuse((*path, "from"), f"Rules of a {file.format} file are from {known}.")
    work.section = rule.section
    if rule.when is None:
        return None
    if (rule.when.is_ is None) == (rule.when.is_not is None):
        work.refuse((*path, "when"), "A condition has either `is` or `is_not`.")
    work.used.append((rule.section, rule.when.column, work.located.line((*path, "when"))))
    texts = rule.when.is_ if rule.when.is_ is not None else rule.when.is_not
    given = frozenset((texts,) if isinstance(texts, str) else texts or ())
    return When(rule.when.column, given, rule.when.is_ is not None)


def _marking(work: Compiler, file: FileText, rule: RecordText | LinkText, path: Path, on: date) -> Fields:
    """Compile the marking of a rule: the file's, with what the rule says otherwise."""
    common = _dated(work, file.marking, ("marking",), on)
    own = _dated(work, rule.marking, (*path, "marking"), on)
    work.check(common, ("marking",), Marking)
    work.check(own, (*path, "marking"), Marking)
    kept = {name: value for name, value in common.items() if name not in own}
    fields = {name: work.expression(value, ("marking", name)) for name, value in kept.items()}
    fields |= {name: work.expression(value, (*path, "marking", name)) for name, value in own.items()}
    missing = [name for name, info in Marking.model_fields.items() if info.is_required() and name not in fields]
    for name in missing:
        work.refuse(("marking",), f"The marking needs its `{name}`.")
    marking = Fields(fields, frozenset(column for field in fields.values() for column in field.columns))
    if not (missing or work.problems or marking.columns):
        try:
            problem = life_problem(Marking.model_validate(marking.value({}, "")), datetime.combine(on, time.min, UTC))
            if problem:
                work.refuse(("marking", problem[0]), problem[1])
        except ValidationError as refused:
            for error in refused.errors():
                work.refuse(("marking", *error["loc"]), sentence(error))
    return marking


def _dated(work: Compiler, raw: dict[str, Any], path: Path, on: date) -> dict[str, Any]:
    """Turn `review_after_days` and `expires_after_days` into the days that they mean."""
    found = dict(raw)
    for name, field in _AFTER.items():
        if name not in found:
            continue
        days = found.pop(name)
        if not isinstance(days, int) or not 1 <= days <= _LONGEST_DAYS:
            work.refuse((*path, name), f"This is a number of days from 1 to {_LONGEST_DAYS}.")
            days = 1
        day = on + timedelta(days=days)
        found[field] = day.isoformat() if field == "review_on" else datetime.combine(day, time(18, 30), UTC).isoformat()
    return found


def _of_model(located: Located, problem: ValidationError) -> list[MappingProblem]:
    """Say what the shape of a file lacks, each at its line."""
    found = []
    for error in problem.errors():
        path: Path = tuple(error["loc"])
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        said = {
            "missing": f"`{name}` is needed here.",
            "extra_forbidden": f"`{name}` is not a word of the mapping language here.",
        }.get(error["type"], f"`{name}`: {sentence(error)}")
        found.append(MappingProblem(located.line(path), said))
    return found


def packaged_mapping(name: str, *, on: date) -> Mapping:
    """Read a mapping that comes with the house, such as 'montagna_calls'."""
    text = files("intake").joinpath("mappings", f"{name}.yaml").read_text(encoding="utf-8")
    return read_mapping(text, on=on)
