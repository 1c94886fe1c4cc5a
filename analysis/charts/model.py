"""What a chart holds: nodes and links that may leave in a file, and what is missing from it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling
from schemas.ids import RecordType, ValueKind
from schemas.link import RELATIONS, Basis, LinkKind, Role
from schemas.person import RecordedName


@dataclass(frozen=True, slots=True)
class Said:
    """Whose something is, how good it is, how it may be used, and when it held true; days are ISO 8601, '' unknown."""

    owner: str
    unit: str
    source_grade: SourceGrade
    info_grade: InfoGrade
    handling: Handling
    valid_from: str
    valid_to: str
    recorded_on: str
    disputed: bool = False

    @property
    def grade(self) -> str:
        """Give both grades as they are written: B2."""
        return self.source_grade.value + self.info_grade.value


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a record says, by the name of its field; `coded` if it is one of our words."""

    name: str
    value: str
    coded: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A record, or a bare identifier, which says nothing of its own (`said` is None).

    `names` are a person's or a gang's, `writings` an identifier's as the chart's links write it, `protected` the
    victims, witnesses and complainants of an incident, each by a reference; `cluster` is a number that records share
    which are said to be one.
    """

    id: str
    kind: RecordType | ValueKind
    said: Said | None
    names: tuple[RecordedName, ...] = ()
    facts: tuple[Fact, ...] = ()
    writings: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    cluster: int | None = None

    def fact(self, name: str) -> Fact | None:
        """Give one fact, or None if the record does not say it."""
        return next((fact for fact in self.facts if fact.name == name), None)


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two nodes of the chart, in its recorded direction."""

    id: str
    kind: LinkKind
    from_id: str
    to_id: str
    said: Said
    role: Role | None = None
    basis: Basis | None = None
    weight: int | None = None
    as_written: str | None = None

    @property
    def symmetric(self) -> bool:
        """Say whether its direction means nothing."""
        return RELATIONS[self.kind].symmetric


@dataclass(frozen=True, slots=True)
class Missing:
    """What the viewer sees and the chart does not show.

    `neighbours` are visible neighbours not drawn, of so many `at` nodes; a hub's are not counted. `records` and `links`
    stayed behind for their handling; `identifiers` and `ends` (links) for what stayed behind. `protected` says that an
    incident has more references than are given.
    """

    neighbours: int = 0
    at: int = 0
    hubs: int = 0
    links_cut: bool = False
    records: int = 0
    links: int = 0
    identifiers: int = 0
    ends: int = 0
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Nodes in order of (hop, kind, id), links in order of id; every link's ends are among the nodes."""

    starts: tuple[str, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    missing: Missing

    def all_said(self) -> Iterator[Said]:
        """Give what every record and link of the chart says of itself."""
        yield from (node.said for node in self.nodes if node.said is not None)
        yield from (link.said for link in self.links)

    @property
    def handling(self) -> Handling:
        """Give the strictest handling of all that the chart holds, which is its own."""
        return max((said.handling for said in self.all_said()), default=Handling.H0)

    def by_kind(self) -> dict[str, int]:
        """Count the nodes of each kind that is there, in the order in which our words have them."""
        counted = Counter(node.kind for node in self.nodes)
        return {kind.value: counted[kind] for kind in (*RecordType, *ValueKind) if counted[kind]}

    def by_owner(self) -> dict[str, int]:
        """Count the records of each state."""
        counted = Counter(node.said.owner for node in self.nodes if node.said is not None)
        return {state: counted[state] for state in sorted(counted)}


@dataclass(frozen=True, slots=True)
class Made:
    """By whom, why and when a chart was made: what is written on it. `at` is ISO 8601."""

    officer: str
    node: str
    enquiry: str
    purpose: str
    case_ref: str
    at: str
    policy_version: int
    language: str
