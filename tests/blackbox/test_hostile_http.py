"""Broken and malicious HTTP against the running appliance. Each has its right answer and leaves nothing in a log, no
answer is a 5xx, and a client that behaves is served and counted all the while.
"""

import asyncio
import contextlib
import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import AGENTS
from tests.kit.load import Load
from tests.kit.raw_http import Exchange, exchange, post, request
from tests.kit.stats_client import StatsClient, await_equal

pytestmark = pytest.mark.blackbox

SITE, QUIET = "one.example", "quiet.example"
CANARY = "canary7731"
"""Stands in everything hostile, and must stand in no log."""
AGENT = f"User-Agent: {AGENTS[0].text} {CANARY}"
HIT = json.dumps({"n": "pageview", "d": SITE, "u": f"https://{SITE}/hostile?q={CANARY}"}).encode()
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIT), HIT)
MAX_GROWTH_BYTES = 5_000_000
STALLED, DEADLINE = 200, 10.0


class Door:
    """The running ingest, talked to over bare sockets."""

    def __init__(self, appliance: ApplianceProcess) -> None:
        self.appliance = appliance
        self.host = appliance.ingest.removeprefix("http://")

    def send(self, *parts: bytes, answers: int = 1) -> Exchange:
        return exchange(self.appliance.ingest, *parts, answers=answers)

    def send_to_the_end(self, *parts: bytes) -> Exchange:
        return exchange(self.appliance.ingest, *parts, to_the_end=True)

    def hit(self, *headers: str, body: bytes = HIT, path: str = "/api/event") -> Exchange:
        return self.send(post(self.host, body, AGENT, *headers, path=path))

    def head(self, *headers: str, method: str = "POST", path: str = "/api/event", version: str = "HTTP/1.1") -> bytes:
        return request(method, path, f"Host: {self.host}", AGENT, *headers, version=version)

    def memory(self) -> int:
        (pid,) = (pid for pid, line in self.appliance.pids().items() if process_tree.part_of(line) == "ingest")
        return process_tree.pss_bytes(pid)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    directory: Path = tmp_path_factory.mktemp("hostile")
    with ApplianceProcess(directory, [Site(SITE), Site(QUIET)], at=1_930_478_400) as appliance:
        with Load(appliance.ingest, QUIET, connections=2, pause=0.02) as load:
            load.await_acknowledged(10)
            yield Door(appliance)
            load.stop()
        assert not load.failed, "ordinary traffic was refused"
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            await_equal(lambda: stats.totals(QUIET)["events"], len(load.acknowledged))
        log = appliance.log()
    assert CANARY not in log
    assert "request_failed" not in log
    assert '"level": "error"' not in log


