"""Enquiries: who asks, why and until when. Read anew each time: one that was closed opens nothing from then on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from register.ledger import Entry, Ledger
from register.reader import Reader
from register.tables import enquiries, micros, moment
from register.writer import Writer
from schemas.enquiry import Enquiry, EnquiryContent
from schemas.ids import make_urn
from schemas.operation import Random


class Enquiries:
    """The enquiries of one state's officers."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger, random: Random, state: str) -> None:
        """Stand on a register's writer, reader and ledger."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger
        self._random = random
        self._state = state

    async def open(
        self,
        officer: str,
        content: EnquiryContent,
        *,
        at: datetime,
        entry: Callable[[Enquiry], Entry] | None = None,
    ) -> Enquiry:
        """Open an enquiry, and write its entry on the ledger in the same transaction."""
        id = make_urn(self._state, "enquiry", self._random.uuid(officer))
        enquiry = Enquiry(id=id, officer=officer, opened_at=at, **content.model_dump())

        def act(connection: Connection) -> Enquiry:
            connection.execute(insert(enquiries).values(**_row(enquiry)))
            if entry is not None:
                self._ledger.enter(connection, entry(enquiry))
            return enquiry

        return await self._writer.do(act)

    async def close(
        self, id: str, officer: str, at: datetime, *, entry: Callable[[Enquiry], Entry] | None = None
    ) -> Enquiry | None:
        """Close an officer's open enquiry, with its entry; None if there is no such one."""

        def act(connection: Connection) -> Enquiry | None:
            open_one = (enquiries.c.id == id, enquiries.c.officer == officer, enquiries.c.closed_at.is_(None))
            if connection.execute(update(enquiries).where(*open_one).values(closed_at=micros(at))).rowcount != 1:
                return None
            closed = _enquiry(connection.execute(ONE, {"of": id}).one())
            if entry is not None:
                self._ledger.enter(connection, entry(closed))
            return closed

        return await self._writer.do(act)

    async def close_ended(self, *, at: datetime, first: int, entry: Callable[[Enquiry], Entry]) -> int:
        """Close up to so many enquiries that have ended, as of their end, each with its entry; give their number."""

        def act(connection: Connection) -> int:
            late = (enquiries.c.closed_at.is_(None), enquiries.c.expires_at <= micros(at))
            ended = connection.execute(ALL.where(*late).order_by(enquiries.c.id).limit(first)).all()
            for row in ended:
                closed = {"closed_at": row.expires_at}
                connection.execute(update(enquiries).where(enquiries.c.id == row.id).values(**closed))
            if ended:
                self._ledger.enter(connection, *(entry(_enquiry(row)) for row in ended))
            return len(ended)

        return await self._writer.do(act)

    async def get(self, id: str) -> Enquiry | None:
        """Give an enquiry as it stands now."""
        return await self._reader.one(lambda connection: find(connection, id))

    async def of(self, officer: str) -> list[Enquiry]:
        """Give an officer's enquiries, newest first."""
        statement = ALL.where(enquiries.c.officer == officer).order_by(enquiries.c.opened_at.desc(), enquiries.c.id)
        rows = await self._reader.do(lambda connection: connection.execute(statement).all())
        return [_enquiry(row) for row in rows]


ALL = select(enquiries)
# Made once: building a statement costs more than asking it.
ONE = ALL.where(enquiries.c.id == bindparam("of"))


def find(connection: Connection, id: str) -> Enquiry | None:
    """Give an enquiry inside a transaction."""
    row = connection.execute(ONE, {"of": id}).one_or_none()
    return None if row is None else _enquiry(row)


def _row(enquiry: Enquiry) -> dict[str, Any]:
    return {
        "id": enquiry.id,
        "officer": enquiry.officer,
        "purpose": enquiry.purpose.value,
        "case_ref": enquiry.case_ref,
        "legal_basis": enquiry.legal_basis,
        "opened_at": micros(enquiry.opened_at),
        "expires_at": micros(enquiry.expires_at),
        "closed_at": None if enquiry.closed_at is None else micros(enquiry.closed_at),
    }


def _enquiry(row: Row[Any]) -> Enquiry:
    return Enquiry(
        id=row.id,
        officer=row.officer,
        purpose=row.purpose,
        case_ref=row.case_ref,
        legal_basis=row.legal_basis,
        opened_at=moment(row.opened_at),
        expires_at=moment(row.expires_at),
        closed_at=None if row.closed_at is None else moment(row.closed_at),
    )
