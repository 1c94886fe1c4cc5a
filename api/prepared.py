"""Documents made ready once: lexed, parsed, held against the limits, validated, and kept by their digest."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.documents import TrustedDocuments, digest_of
from api.limits import MAX_TOKENS, DocumentRefused, declared_page, lex, measure
from api.wire import MAX_BODY, Parameters
from schemas.errors import ErrorCode

KEPT = 128
MAX_PROBLEMS = 5
MAX_MESSAGE = 200

# Of the library's sentences only those are passed on that quote names; the others quote the caller's values.
_NAMES_ONLY = re.compile(
    r"Cannot query field |Unknown (?:argument|type|directive|fragment) |There can be only one "
    r"|Variable '\$\w+' (?:is|of type|cannot be) |Field '\w+' (?:must not|of type) |Fields '\w+' conflict "
    r"|Argument '[^']+' of type '[^']+' is required|Fragment (?:'\w+' )?cannot |(?:The d|D)irective '@\w+' "
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that may be executed as it is."""

    digest: str
    document: DocumentNode
    name: str | None
    kind: Literal["query", "mutation"]
    root_fields: tuple[str, ...]


class DocumentShelf:
    """The documents of one schema: trusted ones made ready at the start, a training node's others as they come."""

    def __init__(self, schema: GraphQLSchema, trusted: TrustedDocuments | None, *, training: bool) -> None:
        """Make every trusted document ready; raise DocumentRefused if one does not fit the schema or the limits."""
        self._schema = schema
        self._training = training
        made = (_prepared_once(schema, text, training) for text in trusted or ())
        self._trusted = {ready.digest: ready for ready in made}
        self._recent: OrderedDict[str, Prepared] = OrderedDict()

    def __iter__(self) -> Iterator[Prepared]:
        """Give the trusted documents."""
        return iter(self._trusted.values())

    def find(self, asked: Parameters) -> Prepared:
        """Give the document that a request means; raise DocumentRefused when it may not be asked here."""
        if asked.query is not None and self._training and "persistedQuery" not in asked.extensions:
            ready = self._written(asked.query)
        else:
            ready = self._named(asked.extensions, asked.query)
        if asked.operation_name is not None and asked.operation_name != ready.name:
            raise DocumentRefused(ErrorCode.BAD_INPUT, "The document has no operation of that name.")
        return ready

    def _named(self, extensions: dict[str, Any], query: str | None) -> Prepared:
        if query is not None:
            raise DocumentRefused(ErrorCode.BAD_INPUT, "Name a trusted document by its digest, and send no text.")
        match extensions.get("persistedQuery"):
            case {"version": 1, "sha256Hash": str(digest)} if (ready := self._trusted.get(digest)) is not None:
                return ready
        raise DocumentRefused(ErrorCode.BAD_INPUT, "This node knows no trusted document of that digest.")

    def _written(self, text: str) -> Prepared:
        digest = digest_of(text)
        ready = (
            self._trusted.get(digest)
            or self._recent.get(digest)
            or _prepared(self._schema, text, training=self._training)
        )
        if digest not in self._trusted:
            self._recent[digest] = ready
            self._recent.move_to_end(digest)
            if len(self._recent) > KEPT:
                self._recent.popitem(last=False)
        return ready


# What a release trusts is made ready once, however many nodes stand in one process.
@lru_cache(maxsize=1_000)
def _prepared_once(schema: GraphQLSchema, text: str, training: bool) -> Prepared:
    return _prepared(schema, text, training=training, trusted=True)


def _prepared(schema: GraphQLSchema, text: str, *, training: bool, trusted: bool = False) -> Prepared:
    lex(text)
    measured = measure(_parse(text), introspection=training)
    document = measured.document
    problems = _problems(schema, document)
    if problems:
        raise DocumentRefused(ErrorCode.BAD_INPUT, _sentence(problems[0]))
    operation = measured.operation
    if declared_page(operation) is not None and not trusted:
        raise DocumentRefused(ErrorCode.BAD_INPUT, "Only a document that the node trusts asks for longer pages.")
    kind: Literal["query", "mutation"] = "mutation" if operation.operation is OperationType.MUTATION else "query"
    name = operation.name.value if operation.name else None
    return Prepared(digest_of(text), document, name, kind, measured.root_fields)


def _parse(text: str) -> DocumentNode:
    try:
        return parse(text, no_location=True, max_lexical_tokens=MAX_TOKENS, max_source_length=MAX_BODY)
    except GraphQLSyntaxError as error:
        place = error.locations[0] if error.locations else None
        at = (place.line, place.column) if place else None
        raise DocumentRefused(ErrorCode.BAD_INPUT, "The document is not well formed.", at) from None


def _problems(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    # Strawberry's own two rules fail with a KeyError on variables that the standard rules refuse, so they come second.
    for rules in (specified_rules, (MaybeNullValidationRule, OneOfInputValidationRule)):
        found = validate(schema, document, rules, max_errors=MAX_PROBLEMS, hide_suggestions=True)
        if found:
            return found
    return []


def _sentence(problem: GraphQLError) -> str:
    if _NAMES_ONLY.match(problem.message):
        # With suggestions hidden, one rule still adds how to write a selection.
        return problem.message.partition(" Did you mean ")[0][:MAX_MESSAGE]
    return "A value in the document does not fit its place."
