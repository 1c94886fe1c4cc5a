"""A question to the record of today, asked of the record as it was known at a moment.

In order:
1. What a record said then is its newest visible version recorded by then; without one it was not there yet.
2. A link stood then if it was recorded by then and not closed by then; links that are over are matched beside those
   that stand, and with the same gate.
3. A name key counts for the versions whose names it is of.
4. The predicate stays where it stands and is judged by the grant of today: the past opens nothing.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from graph.library import BadStatement, Statement
from graph.visible import expand
from schemas.link import WALKED, LinkKind

# A relation that is over is stored under its name with this before it.
_OVER = "WAS_"
_LINK = re.compile(r"\[(\w+):([A-Z_|]+)(?=[]*])")
_SAID = re.compile(r"\((\w+)[\w:]*\)-\[:HEAD\]->\((\w+):Version\)|\((\w+):Version\)<-\[:HEAD\]-\((\w+)[\w:]*\)")
_GATE = re.compile(r"\b(VISIBLE|REFERRED|REACHED)\((\w+)\)")


@lru_cache(maxsize=1_024)
def then(today: Statement) -> Statement:
    """Give a statement as it is asked of a moment that is over; raise BadStatement for one that never is."""
    if not today.past:
        raise BadStatement(f"{today.name} asks nothing of the past.")
    text = expand(as_of(today.body), relations=list(LinkKind), walked=WALKED, then=True)
    params = today.params | {"known_at"}
    return Statement(today.name, today.question, today.mode, params, today.returns, text.strip(), today.body, past=True)


def as_of(body: str) -> str:
    """Write into a statement, before the predicate is written out, that it is asked of the record as of `$known_at`."""
    links = dict(_LINK.findall(body))
    versions = {v or w: n or m for n, v, w, m in _SAID.findall(body)}

    def known(gate: re.Match[str]) -> str:
        macro, x = gate[1], gate[2]
        if links.get(x) == "KEYED":
            [said] = [v for v, n in versions.items() if re.search(rf"\[{x}:KEYED\]-\({n}\b", body)]
            return f"{gate[0]} AND BORNE({x}, {said})"
        if x in links:
            return f"{gate[0]} AND STOOD({x})"
        if x in versions:
            return f"{gate[0]} AND LATEST({versions[x]}, {x})"
        if x in versions.values():
            return gate[0]  # its version tells that it was there
        return f"{gate[0]} AND {'RECALLED' if macro == 'REFERRED' else 'KNOWN'}({x})"

    widened = _LINK.sub(lambda link: f"[{link[1]}:{'|'.join(stored(link[2].split('|')))}", _GATE.sub(known, body))
    return widened.replace("[:HEAD]", "[:HEAD|WAS]")


def given(params: Mapping[str, object], known_at: int) -> dict[str, object]:
    """Give the parameters of a statement as of a moment: relations asked along are so where they are over, too."""
    along = params.get("along")
    asked = {"along": stored(along)} if isinstance(along, list) else {}
    return {**params, **asked, "known_at": known_at}


def stored(kinds: list[str]) -> list[str]:
    """Give the names under which links of these relations are stored, standing or over."""
    return [*kinds, *(_OVER + kind for kind in kinds)]


def relation(type: str) -> str:
    """Give the relation of a stored link, whether it stands or is over."""
    return type.removeprefix(_OVER)
