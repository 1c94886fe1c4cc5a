"""The client's documents that follow from our words: each kind of record by id, listed, recorded, page by page.

What asks of several kinds at once (`find`, `network`, `paths`) takes each in a few words.
"""

from collections.abc import Iterator
from typing import get_args

from api.gql.abroad import DOCUMENT as ABROAD
from api.gql.filters import WHERE_OF
from desk.standing import SECOND
from graph.connections import CONNECTIONS, Kind, kind_of
from sangam.spelling import camel, snake
from schemas.ids import RecordType
from schemas.link import LinkContent
from schemas.records import RECORDS, RecordWord
from schemas.word import Word

_PROVENANCE = """\
fragment Provenance on Provenance {
  owner unit recordedAt recordedBy legalBasis caseRef sourceGrade infoGrade handling handlingText
  level compartment onward validFrom validTo reviewOn expiresAt disputed rev
}
"""
_LINK = """\
fragment LinkSaid on Link {
  id kind from to SAID
  provenance { owner sourceGrade infoGrade validFrom validTo }
}
"""
_IDENTIFIER = "fragment IdentifierBrief on Identifier { id kind writings }\n"


def composed() -> dict[str, str]:
    """Give each document by its name."""
    briefs = [f"{word.name}Brief" for word in RECORDS.values()] + ["IdentifierBrief"]
    fragments = [*map(_brief, RECORDS.values()), _IDENTIFIER]
    spread = " ".join(f"...{name}" for name in briefs)
    made = {
        "abroad": ABROAD,
        "find": _joined(_FIND.replace("SPREAD", spread), *fragments),
        "federated_find": _joined(_FEDERATED_FIND.replace("SPREAD", spread), _SOURCES, *fragments),
        "federated_record": _joined(_FEDERATED_RECORD.replace("SPREAD", spread), _SOURCES, *fragments),
        "federated_network": _joined(
            _FEDERATED_NETWORK.replace("SPREAD", spread), _SOURCES, _link(criteria=False), *fragments
        ),
        "federated_paths": _joined(
            _FEDERATED_PATHS.replace("SPREAD", spread), _SOURCES, _link(criteria=False), *fragments
        ),
        "network": _joined(_NETWORK.replace("SPREAD", spread), _link(criteria=False), *fragments),
        "paths": _joined(_PATHS.replace("SPREAD", spread), _link(criteria=False), *fragments),
    }
    for word in RECORDS.values():
        made |= dict(_of_a_kind(word))
    return made


