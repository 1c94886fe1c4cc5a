"""From an answer's JSON to our words."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import create_model

from sangam.across import Across
from sangam.answers import (
    AnyRecord,
    AudienceSnapshot,
    Brief,
    Duty,
    Everywhere,
    Explanation,
    FollowerAct,
    HeldEnquiry,
    History,
    Hit,
    Identifier,
    Identifies,
    Joined,
    Match,
    Network,
    NodeKind,
    OfferedStatute,
    OfferedUnit,
    Page,
    Path,
    Paths,
    PendingChange,
    Reader,
    Record,
    Renewed,
    Step,
)
from sangam.answers import Link as SaidLink
from sangam.errors import Refused
from sangam.spelling import ours, snake
from schemas.errors import ErrorCode
from schemas.follower import FollowerContent
from schemas.link import LinkContent
from schemas.officer import Officer
from schemas.records import RECORDS
from schemas.word import Word

JSON = Mapping[str, Any]

_KIND = {word.name: NodeKind[word.type.name] for word in RECORDS.values()} | {"Identifier": NodeKind.VALUE}
_WORD = {word.name: word for word in RECORDS.values()}


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
    content = _WORD[said["__typename"]].content
    words = ours(said)
    return Record[content].model_validate(  # type: ignore[valid-type]  # known while the program runs
        {
            "id": words["id"],
            "kind": _KIND[said["__typename"]],
            "content": {name: words[name] for name in content.model_fields},
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
    return _page(said, _hit)


def _hit(said: JSON) -> Hit:
    return Hit(
        score=said["score"], reasons=tuple(said["reasons"]), node=brief(said["node"]), cluster=said.get("cluster")
    )


def everywhere(said: JSON) -> Everywhere:
    """Read what many states answered."""
    rows = {"nodes": tuple(brief(node) for node in said["nodes"]), "sources": ours(said["sources"])}
    return Everywhere(**rows, complete=said["complete"], as_of=said["asOf"], cursor=said["cursor"])


def across(said: JSON) -> Across:
    """Read a network or paths over states."""
    plain = {name: ours(said[name]) for name in ("sources", "joins", "gaps")}
    return Across(
        nodes=tuple(brief(node) for node in said["nodes"]),
        links=tuple(_link(link) for link in said["links"]),
        assertions=tuple(_link(link) for link in said["assertions"]),
        paths=ours(said.get("paths", [])),
        complete=said["complete"],
        as_of=said["asOf"],
        cursor=said["cursor"],
        **plain,
    )


def network(said: JSON) -> Network:
    """Read a network."""
    return Network(
        nodes=tuple(brief(node) for node in said["nodes"]),
        links=tuple(_link(link) for link in said["links"]),
        links_cut=said["linksCut"],
        more=ours(said["more"]),
        clusters=tuple(said["clusters"]),
        assertions=tuple(_link(link) for link in said["assertions"]),
        valid_at=said["validAt"],
        known_at=said["knownAt"],
        export_id=said["exportId"],
    )


def history(said: JSON) -> History:
    """Read what became of a record."""
    words = ours(said)
    for change in words["changes"]:
        for row in change["fields"]:
            row["field"] = snake(row["field"])
    return History.model_validate(words)


def readers(said: JSON | None) -> Page[Reader]:
    """Read a page of looks at a record; of one that the officer does not supervise there is none."""
    if said is None:
        raise Refused(ErrorCode.REFUSED, "Who looked at it is told to whoever supervises the unit that it is of.")
    return _page(said, lambda edge: Reader.model_validate(ours(edge["node"])))


def statutes(said: JSON) -> Page[OfferedStatute]:
    """Read a page of sections of law."""
    return _page(said, lambda edge: OfferedStatute.model_validate(ours(edge["node"])))


def units(said: JSON) -> Page[OfferedUnit]:
    """Read a page of units."""
    return _page(said, lambda edge: OfferedUnit.model_validate(ours(edge["node"])))


def paths(said: JSON) -> Paths:
    """Read the paths between two nodes."""
    return Paths(
        paths=tuple(_path(one) for one in said["paths"]),
        searched_hops=said["searchedHops"],
        more=said["more"],
        cut=said["cut"],
        valid_at=said["validAt"],
        known_at=said["knownAt"],
    )


def _path(said: JSON) -> Path:
    return Path(
        nodes=tuple(brief(node) for node in said["nodes"]),
        steps=tuple(Step(link=_link(step["link"]), others=step["others"]) for step in said["steps"]),
    )


def pending(said: JSON) -> PendingChange:
    """Read a change that waits or waited."""
    words = ours(said)
    for row in words["says"]:
        row["field"] = ".".join(map(snake, row["field"].split(".")))
    return PendingChange.model_validate(words)


def inbox(said: JSON) -> Page[PendingChange]:
    """Read a page of what waits."""
    return _page(said, lambda edge: pending(edge["node"]))


def duties(said: JSON) -> Page[Duty]:
    """Read a page of records to look at."""
    return _page(said, lambda edge: Duty.model_validate(ours(edge["record"])))


def matches(said: JSON) -> Page[Match]:
    """Read a page of matches."""
    return _page(said, lambda edge: Match.model_validate(edge["match"]))


def renewed(said: JSON) -> list[Renewed]:
    """Read what became of each of many reviews."""
    return [Renewed.model_validate(one) for one in said]


def follower_acts(said: JSON) -> Page[FollowerAct]:
    """Read a page of followers' acts."""
    return _page(said["followerActs"], lambda edge: _follower_act(ours(edge["node"])))


def _follower_act(words: Any) -> FollowerAct:
    content = {name: words.pop(name) for name in FollowerContent.model_fields}
    return FollowerAct.model_validate({**words, "content": content})


def audience(said: JSON) -> Page[AudienceSnapshot]:
    """Read a page of audiences."""
    return _page(said["audience"], lambda edge: AudienceSnapshot.model_validate(ours(edge["node"])))


def explanation(said: JSON) -> Explanation:
    """Read why something is seen."""
    return Explanation.model_validate(ours(said))


def brief(said: JSON) -> Brief:
    """Read a node in a few words."""
    kind, words = _KIND[said["__typename"]], ours(said)
    if kind is NodeKind.VALUE:
        says: Word = Identifies(writings=words["writings"], identifies=words["kind"])
    else:
        says = _few_words(said["__typename"]).model_validate({name: words[name] for name in words if name != "id"})
    return Brief(id=words["id"], kind=kind, says=says)


@cache
def _few_words(name: str) -> type[Word]:
    """Give the part of a word that its brief answers are."""
    word = _WORD[name]
    fields: dict[str, Any] = {}
    for field in word.brief:
        info = word.content.model_fields[field]
        kind = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        fields[field] = (kind, ... if info.is_required() else info.default)
    return create_model(f"{name}Brief", __base__=Word, **fields)


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
