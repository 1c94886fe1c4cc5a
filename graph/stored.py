"""How our words lie in the graph: gates as integers first, nested lists as JSON text, open dates as ∓2**62."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import orjson
from pydantic import BaseModel

from auth.policy import LIVE_CLASS
from schemas.codes.states import mask
from schemas.envelope import Envelope, Marking
from schemas.handling import Status
from schemas.shape import shape_of

OPEN_PAST = -(2**62)
OPEN_FUTURE = 2**62


@dataclass(frozen=True, slots=True)
class Gate:
    """The five integers and words that decide, and the audience as written for the check afterwards."""

    aud: int
    level: int
    comp: str
    cls: str
    until: int
    audience: tuple[str, ...]

    def properties(self) -> dict[str, Any]:
        """Give the gate as properties, the tested ones first."""
        return {
            "aud": self.aud,
            "level": self.level,
            "comp": self.comp,
            "class": self.cls,
            "until": self.until,
            "audience": list(self.audience),
        }


class CompartmentsDiffer(ValueError):
    """Two things in two named compartments cannot be named by one."""


def gate_of(envelope: Envelope, *, category: str | None = None) -> Gate:
    """Make the gate of a record or link: the one function that writes it."""
    live = category if category is not None else LIVE_CLASS
    return Gate(
        aud=mask({envelope.owner, *envelope.audience}),
        level=int(envelope.level),
        comp=envelope.compartment or "",
        cls=live if envelope.status is Status.LIVE else envelope.status.value,
        until=min(_epoch(envelope.review_on), int(envelope.expires_at.timestamp())),
        audience=tuple(sorted({envelope.owner, *envelope.audience})),
    )


def meet(gate: Gate, others: Sequence[Gate]) -> Gate:
    """Give the strictest of all: bits that all have, the highest level, the earliest end, the one compartment.

    The class stays that of the first. Raise CompartmentsDiffer for two different names.
    """
    named = {other.comp for other in (gate, *others)} - {""}
    if len(named) > 1:
        raise CompartmentsDiffer
    aud, audience = gate.aud, set(gate.audience)
    for other in others:
        aud &= other.aud
        audience &= set(other.audience)
    return Gate(
        aud=aud,
        level=max(gate.level, *(other.level for other in others)) if others else gate.level,
        comp=next(iter(named), ""),
        cls=gate.cls,
        until=min(gate.until, *(other.until for other in others)) if others else gate.until,
        audience=tuple(sorted(audience)),
    )


def envelope_properties(envelope: Envelope) -> dict[str, Any]:
    """Give what an envelope says beyond its gate as flat properties; times in epoch seconds, days at 00:00 UTC."""
    return {
        "owner": envelope.owner,
        "unit": envelope.unit,
        "valid_from": _epoch(envelope.valid_from) if envelope.valid_from else OPEN_PAST,
        "valid_to": _epoch(envelope.valid_to) if envelope.valid_to else OPEN_FUTURE,
        "recorded_at": int(envelope.recorded_at.timestamp()),
        "recorded_by": envelope.recorded_by,
        "legal_basis": envelope.legal_basis,
        "case_ref": envelope.case_ref,
        "source_grade": envelope.source_grade.value,
        "info_grade": envelope.info_grade.value,
        "handling": envelope.handling.value,
        "handling_text": envelope.handling_text,
        "onward": list(envelope.onward),
        "review_on": _epoch(envelope.review_on),
        "expires_at": int(envelope.expires_at.timestamp()),
    }


def content_properties(content: BaseModel) -> dict[str, Any]:
    """Give the content of a record or link, with what is derived from it, as flat properties."""
    kind = type(content)
    return {name: flat(getattr(content, name)) for name in (*kind.model_fields, *kind.model_computed_fields)}


def flat(value: Any) -> Any:
    """Give a value as a property: a moment in epoch seconds, a day at 00:00 UTC, small words as JSON text."""
    match value:
        case datetime():
            return int(value.timestamp())
        case date():
            return _epoch(value)
        case tuple() if value and isinstance(value[0], BaseModel):
            return orjson.dumps([item.model_dump(mode="json") for item in value]).decode()
        case tuple():
            return [str(item) for item in value] or None
        case str():
            return str(value)
    return value


def content_read(kind: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was said of a record from its properties, as its word takes it; what is unsaid is left out."""
    said: dict[str, Any] = {}
    for name, info in kind.model_fields.items():
        raw, shape = values[name], shape_of(info)
        if raw is None:
            continue
        if shape.many:
            said[name] = orjson.loads(raw) if issubclass(shape.kind, BaseModel) else raw
        elif issubclass(shape.kind, datetime):
            said[name] = moment_read(raw)
        else:
            said[name] = day_read(raw) if issubclass(shape.kind, date) else raw
    return said


def marking_read(owner: str, gate: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the marking of a record from its gate [id, audience, level, comp, class, until] and its properties."""
    _, audience, level, comp, *_ = gate
    said = {name: values[name] for name in Marking.model_fields if name in values}
    days = {name: day_read(values[name]) for name in ("valid_from", "valid_to", "review_on")}
    said |= days | {"expires_at": moment_read(values["expires_at"]), "onward": tuple(values["onward"] or ())}
    return said | {
        "level": level,
        "compartment": comp or None,
        "audience": tuple(state for state in audience if state != owner),
    }


def envelope_of(owner: str, marking: Marking, *, by: str, at: datetime) -> Envelope:
    """Make the envelope of something recorded now."""
    return Envelope(owner=owner, recorded_by=by, recorded_at=at, **_fields(marking))


def _fields(marking: Marking) -> Mapping[str, Any]:
    return {name: getattr(marking, name) for name in Marking.model_fields}


def _epoch(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())


def day_read(epoch: int | None) -> date | None:
    """Give the day of an epoch, or None for a missing or open one."""
    if epoch is None or epoch in (OPEN_PAST, OPEN_FUTURE):
        return None
    return datetime.fromtimestamp(epoch, UTC).date()


def moment_read(epoch: int | None) -> datetime | None:
    """Give the moment of an epoch in UTC, or None."""
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)
