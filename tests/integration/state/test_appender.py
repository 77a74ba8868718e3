"""Both ways to append, against a real Redis and against servers that misbehave."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import UnavailableError
from appliance.state.appender import Appender, DirectAppender, LibraryAppender, appender
from appliance.state.connection import AsyncClient, Client, connect_async
from tests.kit.redis_server import running_redis


@pytest.fixture(params=["direct", "library", "tls"])
def redis_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("tls_redis" if request.param == "tls" else "socket_redis")
    return url


@pytest.fixture
async def way(request: pytest.FixtureRequest, redis_client: Client, redis_url: str) -> AsyncIterator[Appender]:
    client = connect_async(redis_url)
    is_direct = request.node.callspec.params["redis_url"] == "direct"
    one: Appender = _direct(client) if is_direct else LibraryAppender(client)
    yield one
    await one.close()
    await client.aclose()


def _direct(client: AsyncClient) -> DirectAppender:
    one = appender(client)
    assert isinstance(one, DirectAppender)
    return one


async def test_entries_are_appended_in_order(way: Appender, redis_client: Client) -> None:
    for number in range(50):
        entries = [(f"s{shard}", {"a": b"%d" % number, "\u00e9|x": bytes(range(256)) * number}) for shard in range(3)]
        assert await way.append(entries) == [None, None, None]
    for shard in range(3):
        found: Any = redis_client.xrange(f"s{shard}")
        assert [fields[b"a"] for _, fields in found] == [b"%d" % number for number in range(50)]
        assert found[-1][1]["\u00e9|x".encode()] == bytes(range(256)) * 49


async def test_refused_entry_does_not_take_the_others_with_it(way: Appender, redis_client: Client) -> None:
    redis_client.set("no-stream", "1")
    outcomes = await way.append([("a", {"f": b"1"}), ("no-stream", {"f": b"secret"}), ("b", {"f": b"1"})])
    assert [type(outcome) for outcome in outcomes] == [type(None), UnavailableError, type(None)]
    assert str(outcomes[1]) == "Redis did not take the command (WRONGTYPE)"
    assert redis_client.xlen("b") == 1


async def test_cancelled_calls_never_get_the_replies_of_others(way: Appender, redis_client: Client) -> None:
    """Each call adds to a stream of its own, every second one to a key that is none; half of them are cancelled."""
    redis_client.set("no-stream", "1")
    for number in range(200):
        doomed = asyncio.create_task(way.append([("lost", {"f": b"1"})] * 3))
        await asyncio.sleep(0 if number % 2 else 0.001)
        doomed.cancel()
        with contextlib.suppress(asyncio.CancelledError, UnavailableError):
            await doomed
        wanted = "no-stream" if number % 3 else f"kept-{number}"
        (outcome,) = await way.append([(wanted, {"f": b"1"})])
        assert isinstance(outcome, UnavailableError) == (wanted == "no-stream")
        assert redis_client.exists(f"kept-{number}") == (wanted != "no-stream")


def test_connection_with_tls_stays_with_the_library() -> None:
    assert isinstance(appender(connect_async("rediss://localhost:1")), LibraryAppender)
    assert isinstance(appender(connect_async("redis://localhost:1")), DirectAppender)


async def test_user_password_and_database_of_the_address_are_used(tmp_path: Path) -> None:
    with running_redis(tmp_path) as url:
        path = url.removeprefix("unix://")
        admin = connect_async(url)
        await admin.execute_command("ACL", "SETUSER", "me", "on", ">secret", "~*", "+@all")
        await admin.execute_command("ACL", "SETUSER", "default", "off")
        right = connect_async(f"unix://me:secret@{path}?db=3")
        direct = _direct(right)
        assert await direct.append([("a", {"f": b"1"})]) == [None]
        assert await right.xlen("a") == 1
        for wrong in (f"unix://me:wrong@{path}", f"unix://{path}"):
            refused = _direct(connect_async(wrong))
            try:
                outcomes = await refused.append([("a", {"f": b"1"})])
            except UnavailableError:
                pass
            else:
                assert isinstance(outcomes[0], UnavailableError)
            await refused.close()
        await direct.close()
        await right.aclose()
        await admin.aclose()


async def test_server_that_comes_back_is_found_again(tmp_path: Path) -> None:
    direct = _direct(connect_async(f"unix://{tmp_path}/redis.sock"))
    with pytest.raises(UnavailableError):
        await direct.append([("a", {"f": b"1"})])
    for _ in range(2):
        with running_redis(tmp_path):
            try:
                assert await direct.append([("a", {"f": b"1"})]) == [None]
            except UnavailableError:  # the connection of before is noticed by its first use
                assert await direct.append([("a", {"f": b"1"})]) == [None]
    await direct.close()


class Server:
    """Answers each connection with the next of some texts, after a while."""

    def __init__(self, path: Path, *texts: tuple[bytes, float]) -> None:
        self.path = str(path / "s")
        self.connections = 0
        self._texts = list(texts)
        self._ended = 0
        self._is_over = asyncio.Event()
        self.asked = asyncio.Event()
        """Something has been read."""

    async def __aenter__(self) -> "Server":
        self._listening = await asyncio.start_unix_server(self._talk, self.path)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Once the last connection was ended by the other side."""
        self._listening.close()
        await self._is_over.wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        text, seconds = self._texts.pop(0)
        await reader.read(1000)
        self.asked.set()
        await asyncio.sleep(seconds)
        with contextlib.suppress(ConnectionError):
            writer.write(text)
            await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        self._ended += 1
        if not self._texts and self._ended == self.connections:
            self._is_over.set()


@pytest.mark.parametrize(
    "misbehaviour",
    [
        pytest.param((b"", 0.0), id="silent"),
        pytest.param((b"$3\r\n1-0\r\n", 0.5), id="late"),
        pytest.param((b"$3\r\n1-0\r\n$3\r\n2-0\r\n", 0.0), id="two replies"),
        pytest.param((b"nonsense\r\n", 0.0), id="no reply"),
    ],
)
async def test_reply_is_never_taken_for_that_of_another_command(
    misbehaviour: tuple[bytes, float], tmp_path: Path
) -> None:
    async with Server(tmp_path, misbehaviour, (b"-OOM command not allowed\r\n", 0.0)) as server:
        direct = DirectAppender({"path": server.path, "socket_timeout": 0.2})
        with pytest.raises(UnavailableError):
            await direct.append([("a", {"f": b"1"})])
        await asyncio.sleep(misbehaviour[1])
        (outcome,) = await direct.append([("a", {"f": b"2"})])
        await direct.close()
    assert isinstance(outcome, UnavailableError)
    assert str(outcome).endswith("(OOM)")
    assert server.connections == 2


async def test_cancelled_call_ends_the_connection(tmp_path: Path) -> None:
    async with Server(tmp_path, (b"$3\r\n1-0\r\n", 0.1), (b"$3\r\n2-0\r\n", 0.0)) as server:
        direct = DirectAppender({"path": server.path, "socket_timeout": 2.0})
        first = asyncio.create_task(direct.append([("a", {"f": b"1"})]))
        await server.asked.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await direct.append([("a", {"f": b"2"})]) == [None]
        await direct.close()
    assert server.connections == 2
