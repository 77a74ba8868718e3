"""Deadlines and bounds with real sockets; patience of a fraction of a second stands for the ten seconds."""

import contextlib
import os
import resource
import socket
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from appliance.supervisor.connections import Connections, Patience
from tests.kit.http_server import HttpServer, echo_app, http_server
from tests.kit.raw_http import connect, exchange, request

EACH = 500
LONGER = Patience(head=4.0, body=4.0, idle=4.0, reading=4.0, leaving=1.0)
"""Enough to open and serve 1,500 connections first."""
SHORT = Patience(head=1.0, body=1.0, idle=1.0, reading=1.0, leaving=0.3)
GET = request("GET", "/a", "Host: x")
STALLED = request("POST", "/a", "Host: x", "Content-Length: 10") + b"ab"


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server(echo_app, Connections(SHORT, 1000)) as running:
        yield running


def _latencies(server: HttpServer, until: threading.Event) -> list[float]:
    found = []
    with connect(server.url) as line:
        while not until.is_set():
            started = time.monotonic()
            line.sendall(GET)
            line.recv(1000)
            found.append(time.monotonic() - started)
            until.wait(0.005)
    return found


def test_silent_dribbling_and_stalled_clients_are_all_closed_and_ordinary_ones_served() -> None:
    with http_server(echo_app, Connections(LONGER)) as server, contextlib.ExitStack() as stack:
        silent, slow, stalled = ([stack.enter_context(connect(server.url)) for _ in range(EACH)] for _ in range(3))
        for line in stalled:
            line.sendall(STALLED)
        done = threading.Event()
        latencies: list[float] = []
        ordinary = threading.Thread(target=lambda: latencies.extend(_latencies(server, done)))
        ordinary.start()
        for byte in GET[:8]:
            for line in slow:
                line.sendall(bytes([byte]))
            done.wait(0.1)
        said = [_to_the_end(line) for line in (*silent, *slow, *stalled)]
        done.set()
        ordinary.join()
    assert set(said[:EACH]) == {b""}
    assert {answer.split(b"\r\n")[0] for answer in said[EACH:]} == {b"HTTP/1.1 408 Request Timeout"}
    assert statistics.quantiles(latencies, n=100)[98] < 0.5


def _to_the_end(line: socket.socket) -> bytes:
    said = b""
    while received := line.recv(1000):
        said += received
    return said


def test_refusal_reaches_a_client_that_is_still_sending(server: HttpServer) -> None:
    for _ in range(20):
        said = exchange(server.url, request("GET", "/", "Host: x", f"A: {'a' * 4_000_000}"), to_the_end=True)
        assert (said.statuses, said.is_closed) == ([431], True)


def test_client_that_takes_nothing_is_thrown_out() -> None:
    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        del scope, receive
        assert callable(send)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})

    with http_server(app, Connections(SHORT, 10)) as running, connect(running.url) as line:
        line.sendall(GET)
        deadline = time.monotonic() + 4
        line.recv(1)
        while running.connections():
            assert time.monotonic() < deadline
            time.sleep(0.02)  # another thread's set: nothing to await


def test_stop_does_not_wait_for_what_is_no_whole_request() -> None:
    patient = Connections(Patience(head=60, body=60, idle=60, reading=60, leaving=60), 1000)
    with (
        http_server(echo_app, patient, graceful_seconds=60) as server,
        connect(server.url) as stalled,
        connect(server.url) as silent,
    ):
        stalled.sendall(STALLED)
        while server.connections() < 2:
            time.sleep(0.01)  # another thread's set: nothing to await
        server.ask_to_stop()
        # Neither patience nor grace ends within the time-out of these sockets.
        assert stalled.recv(10) == b""
        assert silent.recv(10) == b""


def test_more_connections_than_files_are_refused_and_room_comes_back() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = max(int(name) for name in os.listdir("/proc/self/fd"))
    lines: list[socket.socket] = []
    with http_server(echo_app, Connections(SHORT, 1000)) as running:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (used + 100, hard))
            with contextlib.suppress(OSError):
                lines.extend(connect(running.url) for _ in range(300))
            for line in lines:
                with contextlib.suppress(OSError):
                    line.sendall(GET)
            busy = running.cpu_seconds()
            time.sleep(0.5)  # what is measured is that nothing happens
            assert running.cpu_seconds() - busy < 0.25
        finally:
            for line in lines:
                line.close()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert exchange(running.url, GET).statuses == [200]


def test_bound_holds_and_whoever_sends_at_once_is_served() -> None:
    with http_server(echo_app, Connections(SHORT, 20)) as running, contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connect(running.url))
        assert exchange(running.url, GET).statuses == [200]
        assert running.connections() <= 20


def test_allowed_number_follows_the_limit_of_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = Connections().most
    assert 0 < most <= 4096
    now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert most < now or now == resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