# Two servers must not understand one request differently (request smuggling).


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((f"Content-Length: {len(HIT)}", "Transfer-Encoding: chunked"), id="length and chunked"),
        pytest.param(("Transfer-Encoding: chunked", "Transfer-Encoding: x"), id="two encodings"),
        pytest.param(("Transfer-Encoding: xchunked",), id="unknown encoding"),
        pytest.param(("Transfer-Encoding: chunked, identity",), id="chunked not last"),
        pytest.param(("Transfer-Encoding:\x0bchunked",), id="encoding behind a vertical tab"),
        pytest.param((f"Content-Length: {len(HIT)}", f"Content-Length: {len(HIT) + 1}"), id="two lengths"),
        pytest.param((f"Content-Length: {len(HIT)}", f"Content-Length: {len(HIT)}"), id="one length twice"),
        *(
            pytest.param((f"Content-Length: {length}",), id=f"length {length}")
            for length in ("+5", "-5", "5, 5", "0x10", "5 5", "1_0", "9" * 24)
        ),
        pytest.param(("Content-Length: 5", "X-A: b\r\n  folded"), id="folded line"),
        pytest.param(("Content-Length: 5", "X-A : b"), id="space before the colon"),
        pytest.param(("Content-Length: 5", "X A: b"), id="space in a name"),
        pytest.param(("Content-Length: 5", ": b"), id="no name"),
        pytest.param((f"Content-Length: {len(HIT)}", "Host: elsewhere.example"), id="two hosts"),
        *(pytest.param(("Content-Length: 5", f"X-A: b{sign}c"), id=f"control {ord(sign)}") for sign in "\0\1\r\x7f"),
    ],
)
def test_ambiguous_request_is_refused_and_its_connection_closed(door: Door, headers: tuple[str, ...]) -> None:
    is_chunked = any("ransfer" in header for header in headers)
    said = door.send_to_the_end(door.head(*headers) + (CHUNKED if is_chunked else HIT))
    assert (said.statuses, said.is_closed) == ([400], True)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"GET /health/live\r\n\r\n", id="HTTP/0.9"),
        pytest.param(b"GET /health/live HTTP/2.0\r\nHost: a\r\n\r\n", id="HTTP/2.0 without TLS"),
        pytest.param(b"GET /health/live HTTP/9.9\r\nHost: a\r\n\r\n", id="HTTP/9.9"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2 preface"),
        pytest.param(b"GET /health/live HTTP/1.1\nHost: a\n\n", id="bare line feeds"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500, id="TLS"),
        pytest.param(bytes(range(256)) * 4, id="every byte"),
        pytest.param(b"BREW /api/event HTTP/1.1\r\nHost: a\r\n\r\n", id="unknown method"),
        pytest.param(b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", id="bytes in the path"),
        pytest.param(b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", id="CONNECT"),
    ],
)
def test_what_is_no_http_of_ours_is_refused_and_closed(door: Door, raw: bytes) -> None:
    said = door.send_to_the_end(raw)
    assert (said.statuses, said.is_closed) == ([400], True)


@pytest.mark.parametrize("chunk", [b"zz\r\nabc", b"ffffffffffffffffff\r\nabc", b"-5\r\nabc", b"3\r\nabcd"])
def test_broken_chunk_is_refused_and_closed(door: Door, chunk: bytes) -> None:
    said = door.send_to_the_end(door.head("Transfer-Encoding: chunked") + chunk + b"\r\n0\r\n\r\n")
    assert (said.statuses, said.is_closed) == ([400], True)


@pytest.mark.parametrize("target", ["http://elsewhere.example/api/event", "/api/event?x=%ff%00%0d%0a"])
def test_host_and_query_of_the_target_mean_nothing(door: Door, target: str) -> None:
    # Absolute form must be taken (RFC 9112 §3.2.2); the host in it is used for nothing.
    assert door.hit(path=target).statuses == [202]


def test_requests_in_one_packet_are_each_answered_in_order(door: Door) -> None:
    wrong = post(door.host, b"{}", AGENT)
    right = post(door.host, HIT, AGENT)
    assert door.send(right + wrong + right, answers=3).statuses == [202, 400, 202]


def test_rest_of_a_refused_body_is_not_read_as_a_request(door: Door) -> None:
    hidden = post(door.host, HIT, AGENT) * 400
    said = door.send(post(door.host, hidden, AGENT) + door.head(method="GET", path="/health/live"), answers=2)
    assert said.statuses == [413, 200]


def test_client_that_waits_for_leave_gets_it_or_the_refusal(door: Door) -> None:
    expect = "Expect: 100-continue"
    said = door.send(door.head(f"Content-Length: {len(HIT)}", expect), HIT, answers=2)
    assert said.statuses == [100, 202]
    assert door.send(door.head("Content-Length: 10000000", expect)).statuses == [413]


def test_trailers_are_no_headers(door: Door) -> None:
    body = CHUNKED[:-2] + b"X-Forwarded-For: 6.6.6.6\r\nContent-Encoding: gzip\r\n\r\n"
    assert door.send(door.head("Transfer-Encoding: chunked") + body).statuses == [202]


# Sizes


def test_ten_megabytes_are_refused_without_being_kept(door: Door) -> None:
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    before = door.memory()
    for _ in range(3):
        assert door.hit(body=b"x" * 10_000_000).statuses == [413]
        assert door.send(door.head("Transfer-Encoding: chunked"), chunk * 160 + b"0\r\n\r\n").statuses == [413]
    assert door.memory() - before < MAX_GROWTH_BYTES


@pytest.mark.parametrize(("size", "status"), [(65_536, 202), (65_537, 413)])
def test_body_may_have_64_kib_and_not_a_byte_more(door: Door, size: int, status: int) -> None:
    body = HIT.ljust(size)
    assert door.hit(body=body).statuses == [status]
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (size, body)
    assert door.send(door.head("Transfer-Encoding: chunked") + chunked).statuses == [status]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip", "identity, gzip", "x" * 1000, "GZIP"])
def test_compressed_body_is_refused_unread(door: Door, encoding: str) -> None:
    bomb = gzip.compress(b"0" * 100_000_000, 9)[:60_000] + b"junk"
    before = door.memory()
    assert door.hit(f"Content-Encoding: {encoding}", body=bomb).statuses == [415]
    assert door.memory() - before < MAX_GROWTH_BYTES


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        pytest.param(("X-A: " + "a" * 65_536,), "/api/event", 431, id="header of 64 kB"),
        pytest.param(tuple(f"X-{n}: {CANARY}" for n in range(500)), "/api/event", 431, id="500 headers"),
        pytest.param((), "/api/event?" + "a" * 20_000, 414, id="target of 20 kB"),
    ],
)
def test_head_has_a_limit(door: Door, headers: tuple[str, ...], path: str, status: int) -> None:
    assert door.send_to_the_end(door.head(*headers, path=path)).statuses == [status]


