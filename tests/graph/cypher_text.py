"""Cut a Cypher statement of ours into clauses, patterns and columns, and refuse words that our library never writes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST_PATH = 8
COUNT_STOPS_AT = 1_001
MACROS = {"VISIBLE", "REFERRED", "REACHED", "TOUCHED"}
# What stands beside the predicate in a statement as of a moment.
THEN = {"STOOD", "KNOWN", "RECALLED", "LATEST", "BORNE"}
FUNCTIONS = {
    "type",
    "startNode",
    "endNode",
    "coalesce",
    "min",
    "max",
    "length",
    "all",
    "nodes",
    "relationships",
    "size",
}
SORT_KEYS = {"id", "kind", "until", "disputed_at", "sort_name", "sort_time", "recorded_at", "record", "nth"}
IDS = {"id", "record"}

_TOKEN = re.compile(
    r"\s+|(?P<token>'[^'\\]*'|\"[^\"\\]*\"|\d+\.\d+|\d+|\$\w+|\$\(|\w+|\.\.|<=|>=|<>|\+=|[-+*/%=<>(){}\[\],:.|])"
)
CLAUSES = {
    "MATCH", "OPTIONAL", "WHERE", "WITH", "RETURN", "UNWIND", "CALL", "CREATE", "MERGE", "ON_CREATE_SET", "SET",
    "DELETE", "DETACH", "FOREACH", "ORDER", "LIMIT", "USING",
}  # fmt: skip
NOT_HERE = {
    "SKIP", "OFFSET", "UNION", "REMOVE", "LOAD", "USE", "SHOW", "CASE", "XOR", "FINISH", "INSERT", "FILTER", "LET",
    "YIELD", "NEXT", "DROP", "ALTER", "GRANT", "PROFILE", "EXPLAIN", "CYPHER",
}  # fmt: skip
BLOCKS = {"COUNT", "COLLECT", "EXISTS"}
WORDS_BEFORE_PARENTHESIS = {"IN", "AND", "OR", "NOT", "WHERE", "MATCH", "CREATE", "MERGE", "WITH", "CALL", "FOREACH",
                             "RETURN", "UNWIND", "SHORTEST", "BY", "shortestPath"}  # fmt: skip
_OPEN, _CLOSE = {"(": ")", "[": "]", "{": "}", "$(": ")"}, {")", "]", "}"}

Tokens = list[str]


class Refused(ValueError):
    """A statement breaks a rule of the table of positions; says which."""


@dataclass
class Node:
    name: str
    labels: set[str]
    properties: set[str]
    where: Tokens


@dataclass
class Rel:
    name: str
    types: set[str]
    properties: set[str]
    where: Tokens
    hops: str = ""  # how `[:T*..8]` goes on after its star
    star: bool = False


@dataclass
class Group:
    """A quantified part of a path: its own chain and WHERE, gated inside."""

    chain: "list[Node | Rel | Group]"
    where: Tokens
    most: int


@dataclass
class Scope:
    """What is bound so far: names, and which of them are nodes, links, identifiers, or may be null or foreign.

    `lists` are made of what holds nodes in any way; `met` hold gated nodes and nothing else; `cut` are lists that were
    cut in no order; `fresh` is what the last MATCH, UNWIND or CREATE bound, of which each row has another; `classes`
    are what a record's class or end was; of `follows` the class may become a record's new category.
    """

    bound: set[str] = field(default_factory=set)
    graph: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    all_paths: set[str] = field(default_factory=set)
    counts: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    follows: set[str] = field(default_factory=set)

    def copy(self) -> "Scope":
        return Scope(**{name: set(names) for name, names in vars(self).items()})

    def _of_the_met(self, expression: Tokens) -> bool:
        """Say whether a list is put together from gated nodes alone, whole or cut."""
        joined = self.met | {"⟨nodes⟩", "+", "(", ")", "[", "]", ".."}
        less = re.compile(r"(\[ \.\. \$\w+) - size \( (\w+) \)")
        cut = less.sub(lambda one: one[1] if one[2] in self.met else one[0], " ".join(expression)).split()
        return bool(cut) and all(token in joined or token.startswith("$") for token in cut)

    def narrowed(self, kept: dict[str, Tokens]) -> "Scope":
        """Keep what a WITH hands on; an alias is what its expression is made of."""
        new = Scope(bound=set(kept))
        for name, expression in kept.items():
            if self._of_the_met(expression):
                new.met.add(name)
            for role, names in vars(self).items():
                if role in {"met", "cut", "classes"}:
                    continue
                if role in {"graph", "links", "created", "follows"}:
                    if len(expression) == 1 and expression[0] in names:
                        getattr(new, role).add(name)
                elif role != "bound" and names & set(expression):
                    getattr(new, role).add(name)
            match expression:
                case [x, ".", "class" | "until"] if x in self.graph:
                    new.classes.add(name)
                case [x] if x in self.classes:
                    new.classes.add(name)
                case [row, "[", place, "]"] if row in self.graph and place.isdigit():
                    new.graph.add(name)
                case ["⟨cut⟩"]:
                    new.cut.add(name)
            if {"⟨nodes⟩", "⟨cut⟩"} & set(expression):
                new.lists.add(name)
            if "count" in expression:
                new.counts.add(name)
        return new


def tokens_of(text: str) -> Tokens:
    """Cut a text into tokens; raise Refused for what this library never writes (comments, quoting, semicolons)."""
    tokens, place = [], 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or text.startswith("//", place) or text.startswith("/*", place):
            raise Refused(f"unknown sign at {text[place : place + 12]!r}")
        if token := found["token"]:
            tokens.append(token)
        place = found.end()
    return tokens


def closing_of(tokens: Tokens, start: int) -> int:
    """Give the place of the bracket that closes the one at `start`."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += tokens[place] in _OPEN
        depth -= tokens[place] in _CLOSE
        if depth == 0:
            return place
    raise Refused("a bracket is not closed")


