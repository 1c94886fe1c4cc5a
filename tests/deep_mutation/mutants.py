"""Every small fault that one hand could make in a module, each as the whole text of the module with the fault in it."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
_JOINED: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.BitOr: [ast.BitAnd, ast.Sub],
    ast.BitAnd: [ast.BitOr],
    ast.Sub: [ast.BitOr],
    ast.Add: [ast.Sub],
    ast.LShift: [ast.RShift],
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One fault: where it is, what it changes, and the module's text with it."""

    where: str
    change: str
    text: str

    @property
    def name(self) -> str:
        """Give the words by which a survivor is listed."""
        return f"{self.where}: {self.change}"


def mutants(source: str) -> Iterator[Mutant]:
    """Give every mutant of a module, in order, each named once."""
    tree = ast.parse(source)
    places = list(_places(tree))
    seen: dict[str, int] = {}
    for number, (where, node) in enumerate(places):
        for changed in _changes(node):
            mutated = copy.deepcopy(tree)
            _put(mutated, [*_places(mutated)][number][1], changed)
            change = f"{ast.unparse(node)} → {ast.unparse(changed)}"
            seen[where + change] = count = seen.get(where + change, 0) + 1
            named = change if count == 1 else f"{change} (no. {count})"
            yield Mutant(where, named, ast.unparse(ast.fix_missing_locations(mutated)))


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Give every expression that decides, with the name of the function that it stands in."""

    def below(node: ast.AST, where: str) -> Iterator[tuple[str, ast.expr]]:
        for child in ast.iter_child_nodes(node):
            inside = where
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = child.name
            if _said_only(node, child):
                continue
            if isinstance(child, ast.expr):
                yield inside, child
            yield from below(child, inside)

    yield from below(tree, "module")


def _said_only(parent: ast.AST, child: ast.AST) -> bool:
    """Tell what decides nothing: docstrings, annotations, decorators, and the sentence of a refusal."""
    match parent, child:
        case ast.Expr(), ast.Constant(value=str()):
            return True
        case ast.FunctionDef(returns=returns, decorator_list=decorators), _:
            return child is returns or child in decorators or isinstance(child, ast.arguments)
        case ast.AnnAssign(annotation=annotation), _:
            return child is annotation
        case ast.Call(func=ast.Name(id="Refusal"), args=[_, reason]), _:
            return child is reason
    return isinstance(child, ast.Import | ast.ImportFrom)


def _changes(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=right):
            for other in _COMPARED[type(operator)]:
                yield ast.Compare(left, [other()], right)
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            for at in range(len(values)):
                rest = values[:at] + values[at + 1 :]
                yield ast.BoolOp(operator, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right):
            for instead in _JOINED.get(type(operator), []):
                yield ast.BinOp(left, instead(), right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(value + "X" if value else "X")
        case ast.Set(elts=elements) | ast.Tuple(elts=elements, ctx=ast.Load()) if elements:
            for at in range(len(elements)):
                rest = elements[:at] + elements[at + 1 :]
                yield ast.Tuple(rest, ast.Load()) if isinstance(node, ast.Tuple) else _set_of(rest)
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _SWAPPED:
            yield ast.Call(ast.Name(_SWAPPED[name], ast.Load()), arguments, node.keywords)


def _set_of(elements: list[ast.expr]) -> ast.expr:
    return ast.Set(elements) if elements else ast.Call(ast.Name("set", ast.Load()), [], [])


def _put(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put a node in the place of another."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(item is old for item in value):
                setattr(parent, field, [new if item is old else item for item in value])
