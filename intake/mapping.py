"""The mapping language: what the rows of a source become. `docs/import-mapping.md` documents it."""

import hashlib
from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Literal

from pydantic import ValidationError

from intake.compiling import Compiler
from intake.expressions import Fields
from intake.grammar import SECTIONS, FileText, LinkText, RecordText
from intake.lines import BadMapping, Located, MappingProblem, Path, load
from intake.rows import Row
from intake.rules import Join, LinkRule, Made, RecordRule, When
from intake.sentences import sentence
from schemas.draft import ValueEnd
from schemas.envelope import Marking, life_problem
from schemas.link import LinkContent
from schemas.records import RECORDS

_AFTER = {"review_after_days": "review_on", "expires_after_days": "expires_at"}
_LONGEST_DAYS = 5 * 365


@dataclass(frozen=True)
class Mapping:
    """A mapping file that was found good.

    `used` names every column read, with section and line; `digest` is the SHA-256 of the file.
    """

    source: str
    format: Literal["csv", "csv-zip", "graphml"]
    delimiter: str
    joins: tuple[Join, ...]
    records: tuple[RecordRule, ...]
    links: tuple[LinkRule, ...]
    used: tuple[tuple[str, str, int], ...]
    on: date
    digest: str

    def read_of(self, row: Row, made: Made) -> list[frozenset[str]]:
        """Give the columns that each rule which takes a row, or each join that is read from it, reads."""
        rules: tuple[RecordRule | LinkRule, ...] = (*self.records, *self.links)
        read = [rule.columns for rule in rules if rule.takes(row, made)]
        return read + [frozenset({join.key, join.value}) for join in self.joins if join.section == row.section]

    def check_columns(self, columns: Pairs[str, tuple[str, ...]]) -> None:
        """Raise BadMapping if it reads a column that the file does not have."""
        problems = [
            MappingProblem(line, f"The {section} have no column `{column}`; they have {', '.join(columns[section])}.")
            if section in columns
            else MappingProblem(line, f"The archive has no file `{section}.csv`; it has {', '.join(columns)}.")
            for section, column, line in self.used
            if column not in columns.get(section, ())
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
    joins = {name: Join(join.section, join.key, join.value, {}) for name, join in file.joins.items()}
    work = Compiler(located, {**file.tables, **{name: join.table for name, join in joins.items()}})
    _check_joins(work, file)
    if not (file.records or file.links):
        work.refuse((), "A mapping has rules under `records` or `links`.")
    records = tuple(_record_rule(work, file, rule, place, on) for place, rule in enumerate(file.records))
    links = tuple(_link_rule(work, file, rule, place, on) for place, rule in enumerate(file.links))
    work.stop_if_bad()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Mapping(
        file.source,
        file.format,
        file.delimiter,
        tuple(joins.values()),
        records,
        links,
        tuple(dict.fromkeys(work.used)),
        on,
        digest,
    )


def _record_rule(work: Compiler, file: FileText, rule: RecordText, place: int, on: date) -> RecordRule:
    path: Path = ("records", place)
    when = _begin(work, file, rule, path)
    work.check(rule.fields, (*path, "fields"), RECORDS[rule.type].content)
    return RecordRule(
        rule.section,
        when,
        work.expression(rule.ref, (*path, "ref")),
        _marking(work, file, rule, path, on),
        work.expression(rule.fields, (*path, "fields")),
        type=rule.type,
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
        when,
        work.expression(rule.ref, (*path, "ref")),
        _marking(work, file, rule, path, on),
        work.expression(rule.content, (*path, "content")),
        kind=rule.kind,
        from_=work.expression(rule.from_, (*path, "from_")),
        to=work.expression(rule.to, (*path, "to")),
    )


def _begin(work: Compiler, file: FileText, rule: RecordText | LinkText, path: Path) -> When | None:
    """Check where a rule takes its rows from, and compile its condition."""
    _check_section(work, file, rule.section, path)
    work.section = rule.section
    if rule.when is None:
        return None
    given = [name for name in ("column", "made") if getattr(rule.when, name) is not None]
    texts = rule.when.is_ if rule.when.is_ is not None else rule.when.is_not
    if len(given) != 1 or (rule.when.is_ is None) == (rule.when.is_not is None):
        work.refuse((*path, "when"), "A condition has a `column` or a `made`, and either `is` or `is_not`.")
        return None
    if rule.when.made is None:
        work.used.append((rule.section, str(rule.when.column), work.located.line((*path, "when"))))
        found = frozenset((texts,) if isinstance(texts, str) else texts or ())
        return When(str(rule.when.column), found, rule.when.is_ is not None)
    if texts != "a record" or isinstance(rule, RecordText):
        work.refuse((*path, "when"), "`made` stands in rules of links, with `is: a record` or `is_not: a record`.")
        return None
    ref = work.expression(rule.when.made, (*path, "when", "made"))
    return When("", frozenset(), rule.when.is_ is not None, ref)


def _check_section(work: Compiler, file: FileText, section: str, path: Path) -> None:
    if section not in SECTIONS.get(file.format, (section,)):
        known = " or ".join(f"`{one}`" for one in SECTIONS[file.format])
        work.refuse((*path, "from"), f"Rules of a {file.format} file are from {known}.")


def _check_joins(work: Compiler, file: FileText) -> None:
    """Check where each join is read from; it has a name that no table has."""
    for name, join in file.joins.items():
        path: Path = ("joins", name)
        _check_section(work, file, join.section, path)
        if name in file.tables:
            work.refuse(path, f"There is a table `{name}` already.")
        work.used += [(join.section, column, work.located.line(path)) for column in (join.key, join.value)]


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
