"""Read a Cypher statement before the predicate is written out, and refuse it where the predicate does not stand.

In order:
1. Every variable of a MATCH is gated in that clause's own WHERE, a far end also by standing in a list of gated nodes;
   links have a name and types, HEAD and WAS excepted.
2. The predicate is only ever a whole conjunct: any other occurrence is refused, because the count does not come out.
3. What is counted, collected or tested inside braces obeys the same rules inside its braces.
4. Lists have a total order ending in an id, and every limit, path and list is bounded.
5. Only functions, clauses and relation types of a short list are known at all.
6. As of a moment, links that are over stand beside those that are not, each is asked whether it stood then, and what a
   record said is the latest of it; no other statement meets what is over.
"""

from collections.abc import Set

from schemas.link import HARMED, LinkKind
from tests.graph.cypher_text import (
    BLOCKS,
    CLAUSES,
    LONGEST_PATH,
    MACROS,
    THEN,
    Group,
    Node,
    Refused,
    Rel,
    Scope,
    Tokens,
    by_id,
    check_hint,
    check_limit,
    check_order,
    check_words,
    closing_of,
    no_pattern,
    read_chain,
    read_clauses,
    read_items,
    split_at,
    tokens_of,
)

GATE = {"aud", "level", "comp", "class", "until"}
RELATIONS = {*(kind.value for kind in LinkKind), "KEYED", "WALKED", "LINKED", "HEAD", "WAS"}
UNGATED = {"HEAD", "WAS"}
KEYS = {"KEYED", "WAS_KEYED"}
CLOSED = {"'WITHDRAWN'", "'PURGED'"}


def check(text: str, *, keeping: bool = False, known_at: bool = False) -> None:
    """Raise Refused for the first rule that the text breaks; `known_at` lets it read links as they were."""
    _Check(keeping, known_at).statement(text)


