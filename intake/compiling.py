"""From the plain data of a mapping file to expressions, each checked against the word that it fills."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args

from pydantic import TypeAdapter, ValidationError

from intake.converters import Converter, converter
from intake.expressions import ITEM, Constant, Converted, Expression, Fields, ForEach, Items, Template
from intake.lines import BadMapping, Located, MappingProblem, Path
from intake.sentences import sentence
from schemas.word import Word


@dataclass
class Compiler:
    """Compiles the values of one mapping file and gathers what is wrong with them, by line."""

    located: Located
    tables: Mapping[str, Mapping[str, str]]
    problems: list[MappingProblem] = field(default_factory=list)
    used: list[tuple[str, str, int]] = field(default_factory=list)  # section, column, line
    section: str = ""

    def refuse(self, path: Path, message: str) -> None:
        """Note a problem at the line of a part."""
        self.problems.append(MappingProblem(self.located.line(path), message))

    def stop_if_bad(self) -> None:
        """Raise BadMapping if anything was wrong so far."""
        if self.problems:
            raise BadMapping(self.problems)

    def expression(self, raw: Any, path: Path, *, inside: bool = False, listed: bool = False) -> Expression:
        """Compile one value; `inside` a `for_each` there is an `{item}`, and `listed` values may be a `for_each`."""
        match raw:
            case str():
                return self._template(raw, path, inside)
            case list():
                items = tuple(
                    self.expression(item, (*path, place), inside=inside, listed=True) for place, item in enumerate(raw)
                )
                return Items(items, _columns(items))
            case {"column": _}:
                return self._converted(raw, path, inside)
            case {"for_each": _, **_others}:
                if not listed:
                    self.refuse(path, "`for_each` stands as an item of a list.")
                return self._for_each(raw, path)
            case dict():
                fields = {name: self.expression(value, (*path, name), inside=inside) for name, value in raw.items()}
                return Fields(fields, _columns(fields.values()))
        return Constant(raw)

    def check(self, raw: Any, path: Path, model: type[Word]) -> None:
        """Refuse fields that the word does not have, and constants that cannot stand in theirs."""
        if not isinstance(raw, dict):
            return
        for name, value in raw.items():
            if name not in model.model_fields:
                known = ", ".join(sorted(model.model_fields))
                self.refuse((*path, name), f"There is no field `{name}` here; there are {known}.")
                continue
            info = model.model_fields[name]
            annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            nested = _word_in(info.annotation)
            self._check_value(value, (*path, name), annotation, nested)

    def _check_value(self, raw: Any, path: Path, annotation: Any, nested: type[Word] | None) -> None:
        if nested is not None:
            for place, item in enumerate(raw if isinstance(raw, list) else [raw]):
                inner = (*path, place) if isinstance(raw, list) else path
                given = item.get("give") if isinstance(item, dict) and "for_each" in item else item
                self.check(given, (*inner, "give") if given is not item else inner, nested)
        silent = Compiler(self.located, self.tables)
        expression = silent.expression(raw, path)
        if silent.problems or expression.columns or isinstance(raw, dict) or (nested and isinstance(raw, list)):
            return
        try:
            TypeAdapter(annotation).validate_python(expression.value({}, ""))
        except ValidationError as problem:
            self.refuse(path, sentence(problem.errors()[0]))

    def _template(self, raw: str, path: Path, inside: bool) -> Expression:
        try:
            template = Template.parse(raw)
        except ValueError as problem:
            self.refuse(path, str(problem))
            return Constant(raw)
        for column in sorted(template.columns):
            self._use(column, path, inside)
        return template

    def _converted(self, raw: dict[str, Any], path: Path, inside: bool) -> Expression:
        try:
            spec = Converter.model_validate(raw)
            convert = converter(spec, self.tables)
        except ValidationError as problem:
            for error in problem.errors():
                self.refuse((*path, *error["loc"]), sentence(error))
            return Constant(None)
        except ValueError as problem:
            self.refuse(path, str(problem))
            return Constant(None)
        self._use(spec.column, path, inside)
        return Converted(spec.column, convert, frozenset({spec.column}))

    def _for_each(self, raw: dict[str, Any], path: Path) -> Expression:
        pieces = self.expression(raw["for_each"], (*path, "for_each"))
        if unknown := sorted(raw.keys() - {"for_each", "give"}):
            self.refuse((*path, unknown[0]), f"`for_each` goes with `give`, not with `{unknown[0]}`.")
        split = isinstance(raw["for_each"], dict) and raw["for_each"].get("as") == "split"
        if not split or not isinstance(pieces, Converted) or "give" not in raw:
            self.refuse(path, "`for_each` names a column `as: split`, and `give` says what each piece becomes.")
            return Constant(None)
        give = self.expression(raw["give"], (*path, "give"), inside=True)
        return ForEach(pieces, give, pieces.columns | (give.columns - {ITEM}))

    def _use(self, column: str, path: Path, inside: bool) -> None:
        if not (inside and column == ITEM):
            self.used.append((self.section, column, self.located.line(path)))


def _columns(expressions: Iterable[Expression]) -> frozenset[str]:
    return frozenset(column for expression in expressions for column in expression.columns)


def _word_in(annotation: Any) -> type[Word] | None:
    """Give the word that a field holds, or holds many of; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, Word):
        return annotation
    return next((word for part in get_args(annotation) if (word := _word_in(part)) is not None), None)
