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
_TYPES = re.compile(r":(LINKED|WALKED)(\|WAS_\1)?(?=[]*])")
_MACRO = re.compile(r"\b(VISIBLE|REFERRED|REACHED|TOUCHED)\((\w+)\)")

# What is asked of the record as it was known at a moment says this beside the predicate, which is judged today. A link
# stood then; something visible was said of a record by then, or something that may be referred to; the newest of it is
# what the record said; and a key was of a name that it bore.
_NEVER = 2**62
_SAID_BY_THEN = "({x})-[:HEAD|WAS]->({x}_said:Version) WHERE GATE({x}_said) AND {x}_said.recorded_at <= $known_at"
_THEN = {
    "STOOD": f"{{x}}.recorded_at <= $known_at AND $known_at < coalesce({{x}}.recorded_until, {_NEVER})",
    # What stands for another state's record says nothing of it, and was there as long as the link that leads to it.
    "KNOWN": "({x}:Value OR {x}:Foreign OR EXISTS { " + _SAID_BY_THEN.replace("GATE", "VISIBLE") + " })",
    "RECALLED": "EXISTS { " + _SAID_BY_THEN.replace("GATE", "REFERRED") + " }",
    # None of what is visible and newer: to order it and take the first costs the database seconds more to plan.
    "LATEST": "{y}.recorded_at <= $known_at AND COUNT { "
    + _SAID_BY_THEN.replace("GATE", "VISIBLE")
    + " AND {x}_said.nth > {y}.nth } = 0",
    "BORNE": f"coalesce({{x}}.nth, 1) <= {{y}}.nth AND {{y}}.nth < coalesce({{x}}.until_nth, {_NEVER})",
}
_THEN_MACRO = re.compile(rf"\b({'|'.join(_THEN)})\((\w+)(?:, (\w+))?\)")

GATE = ("aud", "level", "comp", "class", "until")

_BEYOND_THE_END = frozenset({Mode.REVIEW, Mode.PURGE})
_EVER = -(2**62)


def expand(cypher: str, *, relations: Sequence[str], walked: Sequence[str] = (), then: bool = False) -> str:
    """Write VISIBLE, REFERRED, REACHED and TOUCHED out, `:LINKED` as all relations and `:WALKED` as those walked.

    `relations` is the whitelist that can touch a Value. A text asked `then`, of a moment that is over, says beside the
    predicate what was known then; that is written out too.
    """
    whitelist = "|".join([*relations, *(f"WAS_{kind}" for kind in relations if then)])
    of_all = {"LINKED": relations, "WALKED": walked}

    def named(types: re.Match[str]) -> str:
        over = [f"WAS_{kind}" for kind in of_all[types[1]] if types[2]]
        return ":" + "|".join([*of_all[types[1]], *over])

    typed = _TYPES.sub(named, cypher)
    if then:
        typed = _THEN_MACRO.sub(_of_then, typed)

    def written(macro: re.Match[str]) -> str:
        name, x = macro[1], macro[2]
        if name == "VISIBLE":
            return _VISIBLE.replace("{x}", x)
        if name == "REFERRED":
            return _REFERRED.replace("{x}", x)
        if name == "REACHED":
            return _REACHED.replace("{x}", x)
        r, n = f"{x}_touch", f"{x}_toucher"
        touched = f"EXISTS {{ ({x})-[{r}:{whitelist}]-({n}) WHERE VISIBLE({r}) AND REACHED({n}) }}"
        if then:
            touched = _THEN_MACRO.sub(_of_then, touched.replace(" }", f" AND STOOD({r}) AND KNOWN({n}) }}"))
        return _MACRO.sub(written, touched)

    return _MACRO.sub(written, typed)


def _of_then(macro: re.Match[str]) -> str:
    return _THEN[macro[1]].replace("{x}", macro[2]).replace("{y}", macro[3] or "")


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
