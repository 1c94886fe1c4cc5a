"""Cursors: opaque, sealed, good only for the officer, enquiry, question and order that they were made for."""

from collections.abc import Sequence
from typing import Any

import orjson

from auth.sealing import CursorRefused
from desk.errors import BadInput
from desk.looking import Look
from schemas.errors import FieldProblem


def page_size(look: Look, first: int) -> int:
    """Give the size of a page, or raise BadInput for one longer than this request may ask."""
    if not 1 <= first <= look.longest_page:
        raise BadInput([FieldProblem(path="first", message=f"A page has between 1 and {look.longest_page} rows.")])
    return first


def seal(look: Look, question: str, keys: Sequence[Any]) -> str:
    """Make the cursor of a row from its order keys."""
    return look.desk.keys.seal_cursor(orjson.dumps(list(keys)), bound(look, question))


def unseal(look: Look, question: str, cursor: str | None, *types: type) -> tuple[Any, ...] | None:
    """Read a cursor's order keys; raise BadInput for one that was not made for this question."""
    if cursor is None:
        return None
    try:
        keys = orjson.loads(look.desk.keys.open_cursor(cursor, bound(look, question)))
    except (CursorRefused, ValueError) as problem:
        raise BadInput([_REFUSED]) from problem
    if not isinstance(keys, list) or len(keys) != len(types):
        raise BadInput([_REFUSED])
    return tuple(keys)


_REFUSED = FieldProblem(path="after", message="This cursor does not belong to this question; ask the first page again.")


def as_known(known_at: int | None) -> str:
    """Say in a question's name as of which epoch second it is asked: a cursor of another moment is none of its own."""
    return "" if known_at is None else f" known {known_at}"


def bound(look: Look, question: str) -> bytes:
    """Give what a sealed text is bound to: this officer, this enquiry and this question."""
    return "\x1f".join((look.who.id, look.enquiry_id or "", question)).encode()
