"""Changes. Each resolver reads its arguments, calls the desk and hands back the record or what is wrong with it."""

import builtins
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from api.gql import inputs, nodes
from api.gql.enquiries import Enquiry
from api.gql.forms import input_type
from api.gql.selection import Asked
from auth.grant import Action
from desk import asking, enquiring, recording
from desk.errors import BadInput
from graph.connections import kind_of
from sangam.spelling import camel
from schemas import errors
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.ids import RecordType
from schemas.link import LinkContent, LinkKind
from schemas.records import RECORDS
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


@strawberry.type(description="The id of what was changed, or what is wrong.")
class ChangePayload:
    """An answer."""

    id: strawberry.ID | None = strawberry.field(description="The record or link.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=_PROBLEMS, default_factory=list)


ReasonArg = Annotated[str, strawberry.argument(description="Why, in words.")]
IdArg = Annotated[strawberry.ID, strawberry.argument(description="The id.")]


MarkingArg = Annotated[inputs.MarkingInput, strawberry.argument(description="What must be said about it.")]


def _records(type: RecordType) -> Any:
    """Make the change that records one kind of thing and reads it back under the same grant."""
    word, kind = RECORDS[type], kind_of(type)
    noun = word.noun.partition(" ")[2]
    payload = strawberry.type(
        builtins.type(
            f"{word.name}Payload",
            (),
            {
                "__doc__": "An answer.",
                "__module__": __name__,
                "__annotations__": {word.root: nodes.TYPE_OF[kind] | None, "problems": list[FieldProblem]},
                word.root: strawberry.field(description=f"The {noun}.", default=None, name=word.root),
                "problems": strawberry.field(description=_PROBLEMS, default_factory=list),
            },
        ),
        description=f"The {noun} recorded, or what is wrong.",
    )
    given = input_type(word.content, f"{word.name}Input", f"{word.noun.capitalize()} to record.")

    async def resolver(info: strawberry.Info, said: Any, marking: MarkingArg) -> Any:
        async def act() -> Any:
            await info.context.look.may(Action.RECORD)
            content, marked = inputs.words(
                lambda: inputs.word(word.content, said, word.root), lambda: inputs.word(Marking, marking, "marking")
            )
            pick = Asked.of(info).below(word.root).pick(kind)
            id = await recording.record(info.context.look, type, marked, content, key=info.context.idempotency_key)
            return payload(**{word.root: nodes.face(await asking.record(info.context.look, id, pick))})

        return await _or_problems(info, payload, act)

    resolver.__annotations__["said"] = Annotated[given, strawberry.argument(name=word.root, description=f"The {noun}.")]
    return strawberry.mutation(resolver, description=f"Record {word.noun}.", graphql_type=payload | None)


async def _or_problems(info: strawberry.Info, payload: Any, act: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await act()
    except BadInput as bad:
        # To the ledger it is what it is, though to the caller it is an answer.
        info.context.look.code = bad.code_for_ledger
        return payload(
            problems=[FieldProblem(path=camel(p.path), message=p.message, code=p.code) for p in bad.problems]
        )


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

    record_person = _records(RecordType.PERSON)
    record_gang = _records(RecordType.GANG)
    record_incident = _records(RecordType.INCIDENT)
    record_social_account = _records(RecordType.ACCOUNT)
    record_vehicle = _records(RecordType.VEHICLE)
    record_bank_account = _records(RecordType.BANK_ACCOUNT)
    record_weapon = _records(RecordType.WEAPON)
    record_place = _records(RecordType.PLACE)
    record_prison_stay = _records(RecordType.PRISON_STAY)
    record_notice = _records(RecordType.NOTICE)
    record_case = _records(RecordType.CASE)
    record_charge_sheet = _records(RecordType.CHARGE_SHEET)
    record_document = _records(RecordType.DOCUMENT)
    record_assistance = _records(RecordType.ASSISTANCE)

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
