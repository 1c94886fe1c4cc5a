"""What a model has against a value, said so that an officer understands it, and without repeating the value."""

from pydantic_core import ErrorDetails

_SENTENCES = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field here.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "float_type": "This must be a number.",
    "float_parsing": "This must be a number.",
    "string_type": "This must be text.",
    "dict_type": "This must be a dictionary of fields.",
    "model_type": "This must be a dictionary of fields.",
    "model_attributes_type": "This must be a dictionary of fields.",
    "tuple_type": "This must be a list.",
    "list_type": "This must be a list.",
    "date_from_datetime_parsing": "This must be a date such as 2026-01-31.",
    "date_parsing": "This must be a date such as 2026-01-31.",
    "date_type": "This must be a date such as 2026-01-31.",
    "datetime_from_date_parsing": "This must be a time such as 2026-01-31T10:00:00+05:30.",
    "datetime_parsing": "This must be a time such as 2026-01-31T10:00:00+05:30.",
    "datetime_type": "This must be a time such as 2026-01-31T10:00:00+05:30.",
    "string_pattern_mismatch": "This is not written as its kind is.",
}


def sentence(error: ErrorDetails) -> str:
    """Give one sentence for one error of a model."""
    kind, context = error["type"], error.get("ctx", {})
    match kind:
        case "value_error":
            return str(context["error"])
        case "enum" | "literal_error":
            return f"This must be one of {context['expected']}."
        case "too_long":
            return f"There are at most {context['max_length']} of these."
        case "too_short":
            return f"There is at least {context['min_length']} of these."
        case "string_too_long":
            return f"Text is at most {context['max_length']} characters long."
        case "string_too_short":
            return "Text must not be empty."
        case "greater_than_equal":
            return f"This must be at least {context['ge']}."
        case "less_than_equal":
            return f"This must be at most {context['le']}."
    return _SENTENCES.get(kind, "This cannot stand here.")
