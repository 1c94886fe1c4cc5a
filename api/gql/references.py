"""Whom an incident refers to: victims, witnesses and complainants, without a word of who they are."""

from typing import Any

import strawberry

from graph.fragments import REFERENCES
from graph.picks import Node
from schemas.link import LinkKind

_LETTER = {LinkKind.VICTIM_OF: "V", LinkKind.WITNESS_OF: "W", LinkKind.COMPLAINANT_OF: "C"}
_LONGEST = 12


@strawberry.type(description="A victim, witness or complainant of an incident, without a word of who it is.")
class Reference:
    """One of those whom an incident refers to."""

    reference: str = strawberry.field(
        description="V-, W- or C- and letters without a meaning: others in another incident, and for another state."
    )
    kind: LinkKind = strawberry.field(description="How the incident refers to them.")


def _references(self: Any, info: strawberry.Info) -> list[Reference]:
    node: Node = self.node
    look = info.context.look
    said = []
    for link, _, relation in node.values[REFERENCES]:
        kind = LinkKind(relation)
        sign = look.desk.keys.digest("reference", f"{look.asks_from} {link[0]}")[:_LONGEST]
        said.append(Reference(reference=f"{_LETTER[kind]}-{sign}", kind=kind))
    return said


def field() -> Any:
    """Make the field of an incident."""
    return strawberry.field(
        resolver=_references,
        description="Victims, witnesses and complainants, at most 50, each as a reference: all that other states are "
        "told of them.",
    )