def split_at(tokens: Tokens, *at: str) -> list[Tokens]:
    """Split at these words where they stand outside of all brackets."""
    parts: list[Tokens] = [[]]
    place = 0
    while place < len(tokens):
        if tokens[place] in _OPEN:
            end = closing_of(tokens, place)
            parts[-1] += tokens[place : end + 1]
            place = end
        elif tokens[place] in at or tokens[place].upper() in at:
            parts.append([])
        else:
            parts[-1].append(tokens[place])
        place += 1
    return parts


def read_clauses(tokens: Tokens) -> Iterator[tuple[str, Tokens]]:
    """Give each clause with its body. `WITH` after STARTS or ENDS is an operator, a word after `.` or `:` a name."""
    keyword, body, place = "", Tokens(), 0
    while place < len(tokens):
        word = tokens[place].upper()
        before = tokens[place - 1].upper() if place else ""
        starts = word in CLAUSES and before not in {".", ":", "STARTS", "ENDS"}
        if (
            starts
            and not (keyword == "OPTIONAL" and word == "MATCH")
            and not (keyword == "DETACH" and word == "DELETE")
        ):
            if keyword:
                yield keyword, body
            keyword, body = word, []
        elif not keyword:
            raise Refused(f"{tokens[place]} is no clause")
        elif tokens[place] in _OPEN:
            end = closing_of(tokens, place)
            body += tokens[place : end + 1]
            place = end
        elif not starts:
            body.append(tokens[place])
        place += 1
    yield keyword, body


def read_items(body: Tokens) -> dict[str, Tokens]:
    """Read the columns of a WITH or RETURN: name to expression."""
    items: dict[str, Tokens] = {}
    for item in split_at(body, ","):
        expression, *alias = split_at(item, "AS")
        if expression == ["*"]:
            raise Refused("* hands on what nobody named")
        name = alias[0][0] if alias else "".join(expression)
        items[name] = expression
    return items


def _labels(tokens: Tokens) -> tuple[str, set[str], set[str], Tokens, Tokens]:
    """Read the inside of a node or link: name, labels or types, property names, inline WHERE, and the rest."""
    tokens, where = (tokens[: (at := tokens.index("WHERE"))], tokens[at + 1 :]) if "WHERE" in tokens else (tokens, [])
    place, name, labels, properties = 0, "", set(), set[str]()
    if tokens and re.fullmatch(r"[A-Za-z_]\w*", tokens[0]):
        name, place = tokens[0], 1
    while place < len(tokens) and tokens[place] in {":", "|"}:
        place += 1
        if place < len(tokens) and tokens[place] == "$(":
            labels.add("$")
            place = closing_of(tokens, place) + 1
        else:
            labels.add(tokens[place])
            place += 1
    if place < len(tokens) and tokens[place] == "{":
        end = closing_of(tokens, place)
        properties = {pair[0] for pair in split_at(tokens[place + 1 : end], ",")}
        no_pattern(tokens[place:end])
        place = end + 1
    return name, labels, properties, where, tokens[place:]


def read_chain(tokens: Tokens) -> list[Node | Rel | Group]:
    """Read one path pattern."""
    parts: list[Node | Rel | Group] = []
    place = 0
    while place < len(tokens):
        if tokens[place] == "(":
            end = closing_of(tokens, place)
            inside = tokens[place + 1 : end]
            place = end + 1
            if inside[:1] == ["("]:
                inner, *where = split_at(inside, "WHERE")
                most, place = _quantifier(tokens, place)
                parts.append(Group(read_chain(inner), where[0] if where else [], most))
                continue
            name, labels, properties, inline, rest = _labels(inside)
            if rest:
                raise Refused(f"unknown in a node: {rest}")
            parts.append(Node(name, labels, properties, inline))
            continue
        place += tokens[place : place + 1] == ["<"]
        if tokens[place : place + 2] != ["-", "["]:
            raise Refused("a link stands in brackets and has a name; -- is none")
        end = closing_of(tokens, place + 1)
        name, labels, properties, inline, rest = _labels(tokens[place + 2 : end])
        if rest and rest[0] != "*":
            raise Refused(f"unknown in a link: {rest}")
        parts.append(Rel(name, labels, properties, inline, "".join(rest[1:]), bool(rest)))
        place = end + 1
        if tokens[place : place + 1] != ["-"]:
            raise Refused("a link ends in a node")
        place += 2 if tokens[place + 1 : place + 2] == [">"] else 1
        if tokens[place : place + 1] != ["("]:
            raise Refused("a quantified link cannot be gated inside: put it in parentheses")
    return parts


