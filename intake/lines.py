"""YAML as plain data that remembers its lines, without anything of YAML that can surprise."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LONGEST, DEEPEST = 256 * 1024, 20
Path = tuple[str | int, ...]
_SCALARS = {"str": str, "timestamp": str, "int": int, "float": float}
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, order=True)
class MappingProblem:
    """What is wrong on one line of a mapping file, in one sentence."""

    line: int
    message: str


class BadMapping(ValueError):
    """A mapping file that cannot be used; `problems` says why, by line."""

    def __init__(self, problems: Iterable[MappingProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(f"line {problem.line}: {problem.message}" for problem in self.problems))


@dataclass(frozen=True)
class Located:
    """Plain data of text, numbers, lists and dictionaries with text keys, and the line of each of its parts."""

    data: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Give the line of a part, or of the nearest part around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load(text: str) -> Located:
    """Read one YAML document. Raises BadMapping for broken YAML, anchors, tags, repeated keys and great depth."""
    if len(text) > LONGEST:
        raise BadMapping([MappingProblem(1, f"A mapping file has at most {LONGEST:,} characters.")])
    try:
        _refuse_surprises(text)
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = 1 if mark is None else mark.line + 1
        said = problem.problem or problem.context
        raise BadMapping([MappingProblem(line, f"This is not YAML: {said}.")]) from problem
    except BadMapping:
        raise
    except (YAMLError, ValueError) as problem:
        raise BadMapping([MappingProblem(1, "This is not YAML: it holds characters that YAML does not.")]) from problem
    if root is None:
        raise BadMapping([MappingProblem(1, "The mapping file is empty.")])
    lines: dict[Path, int] = {}
    problems: list[MappingProblem] = []
    data = _plain(root, (), lines, problems)
    if problems:
        raise BadMapping(problems)
    return Located(data, lines)


def _refuse_surprises(text: str) -> None:
    """Refuse what would make a small text large or strange, before anything is built from it."""
    depth, documents = 0, 0
    for event in YAML(typ="safe", pure=True).parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise BadMapping([MappingProblem(line, "A mapping file has no anchors and no aliases; write it out.")])
        if getattr(event, "tag", None):
            raise BadMapping([MappingProblem(line, "A mapping file has no tags.")])
        documents += isinstance(event, DocumentStartEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST or documents > 1:
            raise BadMapping([MappingProblem(line, "A mapping file is one document, nested at most 20 deep.")])


def _plain(node: Node, path: Path, lines: dict[Path, int], problems: list[MappingProblem]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    match node:
        case ScalarNode():
            return _scalar(node, problems)
        case SequenceNode():
            return [_plain(item, (*path, place), lines, problems) for place, item in enumerate(node.value)]
        case MappingNode():
            return _dictionary(node, path, lines, problems)
    raise BadMapping([MappingProblem(node.start_mark.line + 1, "This is neither text nor a list nor a dictionary.")])


def _dictionary(
    node: MappingNode, path: Path, lines: dict[Path, int], problems: list[MappingProblem]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        name = key.value if isinstance(key, ScalarNode) else None
        if not isinstance(name, str) or not name:
            problems.append(MappingProblem(line, "A key is a word."))
        elif name in found:
            first = lines[(*path, name)]
            problems.append(MappingProblem(line, f"`{name}` stands here twice; the first is on line {first}."))
        else:
            lines[(*path, name)] = line
            found[name] = _plain(value, (*path, name), lines, problems)
    return found


def _scalar(node: ScalarNode, problems: list[MappingProblem]) -> Any:
    kind = str(node.tag).removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        return str(node.value).lower() in ("true", "yes", "on")
    try:
        str(node.value).encode()  # an escape can name half a character
        return _SCALARS[kind](node.value)
    except (KeyError, ValueError):
        said = "Write this between quotation marks, or as a plain number."
        problems.append(MappingProblem(node.start_mark.line + 1, said))
        return None