class _Check:
    def __init__(self, keeping: bool, known_at: bool) -> None:
        self.keeping = keeping
        self.known_at = known_at
        self.gates_used = 0
        self.then_used = 0
        self.then: dict[str, str] = {}
        self.matches_left = 0
        self.counts_left = 0

    def statement(self, text: str) -> None:
        tokens = tokens_of(text)
        check_words(tokens)
        while "ON" in tokens:
            at = tokens.index("ON")
            if tokens[at + 1 : at + 3] != ["CREATE", "SET"]:
                raise Refused("what was there before is not changed by a MERGE")
            tokens[at : at + 3] = ["ON_CREATE_SET"]
        self.matches_left = tokens.count("MATCH")
        self.counts_left = tokens.count("count")
        self.query(tokens, Scope(), "TOP")
        if self.counts_left:
            raise Refused("what is counted is gated links, to order what is cut")
        if self.matches_left:
            raise Refused("a MATCH stands where nothing checks it")
        if sum(token in MACROS for token in tokens) != self.gates_used:
            raise Refused("the predicate stands where it does not decide: only whole conjuncts of a MATCH's WHERE")
        if sum(token in THEN for token in tokens) != (self.then_used if self.known_at else 0):
            raise Refused("what was known is asked by whole conjuncts, and only as of a moment")

    def query(self, tokens: Tokens, scope: Scope, place: str, *, closing: bool = False) -> str:
        """Check one query or subquery; give a sign for what it returns: nodes or links themselves, cut, or values."""
        clauses = [*read_clauses(tokens)]
        many = matched = bounded = all_shortest = nodes = cut = False
        at = 0
        while at < len(clauses):
            keyword, body = clauses[at]
            tail: dict[str, Tokens] = {}
            while at + 1 < len(clauses) and clauses[at + 1][0] in {"WHERE", "ORDER", "LIMIT", "USING"}:
                at += 1
                tail[clauses[at][0]] = clauses[at][1]
            at += 1
            if "USING" in tail:
                check_hint(tail["USING"], body if keyword == "MATCH" else [])
            if scope.cut and keyword not in {"UNWIND", "RETURN"}:
                raise Refused("what is cut in no order is told with how much it was")
            if keyword in {"MATCH", "OPTIONAL"}:
                self.match(body, tail.get("WHERE", []), scope, optional=keyword == "OPTIONAL", closing=closing)
                many = matched = True
                bounded |= by_id(body, tail.get("WHERE", []))
                all_shortest |= "ALL" in body
            elif keyword == "UNWIND":
                expression, name = split_at(self.inner(body, scope), "AS")
                no_pattern(expression)
                self._paths(expression, scope)
                self._sizes(expression, scope)
                if scope.counts & set(expression):
                    raise Refused("a count of links orders a cut, and goes no further")
                if "⟨cut⟩" in expression:
                    raise Refused("what is cut in no order is counted, and then unwound")
                if scope.merged & set(expression):
                    scope.merged.add(name[0])
                scope.bound.add(name[0])
                scope.fresh = {name[0]}
                if scope.lists & set(expression) or {"⟨nodes⟩", "⟨rows⟩"} & set(expression):
                    scope.graph.add(name[0])
                many = True
                bounded |= not matched
            elif keyword in {"WITH", "RETURN"}:
                distinct = body[:1] == ["DISTINCT"]
                items = read_items(self.inner(body[distinct:], scope))
                for expression in items.values():
                    no_pattern(expression)
                    self._paths(expression, scope)
                    self._sizes(expression, scope)
                    self._counts(expression, scope, cut=keyword == "WITH" and "LIMIT" in tail)
                for e in items.values():
                    if {"⟨cut⟩", "⟨rows⟩"} & set(e) and (keyword, e) != ("WITH", ["⟨cut⟩"]):
                        raise Refused("what is cut in no order is counted, and then unwound")
                exempt = bool(scope.cut) or (place in {"COUNT", "EXISTS"} and keyword == "RETURN") or all_shortest
                if keyword == "WITH" and place == "COLLECT" and {*tail} == {"LIMIT"}:
                    exempt = cut = self._cut(clauses[at - 2 : at + 1], items, scope)
                needed = "LIMIT" in tail or (keyword == "RETURN" and (place == "COLLECT" or (place == "TOP" and many)))
                if "ORDER" in tail or (needed and not exempt):
                    check_order(tail.get("ORDER", []), items, distinct, scope.fresh)
                    if scope.merged & set(tail.get("ORDER", [])):
                        raise Refused("an identifier that may have been there before orders nothing")
                if "LIMIT" in tail:
                    check_limit(tail["LIMIT"])
                    bounded = True
                elif keyword == "RETURN" and matched and not bounded and not self.keeping and place != "EXISTS":
                    raise Refused("nothing bounds how much comes back")
                if keyword == "RETURN":
                    nodes = any(len(e) == 1 and e[0] in scope.graph for e in items.values())
                    for name in scope.cut:
                        if not any(e[:5] == ["[", "size", "(", name, ")"] for e in items.values()):
                            raise Refused("what is cut in no order is told with how much it was")
                    self._leaving(items, scope, place)
                    if place == "COUNT" and not self.keeping and "LIMIT" not in tail:
                        raise Refused("a count stops somewhere")
                else:
                    scope = scope.narrowed(items)
                    self._again(tail.get("WHERE", []), scope)
            else:
                self.change(keyword, body, scope)
        if place == "COUNT" and not self.keeping and all(keyword != "RETURN" for keyword, _ in clauses):
            raise Refused("a count stops somewhere")
        if cut:
            return "⟨cut⟩"
        if nodes:
            return "⟨nodes⟩"
        return "⟨rows⟩" if scope.cut else "⟨values⟩"

    def _cut(self, clauses: list[tuple[str, Tokens]], items: dict[str, Tokens], scope: Scope) -> bool:
        """Say whether a WITH cuts what a MATCH has found, in no order, and hands on just that, in an order."""
        names = [*items]
        kept = all(items[name] == [name] and name in scope.graph - scope.maybe for name in names)
        returned = ["[", *" , ".join(names).split(), "]"]
        match clauses:
            case [("WITH", _), ("LIMIT", [most]), ("RETURN", body)]:
                return kept and most.startswith("$") and split_at(body, "AS")[0] == returned
        return False

    def _sizes(self, expression: Tokens, scope: Scope) -> None:
        for at, token in enumerate(expression):
            if token == "size" and expression[at + 2] not in scope.met | scope.cut:
                raise Refused("only the length of a list of what was gated is taken")

    def _leaving(self, items: dict[str, Tokens], scope: Scope, place: str) -> None:
        for expression in items.values():
            if scope.merged & set(expression):
                raise Refused("an identifier that may have been there before leaves nothing")
            if place != "TOP":
                continue
            for at, token in enumerate(expression):
                before, after = expression[at - 1] if at else "", expression[at + 1] if at + 1 < len(expression) else ""
                inside = before == "(" and at > 1 and expression[at - 2] in {"type", "startNode", "endNode"}
                if token in scope.graph | scope.lists and before not in {".", "IN"} and after != "." and not inside:
                    raise Refused(f"{token} leaves whole")

    def _again(self, where: Tokens, scope: Scope) -> None:
        if (scope.merged | scope.counts) & set(where):
            raise Refused("nothing is chosen by what may have been there before, or by a count")
        if MACROS & set(where) and not self.conjuncts(where).keys() <= scope.graph:
            raise Refused("only what was met is judged again")
        no_pattern(self.inner(where, scope))

    def _paths(self, expression: Tokens, scope: Scope) -> None:
        for at, token in enumerate(expression):
            if token in {"nodes", "relationships"} and expression[at + 2] not in scope.all_paths:
                raise Refused("only the length of a path leaves, unless all the shortest were asked for")

    def _counts(self, expression: Tokens, scope: Scope, *, cut: bool) -> None:
        if scope.counts & set(expression):
            raise Refused("a count of links orders a cut, and goes no further")
        match expression:
            case ["count", "(", x, ")"] if cut and x in scope.links - scope.maybe:
                self.counts_left -= 1

    def inner(self, tokens: Tokens, scope: Scope) -> Tokens:
        """Check the subqueries in an expression and put a sign in their place."""
        given: Tokens = []
        place = 0
        while place < len(tokens):
            if tokens[place] in BLOCKS and tokens[place + 1 : place + 2] == ["{"]:
                end = closing_of(tokens, place + 1)
                body = tokens[place + 2 : end]
                if body[:1] and body[0] not in CLAUSES:
                    body = ["MATCH", *body]
                    self.matches_left += 1
                given.append(self.query(body, scope.copy(), tokens[place]))
                place = end + 1
            else:
                given.append(tokens[place])
                place += 1
        return given

    def match(self, body: Tokens, where: Tokens, scope: Scope, *, optional: bool, closing: bool) -> None:
        self.matches_left -= 1
        self.then = {}
        before = scope.copy()
        patterns = [self._pattern(pattern) for pattern in split_at(body, ",")]
        parts = [part for _, _, chain in patterns for part in chain]
        gates: dict[str, str] = {}
        for wheres in (where, *(part.where for part in parts if not isinstance(part, Group))):
            gates |= self.conjuncts(wheres, before.met)
        names = {part.name for part in parts if not isinstance(part, Group)} - {""}
        if stray := gates.keys() - names - {path + suffix for path, _, _ in patterns for suffix in ("()", "[]")}:
            raise Refused(f"{sorted(stray)} is gated in another clause than its own")
        for path, how, chain in patterns:
            self._gated(path, how, chain, gates, before, closing)
            if path:
                scope.bound.add(path)
                if how == "ALL":
                    scope.all_paths.add(path)
        new = [part for part in parts if not isinstance(part, Group) and {part.name} - {""} - before.bound]
        if told_apart := {part.name for part in new if isinstance(part, Node) or not part.types <= UNGATED}:
            scope.fresh = told_apart
        for part in new:
            scope.bound.add(part.name)
            scope.graph.add(part.name)
            if isinstance(part, Rel):
                scope.links.add(part.name)
            if optional:
                scope.maybe.add(part.name)
        for wheres in (where, *(part.where for part in parts)):
            no_pattern(self.inner(wheres, scope))

    def _pattern(self, tokens: Tokens) -> tuple[str, str, list[Node | Rel | Group]]:
        path, how = "", ""
        if tokens[1:2] == ["="]:
            path, tokens = tokens[0], tokens[2:]
        if tokens[:2] == ["ALL", "SHORTEST"]:
            how, tokens = "ALL", tokens[2:]
        elif tokens[:1] == ["SHORTEST"]:
            how, tokens = "SHORTEST", tokens[2:]
        elif tokens[:1] == ["shortestPath"]:
            how, tokens = "shortestPath", tokens[2:-1]
        if bool(path) != bool(how) and path:
            raise Refused("a path with a name is a shortest one")
        return path, how, read_chain(tokens)

    def conjuncts(self, where: Tokens, met: Set[str] = frozenset()) -> dict[str, str]:
        """Give which variables a WHERE gates, and by what: MET is one of a list of nodes that were gated.

        The predicate counts only as a whole conjunct.
        """
        if not where:
            return {}
        if len(split_at(where, "OR")) > 1 and not self.keeping:
            raise Refused("OR beside the predicate")
        gates: dict[str, str] = {}
        for conjunct in split_at(where, "AND"):
            match conjunct:
                case [macro, "(", x, ")"] if macro in MACROS:
                    gates[x] = macro
                    self.gates_used += 1
                case ["LATEST" | "BORNE" as macro, "(", x, ",", y, ")"]:
                    # A key counts for what is said of the record that it leads to; what is said is told of its record.
                    self.then |= {x: macro} | ({y: macro} if macro == "LATEST" else {})
                    self.then_used += 1
                case [macro, "(", x, ")"] if macro in THEN:
                    self.then[x] = macro
                    self.then_used += 1
                case [x, "IN", nodes] if nodes in met:
                    gates.setdefault(x, "MET")
                case ["all", "(", x, "IN", "nodes", "(", p, ")", "WHERE", "REACHED", "(", y, ")", ")"] if x == y:
                    gates[f"{p}()"] = "all"
                    self.gates_used += 1
                case ["all", "(", x, "IN", "relationships", "(", p, ")", "WHERE", "VISIBLE", "(", y, ")", ")"] if (
                    x == y
                ):
                    gates[f"{p}[]"] = "all"
                    self.gates_used += 1
        return gates

    def _gated(
        self, path: str, how: str, chain: list[Node | Rel | Group], gates: dict[str, str], scope: Scope, closing: bool
    ) -> None:
        if how in {"ALL", "SHORTEST"} and not any(isinstance(part, Group) for part in chain):
            raise Refused("a shortest path is gated inside its parentheses")
        if how == "shortestPath" and not {f"{path}()", f"{path}[]"} <= gates.keys():
            raise Refused("all nodes and all links of a shortest path are gated")
        for at, part in enumerate(chain):
            beside = [chain[i] for i in (at - 1, at + 1) if 0 <= i < len(chain)]
            if isinstance(part, Group):
                if how in {"ALL", "SHORTEST"} and len(chain) != 3:
                    raise Refused("a shortest path is its repeated hop alone")
                self._group(part, chain[at - 1 : at])
            elif isinstance(part, Rel):
                self._link(part, how, gates, scope, closing)
            else:
                ends = [chain[i] for i in (at - 2, at + 2) if 0 <= i < len(chain)]
                self._node(part, beside, ends, gates, scope, closing)

    def _group(self, group: Group, beside: list[Node | Rel | Group]) -> None:
        match group.chain:
            case [Node() as start, Rel() as link, Node() as far]:
                if start.where or link.where or far.where:
                    raise Refused("a repeated hop has one WHERE")
                gates = self.conjuncts(group.where)
                if gates.get(link.name) != "VISIBLE" or gates.get(far.name) not in {"VISIBLE", "REACHED"}:
                    raise Refused("link and far end of a repeated hop are gated inside its parentheses")
                if gates.keys() - {start.name, link.name, far.name}:
                    raise Refused("a hop gates what is its own")
                if not link.types <= RELATIONS - UNGATED - {"KEYED"} or not link.types:
                    raise Refused("a repeated hop follows relations of the list")
            case _:
                raise Refused("a repeated hop is one link with two ends")
        if not any(isinstance(part, Node) for part in beside):
            raise Refused("a repeated hop starts at a gated node")

    def _link(self, link: Rel, how: str, gates: dict[str, str], scope: Scope, closing: bool) -> None:
        if self.keeping:
            return
        if not link.types or not all(
            kind in RELATIONS
            or (self.known_at and kind.removeprefix("WAS_") in RELATIONS - UNGATED)
            or (closing and kind in KEYS)
            for kind in link.types
        ):
            raise Refused(f"a link names its relations, and none that is over: {sorted(link.types)}")
        if link.star:
            bound = link.hops.removeprefix("1").removeprefix("..")
            if how != "shortestPath" or not bound.isdigit() or not 1 <= int(bound) <= LONGEST_PATH:
                raise Refused("a link of many hops stands in a bounded shortestPath, or not at all")
            return
        if self.known_at:
            self._widened(link)
        if link.types <= UNGATED or (closing and link.types <= UNGATED | KEYS) or link.name in scope.links:
            return
        if not link.name:
            raise Refused("a link without a name cannot be gated")
        if gates.get(link.name) != "VISIBLE":
            raise Refused(f"the link {link.name} is not gated")
        if self.known_at and self.then.get(link.name) != ("BORNE" if link.types <= KEYS else "STOOD"):
            raise Refused(f"the link {link.name} is not asked whether it stood then")

    def _widened(self, link: Rel) -> None:
        """Refuse a link of which only what stands, or only what is over, is matched."""
        over = {kind for kind in link.types if kind.startswith("WAS")}
        if link.types & UNGATED and link.types != UNGATED:
            raise Refused("what a record said is looked for in all its versions")
        if not link.types & UNGATED and {f"WAS_{kind}" for kind in link.types - over} != over:
            raise Refused("links that are over are matched beside those that stand")

    def _node(
        self, node: Node, beside: list[Node | Rel | Group], ends: list[Node | Rel | Group], gates: dict[str, str],
        scope: Scope, closing: bool,
    ) -> None:  # fmt: skip
        if node.name in scope.bound:
            if node.name in scope.maybe:
                raise Refused("a two-hop optional is one clause")
            return
        if self.keeping:
            return
        rels = [part for part in beside if isinstance(part, Rel)]
        if closing:
            if not rels or not ends or not all(isinstance(end, Node) and end.name in scope.bound for end in ends):
                raise Refused("a closing starts at a record that was gated")
            return
        if not node.name:
            raise Refused("a node without a name cannot be gated")
        gate = gates.get(node.name)
        held = any(isinstance(part, Group) or part.star for part in beside if not isinstance(part, Node)) or any(
            gates.get(rel.name) == "VISIBLE" or rel.name in scope.links for rel in rels
        )
        kinds = {kind.removeprefix("WAS_") for rel in rels for kind in rel.types}
        if "Operation" in node.labels:
            raise Refused("operations are for keeping")
        if "Version" in node.labels or kinds & UNGATED:
            version = "Version" in node.labels
            if gate != "VISIBLE" or (version and (not kinds or not kinds <= UNGATED)):
                raise Refused(f"content is read with the predicate on record and version: {node.name}")
        elif node.labels == {"Value"}:
            if gate != "TOUCHED" and not held:
                raise Refused(f"the identifier {node.name} is not touched")
        elif node.labels == {"Key"}:
            if kinds != {"KEYED"} or not held:
                raise Refused("a key is entered by a gated link alone")
        elif gate == "REFERRED":
            if not held or "Person" not in node.labels or not kinds <= HARMED:
                raise Refused(f"{node.name} is nobody whom an incident refers to")
        elif gate in {"REACHED", "MET"}:
            if not held:
                raise Refused(f"{node.name} is not the far end of a gated link")
        elif gate != "VISIBLE":
            raise Refused(f"the node {node.name} is not gated")
        if self.known_at and gate in _KNOWN_BY:
            known_by = _KNOWN_BY[gate] if "Version" not in node.labels else {"LATEST"}
            if self.then.get(node.name) not in known_by:
                raise Refused(f"{node.name} is not asked whether it was known then")

    def change(self, keyword: str, body: Tokens, scope: Scope) -> None:
        """Check a clause that writes, or a CALL."""
        match keyword:
            case "CALL":
                self._call(body, scope)
            case "CREATE":
                for pattern in split_at(body, ","):
                    self._create(read_chain(pattern), scope)
            case "MERGE":
                [node] = read_chain(body)
                if not isinstance(node, Node) or node.labels not in ({"Value"}, {"Key"}) or node.properties != {"id"}:
                    raise Refused("MERGE is for identifiers and keys, by their id")
                scope.bound.add(node.name)
                scope.merged.add(node.name)
            case "SET" | "ON_CREATE_SET":
                for assignment in split_at(body, ","):
                    _assign(assignment, scope)
            case "DELETE":
                # A node that something touches is not deleted so: the database refuses, and that is wanted in keeping.
                if not set(body) - {","} <= (scope.bound if self.keeping else scope.links):
                    raise Refused("a node is deleted with DETACH")
            case "DETACH":
                if not set(body) - {","} <= scope.bound:
                    raise Refused("what is deleted was gated")
            case "FOREACH":
                head, changes = split_at(body[1:-1], "|")
                no_pattern(self.inner(head, scope))
                inside = scope.copy()
                inside.bound.add(head[0])
                for inner, tokens in read_clauses(changes):
                    self.change(inner, tokens, inside)
            case _:
                raise Refused(f"{keyword} is no clause of ours")

    def _call(self, body: Tokens, scope: Scope) -> None:
        if body[:1] != ["("]:
            raise Refused("procedures are not called; a subquery names what it takes")
        end = closing_of(body, 0)
        taken = {name for name in body[1:end] if name != ","}
        if not taken <= scope.bound or body[end + 1 : end + 2] != ["{"]:
            raise Refused("a subquery takes what is gated")
        inside = body[end + 2 : -1]
        clauses = [*read_clauses(inside)]
        words = [keyword for keyword, _ in clauses]
        followed = _followed(clauses, scope) if words in (["MATCH", "SET"], ["MATCH", "WHERE", "SET"]) else None
        # The keys that a record was found by; whoever may write its next version may let them be what they were.
        closing = followed is not None or (words == ["MATCH", "CREATE", "DELETE"] and _unhooks(clauses))
        own = scope.narrowed({name: [name] for name in taken})
        own.follows = followed or set()
        self.query(inside, own, "CALL", closing=closing)
        for keyword, tokens in clauses:
            if keyword == "RETURN":
                for name in read_items(tokens):
                    scope.bound.add(name)

    def _create(self, chain: list[Node | Rel | Group], scope: Scope) -> None:
        for part in chain:
            if isinstance(part, Group):
                raise Refused("nothing is created by a pattern of many")
            if part.name in scope.bound:
                continue
            bare = isinstance(part, Rel) and part.types <= UNGATED
            kept = isinstance(part, Node) and "Operation" in part.labels and self.keeping
            if not bare and not kept and not part.properties >= GATE:
                raise Refused("what is created has a whole gate")
            if isinstance(part, Node) and "Version" in part.labels and isinstance(chain[0], Node):
                scope.follows.add(chain[0].name)  # whoever writes a record's next version says of what class it is
            if part.name:
                scope.bound.add(part.name)
                scope.graph.add(part.name)
                scope.created.add(part.name)
                scope.fresh.add(part.name)
                if isinstance(part, Rel):
                    scope.links.add(part.name)