def _quantifier(tokens: Tokens, place: int) -> tuple[int, int]:
    if tokens[place : place + 1] != ["{"]:
        raise Refused("a path in parentheses has an upper bound {m,n}")
    end = closing_of(tokens, place)
    first, last = tokens[place + 1], tokens[end - 1]
    if not last.isdigit() or not 1 <= int(last) <= LONGEST_PATH:
        raise Refused(f"a path has an upper bound of at most {LONGEST_PATH}")
    if not first.isdigit() or int(first) < 1:
        raise Refused("a path of no hops ends where nothing was gated")
    return int(last), end + 1


def no_pattern(expression: Tokens) -> None:
    """Refuse a pattern that stands in an expression, where nothing gates it."""
    text = " ".join(expression)
    if re.search(r"\) (< )?- \[|\) < -|\) - - |\) - >|\) - \(", text):
        raise Refused("a pattern stands in an expression")


def by_id(pattern: Tokens, where: Tokens) -> bool:
    text = " ".join(pattern) + " AND " + " ".join(where)
    return bool(re.search(r"\{ id : (\$\w+|\w+ \. \w+) \}|\w+ \. id (IN|=) \$\w+", text))


def check_words(tokens: Tokens) -> None:
    """Refuse words, functions and maps that no statement of ours needs."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        if token == "count" and after == "(":
            continue  # an aggregate; where it may stand is checked with the clause
        if token != token.upper() and token.upper() in CLAUSES | NOT_HERE | BLOCKS and before not in {".", ":"}:
            raise Refused(f"{token} is written in capitals or named otherwise")
        if token.upper() in NOT_HERE and before not in {".", ":"}:
            raise Refused(f"{token} is not for a statement of ours")
        named = re.fullmatch(r"[A-Za-z_]\w*", token)
        if (before, tokens[place - 4 : place - 2]) == (":", ["USING", "INDEX"]):
            continue  # a hint; what it may say is checked with its MATCH
        if named and after == "(" and token not in FUNCTIONS and token not in WORDS_BEFORE_PARENTHESIS | MACROS | THEN:
            raise Refused(f"the function {token} is not on the list")
        if token == "size" and tokens[place + 3 : place + 4] != [")"]:
            raise Refused("only the length of a list with a name is taken")
        if token in {"startNode", "endNode"} and tokens[place + 4 : place + 6] != [".", "id"]:
            raise Refused(f"{token} gives an id and nothing else")
        if (token, after) == (".", "*"):
            raise Refused("a map of everything")
        if (before, token) == ("-", "-") or (before in {")", "]"} and token == "-" and after == "-"):
            raise Refused("-- has no link to gate")
        if token == "$g" and tokens[place - 3 : place + 3] != [".", "class", "IN", "$g", ".", "walk"]:
            raise Refused("the grant is read by the predicate alone")


def check_order(order: Tokens, items: dict[str, Tokens], distinct: bool, fresh: set[str]) -> None:
    """Refuse an order that is not total: its keys are known never to be null, the last is an id of what is fresh."""
    if order[:1] != ["BY"]:
        raise Refused("a list has an order")
    keys = [[token for token in key if token not in {"ASC", "DESC"}] for key in split_at(order[1:], ",")]
    written = [items.get(key[0], key) if len(key) == 1 else key for key in keys]
    if distinct and len(items) == 1 and [*items] == ["".join(key) for key in keys]:
        return
    if any((len(key) != 3 or key[1] != "." or key[2] not in SORT_KEYS) and key[0] != "count" for key in written):
        raise Refused("a list is ordered by keys that are never null")
    if written[-1][0] == "count" or written[-1][2] not in IDS:
        raise Refused("the order of a list ends in an id")
    if written[-1][0] not in fresh:
        raise Refused("the order of a list ends in an id of its own rows")


def check_hint(hint: Tokens, chain: Tokens) -> None:
    """Refuse a hint that is not for the order of a list: one of the indexes over heads, by a key of that order."""
    match hint:
        case ["INDEX", v, ":", "Version", "(", "kind", ",", key, ",", "record", ")"] if key in SORT_KEYS - IDS:
            if f"( {v} : Version )" in " ".join(chain):
                return
    raise Refused("a hint names an index of the heads of one kind")


def check_limit(tokens: Tokens) -> None:
    match tokens:
        case [number] if number.isdigit() and 1 <= int(number) <= COUNT_STOPS_AT:
            return
        case [parameter] if parameter.startswith("$"):
            return
    raise Refused(f"a limit is a parameter or at most {COUNT_STOPS_AT}")