def _of_a_kind(word: RecordWord) -> Iterator[tuple[str, str]]:
    waits = _WAITS if word.type in SECOND else ""
    said = f"__typename id {_fields(word.content)} provenance {{ ...Provenance }}"
    yield (
        snake(word.root),
        _joined(
            f"query {word.name}($id: ID!, $validAt: Date, $knownAt: DateTime) {{\n"
            f"  {word.root}(id: $id, validAt: $validAt, knownAt: $knownAt) {{ {said} }}\n}}\n",
            _PROVENANCE,
        ),
    )
    yield (
        f"record_{snake(word.root)}",
        _joined(
            f"mutation Record{word.name}(${word.root}: {word.name}Input!, $marking: MarkingInput!) {{\n"
            f"  record{word.name}({word.root}: ${word.root}, marking: $marking) {{\n"
            f"    {word.root} {{ {said} }}{waits}\n    problems {{ path message code }}\n  }}\n}}\n",
            _PROVENANCE,
        ),
    )
    if word.type is RecordType.PERSON:
        yield (
            "set_category",
            _joined(
                "mutation SetCategory($id: ID!, $rev: String!, $category: Category!, $reason: String!, "
                "$document: ID, $marking: MarkingChange) {\n"
                "  setCategory(id: $id, rev: $rev, category: $category, reason: $reason, document: $document, "
                "marking: $marking) {\n"
                f"    {word.root} {{ {said} }}{_WAITS}\n    problems {{ path message code }}\n  }}\n}}\n",
                _PROVENANCE,
            ),
        )
    yield (
        f"revise_{snake(word.root)}",
        _joined(
            f"mutation Revise{word.name}"
            f"($id: ID!, $rev: String!, $change: {word.name}Change!, $marking: MarkingChange, $reason: String!) {{\n"
            f"  revise{word.name}(id: $id, rev: $rev, change: $change, marking: $marking, reason: $reason) {{\n"
            f"    {word.root} {{ {said} }}\n    problems {{ path message code }}\n  }}\n}}\n",
            _PROVENANCE,
        ),
    )
    if word.type in WHERE_OF:
        order = "LATEST_FIRST" if word.timed_by else "NAME"
        yield (
            snake(word.plural),
            _joined(
                f"query {word.plural[0].upper()}{word.plural[1:]}"
                f"($where: {word.name}Where, $orderBy: Order! = {order}, $knownAt: DateTime, "
                f"$first: Int! = 50, $after: String) @page(most: 1000) {{\n"
                f"  {word.plural}(where: $where, orderBy: $orderBy, knownAt: $knownAt, "
                f"first: $first, after: $after) {{\n"
                f"    edges {{ node {{ {said} }} }}\n    pageInfo {{ hasNextPage endCursor }}\n  }}\n}}\n",
                _PROVENANCE,
            ),
        )
    if word.type in WHERE_OF:
        yield f"federated_{snake(word.plural)}", _federated_list(word)
    for row in CONNECTIONS[kind_of(word.type)].values():
        far = _far(row.far)
        name = "".join(part.capitalize() for part in row.name.split("_"))
        page = name[0].lower() + name[1:]
        yield (
            f"{snake(word.root)}_{row.name}",
            _joined(
                f"query {word.name}{name}"
                "($id: ID!, $validAt: Date, $knownAt: DateTime, $first: Int! = 50, $after: String) {\n"
                f"  {word.root}(id: $id, validAt: $validAt, knownAt: $knownAt) {{\n"
                f"    {page}(first: $first, after: $after) {{\n"
                f"      edges {{ link {{ ...LinkSaid }} node {{ __typename ...{far[0]} }} }}\n"
                f"      pageInfo {{ hasNextPage endCursor }}\n    }}\n  }}\n}}\n",
                _link(criteria=True),
                far[1],
            ),
        )


def _federated_list(word: RecordWord) -> str:
    """Write the list of a kind over many states, each record in a few words."""
    order = "LATEST_FIRST" if word.timed_by else "NAME"
    return _joined(
        f"query Federated{word.plural[0].upper()}{word.plural[1:]}(\n"
        f"  $where: {word.name}Where, $orderBy: Order! = {order}, $knownAt: DateTime, $first: Int! = 20, "
        f"$after: String,\n  $states: [StateCode!]\n) {{\n"
        f"  federated(states: $states) {{\n"
        f"    {word.plural}(where: $where, orderBy: $orderBy, knownAt: $knownAt, first: $first, after: $after) {{\n"
        f"      nodes {{ __typename ...{word.name}Brief }}\n      ...Sources\n    }}\n  }}\n}}\n",
        _SOURCES,
        _brief(word),
    )


def _far(kind: Kind) -> tuple[str, str]:
    """Give the name and the text of the fragment for what stands at the far end."""
    if kind is Kind.VALUE:
        return "IdentifierBrief", _IDENTIFIER
    [word] = [word for word in RECORDS.values() if kind_of(word.type) is kind]
    return f"{word.name}Brief", _brief(word)


def _brief(word: RecordWord) -> str:
    return f"fragment {word.name}Brief on {word.name} {{ id {_fields(word.content, word.brief)} }}\n"


def _link(*, criteria: bool) -> str:
    """Give the fragment of a link; its criteria, a list of texts, come only with the pages of one record."""
    names = [name for name in LinkContent.model_fields if criteria or name != "criteria"]
    return _LINK.replace("SAID", _fields(LinkContent, tuple(names)))


def _fields(word: type[Word], names: tuple[str, ...] | None = None) -> str:
    """Write the fields of a word, small words inside it whole."""
    said = []
    for name in names or tuple(word.model_fields):
        inner = _word_in(word.model_fields[name].annotation)
        said.append(f"{camel(name)} {{ {_fields(inner)} }}" if inner else camel(name))
    return " ".join(said)


