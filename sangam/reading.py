"""From an answer's JSON to our words."""

from collections.abc import Mapping
from typing import Any

from sangam.answers import (
    AnyRecord,
    Brief,
    Explanation,
    HeldEnquiry,
    Hit,
    Identifier,
    Joined,
    Network,
    NodeKind,
    Page,
    Record,
)
from sangam.answers import Link as SaidLink
from sangam.spelling import ours
from schemas.account import AccountContent
from schemas.gang import GangContent
from schemas.incident import IncidentContent
from schemas.link import LinkContent
from schemas.officer import Officer
from schemas.person import PersonContent
from schemas.word import Word

JSON = Mapping[str, Any]

_KIND = {
    "Person": NodeKind.PERSON,
    "Gang": NodeKind.GANG,
    "Incident": NodeKind.INCIDENT,
    "SocialAccount": NodeKind.ACCOUNT,
    "Identifier": NodeKind.VALUE,
}
_MADE: dict[str, tuple[type[AnyRecord], type[Word]]] = {
    "Person": (Record[PersonContent], PersonContent),
    "Gang": (Record[GangContent], GangContent),
    "Incident": (Record[IncidentContent], IncidentContent),
    "SocialAccount": (Record[AccountContent], AccountContent),
}


def officer(said: JSON) -> Officer:
    """Read the officer who asks."""
    return Officer.model_validate(ours(said))


def enquiry(said: JSON) -> HeldEnquiry:
    """Read an enquiry."""
    return HeldEnquiry.model_validate(ours(said))


def enquiries(said: list[JSON]) -> list[HeldEnquiry]:
    """Read enquiries."""
    return [enquiry(one) for one in said]


def record(said: JSON) -> AnyRecord:
    """Read a record."""
    made, content = _MADE[said["__typename"]]
    words = ours(said)
    return made.model_validate(
        {
            "id": words["id"],
            "kind": _KIND[said["__typename"]],
            "content": {name: words[name] for name in content.model_fields if name in words},
            "provenance": words["provenance"],
        }
    )


def identifier(said: JSON) -> Identifier:
    """Read an identifier."""
    return Identifier.model_validate(said)


def records(said: JSON) -> Page[Any]:
    """Read one page of a list of records."""
    return _page(said, lambda edge: record(edge["node"]))


def hits(said: JSON) -> Page[Hit]:
    """Read one page of hits."""
    return _page(said, lambda edge: Hit(score=edge["score"], reasons=tuple(edge["reasons"]), node=brief(edge["node"])))


def network(said: JSON) -> Network:
    """Read a network."""
    return Network(
        nodes=tuple(brief(node) for node in said["nodes"]),
        links=tuple(_link(link) for link in said["links"]),
        links_cut=said["linksCut"],
        more=ours(said["more"]),
        valid_at=said["validAt"],
    )


def explanation(said: JSON) -> Explanation:
    """Read why something is seen."""
    return Explanation.model_validate(ours(said))


def brief(said: JSON) -> Brief:
    """Read a node in a few words."""
    kind = _KIND[said["__typename"]]
    words = ours(said)
    if kind is NodeKind.VALUE:
        words["identifies"] = words.pop("kind")
    return Brief.model_validate({**words, "kind": kind})


def joined(said: JSON) -> Page[Joined]:
    """Read a page of what hangs on a record."""
    return _page(said, lambda edge: Joined(link=_link(edge["link"]), node=brief(edge["node"])))


def _link(said: JSON) -> SaidLink:
    words = ours(said)
    content = {name: words.pop(name) for name in LinkContent.model_fields if name in words}
    return SaidLink.model_validate({**words, "content": content})


def _page(said: JSON, read: Any) -> Page[Any]:
    end = said["pageInfo"]
    return Page(items=tuple(read(edge) for edge in said["edges"]), more=end["hasNextPage"], end=end["endCursor"])