def test_connections_that_dribble_or_stall_end_at_the_deadline(door: Door) -> None:
    head = b"POST /api/event HTTP/1.1\r\nHost: a\r\n"
    took = asyncio.run(stall(door, b"", head + b"X-A: ", head + b"Content-Length: 5000\r\n\r\n"))
    assert min(took) > DEADLINE - 1
    assert max(took) < DEADLINE + 4


async def stall(door: Door, *beginnings: bytes) -> list[float]:
    """Open many connections that get nowhere; returns for each how many seconds the server had patience."""
    host, port = door.host.split(":")
    started = time.monotonic()

    async def one(begin: bytes) -> float:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(begin)
        ended = asyncio.create_task(reader.read())
        with contextlib.suppress(ConnectionError):
            while not (await asyncio.wait([ended], timeout=1))[0]:
                writer.write(b"a" * bool(begin))
            await ended
        writer.close()
        return time.monotonic() - started

    return await asyncio.gather(*(one(begin) for begin in beginnings for _ in range(STALLED)))


# Bodies

PAGE = f'"n":"pageview","d":"{SITE}","u":"https://{SITE}/hostile"'.encode()


def deep(opening: bytes, closing: bytes, depth: int) -> bytes:
    return b'{%s,"p":%s%s}' % (PAGE, opening * depth, closing * depth)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(deep(b"[", b"]", 30_000), 400, id="lists in lists"),
        pytest.param(deep(b'{"a":', b"", 10_000) + b"1" + b"}" * 10_000, 400, id="objects in objects"),
        pytest.param(b"[" * 65_000, 400, id="only openings"),
        pytest.param(b"{%s,%s}" % (PAGE, b",".join(b'"%d":1' % n for n in range(6_500))), 202, id="6,500 keys"),
        pytest.param(
            b'{%s,"p":{%s}}' % (PAGE, b",".join(b'"%d":1' % n for n in range(6_500))), 202, id="6,500 properties"
        ),
        pytest.param(b'{%s,"%s":1}' % (PAGE, b"k" * 1_000_000), 413, id="key of 1 MB"),
        pytest.param(b'{%s,"%s":1}' % (PAGE, b"k" * 60_000), 202, id="key of 60 kB"),
        pytest.param(b'{%s,"x":%s}' % (PAGE, b"9" * 5_000), 202, id="5,000 digits in an unknown field"),
        pytest.param(b'{%s,"e":%s}' % (PAGE, b"9" * 5_000), 400, id="5,000 digits in a known field"),
        pytest.param(b'{%s,"e":1e999}' % PAGE, 400, id="more than any float"),
        pytest.param(b'{%s,"e":NaN}' % PAGE, 400, id="NaN"),
        pytest.param(b'{%s,"e":-Infinity}' % PAGE, 400, id="infinity"),
        pytest.param(b'{"n":"\\ud800","d":"one.example","u":"https://one.example/"}', 400, id="lone surrogate"),
        pytest.param(b'{"n":"a\\u0000b","d":"one.example","u":"https://one.example/"}', 202, id="NUL in a name"),
        pytest.param(b'{%s,"r":"https://a.example/\\u0000"}' % PAGE, 202, id="NUL in a referrer"),
        pytest.param(b"\xef\xbb\xbf{%s}" % PAGE, 400, id="byte-order mark"),
        pytest.param(b'{%s,"n":"engagement","n":"pageview"}' % PAGE, 202, id="a key three times"),
        pytest.param(b'{%s,"r":"\xff"}' % PAGE, 400, id="not UTF-8"),
        pytest.param(b'{%s,"r":"\xc0\xaf"}' % PAGE, 400, id="overlong UTF-8"),
        pytest.param(b'{%s,"r":"\xed\xa0\x80"}' % PAGE, 400, id="surrogate in UTF-8"),
        pytest.param(b'{%s,"r":"\xe2\x82"}' % PAGE, 400, id="UTF-8 cut short"),
        pytest.param(b"{%s}{%s}" % (PAGE, PAGE), 400, id="two objects"),
        pytest.param(b"{%s}\x00" % PAGE, 400, id="NUL behind"),
        pytest.param(b'["%s"]' % b'","'.join([b"a"] * 10_000), 400, id="a list"),
        pytest.param(b'"' + b"\\u0061" * 10_000 + b'"', 400, id="a text"),
        pytest.param(b"\x1f\x8b" + b"0" * 100, 400, id="gzip that does not say so"),
    ],
)
def test_hostile_body_has_its_right_answer(door: Door, body: bytes, status: int) -> None:
    assert door.hit(body=body).statuses == [status]


