"""Reviews: a record kept longer on new information, one by one or many at once, each decided alone."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from api.gql import inputs
from api.gql.payloads import PROBLEMS, ChangePayload, FieldProblem, IdArg, or_problems
from api.gql.scalars import Day
from auth.grant import Action
from desk import reviewing
from desk.errors import BadInput
from desk.reviewing import Review, Reviewed
from sangam.spelling import camel
from schemas import errors
from schemas.review import MOST_REVIEWS, ReviewAsked

_INFORMATION = "What is new, and why it is kept for that."
_UNTIL = "Until which day it shall stand before it is reviewed again; how long that may be says its clock."


@strawberry.input(description="A record to be kept longer, and why.")
class ReviewInput:
    """A review as it comes in."""

    id: strawberry.ID = strawberry.field(description="The record, also one that has lapsed and is not yet purged.")
    new_information: str = strawberry.field(description=_INFORMATION)
    until: Day = strawberry.field(description=_UNTIL)


@dataclass(frozen=True)
class _Said:
    new_information: str
    until: Day


@strawberry.type(description="What became of one review of many.")
class Renewed:
    """An answer."""

    id: strawberry.ID = strawberry.field(description="The record, by the id that was given.")
    problems: list[FieldProblem] = strawberry.field(description=PROBLEMS)

    @classmethod
    def of(cls, one: Reviewed) -> "Renewed":
        """Give what became of a review as this type."""
        problems = [FieldProblem(path=camel(p.path), message=p.message, code=p.code) for p in one.problems]
        return cls(id=strawberry.ID(one.id), problems=problems)


@strawberry.type(description="What became of each review, in the order in which they were given, or what is wrong.")
class ReviewsPayload:
    """An answer."""

    reviews: list[Renewed] = strawberry.field(description="Each review.", default_factory=list)
    problems: list[FieldProblem] = strawberry.field(description=PROBLEMS, default_factory=list)


async def review(
    info: strawberry.Info,
    id: IdArg,
    new_information: Annotated[str, strawberry.argument(description=_INFORMATION)],
    until: Annotated[Day, strawberry.argument(description=_UNTIL)],
) -> ChangePayload | None:
    """Read the arguments, call the desk, hand back the id."""

    async def act() -> ChangePayload:
        await info.context.look.may(Action.REVIEW)
        asked = _asked(str(id), new_information, until, "")
        key = info.context.idempotency_key
        return ChangePayload(id=strawberry.ID(await reviewing.review(info.context.look, asked, key=key)))

    return await or_problems(info, ChangePayload, act)


async def review_all(
    info: strawberry.Info,
    reviews: Annotated[
        list[ReviewInput],
        strawberry.argument(description=f"At most {MOST_REVIEWS}, each on new information of its own."),
    ],
) -> ReviewsPayload | None:
    """Read the arguments, call the desk, hand back what became of each."""

    async def act() -> ReviewsPayload:
        await info.context.look.may(Action.REVIEW)
        if not 1 <= len(reviews) <= MOST_REVIEWS:
            message = f"Between 1 and {MOST_REVIEWS} records are reviewed at once."
            raise BadInput([errors.FieldProblem(path="reviews", message=message)])
        asked = inputs.words(
            *(
                lambda one=one, at=at: _asked(str(one.id), one.new_information, one.until, f"reviews.{at}")
                for at, one in enumerate(reviews)
            )
        )
        done = await reviewing.review_all(info.context.look, asked, key=info.context.idempotency_key)
        return ReviewsPayload(reviews=[Renewed.of(one) for one in done])

    return await or_problems(info, ReviewsPayload, act)


def _asked(id: str, new_information: str, until: Day, path: str) -> Review:
    said = inputs.word(ReviewAsked, _Said(new_information, until), path)
    return Review(id, said.new_information, said.until)
