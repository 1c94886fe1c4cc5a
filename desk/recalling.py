"""Recalling which tokens of peers are used up: a process that begins has only the ledger to know it by.

In order:
1. A token is used up once, in the one process that serves from a data directory (`desk.stores`).
2. Its name stands on the ledger before its answer leaves, so that one that is on no ledger brought nobody anything.
3. A process that begins reads back as far as a token could still pass by its time, whatever clocks say within their
   leeway.
"""

from collections.abc import Mapping

from auth.tokens import PASSES_FOR, Tokens
from desk.looking import JTI
from register.ledger import LONGEST_PAGE
from register.store import Register


async def recall(register: Register, tokens: Tokens) -> None:
    """Know the tokens of peers that were used up before this process began. Raises RegisterUnavailable."""
    since, before = register.clock() - PASSES_FOR, None
    while True:
        page = await register.ledger.search(first=LONGEST_PAGE, before=before)
        for one in page:
            if one.at < since:
                return
            said = one.entry.variables
            name = said.get(JTI) if isinstance(said, Mapping) else None
            if isinstance(name, str) and one.entry.officer is not None:
                issuer = one.entry.officer.partition(":")[0]
                tokens.recall(issuer, name, until=one.at + PASSES_FOR)
        if len(page) < LONGEST_PAGE:
            return
        before = page[-1].seq
