"""The visibility predicate, once, in Cypher and in Python.

In order:
1. The owner's or an audience state's bit is set.
2. The level is not above the viewer's.
3. The compartment is one of the viewer's ('' stands explicitly for none).
4. The class is one that the viewer's purpose reads in this mode.
5. The end has not come; to review what has lapsed, and to purge, is to look beyond it.
A missing property makes the whole false: a record with a hole in its gate is nobody's.
"""

import re
from collections.abc import Sequence

from auth.grant import Grant, Mode
from schemas.codes.states import MEMBERS

_CONJUNCTS = (
    "({x}.aud / $g.bit) % 2 = 1 AND {x}.level <= $g.level AND {x}.comp IN $g.comps "
    "AND {x}.class IN $g.classes AND {x}.until > $g.at"
)
_VISIBLE = "coalesce(" + _CONJUNCTS + ", false)"
_REFERRED = _VISIBLE.replace("$g.classes", "$g.reference")
_REACHED = "coalesce(" + _CONJUNCTS + ", {x}:Value)"
_TYPES = re.compile(r":(LINKED|WALKED)(?=[]*])")
_MACRO = re.compile(r"\b(VISIBLE|REFERRED|REACHED|TOUCHED)\((\w+)\)")

GATE = ("aud", "level", "comp", "class", "until")

_BEYOND_THE_END = frozenset({Mode.REVIEW, Mode.PURGE})
_EVER = -(2**62)


def expand(cypher: str, *, relations: Sequence[str], walked: Sequence[str] = ()) -> str:
    """Write VISIBLE, REFERRED, REACHED and TOUCHED out, `:LINKED` as all relations and `:WALKED` as those walked.

    `relations` is the whitelist that can touch a Value.
    """
    whitelist = "|".join(relations)
    typed = _TYPES.sub(lambda types: ":" + (whitelist if types[1] == "LINKED" else "|".join(walked)), cypher)

    def written(macro: re.Match[str]) -> str:
        name, x = macro[1], macro[2]
        if name == "VISIBLE":
            return _VISIBLE.replace("{x}", x)
        if name == "REFERRED":
            return _REFERRED.replace("{x}", x)
        if name == "REACHED":
            return _REACHED.replace("{x}", x)
        r, n = f"{x}_touch", f"{x}_toucher"
        return (
            f"EXISTS {{ ({x})-[{r}:{whitelist}]-({n}) WHERE "
            + _VISIBLE.replace("{x}", r)
            + " AND "
            + _REACHED.replace("{x}", n)
            + " }"
        )

    return _MACRO.sub(written, typed)


def parameters(grant: Grant, mode: Mode) -> dict[str, object]:
    """Give `$g`: what the predicate needs of a grant.

    `walk` narrows a read that must not meet the protected; `reference` is what a read may refer to without content.
    """
    return {
        "bit": grant.bit,
        "level": grant.level,
        "comps": list(grant.comps),
        "classes": list(grant.classes.get(mode, ())),
        "walk": list(grant.classes.get(Mode.WALK, ())),
        "reference": list(grant.classes.get(Mode.REFERENCE, ())),
        "at": _moment(grant, mode),
    }


def _moment(grant: Grant, mode: Mode) -> int:
    """Give what an end must lie after, in epoch seconds."""
    return _EVER if mode in _BEYOND_THE_END else int(grant.at.timestamp())


def sees(grant: Grant, mode: Mode, id: object, gate: Sequence[object]) -> bool:
    """Decide again, in Python, from the audience as written: gate = [audience, level, comp, class, until].

    The owner is read from the id, so that a wrong bit mask in the graph cannot open a record; what has lapsed is
    reviewed by its owner alone. Anything that is not of the right type is not seen.
    """
    match gate, id.split(":") if isinstance(id, str) else ():
        case [list(audience), level, str(comp), str(cls), until], ["urn", "sangam", owner, _, _]:
            # True is an int to Python; to the graph it is not.
            if (
                type(level) is not int
                or type(until) is not int
                or not all(isinstance(state, str) for state in audience)
            ):
                return False
            bits = {1 << MEMBERS[state].bit for state in (owner, *audience) if state in MEMBERS}
            return (
                grant.bit in bits
                and level <= grant.level
                and comp in grant.comps
                and cls in grant.classes.get(mode, ())
                and until > _moment(grant, mode)
                and (mode is not Mode.REVIEW or owner == grant.state)
            )
    return False
