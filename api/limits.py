"""The guard that a GraphQL document passes before any library of ours or of others works on it.

The rules, in order:

1. The text is lexed by one pattern: tokens, the length of texts, names and numbers, and the nesting of brackets.
2. The document holds one operation, no subscription, nothing of a type system, and few fragments, each used.
3. No fragment reaches itself. Each fragment is measured once, so the cost is linear in the text.
4. Depth, fields and aliases are counted as they stand after fragments are expanded.
5. One name is selected few times at one place: the library compares such fields pair by pair.

Everything here is pure, runs in time linear in its input, and raises `DocumentRefused` only.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
)

from schemas.errors import ErrorCode

MAX_TOKENS = 1_500
MAX_WORDS = 16_384  # characters of all texts and comments together
MAX_NAME = 128
MAX_BRACKETS = 64
MAX_FRAGMENTS = 24
MAX_DEPTH = 8
MAX_RAW_DEPTH = 24
MAX_FIELDS = 250
MAX_ALIASES = 15
MAX_DIRECTIVES = 4
MAX_DECLARED_PAGE = 1_000
MAX_REPEATS = 24  # more than there are kinds of nodes, each with a fragment that may ask the same

# Relay's wrapping, not records.
_TRANSPARENT = frozenset({"edges", "node", "pageInfo"})
_INTROSPECTION = frozenset({"__schema", "__type"})

# A literal may lack its end, so that one that is never closed is still read once, not once per quote mark.
_TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:""")?|"(?:[^"\\\n\r]|\\.)*+"?)'
    r"|(?P<comment>#[^\n\r]*+)"
    r"|(?P<name>[_A-Za-z][_0-9A-Za-z]*+)"
    r"|(?P<number>-?[0-9][0-9.eE+-]*+)"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<mark>\.\.\.|[!$&:=@|])"
    r"|(?P<space>[ \t\n\r,\ufeff]++)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_WORDS = frozenset({"string", "comment"})