# Headers


@pytest.mark.parametrize("name", ["User-Agent", "Referer", "Cookie", "Accept-Language", "X-Forwarded-For", "Sec-CH-UA"])
@pytest.mark.parametrize(
    "value", ["\xff\xfe\xed\xa0\x80", "%0d%0aX-Injected: yes", "\x80" * 4000, "\t", "'\"><script>"]
)
def test_odd_bytes_in_a_header_harm_nobody(door: Door, name: str, value: str) -> None:
    said = door.send(
        request("POST", "/api/event", f"Host: {door.host}", f"Content-Length: {len(HIT)}", f"{name}: {value}") + HIT
    )
    assert said.statuses == [202]
    assert "x-injected" not in said.answers[0].headers


@pytest.mark.parametrize(
    "path", ["/%0d%0aX-Injected:%20yes", "/api/event%0d%0aX-Injected:yes", "/js/%0aX-Injected:yes"]
)
def test_nothing_of_a_path_comes_back(door: Door, path: str) -> None:
    said = door.send(door.head(method="GET", path=path))
    assert said.statuses == [404]
    assert said.answers[0].body == b"not found"
    assert not any("injected" in name for name in said.answers[0].headers)


# Routes and methods

ROUTES = {
    "/api/event": {"POST", "OPTIONS"},
    "/js/script.js": {"GET", "HEAD"},
    "/js/script.outbound-links.js": {"GET", "HEAD"},
    "/pixel.gif": {"GET"},
    "/privacy/optout": {"GET", "HEAD", "POST"},
    "/health/live": {"GET", "HEAD"},
    "/health/ready": {"GET", "HEAD"},
}
ELSEWHERE = (
    "/js/",
    "/js/source.js",
    "/js/refused.js",
    "/js/script.nothing.js",
    "/",
    "/docs",
    "/openapi.json",
    "/redoc",
    "/debug",
    "/metrics",
    "/storybook",
    "/admin",
    "/.env",
    "/.git/HEAD",
)
SPELLINGS = (
    "//api/event",
    "/api/event/",
    "/api//event",
    "/API/event",
    "/api/event;a",
    "/api/../api/event",
    "/js/..%2f..%2fetc/passwd",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "MKCOL")


@pytest.mark.parametrize("path", ROUTES)
def test_route_takes_its_methods_only(door: Door, path: str) -> None:
    refused = {
        method
        for method in METHODS
        if door.send(door.head("Content-Length: 0", method=method, path=path)).statuses == [405]
    }
    assert refused == set(METHODS) - ROUTES[path]


@pytest.mark.parametrize("path", [*ELSEWHERE, *SPELLINGS, "/%", "/\\", "/" + "a" * 8000, "*"])
def test_nothing_else_is_there(door: Door, path: str) -> None:
    assert {tuple(door.send(door.head(method=method, path=path)).statuses) for method in ("GET", "HEAD")} == {(404,)}


@pytest.mark.parametrize("origin", ["null", "file://", "https://elsewhere.example", "https://one.example\x09"])
def test_any_origin_may_send_and_none_is_reflected_or_given_credentials(door: Door, origin: str) -> None:
    sent = door.hit(f"Origin: {origin}", "Content-Type: text/plain")
    asked = door.send(door.head(f"Origin: {origin}", "Access-Control-Request-Method: POST", method="OPTIONS"))
    assert (sent.statuses, asked.statuses) == ([202], [204])
    for answer in (*sent.answers, *asked.answers):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert "set-cookie" not in answer.headers
