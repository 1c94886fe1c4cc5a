"""Sections of law and units that a form may offer, as GraphQL types."""

import strawberry

from api.gql.page_info import PageInfo
from desk.offering import Offered
from schemas.codes import statutes, units
from schemas.codes.statutes import StatuteKind
from schemas.codes.table import Certainty
from schemas.codes.units import UnitKind


@strawberry.type(description="A section of law in force, or a whole Act as `*`.")
class Statute:
    """A section."""

    key: str = strawberry.field(description="As officers cite it, and as a record takes it.")
    act: str = strawberry.field(description="The Act.")
    title: str = strawberry.field(description="What it is about, in our short wording.")
    kind: StatuteKind = strawberry.field(description="What it is for.")
    certainty: Certainty = strawberry.field(description="How well this row is known.")

    @classmethod
    def of(cls, one: statutes.Statute) -> "Statute":
        """Give a section as this type."""
        return cls(key=one.key, act=one.act, title=one.title, kind=one.kind, certainty=one.certainty)


@strawberry.type(description="One row of a page of sections.")
class StatuteEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    node: Statute = strawberry.field(description="The section.")


@strawberry.type(description="A page of sections of law, in the order of the table.")
class StatuteConnection:
    """A page."""

    edges: list[StatuteEdge] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")

    @classmethod
    def of(cls, page: Offered[statutes.Statute]) -> "StatuteConnection":
        """Give a page as this type."""
        edges = [StatuteEdge(cursor=cursor, node=Statute.of(one)) for cursor, one in page.rows]
        return cls(edges=edges, page_info=PageInfo.of([cursor for cursor, _ in page.rows], more=page.more))


@strawberry.type(description="A police unit as it stands.")
class Unit:
    """A unit."""

    code: str = strawberry.field(description="As a record takes it.")
    name: str = strawberry.field(description="What it is called.")
    kind: UnitKind = strawberry.field(description="What it is.")
    parent: str | None = strawberry.field(description="The code of the unit above; none for the state.")
    certainty: Certainty = strawberry.field(description="How well this row is known.")

    @classmethod
    def of(cls, one: units.Unit) -> "Unit":
        """Give a unit as this type."""
        return cls(code=one.code, name=one.name, kind=one.kind, parent=one.parent or None, certainty=one.certainty)


@strawberry.type(description="One row of a page of units.")
class UnitEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    node: Unit = strawberry.field(description="The unit.")


@strawberry.type(description="A page of units, in the order of the table.")
class UnitConnection:
    """A page."""

    edges: list[UnitEdge] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")

    @classmethod
    def of(cls, page: Offered[units.Unit]) -> "UnitConnection":
        """Give a page as this type."""
        edges = [UnitEdge(cursor=cursor, node=Unit.of(one)) for cursor, one in page.rows]
        return cls(edges=edges, page_info=PageInfo.of([cursor for cursor, _ in page.rows], more=page.more))