class DocumentRefused(Exception):
    """A document that this node does not work on: a code, a sentence, and where when that is known."""

    def __init__(self, code: ErrorCode, message: str, at: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.at = at


class _Place(Enum):
    """Where a selection set stands: depth is counted below the root, and not in introspection."""

    ROOT = auto()
    RECORD = auto()
    SCHEMA = auto()


@dataclass(slots=True)
class _Measure:
    """What a selection set amounts to after its fragments are expanded."""

    fields: int = 0
    aliases: int = 0
    depth: int = 0
    raw: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """A document within the limits, taken apart."""

    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    root_fields: tuple[str, ...]

    @property
    def document(self) -> DocumentNode:
        """Give the document with its operation first, where the rules of Strawberry expect it."""
        return DocumentNode(definitions=(self.operation, *self.fragments.values()))


def lex(text: str) -> None:
    """Count the tokens, the words and the brackets of a text; refuse what is too much."""
    if "\x00" in text:
        raise _malformed("A document holds no NUL.")
    tokens = nesting = words = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "space":
            continue
        if kind == "other":
            raise _malformed("A character stands in the document that has no meaning there.")
        tokens += 1
        if tokens > MAX_TOKENS:
            raise _too_much(f"A document has at most {MAX_TOKENS} tokens.")
        length = match.end() - match.start()
        if kind in _WORDS:
            words += length
        elif length > MAX_NAME:
            raise _too_much("A name or a number in the document is too long.")
        if words > MAX_WORDS:
            raise _too_much("The document holds too much text; send it as a variable.")
        nesting += (kind == "open") - (kind == "close")
        if nesting > MAX_BRACKETS:
            raise _too_much("The document's brackets are nested too deeply.")


def declared_page(operation: OperationDefinitionNode) -> int | None:
    """Give the longest page that an operation declares with `@page`; raise DocumentRefused for one beyond 1,000."""
    for directive in operation.directives or ():
        if directive.name.value == "page":
            [argument] = directive.arguments or ()
            most = int(argument.value.value) if isinstance(argument.value, IntValueNode) else 0
            if not 1 <= most <= MAX_DECLARED_PAGE:
                raise _too_much(f"A declared page has at most {MAX_DECLARED_PAGE} rows, written as a number.")
            return most
    return None


def measure(document: DocumentNode, *, introspection: bool) -> Measured:
    """Hold a parsed document against every limit, and take it apart; introspection is for training nodes."""
    operation, fragments = _definitions(document)
    survey = _Survey(fragments, introspection)
    survey.measure(operation.selection_set, _Place.ROOT, 1)
    if survey.unreached():
        raise _malformed("A fragment is defined but not used.")
    _refuse_repeats([operation.selection_set], fragments)
    roots = tuple(field.name.value for field in _fields([operation.selection_set], fragments))
    return Measured(operation, fragments, roots)


class _Survey:
    """One walk over a document, each fragment measured once for each kind of place it stands in."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode], introspection: bool) -> None:
        self._fragments = fragments
        self._introspection = introspection
        self._known: dict[tuple[str, _Place], _Measure] = {}
        self._open: set[str] = set()

    def unreached(self) -> set[str]:
        """Name the fragments that the walk did not come to."""
        return self._fragments.keys() - {name for name, _ in self._known}

    def measure(self, chosen: SelectionSetNode, place: _Place, level: int) -> _Measure:
        """Measure one selection set that stands at this level, counted from 1 at the root."""
        if level > MAX_RAW_DEPTH:
            raise _too_much(f"A document is nested at most {MAX_RAW_DEPTH} levels deep.")
        if not chosen.selections:
            raise _malformed("A selection names at least one field.")
        total = _Measure()
        for selection in chosen.selections:
            if len(selection.directives or ()) > MAX_DIRECTIVES:
                raise _too_much(f"A field carries at most {MAX_DIRECTIVES} directives.")
            _add(total, self._selection(selection, place, level))
            _refuse_excess(total, level)
        return total

    def _selection(self, selection: SelectionNode, place: _Place, level: int) -> _Measure:
        if isinstance(selection, FieldNode):
            return self._field(selection, place, level)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value, place, level)
        if isinstance(selection, InlineFragmentNode):
            return self.measure(selection.selection_set, place, level + 1)
        raise _malformed("A selection is a field or a fragment.")

    def _field(self, field: FieldNode, place: _Place, level: int) -> _Measure:
        name = field.name.value
        if name in _INTROSPECTION and not self._introspection:
            raise _malformed("This node does not describe its schema.")
        own = _Measure(fields=1, aliases=field.alias is not None, raw=0)
        if field.selection_set is None:
            return own
        inside = _Place.SCHEMA if name in _INTROSPECTION or place is _Place.SCHEMA else _Place.RECORD
        counts = place is _Place.RECORD and inside is _Place.RECORD and name not in _TRANSPARENT
        below = self.measure(field.selection_set, inside, level + 1)
        return _Measure(own.fields + below.fields, own.aliases + below.aliases, below.depth + counts, below.raw)

    def _fragment(self, name: str, place: _Place, level: int) -> _Measure:
        known = self._known.get((name, place))
        if known is not None:
            return known
        fragment = self._fragments.get(name)
        if fragment is None:
            raise _malformed("A fragment is used that is not defined.")
        if name in self._open:
            raise _malformed("A fragment reaches itself.")
        self._open.add(name)
        measured = self._known[name, place] = self.measure(fragment.selection_set, place, level + 1)
        self._open.remove(name)
        return measured


def _add(total: _Measure, part: _Measure) -> None:
    total.fields += part.fields
    total.aliases += part.aliases
    total.depth = max(total.depth, part.depth)
    total.raw = max(total.raw, part.raw + 1)


def _refuse_excess(total: _Measure, level: int) -> None:
    if total.fields > MAX_FIELDS:
        raise _too_much(f"A document selects at most {MAX_FIELDS} fields, fragments expanded.")
    if total.aliases > MAX_ALIASES:
        raise _too_much(f"A document renames at most {MAX_ALIASES} fields, fragments expanded.")
    if total.depth > MAX_DEPTH:
        raise _too_much(f"A document goes at most {MAX_DEPTH} records deep.")
    if level - 1 + total.raw > MAX_RAW_DEPTH:
        raise _too_much(f"A document is nested at most {MAX_RAW_DEPTH} levels deep.")


def _definitions(document: DocumentNode) -> tuple[OperationDefinitionNode, dict[str, FragmentDefinitionNode]]:
    """Part a document into its one operation and its fragments by name."""
    operations: list[OperationDefinitionNode] = []
    fragments: dict[str, FragmentDefinitionNode] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
        elif isinstance(definition, FragmentDefinitionNode):
            if definition.name.value in fragments:
                raise _malformed("Two fragments have one name.")
            fragments[definition.name.value] = definition
        else:
            raise _malformed("A document asks; it defines no types.")
    if len(operations) != 1:
        raise _malformed("A document holds exactly one operation.")
    if operations[0].operation is OperationType.SUBSCRIPTION:
        raise _malformed("Subscriptions are not answered here.")
    if len(fragments) > MAX_FRAGMENTS:
        raise _too_much(f"A document has at most {MAX_FRAGMENTS} fragments.")
    return operations[0], fragments


def _fields(sets: Iterable[SelectionSetNode], fragments: dict[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """Give the fields of some selection sets that are merged into one, in order, fragments expanded."""
    for chosen in sets:
        for selection in chosen.selections:
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                yield from _fields([selection.selection_set], fragments)
            elif isinstance(selection, FragmentSpreadNode):
                yield from _fields([fragments[selection.name.value].selection_set], fragments)


def _refuse_repeats(sets: list[SelectionSetNode], fragments: dict[str, FragmentDefinitionNode]) -> None:
    """Refuse a name that is selected too often at one place; at most MAX_FIELDS fields are walked by now."""
    same: defaultdict[str, list[FieldNode]] = defaultdict(list)
    for field in _fields(sets, fragments):
        same[(field.alias or field.name).value].append(field)
    for group in same.values():
        if len(group) > MAX_REPEATS:
            raise _too_much(f"One field is selected at most {MAX_REPEATS} times at one place.")
        below = [field.selection_set for field in group if field.selection_set is not None]
        if below:
            _refuse_repeats(below, fragments)


def _malformed(message: str) -> DocumentRefused:
    return DocumentRefused(ErrorCode.BAD_INPUT, message)


def _too_much(message: str) -> DocumentRefused:
    return DocumentRefused(ErrorCode.LIMIT, message)
