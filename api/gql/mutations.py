"""Changes. Each resolver reads its arguments, calls the desk and hands back the record or what is wrong with it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from api.gql import inputs, nodes
from api.gql.enquiries import Enquiry
from api.gql.selection import Asked
from auth.grant import Action
from desk import asking, enquiring, recording
from desk.errors import BadInput
from graph.connections import Kind, kind_of
from schemas import errors
from schemas.account import AccountContent
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.gang import GangContent
from schemas.ids import RecordType
from schemas.incident import IncidentContent
from schemas.link import LinkContent, LinkKind
from schemas.person import PersonContent
from schemas.text import Prose
from schemas.word import Word


class Reason(Word):
    """Why something is closed, as an officer writes it."""

    reason: Prose


_strawberry_code = strawberry.enum(errors.ErrorCode, description="Why there is no answer.")


@strawberry.type(description="What is wrong with one field of a change.")
class FieldProblem:
    """A problem."""

    path: str = strawberry.field(description="Which field.")
    message: str = strawberry.field(description="What is wrong, in a sentence.")
    code: errors.ErrorCode = strawberry.field(description="Of which sort it is.")


_PROBLEMS = "What is wrong, field by field; empty when it was done."


@strawberry.type(description="The enquiry, or what is wrong.")
class EnquiryPayload:
    """An answer."""

    enquiry: Enquiry | None = strawberry.field(description="The enquiry.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=_PROBLEMS, default_factory=list)


@strawberry.type(description="The person recorded, or what is wrong.")
class PersonPayload:
    """An answer."""

    person: nodes.Person | None = strawberry.field(description="The person.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=_PROBLEMS, default_factory=list)


@strawberry.type(description="The gang recorded, or what is wrong.")
class GangPayload:
    """An answer."""

    gang: nodes.Gang | None = strawberry.field(description="The gang.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=_PROBLEMS, default_factory=list)


@strawberry.type(description="The incident recorded, or what is wrong.")
class IncidentPayload:
    """An answer."""

    incident: nodes.Incident | None = strawberry.field(description="The incident.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=_PROBLEMS, default_factory=list)


@strawberry.type(description="The social account recorded, or what is wrong.")
class SocialAccountPayload:
    """An answer."""

    social_account: nodes.SocialAccount | None = strawberry.field(description="The account.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=_PROBLEMS, default_factory=list)


@strawberry.type(description="The id of what was changed, or what is wrong.")
class ChangePayload:
    """An answer."""

    id: strawberry.ID | None = strawberry.field(description="The record or link.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=_PROBLEMS, default_factory=list)


MarkingArg = Annotated[inputs.MarkingInput, strawberry.argument(description="What must be said about it.")]
ReasonArg = Annotated[str, strawberry.argument(description="Why, in words.")]
IdArg = Annotated[strawberry.ID, strawberry.argument(description="The id.")]


async def _recorded(
    info: strawberry.Info, payload: Any, field: str, type: RecordType, content: type[Any], given: Any, marking: Any
) -> Any:
    """Record one thing and read it back under the same grant."""
    kind: Kind = kind_of(type)

    async def act() -> Any:
        await info.context.look.may(Action.RECORD)
        said, marked = inputs.words(
            lambda: inputs.word(content, given, field), lambda: inputs.word(Marking, marking, "marking")
        )
        pick = Asked.of(info).below(field).pick(kind)
        id = await recording.record(info.context.look, type, marked, said, key=info.context.idempotency_key)
        node = await asking.record(info.context.look, id, pick)
        return payload(**{_snake(field): nodes.face(node)})

    return await _or_problems(info, payload, act)


async def _or_problems(info: strawberry.Info, payload: Any, act: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await act()
    except BadInput as bad:
        # To the ledger it is what it is, though to the caller it is an answer.
        info.context.look.code = bad.code_for_ledger
        return payload(
            problems=[FieldProblem(path=inputs.camel(p.path), message=p.message, code=p.code) for p in bad.problems]
        )


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@strawberry.type(description="Changes.")
class Mutation:
    """All that can be changed."""

    @strawberry.mutation(description="Say why you look; every other question needs it.")
    async def open_enquiry(
        self,
        info: strawberry.Info,
        enquiry: Annotated[inputs.EnquiryInput, strawberry.argument(description="Why.")],
    ) -> EnquiryPayload | None:
        async def act() -> EnquiryPayload:
            enquiring.admit(info.context.look, enquiry.purpose)
            content = inputs.word(EnquiryContent, enquiry, "enquiry")
            return EnquiryPayload(enquiry=Enquiry.of(await enquiring.open_enquiry(info.context.look, content)))

        return await _or_problems(info, EnquiryPayload, act)

    @strawberry.mutation(description="Close one of your enquiries.")
    async def close_enquiry(self, info: strawberry.Info, id: IdArg) -> EnquiryPayload | None:
        return EnquiryPayload(enquiry=Enquiry.of(await enquiring.close_enquiry(info.context.look, id)))

    @strawberry.mutation(description="Record a person.")
    async def record_person(
        self,
        info: strawberry.Info,
        person: Annotated[inputs.PersonInput, strawberry.argument(description="The person.")],
        marking: MarkingArg,
    ) -> PersonPayload | None:
        return await _recorded(info, PersonPayload, "person", RecordType.PERSON, PersonContent, person, marking)

    @strawberry.mutation(description="Record a gang.")
    async def record_gang(
        self,
        info: strawberry.Info,
        gang: Annotated[inputs.GangInput, strawberry.argument(description="The gang.")],
        marking: MarkingArg,
    ) -> GangPayload | None:
        return await _recorded(info, GangPayload, "gang", RecordType.GANG, GangContent, gang, marking)

    @strawberry.mutation(description="Record an incident.")
    async def record_incident(
        self,
        info: strawberry.Info,
        incident: Annotated[inputs.IncidentInput, strawberry.argument(description="The incident.")],
        marking: MarkingArg,
    ) -> IncidentPayload | None:
        return await _recorded(
            info, IncidentPayload, "incident", RecordType.INCIDENT, IncidentContent, incident, marking
        )

    @strawberry.mutation(description="Record a social account.")
    async def record_social_account(
        self,
        info: strawberry.Info,
        social_account: Annotated[inputs.SocialAccountInput, strawberry.argument(description="The account.")],
        marking: MarkingArg,
    ) -> SocialAccountPayload | None:
        return await _recorded(
            info, SocialAccountPayload, "socialAccount", RecordType.ACCOUNT, AccountContent, social_account, marking
        )

    @strawberry.mutation(description="Join two nodes by a relation of the whitelist.")
    async def link(
        self,
        info: strawberry.Info,
        kind: Annotated[LinkKind, strawberry.argument(description="Which relation.")],
        from_: Annotated[inputs.EndInput, strawberry.argument(name="from", description="From where.")],
        to: Annotated[inputs.EndInput, strawberry.argument(description="To where.")],
        marking: MarkingArg,
        content: Annotated[
            inputs.LinkContentInput | None, strawberry.argument(description="What the link says.")
        ] = None,
    ) -> ChangePayload | None:
        async def act() -> ChangePayload:
            await info.context.look.may(Action.RECORD)
            said, marked = inputs.words(
                lambda: inputs.word(LinkContent, content or inputs.LinkContentInput(), "content"),
                lambda: inputs.word(Marking, marking, "marking"),
            )
            start, end = (recording.EndAsked(one.id, one.kind, one.value) for one in (from_, to))
            key = info.context.idempotency_key
            id = await recording.link(info.context.look, kind, start, end, marked, said, key=key)
            return ChangePayload(id=strawberry.ID(id))

        return await _or_problems(info, ChangePayload, act)

    @strawberry.mutation(description="Close a link; what it was is kept.")
    async def unlink(
        self,
        info: strawberry.Info,
        from_: Annotated[
            strawberry.ID, strawberry.argument(name="from", description="The node that the link goes from.")
        ],
        id: IdArg,
        reason: ReasonArg,
    ) -> ChangePayload | None:
        async def act() -> ChangePayload:
            await info.context.look.may(Action.RECORD)
            why = inputs.word(Reason, inputs.ReasonInput(reason=reason), "").reason
            key = info.context.idempotency_key
            return ChangePayload(id=strawberry.ID(await recording.unlink(info.context.look, from_, id, why, key=key)))

        return await _or_problems(info, ChangePayload, act)

    @strawberry.mutation(description="Withdraw a record of this state: it is hidden from everybody at once.")
    async def withdraw(self, info: strawberry.Info, id: IdArg, reason: ReasonArg) -> ChangePayload | None:
        async def act() -> ChangePayload:
            await info.context.look.may(Action.WITHDRAW)
            why = inputs.word(Reason, inputs.ReasonInput(reason=reason), "").reason
            key = info.context.idempotency_key
            return ChangePayload(id=strawberry.ID(await recording.withdraw(info.context.look, id, why, key=key)))

        return await _or_problems(info, ChangePayload, act)
