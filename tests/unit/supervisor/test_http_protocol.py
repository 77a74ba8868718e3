"""The protocol on a transport and a clock of the test's own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from appliance.supervisor.http_protocol import MAX_HEAD_BYTES, MAX_HEADERS, MAX_TARGET_BYTES
from tests.kit.http_line import PATIENCE, Line, StillConnections
from tests.kit.http_server import echo_app

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


# Deadlines


async def test_silent_connection_is_closed_without_a_word() -> None:
    line = Line()
    line.wait(9.9)
    assert line.is_open
    line.wait(0.2)
    assert not line.is_open
    assert line.transport.written == b""


async def test_dribbled_head_is_answered_408_however_steadily_it_comes() -> None:
    line = Line()
    for byte in GET[:-1]:
        await line.send(bytes([byte]))
        line.wait(10 / (len(GET) - 2))
    assert line.statuses == [408]
    assert not line.is_open


async def test_empty_lines_are_no_beginning_of_a_request() -> None:
    line = Line()
    for _ in range(11):
        await line.send(b"\r\n")
        line.wait(1)
    assert not line.is_open


async def test_stalled_body_is_answered_408_and_the_application_sees_the_client_gone() -> None:
    seen = []

    async def app(_scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], _send: Any) -> None:
        while (message := await receive())["type"] == "http.request":
            pass
        seen.append(message["type"])

    line = Line(app=app)
    await line.send(POST + b"ab")
    line.wait(19.9)
    assert line.is_open
    line.wait(0.2)
    await line.send(b"cd")
    assert line.statuses == [408]
    assert not line.is_open
    assert seen == ["http.disconnect"]


async def test_whole_request_waits_for_its_answer_without_a_deadline() -> None:
    may_answer = asyncio.Event()

    async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        await may_answer.wait()
        await echo_app(scope, receive, send)

    line = Line(app=app)
    await line.send(GET)
    line.wait(1000)
    assert line.is_open
    may_answer.set()
    await line.send()
    assert line.statuses == [200]


async def test_connection_may_stay_unused_after_an_answer_for_a_while() -> None:
    line = Line()
    await line.send(GET)
    line.wait(4.9)
    await line.send(GET)
    assert line.statuses == [200, 200]
    line.wait(5.1)
    assert not line.transport.is_open
    assert line.statuses == [200, 200]


async def test_head_of_a_later_request_has_the_whole_time() -> None:
    line = Line()
    await line.send(GET)
    line.wait(4.9)
    await line.send(GET[:10])
    line.wait(9.9)
    await line.send(GET[10:])
    assert line.statuses == [200, 200]


async def test_client_that_does_not_take_its_answer_is_thrown_out() -> None:
    line = Line()
    await line.send(GET)
    line.protocol.pause_writing()
    line.protocol.resume_writing()
    line.protocol.pause_writing()
    line.wait(4)
    assert not line.transport.aborted
    line.wait(30)
    assert line.transport.aborted


async def test_who_stays_after_the_refusal_is_thrown_out() -> None:
    line = Line()
    await line.send(b"\x00")
    assert line.statuses == [400]
    assert not line.transport.aborted
    line.wait(1.1)
    assert line.transport.aborted


# Limits


def _head(*lines: bytes, target: bytes = b"/a", version: bytes = b"HTTP/1.1") -> bytes:
    return b"\r\n".join((b"GET " + target + b" " + version, *lines, b"", b""))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (_head(b"Host: x", *[b"a: b"] * (MAX_HEADERS - 1)), 200),
        (_head(b"Host: x", *[b"a: b"] * MAX_HEADERS), 431),
        (_head(b"Host: x", b"a: " + b"b" * (MAX_HEAD_BYTES - 60)), 200),
        (_head(b"Host: x", b"a: " + b"b" * MAX_HEAD_BYTES), 431),
        (_head(b"Host: x", *[b"a: " + b"b" * 8000] * 2), 200),
        (_head(b"Host: x", *[b"a: " + b"b" * 8000] * 3), 431),
        (_head(b"Host: x", target=b"/" + b"a" * (MAX_TARGET_BYTES - 1)), 200),
        (_head(b"Host: x", target=b"/" + b"a" * MAX_TARGET_BYTES), 414),
        (_head(b"Host: x", target=b"/" + b"a" * 100_000), 414),
        (_head(b"Host: x", b"Host: y"), 400),
        (_head(b"Host: x", b"host: x"), 400),
        (_head(), 400),
        (_head(version=b"HTTP/1.0"), 200),
        (_head(b"Transfer-Encoding: chunked", version=b"HTTP/1.0"), 400),
        (_head(b"Host: x", version=b"HTTP/0.9"), 400),
        (_head(b"Host: x", version=b"HTTP/2.0"), 400),
        (b"GET /a\r\n\r\n", 400),
        (b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (_head(b"Host: x", target=b"http://x"), 400),
        (_head(b"Host: x", b"a: b", b" folded"), 400),
        (_head(b"Host: x", b"Content-Length: 1", b"Content-Length: 1"), 400),
        (_head(b"Host: x", b"Content-Length: 1", b"Transfer-Encoding: chunked"), 400),
    ],
)
@pytest.mark.parametrize("piece", [1 << 20, 5000])
def test_head_has_its_answer(head: bytes, status: int, piece: int) -> None:
    async def run() -> None:
        line = Line()
        await line.send(*(head[start : start + piece] for start in range(0, len(head), piece)))
        assert line.statuses == [status]
        is_kept = status == 200 and b"HTTP/1.0" not in head
        assert line.is_open == is_kept

    asyncio.run(run())


async def test_header_without_end_is_refused_before_it_is_kept() -> None:
    line = Line()
    await line.send(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000)
    assert line.statuses == [431]


async def test_body_in_the_packet_of_its_head_is_no_part_of_the_head() -> None:
    line = Line()
    body = b"x" * 50_000
    await line.send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n" + body, GET)
    assert line.statuses == [200, 200]


async def test_lines_behind_a_chunked_body_are_no_headers() -> None:
    seen = []

    async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        await echo_app(scope, receive, send)
        seen.extend(name for name, _ in scope["headers"])

    line = Line(app=app)
    await line.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Forwarded-For: y\r\n\r\n")
    assert line.statuses == [200]
    assert seen == [b"host", b"transfer-encoding"]


# Order


async def test_requests_of_one_packet_are_answered_in_their_order() -> None:
    line = Line()
    await line.send(b"".join(GET.replace(b"/a", b"/%d" % number) for number in range(5)))
    assert line.transport.written.count(b"GET /") == 5
    places = [line.transport.written.index(b"GET /%d" % number) for number in range(5)]
    assert places == sorted(places)


async def test_broken_request_behind_a_good_one_takes_no_answer_away() -> None:
    for broken in (b"\x00", POST.replace(b"4", b"four"), POST + b"abcd" + b"\x00", _head(b"Host: x", b"Host: y")):
        line = Line()
        await line.send(GET + broken)
        good = 2 if b"abcd" in broken else 1
        assert line.statuses == [200] * good
        assert not line.is_open


async def test_broken_body_behind_a_good_request_takes_no_answer_away() -> None:
    line = Line()
    await line.send(GET + b"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert line.statuses == [200]
    assert b"GET /a" in line.transport.written
    assert not line.is_open


async def test_too_many_requests_of_one_packet_end_the_connection() -> None:
    line = Line()
    await line.send(GET * 100)
    assert 1 < len(line.statuses) < 30
    assert set(line.statuses) == {200}
    assert not line.is_open


async def test_early_answer_leaves_the_rest_of_the_body_its_deadline() -> None:
    async def app(_scope: dict[str, Any], _receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    line = Line(app=app)
    await line.send(POST)
    assert line.statuses == [413]
    line.wait(19)
    assert line.is_open
    await line.send(b"abcd" + GET)
    assert line.statuses == [413, 413]
    await line.send(POST)
    line.wait(21)
    assert not line.is_open
    assert line.statuses == [413, 413, 413]


# Number of connections


async def test_the_one_that_keeps_the_server_waiting_longest_makes_room() -> None:
    connections = StillConnections(PATIENCE, 3)
    silent, slow, busy = Line(connections), Line(connections), Line(connections)
    await slow.send(GET[:5])
    await silent.send(GET)
    fresh = Line(connections)
    assert [line.transport.aborted for line in (silent, slow, busy, fresh)] == [False, True, False, False]
    another = Line(connections)
    assert [line.transport.aborted for line in (silent, slow, busy, another)] == [False, True, True, False]


async def test_connections_at_work_are_not_closed_for_a_fresh_one() -> None:
    never = asyncio.Event()

    async def app(_scope: dict[str, Any], _receive: Callable[[], Awaitable[Any]], _send: Any) -> None:
        await never.wait()

    connections = StillConnections(PATIENCE, 2)
    busy = [Line(connections, app) for _ in range(2)]
    for line in busy:
        await line.send(GET)
    fresh = Line(connections)
    assert fresh.statuses == [503]
    assert b"retry-after" in fresh.transport.written
    assert all(line.is_open for line in busy)


# End


async def test_at_the_end_only_whole_requests_are_waited_for() -> None:
    never = asyncio.Event()

    async def app(_scope: dict[str, Any], _receive: Callable[[], Awaitable[Any]], _send: Any) -> None:
        await never.wait()

    lines = {sent: Line(app=app) for sent in (b"", GET[:5], POST + b"ab", GET)}
    for sent, line in lines.items():
        await line.send(sent)
        line.protocol.shutdown()
    assert [line.transport.is_open for line in lines.values()] == [False, False, False, True]


async def test_at_the_end_a_client_that_takes_nothing_is_not_waited_for() -> None:
    never = asyncio.Event()

    async def app(_scope: dict[str, Any], _receive: Callable[[], Awaitable[Any]], _send: Any) -> None:
        await never.wait()

    line = Line(app=app)
    await line.send(GET)
    line.protocol.pause_writing()
    line.protocol.shutdown()
    line.wait(1.1)
    assert line.transport.aborted
    line.protocol.connection_lost(None)
    never.set()
    await line.send()
