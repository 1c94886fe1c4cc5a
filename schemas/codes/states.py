"""The member states, and the number by which each stands in an audience mask."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator

from schemas.codes.table import text_of

# A mask is a signed 64-bit integer in the graph; two bits are kept free above the last number.
LAST_NUMBER = 61


@dataclass(frozen=True)
class Member:
    """One member state: ISO 3166-2 code, name, and `bit`, its number in an audience mask (0 to 61)."""

    code: str
    name: str
    bit: int


def read_members(text: str) -> tuple[int, dict[str, Member]]:
    """Give version and members of a membership table. Raises ValueError if a code or a number cannot stand."""
    table: Mapping[str, Any] = tomllib.loads(text)
    members = [Member(row["code"], row["name"], row["number"]) for row in table["member"]]
    for member in members:
        _refuse_misnumbered(member)
    if len({member.code for member in members}) < len(members) or len({member.bit for member in members}) < len(
        members
    ):
        raise ValueError("Each state stands once in the table, with a number of its own.")
    return int(table["version"]), {member.code: member for member in members}


def _refuse_misnumbered(member: Member) -> None:
    if not re.fullmatch(r"IN-[A-Z]{2}", member.code):
        raise ValueError(f"{member.code} is not a code of a state.")
    if not 0 <= member.bit <= LAST_NUMBER:
        raise ValueError(f"The number of {member.code} lies outside 0 to {LAST_NUMBER}.")


VERSION, MEMBERS = read_members(text_of("states.toml"))


def newcomers(members: Iterable[Member]) -> dict[str, Member]:
    """Give those of these members that are not known yet. Raises ValueError if one contradicts what is known."""
    known = dict(MEMBERS)
    for member in members:
        _refuse_misnumbered(member)
        for other in known.values():
            same = (other.code == member.code, other.name == member.name, other.bit == member.bit)
            if any(same) and not all(same):
                raise ValueError(
                    f"{member.code} as {member.name} with number {member.bit} contradicts {other.code}, which is "
                    f"{other.name} with number {other.bit}."
                )
        known[member.code] = member
    return {code: member for code, member in known.items() if code not in MEMBERS}


def adopt(members: Iterable[Member]) -> None:
    """Let this process know members that its table lacks; none is ever forgotten.

    Raises ValueError, and then has adopted none, if a code, name or number contradicts what is known.
    """
    MEMBERS.update(newcomers(members))


def mask(states: Iterable[str]) -> int:
    """Give the audience mask of these states: the sum of 2**number. Raises ValueError for a state that is no member."""
    total = 0
    for state in states:
        total |= 1 << MEMBERS[_member(state)].bit
    return total


def _member(code: str) -> str:
    if code not in MEMBERS:
        raise ValueError(f"A state is one of {', '.join(MEMBERS)}.")
    return code


StateCode = Annotated[str, AfterValidator(_member)]
