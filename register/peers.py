"""Peers: the memberships that this state has trusted, and what it has agreed with each other state.

In order:
1. A membership is trusted once it is newer than the newest held, which is asked under the write lock.
2. None is ever deleted, so that a number once given is known for good.
3. An agreement replaces the one before; if a rule is handed in, it is asked of that one under the write lock.
4. Every change is written with its entry; but how a peer stands, which nobody decides, has none.
5. What a peer has said of its keys is only added to.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from register.ledger import Entry, Ledger
from register.reader import Reader
from register.tables import agreements, hearings, memberships, micros
from register.writer import Writer
from schemas.agreement import Agreement
from schemas.codes.states import MEMBERS, Member
from schemas.hearing import Hearing
from schemas.membership import SignedMembership

Rule = Callable[[Agreement | None], None]
"""Raises unless an agreement may take the place of the one that stands."""


class MembershipStale(Exception):
    """A membership that is not newer than the newest trusted; the message names both versions."""


class Peers:
    """The peers of one state."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger) -> None:
        """Stand on a register's writer, reader and ledger."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger

    async def membership(self) -> SignedMembership | None:
        """Give the newest membership that was trusted, None before the first."""
        body = await self._reader.do(lambda connection: connection.execute(NEWEST).scalar())
        return None if body is None else SignedMembership.model_validate_json(body)

    async def known(self) -> list[Member]:
        """Give each state that was ever a member, in order of number, also those that have left."""
        bodies = await self._reader.do(lambda connection: connection.execute(BODIES).scalars().all())
        signed = (SignedMembership.model_validate_json(body) for body in bodies)
        found = {one.code: Member(one.code, one.name, one.number) for each in signed for one in each.membership.members}
        return sorted(found.values(), key=lambda member: member.bit)

    async def numbers(self) -> dict[str, int]:
        """Give every number that a state ever had, by its code."""
        return {member.code: member.bit for member in (*await self.known(), *MEMBERS.values())}

    async def trust(self, signed: SignedMembership, *, at: datetime, by: str, entry: Entry) -> None:
        """Trust a membership that was checked. Raises MembershipStale, and then nothing has changed."""
        version = signed.membership.version

        def act(connection: Connection) -> None:
            held = connection.execute(LATEST).scalar_one()
            if held is not None and version <= held:
                raise MembershipStale(f"Version {held} is trusted already; this one is version {version}.")
            row = {"version": version, "body": signed.model_dump_json(), "trusted_at": micros(at), "trusted_by": by}
            connection.execute(insert(memberships).values(**row))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def agreement(self, state: str) -> Agreement | None:
        """Give what is agreed with a state, None if nothing ever was."""
        return await self._reader.do(lambda connection: _agreement(connection, state))

    async def agreements(self) -> list[Agreement]:
        """Give what is agreed with each state, in order of code."""
        rows = await self._reader.do(lambda connection: connection.execute(AGREED).scalars().all())
        return [Agreement.model_validate_json(body) for body in rows]

    async def agree(
        self, agreement: Agreement, *, at: datetime, by: str, entry: Entry, rule: Rule | None = None
    ) -> None:
        """Let an agreement stand. Raises what the rule raises, and then nothing has changed."""
        of = agreements.c.state == agreement.state

        def act(connection: Connection) -> None:
            if rule is not None:
                rule(_agreement(connection, agreement.state))
            connection.execute(delete(agreements).where(of))
            row = {"state": agreement.state, "body": agreement.model_dump_json()}
            connection.execute(insert(agreements).values(**row, agreed_at=micros(at), agreed_by=by))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def hearings(self) -> dict[str, Hearing]:
        """Give what was last heard of each peer, by its code."""
        bodies = await self._reader.do(lambda connection: connection.execute(HEARD).scalars().all())
        return {one.state: one for one in map(Hearing.model_validate_json, bodies)}

    async def hear(self, hearing: Hearing, *, entry: Entry) -> Hearing:
        """Keep what was heard of a peer, with an entry if it said more of its keys; give what is kept.

        What it said of them before stays as it was, whatever it says now.
        """
        of = hearings.c.state == hearing.state

        def act(connection: Connection) -> Hearing:
            body = connection.execute(select(hearings.c.body).where(of)).scalar_one_or_none()
            before = () if body is None else Hearing.model_validate_json(body).handovers
            spoken = {one.by for one in before}
            more = tuple(one for one in hearing.handovers if one.by not in spoken)
            kept = hearing.model_copy(update={"handovers": (*before, *more)})
            connection.execute(delete(hearings).where(of))
            connection.execute(insert(hearings).values(state=kept.state, body=kept.model_dump_json()))
            if more:
                self._ledger.enter(connection, entry)
            return kept

        return await self._writer.do(act)


NEWEST = select(memberships.c.body).order_by(memberships.c.version.desc()).limit(1)
BODIES = select(memberships.c.body).order_by(memberships.c.version)
LATEST = select(func.max(memberships.c.version))
AGREED = select(agreements.c.body).order_by(agreements.c.state)
HEARD = select(hearings.c.body).order_by(hearings.c.state)


def _agreement(connection: Connection, state: str) -> Agreement | None:
    body = connection.execute(select(agreements.c.body).where(agreements.c.state == state)).scalar_one_or_none()
    return None if body is None else Agreement.model_validate_json(body)
