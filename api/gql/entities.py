"""Entities by reference, as a router asks for them: capped, each answered alone, silent about what is hidden."""

from collections.abc import Sequence
from typing import Any

import strawberry

from api.gql import nodes
from api.gql.selection import GRAPHQL_TYPE, Asked
from desk import asking
from desk.errors import BadInput, NotFound
from desk.looking import LONGEST_PAGE
from schemas.errors import FieldProblem

_KIND_OF = {name: kind for kind, name in GRAPHQL_TYPE.items()}


async def entities(info: strawberry.Info, representations: Sequence[Any]) -> list[Any]:
    """Give each representation's node, or the error that stands in its place alone; raise BadInput for too many."""
    if len(representations) > LONGEST_PAGE:
        message = f"At most {LONGEST_PAGE} entities are asked at once."
        raise BadInput([FieldProblem(path="representations", message=message)])
    wanted = [_id(one) for one in representations]
    ids = [id for id in wanted if isinstance(id, str)]
    found = await asking.entities(info.context.look, ids, Asked.of(info).picks())
    return [nodes.face(found[id]) if isinstance(id, str) and id in found else _instead(id) for id in wanted]


def _id(representation: Any) -> str | Exception:
    """Give the id that a representation names if it is one of its own type, else what answers it."""
    match representation:
        case {"__typename": str(name), "id": str(id), **rest} if name in _KIND_OF and not rest:
            return id if asking.kind_of_id(id) is _KIND_OF[name] else NotFound()
    message = "A representation has the __typename of an entity, its id, and nothing else."
    return BadInput([FieldProblem(path="representations", message=message)])


def _instead(id: str | Exception) -> Exception:
    return id if isinstance(id, Exception) else NotFound()
