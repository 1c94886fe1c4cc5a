"""How a word refuses what it is handed: the field and our sentence, or the kind of refusal where we have none."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from schemas.word import Word


def refusals(model: type[Word], said: Mapping[str, object]) -> list[tuple[str, str]]:
    """Give (field, sentence) for everything that is refused; '' is the word as a whole."""
    try:
        model.model_validate(said)
    except ValidationError as problem:
        return [(".".join(map(str, error["loc"])), _why(error)) for error in problem.errors()]
    return []


def _why(error: Mapping[str, Any]) -> str:
    return str(error["ctx"]["error"]) if error["type"] == "value_error" else error["type"]
