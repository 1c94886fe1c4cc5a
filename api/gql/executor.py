"""The executor: the library's own, but that what is complete already is handed on as it stands."""

from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.gql.shaping import Ready


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Executes a document; a node or link that another state sent, checked and shaped, is not resolved once more."""

    def complete_abstract_value(self, *given: Any, **named: Any) -> Any:
        """Complete a value where an interface stands."""
        result = named["result"] if "result" in named else given[4]
        return result.value if isinstance(result, Ready) else super().complete_abstract_value(*given, **named)

    def complete_object_value(self, *given: Any, **named: Any) -> Any:
        """Complete a value where a type of object stands."""
        result = named["result"] if "result" in named else given[4]
        return result.value if isinstance(result, Ready) else super().complete_object_value(*given, **named)
