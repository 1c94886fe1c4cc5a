"""Rules of the house that import contracts cannot say, read off the syntax of every module."""

import ast
import json
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from graph import library
from schemas.word import Word

ROOT = Path(__file__).parent.parent
ROOMS = ("schemas", "auth", "graph", "register", "analysis", "desk", "intake", "api", "sangam", "federation")
BARE = {"utils", "util", "common", "helpers", "helper", "core", "services", "misc", "base", "manager"}

# Where the clock and the console of the machine are read: at the edges, to be handed in.
CLOCKS = ("schemas/operation.py", "api/cli/")
CONSOLES = ("api/cli/", "graph/guard.py")  # the guard tells its parent the process id on standard output
# Keepers of the database, which run where there is nobody to ask: they start it, migrate it, watch it and copy it.
KEEPERS = {"graph/compacting.py", "graph/driver.py", "graph/local.py", "graph/migrate.py", "graph/watchdog.py"}


@cache
def modules() -> dict[str, ast.Module]:
    """Give the syntax tree of every product module by its path."""
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Give each call with the dotted name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def dotted(node: ast.expr) -> str:
    """Give `a.b.c` for a chain of names, with `?` for whatever is none."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
    return "?"


def names_of(tree: ast.AST, wanted: str) -> set[str]:
    """Give the names under which a module knows a class, whatever it is imported as."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == wanted
    }
    renamed = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in {wanted, *imported}
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {wanted, *imported, *renamed}


def makes_a_grant(tree: ast.AST) -> list[int]:
    """Give the lines that make a grant, or change one, in any way that Python knows."""
    names = names_of(tree, "Grant")
    lines = [
        call.lineno
        for call, name in calls(tree)
        if name in names
        or name.split(".")[-1] == "Grant"
        or (name.split(".")[-2:-1] and name.split(".")[-2] in names)  # Grant.__new__, Grant._make and the like
        or name in {"object.__setattr__", "object.__new__", "copy.replace", "dataclasses.replace", "pickle.loads"}
        or (name.split(".")[-1] in {"partial"} and any(dotted(arg) in names for arg in call.args))
    ]
    lines += [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module in {"dataclasses", "copy"}
        and any(alias.name == "replace" for alias in node.names)
    ]
    lines += [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(dotted(base).split(".")[-1] in names for base in node.bases)
    ]
    return lines


def test_only_policy_makes_a_grant() -> None:
    assert makes_a_grant(modules()["auth/policy.py"])
    assert {path: lines for path, tree in modules().items() if (lines := makes_a_grant(tree))}.keys() == {
        "auth/policy.py"
    }


@pytest.mark.parametrize(
    "text",
    [
        "from auth.grant import Grant\nGrant(1)",
        "from auth.grant import Grant as G\nG(1)",
        "import auth.grant\nauth.grant.Grant(1)",
        "from auth.grant import Grant\nMake = Grant\nMake(1)",
        "from auth.grant import Grant\nobject.__new__(Grant)",
        "from auth.grant import Grant\nGrant.__new__(Grant)",
        "import dataclasses\ndataclasses.replace(grant, level=3)",
        "from dataclasses import replace as r\nr(grant, level=3)",
        "object.__setattr__(grant, 'level', 3)",
        "from auth.grant import Grant\nclass Wider(Grant): ...",
        "from functools import partial\nfrom auth.grant import Grant\npartial(Grant, 1)()",
    ],
)
def test_a_grant_made_elsewhere_is_found(text: str) -> None:
    assert makes_a_grant(ast.parse(text))


_CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|DETACH DELETE|CREATE)\s*\(|\bRETURN\s+\w+\.\w+|\bCALL\s+db\.")


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give each string of a module but its docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_no_question_to_the_graph_is_written_outside_the_graph() -> None:
    found = {
        (path, line)
        for path, tree in modules().items()
        if not path.startswith("graph/")
        for line, text in texts(tree)
        if _CYPHER.search(text)
    }
    assert found == set()
    strays = [path for room in ROOMS if room != "graph" for path in (ROOT / room).rglob("*.cypher")]
    assert strays == []


def test_a_question_outside_the_graph_would_be_found() -> None:
    [(_, text)] = texts(ast.parse('"""Doc."""\nx = "MATCH (n) RETURN n.id"'))
    assert _CYPHER.search(text)


def test_every_statement_is_named_by_exactly_one_call() -> None:
    named = [
        call.args[0].value
        for path, tree in modules().items()
        if path.startswith("graph/")
        for call, name in calls(tree)
        if name in {"statement", "library.statement"} and call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert sorted(map(str, named)) == library.names()


def test_the_library_is_asked_by_literal_names_only() -> None:
    for path, tree in modules().items():
        for call, name in calls(tree):
            if name.split(".")[-1] == "statement" and path != "graph/library.py":
                assert isinstance(call.args[0], ast.Constant), (path, call.lineno)
            if name.split(".")[-1] in {"Statement", "Compiled"}:
                made_in = {"graph/library.py", "graph/compiled.py", "graph/past.py", "graph/projection.py"}
                assert path in made_in, (path, call.lineno)


def reaches_the_driver(tree: ast.AST) -> list[int]:
    """Give the lines that hand the driver a text put together there: f-string, `%`, `+`, `.format`, `.join`."""
    lines = []
    for call, name in calls(tree):
        if name.split(".")[-1] not in {"run", "execute_query", "Query", "_timed", "rows", "holding"}:
            continue
        said = [keyword.value for keyword in call.keywords if keyword.arg in {"query", "query_", "text", "statement"}]
        for arg in [*call.args, *said]:
            made = any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in ast.walk(arg))
            joined = any(called.split(".")[-1] in {"format", "join", "replace"} for _, called in calls(arg))
            if made or joined:
                lines.append(call.lineno)
    return lines


def test_no_text_for_the_driver_is_put_together_outside_the_projection() -> None:
    assert {path: lines for path, tree in modules().items() if (lines := reaches_the_driver(tree))} == {}
    built = {
        path: [line for line, text in interpolated(tree) if _CYPHER.search(text)]
        for path, tree in modules().items()
        if path not in {"graph/projection.py", "graph/fragments.py"}
    }
    assert {path: lines for path, lines in built.items() if lines} == {}


def interpolated(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give the fixed parts of each text that is put together, where it is put together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and any(isinstance(part, ast.FormattedValue) for part in node.values):
            yield node.lineno, "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            for side in (node.left, node.right):
                if isinstance(side, ast.Constant) and isinstance(side.value, str):
                    yield node.lineno, side.value
        else:
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format" | "join" | "replace")
                ):
                    yield node.lineno, text


@pytest.mark.parametrize(
    "text",
    [
        "session.run(f'MATCH (n:{label})')",
        "session.run('MATCH (n:%s)' % label)",
        "session.run('MATCH (n:' + label + ')')",
        "session.run('MATCH (n:{})'.format(label))",
        "driver.execute_query(query_=' '.join(parts))",
    ],
)
def test_a_text_put_together_for_the_driver_is_found(text: str) -> None:
    assert reaches_the_driver(ast.parse(text))


@pytest.mark.parametrize(
    "text", ["q = f'MATCH (n:{x})'", "q = 'MATCH (n:' + x", "q = 'MATCH (n:%s)' % x", "q = 'MATCH (n:{})'.format(x)"]
)
def test_a_text_put_together_first_and_handed_on_later_is_found(text: str) -> None:
    assert [found for _, found in interpolated(ast.parse(text)) if _CYPHER.search(found)]


def test_only_keepers_of_the_database_speak_to_it_without_a_grant() -> None:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "graph.driver":
                ungranted = {alias.name for alias in node.names} & {"rows", "streamed", "holding", "store_trouble"}
                assert not ungranted or path in KEEPERS, path
        for call, name in calls(tree):
            if name.split(".")[-1] in {"run", "begin_transaction", "execute_query", "execute_read", "execute_write"}:
                speaks = "session" in name or "transaction" in name or name.split(".")[-1] != "run"
                assert not speaks or path in KEEPERS | {"graph/session.py"}, (path, call.lineno)


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {(path, part) for path in modules() for part in Path(path).with_suffix("").parts}
    assert {path for path, part in parts if part.strip("_") in BARE} == set()


def reads_the_clock(tree: ast.AST) -> list[int]:
    """Give the lines that ask the machine what time it is."""
    asked = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
    return [call.lineno for call, name in calls(tree) if asked.search(name)]


def prints(tree: ast.AST) -> list[int]:
    """Give the lines that write to the console."""
    said = {"print", "sys.stdout.write", "sys.stderr.write", "pprint", "pprint.pprint", "breakpoint"}
    return [call.lineno for call, name in calls(tree) if name in said]


def test_the_clock_is_read_at_the_edges_and_handed_in() -> None:
    read = {path: reads_the_clock(tree) for path, tree in modules().items() if not path.startswith(CLOCKS)}
    assert {path: lines for path, lines in read.items() if lines} == {}


def test_nothing_is_printed_but_at_the_console() -> None:
    printed = {path: prints(tree) for path, tree in modules().items() if not path.startswith(CONSOLES)}
    assert {path: lines for path, lines in printed.items() if lines} == {}


def test_each_place_that_is_named_here_exists_and_does_what_it_is_named_for() -> None:
    for places, does in ((CLOCKS, reads_the_clock), (CONSOLES, prints)):
        for place in places:
            assert any(does(tree) for path, tree in modules().items() if path.startswith(place)), place
    assert modules().keys() >= KEEPERS


# What is never asked of a person, in any spelling that a field could have.
_NEVER = re.compile(
    r"caste|jati|jaati|religio|communit(y|ies)|faith|sect(s|arian)?$|tribe|ethnic|gotra|varna|dharm", re.I
)


def fields_of(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        yield model.__name__, name
        for said in (field.alias, field.title):
            if said:
                yield model.__name__, said


def words() -> set[type[BaseModel]]:
    """Give every model under Word, those of every room that can be imported from the schemas."""
    for path in sorted((ROOT / "schemas").rglob("*.py")):
        __import__(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    found, waiting = set[type[BaseModel]](), list[type[BaseModel]]([Word])
    while waiting:
        model = waiting.pop()
        found.add(model)
        waiting += [below for below in model.__subclasses__() if below not in found]
    return found


def test_no_word_has_a_field_for_caste_religion_or_community() -> None:
    models = words()
    assert len(models) > 10
    assert {where for model in models for where in fields_of(model) if _NEVER.search(where[1])} == set()
    values = {
        str(member)
        for model in models
        for field in model.model_fields.values()
        for kind in (field.annotation, *get_args(field.annotation))
        if isinstance(kind, type) and hasattr(kind, "__members__")
        for member in kind.__members__
    }
    assert {value for value in values if _NEVER.search(value)} == set()


def test_no_type_of_the_api_has_a_field_for_caste_religion_or_community() -> None:
    schema = ROOT / "api" / "schema.graphql"
    said = re.sub(r'"""(?s:.*?)"""|#[^\n]*', "", schema.read_text(encoding="utf-8"))
    assert [word for word in re.findall(r"\w+", said) if _NEVER.search(word)] == []


def test_a_field_for_a_community_would_be_found() -> None:
    for name in ("caste", "sub_caste", "religion", "religious_group", "community", "communities", "sect", "tribe_name"):
        assert _NEVER.search(name), name
    for name in ("sections", "communication", "channel", "languages", "unit"):
        assert not _NEVER.search(name), name


def test_modules_are_of_a_size_that_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = sorted(((ROOT / path).read_text(encoding="utf-8").count("\n"), path) for path in modules())
    with capsys.disabled():
        print(f"median of {len(sizes)} modules: {statistics.median(size for size, _ in sizes):g} lines")
    assert sizes[-1][0] <= 400, sizes[-1]


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    python = [ROOT / name for name in ("requirements.lock", "requirements-dev.lock")]
    node = [ROOT / place / "package-lock.json" for place in ("bench/gateways", "tests/subgraph")]
    for lock in (*python, *node):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock
        assert "sha256:" in text or "sha512-" in text, lock
    for lock in node:
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        assert [name for name, one in packages.items() if name and "integrity" not in one] == []