def _followed(clauses: list[tuple[str, Tokens]], scope: Scope) -> set[str] | None:
    """Give of what a closing lets the class follow a record's category; None for what closes nothing.

    A category is followed only by what was of the record's category before: what was nobody's stays nobody's.
    """
    changes = split_at(clauses[-1][1], ",")
    if _ends_with(changes[0][0], clauses, scope):
        return {changes[0][0]}
    if len(clauses) == 2 and all(part[1:4] == [".", "class", "="] and part[4] in CLOSED for part in changes):
        return set()
    match clauses, changes:
        case [[("MATCH", found), ("WHERE", [x, ".", "class", "=", before]), _], [change]] if before in scope.classes:
            match read_chain(found):
                case [Node(), Rel() as link, Node() as far]:
                    pass
                case _:
                    return None
            was = link.types == {"WAS"} and far.labels == {"Version"} and x == far.name
            keyed = link.types == KEYS and far.labels == {"Key"} and x == link.name
            if (was or keyed) and change == [x, ".", "class", "=", "$category"]:
                return {x}
            if was and change[0] == x and _keeps_category(change):
                return set()
    return None


def _ends_with(x: str, clauses: list[tuple[str, Tokens]], scope: Scope) -> bool:
    """Say whether a closing moves the end of what ended with a record: what was nobody's stays nobody's."""
    match clauses:
        case [("MATCH", found), ("WHERE", [y, ".", "until", "=", before]), ("SET", changed)]:
            if y != x or before not in scope.classes or changed != [x, ".", "until", "=", "$until"]:
                return False
            match read_chain(found):
                case [Node(), Rel() as link, Node() as far]:
                    was = link.types == {"WAS"} and far.labels == {"Version"} and x == far.name
                    return was or (link.types == KEYS and far.labels == {"Key"} and x == link.name)
    return False


