"""What every test stands on: one asyncio backend."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop that serves the node."""
    return "asyncio"
