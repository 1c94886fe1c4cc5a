"""The second officer: what needs one, of which rank, and from which chain. Pure: the day is handed in.

In order:
1. Nobody is the second of their own change.
2. The second is of at least the rank that the change needs; a civil post has none.
3. The second is of another chain: on that day the units directly below the state, above both, are two. The state's
   headquarters is a chain of its own. A unit that the table does not know is of no chain, and then nobody is second.
Rank gives this right and no view: what the second may see is decided by their own grant.
"""

from dataclasses import dataclass
from datetime import date

from schemas.codes.units import line_of
from schemas.officer import Officer, Rank
from schemas.pending import PendingAct

_CIVIL = frozenset({Rank.ANALYST, Rank.AUDITOR, Rank.NODE_ADMIN, Rank.SERVICE})
_RANKS = tuple(rank for rank in Rank if rank not in _CIVIL)


@dataclass(frozen=True)
class Needed:
    """The least rank that may approve a kind of change, and why it is that rank."""

    rank: Rank
    reason: str


NEEDED: dict[PendingAct, Needed] = {
    PendingAct.MEMBERSHIP: Needed(
        Rank.DYSP_ACP,
        "It is what the State Acts on organised crime punish, and they let nobody below a Deputy Superintendent "
        "investigate.",
    ),
    PendingAct.ASSISTANCE: Needed(
        Rank.DYSP_ACP, "An act of help accuses its giver under a section of law: a gazetted officer says that it may."
    ),
    PendingAct.ASSISTANCE_LINK: Needed(
        Rank.DYSP_ACP, "An act of help accuses nobody until it names its giver: that is said by whom the act is."
    ),
    PendingAct.CATEGORY: Needed(
        Rank.SP_DCP,
        "It changes what a person is in every answer of the node; as for opening an account's followers, a "
        "Superintendent answers for it.",
    ),
    PendingAct.IMPORT: Needed(
        Rank.SP_DCP, "It can bring thousands of records into every answer of the node: a Superintendent answers for it."
    ),
    PendingAct.GRANT: Needed(
        Rank.SP_DCP,
        "It widens what an officer sees in every answer, by one who may widen their own friends' view: a "
        "Superintendent answers for it.",
    ),
}


def chain_of(who: Officer, on: date) -> str | None:
    """Give the code of the unit directly below the state that an officer stands under, None for a unit unknown."""
    line = line_of(who.unit, on)
    if not line or line[-1].state != who.state:
        return None
    return line[-2].code if len(line) > 1 else line[-1].code


def holds_rank(who: Officer, least: Rank) -> bool:
    """Say whether an officer is of a rank or one above it."""
    return who.rank in _RANKS and _RANKS.index(who.rank) >= _RANKS.index(least)


def may_second(who: Officer, author: Officer, least: Rank, on: date) -> bool:
    """Say whether an officer may be the second of a change that needs at least a rank."""
    chains = (chain_of(who, on), chain_of(author, on))
    return who.id != author.id and holds_rank(who, least) and None not in chains and chains[0] != chains[1]
