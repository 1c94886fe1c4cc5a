"""The way to a database over Bolt: opened once, proven to answer, with failures said in one line."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import neo4j
from neo4j import AsyncDriver as Driver
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

from graph.errors import GraphUnavailable, PasswordRefused

__all__ = [
    "FAILURES",
    "Driver",
    "DriverError",
    "Neo4jError",
    "connect",
    "holding",
    "open_driver",
    "refuse_old",
    "rows",
    "store_trouble",
    "streamed",
]

OLDEST = (5, 26)
CONNECT_SECONDS = 5.0
FAILURES = (Neo4jError, DriverError, OSError)
# What fails is said once, in our words; who configures logging still gets the driver's.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

_VERSION = "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0]"
_STORE = "SHOW DATABASE neo4j YIELD statusMessage"


def connect(uri: str, user: str, password: str, *, connections: int = 100) -> Driver:
    """Give a driver for the address, which has not yet tried it; raise GraphUnavailable if it is none."""
    try:
        return neo4j.AsyncGraphDatabase.driver(
            uri,
            auth=(user, password),
            notifications_min_severity="OFF",
            max_connection_pool_size=connections,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=CONNECT_SECONDS,
            telemetry_disabled=True,
        )
    except (ConfigurationError, ValueError) as problem:
        raise GraphUnavailable(f"{uri} is no address of a Neo4j database; write bolt://host:port.") from problem


async def open_driver(uri: str, user: str, password: str) -> Driver:
    """Give a driver whose database has answered and is new enough; raise GraphUnavailable with one clear line."""
    driver = connect(uri, user, password)
    try:
        await _prove(driver, uri)
    except BaseException:
        await driver.close()
        raise
    return driver


async def _prove(driver: Driver, uri: str) -> None:
    """Ask the database for its version by a plain query, which unlike a managed one fails at once."""
    try:
        ((version,),) = await rows(driver, _VERSION)
    except AuthError as problem:
        raise PasswordRefused(f"The database at {uri} refuses this user name or password.") from problem
    except Neo4jError as problem:
        raise GraphUnavailable(f"The database at {uri} is not ready.") from problem
    except ConfigurationError as problem:
        # What the driver was told to ask for is more than the protocol of so old a database knows.
        raise GraphUnavailable(f"The database at {uri} is too old; Neo4j 5.26 or newer is needed.") from problem
    except (DriverError, OSError) as problem:
        raise GraphUnavailable(f"No database answers at {uri}.") from problem
    refuse_old(uri, version)


def refuse_old(uri: str, version: str) -> None:
    """Raise GraphUnavailable if a version, 5.26.30 or 2026.04.0 alike, is below what our statements need."""
    if tuple(int(part) for part in version.split("-")[0].split(".")[:2]) < OLDEST:
        raise GraphUnavailable(f"The database at {uri} is Neo4j {version}; 5.26 or newer is needed.")


async def rows(
    driver: Driver, text: str | neo4j.Query, *, database: str | None = None, **params: Any
) -> list[list[Any]]:
    """Run one statement of the keepers of the database, outside every grant, and give its rows."""
    async with driver.session(database=database) as session:
        result = await session.run(text, params)
        return [record.values() async for record in result]


async def streamed(driver: Driver, text: str) -> AsyncIterator[list[Any]]:
    """Run one statement of the keepers of the database, and give its rows as they come, however many there are."""
    async with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        async for record in await session.run(text):
            yield record.values()


@asynccontextmanager
async def holding(driver: Driver, text: str) -> AsyncIterator[None]:
    """Keep the locks that a statement takes for as long as the block runs; nothing else uses its transaction."""
    async with driver.session() as session, await session.begin_transaction() as transaction:
        await (await transaction.run(text)).consume()
        yield
        await transaction.commit()


async def store_trouble(driver: Driver) -> str:
    """Say why the store cannot serve, or nothing: a database listens even where its store has failed."""
    ((message,),) = await rows(driver, _STORE, database="system")
    return str(message or "")
