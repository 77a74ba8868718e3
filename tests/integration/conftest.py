"""Real engines for tests: one Redis per session, emptied for each test.

Tests of modules with the mark `external` run twice, where they ask for `redis_url` or `module_engine`: with the engines
that the appliance brings, and with a Redis over TCP with password and TLS and a ClickHouse over HTTPS. With
`EXTERNAL_ENGINES=1` every test of the suite runs with the latter only.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.state.connection import Client, connect
from tests.kit.engine import Engine, running_engine
from tests.kit.redis_server import running_redis, running_tls_redis

_KINDS = {"redis_kind": ("socket", "tls"), "clickhouse_kind": ("embedded", "https")}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture, kinds in _KINDS.items():
        if fixture not in metafunc.fixturenames:
            continue
        runs_twice = metafunc.definition.get_closest_marker("external")
        if os.environ.get("EXTERNAL_ENGINES") == "1":
            kinds = kinds[1:]
        elif not runs_twice or metafunc.definition.get_closest_marker("embedded"):
            kinds = kinds[:1]
        # Always by a parameter: pytest would else keep a second embedded engine beside that of the parameter.
        metafunc.parametrize(fixture, kinds, scope="module")


@pytest.fixture(scope="module")
def redis_kind() -> str:
    return "socket"


@pytest.fixture(scope="module")
def clickhouse_kind() -> str:
    return "embedded"


@pytest.fixture(scope="session")
def socket_redis() -> Iterator[str]:
    # Unix sockets have a limit of 108 bytes; pytest's directories may be longer.
    with tempfile.TemporaryDirectory(prefix="redis-") as directory, running_redis(Path(directory)) as url:
        yield url


@pytest.fixture(scope="session")
def tls_redis() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="redis-") as directory, running_tls_redis(Path(directory)) as url:
        yield url


@pytest.fixture(scope="module")
def redis_url(redis_kind: str, request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{redis_kind}_redis")
    return url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Client]:
    client = connect(redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="module")
def module_engine(clickhouse_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One ClickHouse per module."""
    external = clickhouse_kind == "https"
    with running_engine(tmp_path_factory.mktemp("engine"), external=external) as engine:
        yield engine


@pytest.fixture
def engine(module_engine: Engine) -> Engine:
    """Emptied for each test."""
    module_engine.empty()
    return module_engine
