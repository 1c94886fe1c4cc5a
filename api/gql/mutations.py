"""Changes. Each resolver reads its arguments, calls the desk and hands back the record or what is wrong with it."""

import builtins
from functools import cache
from typing import Annotated, Any

import strawberry

from api.gql import disputing, following, inputs, nodes, reviewing, second
from api.gql.clusters import asserts
from api.gql.enquiries import Enquiry
from api.gql.forms import change_type, input_type
from api.gql.payloads import (
    PROBLEMS,
    WAITS,
    ChangePayload,
    FieldProblem,
    IdArg,
    MarkingChangeArg,
    Reason,
    ReasonArg,
    RevArg,
    changed,
    or_problems,
)
from api.gql.pending import PendingChange, waiting
from api.gql.selection import Asked
from auth.grant import Action
from desk import asking, enquiring, recording, revising
from desk.pending import waits
from desk.standing import SECOND
from graph.connections import kind_of
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.ids import RecordType
from schemas.link import LinkContent, LinkKind
from schemas.records import RECORDS


@strawberry.type(description="The enquiry, or what is wrong.")
class EnquiryPayload:
    """An answer."""

    enquiry: Enquiry | None = strawberry.field(description="The enquiry.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=PROBLEMS, default_factory=list)


MarkingArg = Annotated[inputs.MarkingInput, strawberry.argument(description="What must be said about it.")]


@cache
def _payload(type: RecordType) -> Any:
    """Give the type that answers a change of one kind of record."""
    word = RECORDS[type]
    noun = word.noun.partition(" ")[2]
    fields: dict[str, tuple[Any, Any]] = {
        word.root: (
            nodes.type_of(type) | None,
            strawberry.field(description=f"The {noun}.", default=None, name=word.root),
        ),
        "problems": (list[FieldProblem], strawberry.field(description=PROBLEMS, default_factory=list)),
    }
    if type in SECOND:
        fields["waits"] = (PendingChange | None, strawberry.field(description=WAITS, default=None))
    return strawberry.type(
        builtins.type(
            f"{word.name}Payload",
            (),
            {
                "__doc__": "An answer.",
                "__module__": __name__,
                "__annotations__": {name: kind for name, (kind, _) in fields.items()},
                **{name: field for name, (_, field) in fields.items()},
            },
        ),
        description=f"The {noun} as it is now, or what is wrong.",
    )


def _records(type: RecordType) -> Any:
    """Make the change that records one kind of thing and reads it back under the same grant."""
    word, kind, payload = RECORDS[type], kind_of(type), _payload(type)
    noun = word.noun.partition(" ")[2]
    given = input_type(word.content, f"{word.name}Input", f"{word.noun.capitalize()} to record.")

    async def resolver(info: strawberry.Info, said: Any, marking: MarkingArg) -> Any:
        async def act() -> Any:
            await info.context.look.may(Action.RECORD)
            content, marked = inputs.words(
                lambda: inputs.word(word.content, said, word.root), lambda: inputs.word(Marking, marking, "marking")
            )
            pick = Asked.of(info).below(word.root).pick(kind)
            id = await recording.record(info.context.look, type, marked, content, key=info.context.idempotency_key)
            if waits(id):
                return payload(waits=await waiting(info, id))
            return payload(**{word.root: nodes.face(await asking.record(info.context.look, id, pick))})

        return await or_problems(info, payload, act)

    resolver.__annotations__["said"] = Annotated[given, strawberry.argument(name=word.root, description=f"The {noun}.")]
    return strawberry.mutation(resolver, description=f"Record {word.noun}.", graphql_type=payload | None)


def _revises(type: RecordType) -> Any:
    """Make the change that revises one kind of record and reads it back under the same grant."""
    word, kind, payload = RECORDS[type], kind_of(type), _payload(type)
    changed = change_type(
        word.content,
        f"{word.name}Change",
        f"What {word.noun} shall say instead; a field that is not given stays as it is, and null clears it.",
        frozenset({"category"}),
    )

    async def resolver(
        info: strawberry.Info, id: IdArg, rev: RevArg, said: Any, reason: ReasonArg, marked: MarkingChangeArg = None
    ) -> Any:
        async def act() -> Any:
            await info.context.look.may(Action.RECORD)
            fields, envelope, why = inputs.words(
                lambda: inputs.change(word.content, said, "change"),
                lambda: inputs.change(Marking, marked, "marking") if marked is not None else {},
                lambda: inputs.word(Reason, inputs.ReasonInput(reason=reason), "").reason,
            )
            pick = Asked.of(info).below(word.root).pick(kind)
            key = info.context.idempotency_key
            made = await revising.revise(info.context.look, type, id, rev, fields, envelope, why, key=key)
            return payload(**{word.root: nodes.face(await asking.record(info.context.look, made, pick))})

        return await or_problems(info, payload, act)

    resolver.__annotations__["said"] = Annotated[
        changed, strawberry.argument(name="change", description="What it shall say instead.")
    ]
    return strawberry.mutation(resolver, description=f"Revise {word.noun} as you read it.", graphql_type=payload | None)


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

        return await or_problems(info, EnquiryPayload, act)

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
    revise_person = _revises(RecordType.PERSON)
    revise_gang = _revises(RecordType.GANG)
    revise_incident = _revises(RecordType.INCIDENT)
    revise_social_account = _revises(RecordType.ACCOUNT)
    revise_vehicle = _revises(RecordType.VEHICLE)
    revise_bank_account = _revises(RecordType.BANK_ACCOUNT)
    revise_weapon = _revises(RecordType.WEAPON)
    revise_place = _revises(RecordType.PLACE)
    revise_prison_stay = _revises(RecordType.PRISON_STAY)
    revise_notice = _revises(RecordType.NOTICE)
    revise_case = _revises(RecordType.CASE)
    revise_charge_sheet = _revises(RecordType.CHARGE_SHEET)
    revise_document = _revises(RecordType.DOCUMENT)
    revise_assistance = _revises(RecordType.ASSISTANCE)

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
            return await changed(info, await recording.link(info.context.look, kind, start, end, marked, said, key=key))

        return await or_problems(info, ChangePayload, act)

    assert_same = asserts(LinkKind.SAME_AS)
    assert_not_same = asserts(LinkKind.NOT_SAME_AS)
    assert_unsure = asserts(LinkKind.UNSURE)

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

        return await or_problems(info, ChangePayload, act)

    @strawberry.mutation(description="Withdraw a record of this state: it is hidden from everybody at once.")
    async def withdraw(self, info: strawberry.Info, id: IdArg, reason: ReasonArg) -> ChangePayload | None:
        async def act() -> ChangePayload:
            await info.context.look.may(Action.WITHDRAW)
            why = inputs.word(Reason, inputs.ReasonInput(reason=reason), "").reason
            key = info.context.idempotency_key
            return ChangePayload(id=strawberry.ID(await recording.withdraw(info.context.look, id, why, key=key)))

        return await or_problems(info, ChangePayload, act)

    record_follower_act = strawberry.mutation(
        resolver=following.record_follower_act,
        description="Keep one act of one who follows an account, under a pseudonym: to follow or to like is none.",
    )
    record_audience_snapshot = strawberry.mutation(
        resolver=following.record_audience_snapshot,
        description="Publish how many follow an account, at most weekly; the count itself is not kept.",
    )
    set_category = strawberry.mutation(
        resolver=second.set_category,
        description="Move a person to another category: down at once, up with a document and a second officer.",
    )
    review = strawberry.mutation(
        resolver=reviewing.review,
        description="Keep a record of this state longer on new information, by its clock; also one that has lapsed.",
    )
    review_all = strawberry.mutation(
        resolver=reviewing.review_all,
        description="Review many records, each on new information of its own and decided alone.",
    )
    dispute = strawberry.mutation(
        resolver=disputing.dispute,
        description="Say what is disputed about a record of this state: it shows on every view of it at once.",
    )
    settle_dispute = strawberry.mutation(
        resolver=disputing.settle_dispute,
        description="Settle what another officer disputed; what was right about it is corrected by a revision.",
    )
    approve = strawberry.mutation(
        resolver=second.approve, description="Carry out what an officer of another chain asked for, once."
    )
    decline = strawberry.mutation(
        resolver=second.decline, description="Refuse what an officer of another chain asked for."
    )
    withdraw_pending = strawberry.mutation(
        resolver=second.withdraw_pending, description="Take back what you asked for and nobody has settled."
    )
