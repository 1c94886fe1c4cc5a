"""Answers over states: networks and paths, joined on what two states know or one says, and what is missing."""

from sangam.answers import Everywhere, Link
from schemas.federated import ReasonCode
from schemas.ids import UrnOfAny, ValueKind
from schemas.membership import MemberCode
from schemas.word import Word


class Gap(Word):
    """Something that was not asked of a state, or not shown by it, at a record or identifier."""

    at: str
    state: MemberCode
    reason: ReasonCode


class Join(Word):
    """An identifier that several states know, by its ids there."""

    kind: ValueKind
    ids: tuple[str, ...]


class StepAcross(Word):
    """One link of a path over states, by its id, in the direction that the path goes."""

    link: UrnOfAny
    from_: str
    to: str


class PathAcross(Word):
    """One path over states; where one step ends and the next begins at two ids, these are joined."""

    steps: tuple[StepAcross, ...]
    crossings: int


class Across(Everywhere):
    """A network or paths over states: nodes and links each of its one owner, what joins them, and what is missing.

    `assertions` are what owners say of a record of their own and of another's.
    """

    links: tuple[Link, ...]
    assertions: tuple[Link, ...]
    joins: tuple[Join, ...]
    gaps: tuple[Gap, ...]
    paths: tuple[PathAcross, ...] = ()