def _word_in(annotation: object) -> type[Word] | None:
    if isinstance(annotation, type) and issubclass(annotation, Word):
        return annotation
    return next((word for part in get_args(annotation) if (word := _word_in(part)) is not None), None)


def _joined(*parts: str) -> str:
    return "\n".join(parts)


_WAITS = (
    "\n    waits { id act state own author rank askedAt expiresAt says { field text } names settledBy settledAt reason "
    "made }"
)
_FIND = """\
query Find(
  $text: String!, $kinds: [NodeKind!], $validAt: Date, $knownAt: DateTime, $first: Int! = 20, $after: String
) {
  find(text: $text, kinds: $kinds, validAt: $validAt, knownAt: $knownAt, first: $first, after: $after) {
    edges { score reasons cluster { mark contested members } node { __typename SPREAD } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_SOURCES = """\
fragment Sources on FederatedResult {
  sources { state status latencyMs returned asOf reason contactDesk correlationId }
  complete
  asOf
  cursor
}
"""
_FEDERATED_FIND = """\
query FederatedFind(
  $text: String!, $kinds: [NodeKind!], $validAt: Date, $knownAt: DateTime, $first: Int! = 20, $after: String,
  $states: [StateCode!]
) {
  federated(states: $states) {
    find(text: $text, kinds: $kinds, validAt: $validAt, knownAt: $knownAt, first: $first, after: $after) {
      nodes { __typename SPREAD }
      ...Sources
    }
  }
}
"""
_FEDERATED_RECORD = """\
query FederatedRecord($id: ID!, $validAt: Date, $knownAt: DateTime) {
  federated {
    record(id: $id, validAt: $validAt, knownAt: $knownAt) {
      nodes { __typename SPREAD }
      ...Sources
    }
  }
}
"""
_FEDERATED_NETWORK = """\
query FederatedNetwork(
  $from: [ID!]!, $identifiers: [IdentifierInput!], $hops: Int! = 1, $along: [LinkKind!], $validAt: Date,
  $knownAt: DateTime, $limit: Int! = 200, $states: [StateCode!]
) {
  federated(states: $states) {
    network(
      from: $from, identifiers: $identifiers, hops: $hops, along: $along, validAt: $validAt, knownAt: $knownAt,
      limit: $limit
    ) {
      nodes { __typename SPREAD }
      links { ...LinkSaid }
      assertions { ...LinkSaid }
      joins { kind ids }
      gaps { at state reason }
      ...Sources
    }
  }
}
"""
_FEDERATED_PATHS = """\
query FederatedPaths(
  $from: ID!, $to: ID!, $maxHops: Int! = 6, $k: Int! = 3, $along: [LinkKind!], $validAt: Date, $knownAt: DateTime,
  $states: [StateCode!]
) {
  federated(states: $states) {
    paths(from: $from, to: $to, maxHops: $maxHops, k: $k, along: $along, validAt: $validAt, knownAt: $knownAt) {
      nodes { __typename SPREAD }
      links { ...LinkSaid }
      assertions { ...LinkSaid }
      joins { kind ids }
      paths { steps { link from to } crossings }
      gaps { at state reason }
      ...Sources
    }
  }
}
"""
_NETWORK = """\
query Network(
  $from: [ID!]!, $hops: Int! = 1, $along: [LinkKind!], $validAt: Date, $knownAt: DateTime, $limit: Int! = 200
) {
  network(from: $from, hops: $hops, along: $along, validAt: $validAt, knownAt: $knownAt, limit: $limit) {
    nodes { __typename SPREAD }
    links { ...LinkSaid }
    linksCut
    more { id notShown hub }
    clusters { mark contested members }
    assertions { ...LinkSaid }
    validAt
    knownAt
    exportId
  }
}
"""
_PATHS = """\
query Paths(
  $from: ID!, $to: ID!, $maxHops: Int! = 6, $k: Int! = 3, $along: [LinkKind!], $validAt: Date, $knownAt: DateTime
) {
  paths(from: $from, to: $to, maxHops: $maxHops, k: $k, along: $along, validAt: $validAt, knownAt: $knownAt) {
    paths {
      nodes { __typename SPREAD }
      steps { link { ...LinkSaid } others }
    }
    searchedHops
    more
    cut
    validAt
    knownAt
  }
}
"""