def _unhooks(clauses: list[tuple[str, Tokens]]) -> bool:
    """Say whether a closing lets a record's keys be what they were, with the gate that they had, and nothing else."""
    (_, found), (_, made), (_, deleted) = clauses
    if "," in found:
        return False
    match read_chain(found), read_chain(made):
        case [[Node() as near, Rel() as link, Node() as far], [Node() as start, Rel() as was, Node() as end]]:
            same = (link.types, far.labels, was.types) == ({"KEYED"}, {"Key"}, {"WAS_KEYED"})
            kept = all(f"{name} : {link.name} . {name}" in " ".join(made) for name in GATE)
            ends = (start.name, end.name) == (near.name, far.name)
            return same and kept and ends and deleted == [link.name]
    return False


# By what a node is known to have been there, as it is gated; what was met or touched is asked already.
_KNOWN_BY = {"VISIBLE": {"KNOWN", "LATEST"}, "REACHED": {"KNOWN", "LATEST"}, "REFERRED": {"RECALLED"}}


def _keeps_category(tokens: Tokens) -> bool:
    match tokens:
        case [x, ".", "category", "=", "coalesce", "(", y, ".", "category", ",", z, ".", "class", ")"]:
            return x == y == z
    return False


def _assign(tokens: Tokens, scope: Scope) -> None:
    match tokens:
        case [x, "+=", "row", ".", "said"] | [x, "+=", "$said"] if x in scope.created:
            return
        case [x, ".", "kind", "=", "row", ".", "from_kind" | "to_kind"] if x in scope.merged:
            return
        case [x, ".", "kind", "=", "null"] if x in scope.bound:
            return  # what is no head any more stands in no list
        case [x, ".", "kind", "=", y, ".", "kind"] if x == y and x in scope.bound:
            return  # nothing changes, but the record is locked until the transaction ends
        case [x, ".", "class", "=", status] if x in scope.bound and status in CLOSED:
            return
        case [x, ".", "class", "=", "$category"] if x in scope.bound & scope.follows:
            return
        case [x, ".", "until", "=", "$until"] if x in scope.bound & (scope.follows | scope.created):
            return
        case [x, "+=", y] if x in scope.created and y in scope.graph - scope.created:
            return  # the next version says again what the last one said
        case [x, ".", "nth", "=", y, ".", "nth", "+", "1"] if x in scope.created and y in scope.bound:
            return
        case [x, ".", "class", "=", y, ".", "class"] if {x, y} <= scope.bound:
            return  # what waited is from now on of the class that its version has
        case [x, *_] if x in scope.bound and _keeps_category(tokens):
            return  # what the class said before it follows the record's
    raise Refused(f"this is never set: {' '.join(tokens)}")
