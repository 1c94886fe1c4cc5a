"""The named converters of the mapping language: from the text of a cell to a value, or a sentence against it."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.word import Word

Convert = Callable[[str], Any]
_WHOLE = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{2,3})+)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_ZONE = r"^(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$"


class Converter(Word):
    """A column and how its text becomes a value; which settings go with which `as` is checked by `converter`."""

    column: str
    as_: Annotated[
        Literal["text", "int", "number", "date", "moment", "upper", "lookup", "split"], Field(validation_alias="as")
    ] = "text"
    format: str | None = None
    zone: Annotated[str, Field(pattern=_ZONE)] | None = None
    table: str | tuple[str, ...] | None = None
    by: Annotated[str, Field(min_length=1, max_length=5)] | None = None


_SETTINGS = {"date": {"format"}, "moment": {"format", "zone"}, "lookup": {"table"}, "split": {"by"}}
_NEEDED = {"lookup": {"table"}, "split": {"by"}}


def converter(spec: Converter, tables: Mapping[str, Mapping[str, str]]) -> Convert:
    """Give the function of a converter. Raises ValueError with a sentence for settings that do not go together."""
    given = {name for name in ("format", "zone", "table", "by") if getattr(spec, name) is not None}
    if wrong := sorted(given - _SETTINGS.get(spec.as_, set())):
        raise ValueError(f"`as: {spec.as_}` has no `{wrong[0]}`.")
    if missing := sorted(_NEEDED.get(spec.as_, set()) - given):
        raise ValueError(f"`as: {spec.as_}` needs its `{missing[0]}`.")
    match spec.as_:
        case "int":
            return _int
        case "number":
            return _number
        case "upper":
            return str.upper
        case "date":
            return _date(spec.format)
        case "moment":
            return _moment(spec.format, spec.zone)
        case "lookup":
            return _lookup(tables, (spec.table,) if isinstance(spec.table, str) else spec.table or ())
        case "split":
            return _split(spec.by or "")
    return str


def _int(text: str) -> int:
    """Read a whole number, its digits grouped or not, as in 5,00,000."""
    if not _WHOLE.fullmatch(text):
        raise ValueError("This must be a whole number.")
    return int(text.replace(",", ""))


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("This must be a number such as 26.9124.")
    return float(text)


def _date(format: str | None) -> Convert:
    def convert(text: str) -> Any:
        try:
            if format is None:
                return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
            return datetime.strptime(text, format).date()  # noqa: DTZ007
        except ValueError as problem:
            raise ValueError(f"This must be a date written as {format or '%Y-%m-%d'}.") from problem

    return convert


def _moment(format: str | None, zone: str | None) -> Convert:
    """Read a time; `zone` is where the file's clocks stood, for times that do not say."""

    def convert(text: str) -> Any:
        try:
            moment = datetime.fromisoformat(text) if format is None else datetime.strptime(text, format)  # noqa: DTZ007
        except ValueError as problem:
            raise ValueError(f"This must be a time written as {format or '2026-01-31T10:00:00+05:30'}.") from problem
        if moment.tzinfo is None:
            if zone is None:
                raise ValueError("This time names no zone, and the mapping gives none.")
            moment = moment.replace(tzinfo=_offset(zone))
        return moment

    return convert


def _offset(zone: str) -> timezone:
    if zone == "Z":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    return timezone((1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _lookup(tables: Mapping[str, Mapping[str, str]], names: tuple[str, ...]) -> Convert:
    """Look a text up in one table, and what it gives in the next."""
    for name in names:
        if name not in tables:
            raise ValueError(f"There is no table `{name}` under `tables` or `joins`.")

    def convert(text: str) -> str:
        for name in names:
            if text not in tables[name]:
                raise ValueError(f"The table `{name}` does not know what stands here.")
            text = tables[name][text]
        return text

    return convert


def _split(by: str) -> Convert:
    def convert(text: str) -> list[str]:
        return [part for part in (piece.strip() for piece in text.split(by)) if part]

    return convert
