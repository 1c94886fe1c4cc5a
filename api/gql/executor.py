"""The executor: the library's own, but that what is complete already is handed on, and what is plain read at once."""

from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.gql.plain import Plain
from api.gql.shaping import Ready

_plain = Plain()


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Executes a document; a node or link that another state sent, checked and shaped, is not resolved once more."""

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """Complete a list."""
        made = self._at_once(return_type, field_details_list, result)
        if made is not None:
            return made
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def complete_abstract_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """Complete a value where an interface stands."""
        made = self._at_once(return_type, field_details_list, result)
        if made is not None:
            return made
        return super().complete_abstract_value(return_type, field_details_list, info, path, result, position_context)

    def complete_object_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """Complete a value where a type of object stands."""
        made = self._at_once(return_type, field_details_list, result)
        if made is not None:
            return made
        return super().complete_object_value(return_type, field_details_list, info, path, result, position_context)

    def _at_once(self, type_: Any, details: Any, result: Any) -> Any:
        """Give what a value comes to if that can be told at once, else None; none of these is ever null."""
        if isinstance(result, Ready):
            return result.value
        read = _plain.read(self, type_, details)
        if read is None:
            return None
        try:
            return read(result)
        except Exception:
            # Whatever it is, the library meets it again, and says where it stands and what becomes null of it.
            return None
