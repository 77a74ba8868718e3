"""Real engines for tests: one Redis per session, emptied for each test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.state.connection import Client, connect
from tests.kit.redis_server import running_redis


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    # Unix sockets have a limit of 108 bytes; pytest's directories may be longer.
    with tempfile.TemporaryDirectory(prefix="redis-") as directory, running_redis(Path(directory)) as url:
        yield url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Client]:
    client = connect(redis_url)
    client.flushall()
    yield client
    client.close()
