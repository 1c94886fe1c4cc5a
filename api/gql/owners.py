"""One federated question of one document, put to owners: derived, sent, and what each said read value by value.

In order:
1. This node's own graph answers the document that peers answer, so that no row depends on who was asked.
2. An owner whose answer does not fit is as one that did not answer; nothing of it is shown.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Self

import strawberry
from graphql import FieldNode, GraphQLResolveInfo, GraphQLSchema, execute, validate

from api.gql import shaping
from api.gql.derived import SHAPES, Derived, Shape, derived
from api.gql.executor import Executor
from api.gql.selection import Asked
from api.limits import DocumentRefused, measure
from desk.errors import BadInput, NotFound
from desk.federating import Question, Source
from desk.looking import Look, Stamp
from schemas.errors import FieldProblem
from schemas.federated import ReasonCode, SourceState

MOST_QUESTIONS = 5


@dataclass(frozen=True)
class Asking:
    """One federated question of one document."""

    info: Any
    look: Look
    shape: Shape
    document: Derived
    question: Question
    variables: Mapping[str, Any]

    @classmethod
    def of(cls, info: strawberry.Info, *, ids: Sequence[str] = (), **given: Any) -> Self:
        """Derive what owners are asked; `ids` are told on the ledger, and `given` is what the kind of question needs.

        Raise BadInput for what cannot be put to owners.
        """
        raw, look = info._raw_info, info.context.look
        look.questions += 1
        if look.questions > MOST_QUESTIONS:
            raise BadInput([_problem(info, f"One request puts at most {MOST_QUESTIONS} questions to other states.")])
        if len(raw.field_nodes) != 1:
            raise BadInput([_problem(info, "A federated question stands once under its name.")])
        field = raw.field_nodes[0]
        try:
            document = _documents.of(raw, field)
        except ValueError as problem:
            raise BadInput([_problem(info, str(problem))]) from problem
        text = document.text if look.desk.stamp is not Stamp.LIVE else None
        sent: Mapping[str, Any] = raw.root_value or {}
        variables = {name: sent[name] for name in sorted(document.variables) if name in sent}
        name = field.name.value
        question = Question(name, document.digest, text, tuple(ids))
        return cls(raw, look, SHAPES[name], document, question, variables, **given)

    async def here(self, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer the document from this node's own graph, for the same request; raise what goes wrong in it."""
        result: Any = execute(
            self.info.schema,
            self.document.document,
            context_value=self.info.context,
            variable_values=dict(variables),
            executor_class=Executor,
        )
        if isawaitable(result):
            result = await result
        for error in result.errors or ():
            cause = error.original_error or error
            if not isinstance(cause, NotFound):
                raise cause
        return result.data or {}

    def said(self, data: Mapping[str, Any]) -> Any:
        """Give what an owner said to what it was asked, None for what is not there; raise Misshapen without a word."""
        if self.shape.root not in data:
            raise shaping.Misshapen
        return data[self.shape.root]

    @property
    def asked(self) -> Asked:
        """Give what the officer asked of the rows."""
        return Asked(self.info, self.look, tuple(self.info.field_nodes))

    def shaper(self, source: Source) -> shaping.Shaper:
        """Give what reads the answer of one owner."""
        asked = self.asked
        known = _documents.checks(self.info.field_nodes[0], self.document, self.info.variable_values)
        return shaping.Shaper(self.info.schema, asked.fields_at, asked.page_of, source.state, known)


@dataclass
class _Held:
    """A document, held with the field that it was derived from, so that no other takes its place in memory.

    `checks` are those of its rows, by what the variables are that its rows name.
    """

    field: FieldNode
    document: Derived
    checks: OrderedDict[str, shaping.Known]


class _Documents:
    """Documents derived lately, by the place in the officer's document; a document that is kept is parsed once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Held] = OrderedDict()

    def of(self, info: GraphQLResolveInfo[Any], field: FieldNode) -> Derived:
        """Give what a question derives to; raise ValueError for one that cannot be put to others."""
        held = self._kept.get(id(field))
        if held is None:
            made = derived(info.schema, info.operation, info.fragments, field)
            _refuse_unfit(info.schema, made)
            held = self._kept[id(field)] = _Held(field, made, OrderedDict())
            _bounded(self._kept, _KEPT)
        return held.document

    def checks(self, field: FieldNode, document: Derived, variables: Mapping[str, Any]) -> shaping.Known:
        """Give where the checks of rows are kept that are asked with these variables."""
        held = self._kept.get(id(field))
        if held is None or held.document is not document:
            return {}
        named = repr([(name, variables.get(name)) for name in sorted(document.rows)]) if document.rows else ""
        checks = held.checks.get(named)
        if checks is None:
            checks = held.checks[named] = {}
            _bounded(held.checks, _WAYS)
        return checks


def _bounded(kept: OrderedDict[Any, Any], most: int) -> None:
    if len(kept) > most:
        kept.popitem(last=False)


_KEPT, _WAYS = 256, 16
_documents = _Documents()


def _refuse_unfit(schema: GraphQLSchema, made: Derived) -> None:
    """Raise ValueError for a document that no peer takes: one too long, or with names that conflict."""
    try:
        measure(made.document, introspection=False)
    except DocumentRefused as refused:
        raise ValueError(f"As other states are asked it, this is too much. {refused.message}") from refused
    if validate(schema, made.document, max_errors=1, hide_suggestions=True):
        raise ValueError("A name in this question is one that the question to other states needs for itself.")


def unfit(source: Source, fault: shaping.Misshapen | shaping.NotTheOwner) -> Source:
    """Tell of a state whose answer did not fit."""
    wrong_owner = isinstance(fault, shaping.NotTheOwner)
    reason = ReasonCode.NOT_THE_OWNER if wrong_owner else ReasonCode.ANSWER_NOT_UNDERSTOOD
    return Source(
        source.state, SourceState.INCOMPATIBLE, source.latency_ms, None, source.as_of, reason, source.contact_desk
    )


def _problem(info: strawberry.Info, message: str) -> FieldProblem:
    return FieldProblem(path=".".join(str(part) for part in info.path.as_list()), message=message)
