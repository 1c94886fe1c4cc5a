"""Stored values in plain words: what a field said, for a conflict or a history."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson

from graph.connections import Kind
from graph.stored import day_read, flat, moment_read
from schemas.envelope import INDIA, Marking
from schemas.ids import RecordType
from schemas.pending import ImportAsked
from schemas.records import RECORDS
from schemas.shape import Shape, shape_of
from schemas.word import Word


def told(kind: Kind, name: str, value: Any) -> str | None:
    """Write what a field of a record says, as it is stored, in plain words; None for what is not said."""
    content = RECORDS[RecordType(kind.value)].content
    fields = content.model_fields if name in content.model_fields else Marking.model_fields
    return _told(shape_of(fields[name]), value)


def lines(word: Word) -> Iterator[tuple[str, str]]:
    """Give each field that a word says, with what it says in plain words."""
    for name, info in type(word).model_fields.items():
        if (text := _told(shape_of(info), flat(getattr(word, name)))) is not None:
            yield name, text


def run_told(asked: ImportAsked) -> Iterator[tuple[str, str]]:
    """Give what a run brought, in plain words: the file by its hash, every count, and the rows drawn by lot."""
    report = asked.report
    yield from (("source", report.source), ("file", f"SHA-256 {report.file}"), ("mapping", f"SHA-256 {report.mapping}"))
    for name in ("rows", "records", "links"):
        yield from ((f"{name}.{one.what}", str(one.number)) for one in getattr(report, name))
    yield from (("known", str(report.known)), ("repeated", str(report.repeated)), ("held", str(asked.held)))
    yield "refused", str(sum(one.number for one in report.refused))
    for name in ("refused", "untaken", "unsaid"):
        yield from ((name, f"{one.number} x {one.what}") for one in getattr(report, name))
    yield from (("sample", f"line {one.line}, {one.what}: {one.says}") for one in report.sample)


def _told(shape: Shape, value: Any) -> str | None:
    if value is None or value == []:
        return None
    if not shape.many:
        return _one(shape, value)
    if issubclass(shape.kind, Word):
        return "; ".join(", ".join(map(str, filter(None, one.values()))) for one in orjson.loads(value))
    return ", ".join(text for one in value if (text := _one(shape, one)))


def _one(shape: Shape, value: Any) -> str | None:
    if issubclass(shape.kind, datetime):
        at = moment_read(value)
        return at.astimezone(INDIA).strftime("%d %b %Y %H:%M IST") if at else None
    if issubclass(shape.kind, date):
        day = day_read(value)
        return day.isoformat() if day else None
    if issubclass(shape.kind, bool):
        return "yes" if value else "no"
    return _plain(value) if issubclass(shape.kind, StrEnum) else str(value)


def _plain(word: str) -> str:
    return word.replace("_", " ").lower()
