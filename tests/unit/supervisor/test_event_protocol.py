"""Requests taken without ASGI: the same answers and effects as with it, in order, and nothing personal left."""

import gc
import json
from collections.abc import Callable
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

import pytest

from appliance.errors import KeyGoneError, UnavailableError
from appliance.ingest.direct import DirectEvents
from appliance.settings import LimitSettings
from appliance.supervisor.event_protocol import EventProtocol
from appliance.supervisor.http_protocol import HttpProtocol
from tests.kit.http_line import Line
from tests.kit.ingest import AGENT, HIT, Ingest

BODY = json.dumps(HIT).encode()
BOTH = json.dumps(HIT | {"d": "example.org,two.example"}).encode()
HEADERS = (f"User-Agent: {AGENT}", "X-Forwarded-For: 203.0.113.9")


def post(body: bytes = BODY, *headers: str, path: str = "/api/event", version: str = "1.1") -> bytes:
    others = [line for line in HEADERS if line.partition(":")[0] not in {line.partition(":")[0] for line in headers}]
    lines = (f"POST {path} HTTP/{version}", "Host: x", f"Content-Length: {len(body)}", *others, *headers, "", "")
    return "\r\n".join(lines).encode() + body


def direct(ingest: Ingest) -> Callable[..., HttpProtocol]:
    return partial(EventProtocol, events=DirectEvents(ingest.endpoint, ingest))


class Counting(DirectEvents):
    """Notes what comes this way."""

    def __init__(self, ingest: Ingest) -> None:
        super().__init__(ingest.endpoint, ingest)
        self.taken = 0

    def take(self, *arguments: Any) -> None:
        self.taken += 1
        super().take(*arguments)


CHUNKED = post().replace(b"Content-Length: %d" % len(BODY), b"Transfer-Encoding: chunked")
CHUNKED = CHUNKED[: -len(BODY)] + b"%x\r\n%s\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n" % (len(BODY), BODY)
PLAIN = {
    "hit": post(),
    "hit with a long agent": post(BODY, "User-Agent: " + "x" * 5000),
    "two sites": post(BOTH),
    "unknown site": post(json.dumps(HIT | {"d": "nobody.example"}).encode()),
    "one of two sites": post(json.dumps(HIT | {"d": "example.org,nobody.example"}).encode()),
    "bot": post(BODY, "User-Agent: Googlebot/2.1 (+http://www.google.com/bot.html)"),
    "opted out": post(BODY, "Cookie: cl_optout=1"),
    "signal": post(BODY, "Sec-GPC: 1"),
    "signal without a site": post(b"{}", "DNT: 1"),
    "prefetch": post(BODY, "Sec-Purpose: prefetch"),
    "no JSON": post(b"{"),
    "no body": post(b""),
    "no such page": post(json.dumps(HIT | {"u": "data:,x"}).encode()),
    "compressed": post(BODY, "Content-Encoding: gzip"),
    "largest body": post(BODY.ljust(65_536)),
    "hints": post(BODY, 'sec-ch-ua: "Brave";v="127"', "sec-ch-ua-mobile: ?0", "Accept-Language: de"),
}
ODD = {
    "too long": post(b"x" * 65_537),
    "long length": post().replace(b"Length: ", b"Length: 00000"),
    "query": post(path="/api/event?x=1"),
    "to be closed": post(BODY, "Connection: close"),
    "old version": post(version="1.0"),
    "chunked": CHUNKED,
    "expecting": post(BODY, "Expect: 100-continue"),
    "upgrade": post(BODY, "Connection: Upgrade", "Upgrade: h2c"),
    "preflight": b"OPTIONS /api/event HTTP/1.1\r\nHost: x\r\n\r\n",
    "get": b"GET /api/event HTTP/1.1\r\nHost: x\r\n\r\n",
    "head": b"HEAD /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
    "elsewhere": post(path="/api/events"),
    "no host": post().replace(b"Host: x\r\n", b""),
    "two hosts": post(BODY, "Host: y"),
    "header twice": post(BODY, "Sec-GPC: 1", "Sec-GPC: 0"),
    "several proxies": post(BODY, "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9"),
    "no length": b"POST /api/event HTTP/1.1\r\nHost: x\r\n\r\n",
    "broken": post(BODY, "A\x00: b"),
}
FAILURES = (None, UnavailableError("full"), KeyGoneError("gone"))


async def _effects(raw: bytes, pieces: int, error: Exception | None, *, is_direct: bool) -> dict[str, Any]:
    """Everything that can be seen of a request."""
    ingest = Ingest(LimitSettings(site_burst=1, site_hits_per_second=1))
    ingest.error = error
    line = Line(app=ingest.app, protocol=direct(ingest) if is_direct else HttpProtocol)
    size = max(1, len(raw) // pieces)
    await line.send(*(raw[start : start + size] for start in range(0, len(raw), size)))
    health = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    if line.is_open:
        await line.send(raw, health)
    return {
        "said": line.transport.written,
        "open": line.is_open,
        "queued": ingest.queued,
        "outcomes": await ingest.outcomes(),
        "requests": line.protocol.server_state.total_requests,
    }


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("pieces", [1, 3, 50])
@pytest.mark.parametrize("raw", (PLAIN | ODD).values(), ids=(PLAIN | ODD).keys())
async def test_everything_is_as_it_is_with_asgi(raw: bytes, pieces: int, error: Exception | None) -> None:
    with_asgi = await _effects(raw, pieces, error, is_direct=False)
    assert with_asgi["said"]
    assert await _effects(raw, pieces, error, is_direct=True) == with_asgi


@pytest.mark.parametrize("kind", [*PLAIN, *ODD])
async def test_only_plain_requests_are_taken_directly(kind: str) -> None:
    ingest = Ingest()
    events = Counting(ingest)
    line = Line(app=ingest.app, protocol=partial(EventProtocol, events=events))
    await line.send((PLAIN | ODD)[kind])
    assert events.taken == (kind in PLAIN)


async def test_answer_waits_for_the_acknowledgement_and_so_does_what_follows() -> None:
    ingest = Ingest()
    ingest.is_slow = True
    line = Line(app=ingest.app, protocol=direct(ingest))
    await line.send(post() + post(b"{") + b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.statuses == []
    ingest.acknowledge()
    await line.send()
    assert line.statuses == [202, 400, 200]


async def test_broken_request_behind_a_waiting_one_takes_no_answer_away() -> None:
    ingest = Ingest()
    ingest.is_slow = True
    line = Line(app=ingest.app, protocol=direct(ingest))
    await line.send(post() + b"\x00")
    assert line.statuses == []
    ingest.acknowledge()
    assert line.statuses == [202]
    assert not line.is_open


async def test_acknowledgements_in_another_order_reach_their_own_connections() -> None:
    ingest = Ingest()
    ingest.is_slow = True
    ingest.error = None
    lines = [Line(app=ingest.app, protocol=direct(ingest)) for _ in range(20)]
    for line in lines:
        await line.send(post())
    waiting = list(reversed(ingest.waiting))
    for number, acknowledge in enumerate(waiting):
        ingest.error = KeyGoneError("gone") if number % 2 else None
        acknowledge()
    assert [line.statuses for line in reversed(lines)] == [[503] if n % 2 else [202] for n in range(20)]


async def test_nothing_is_said_to_a_client_that_went_away() -> None:
    ingest = Ingest()
    ingest.is_slow = True
    lines = [Line(app=ingest.app, protocol=direct(ingest)) for _ in range(3)]
    for line in lines:
        await line.send(post())
    lines[0].transport.is_open = False
    lines[1].protocol.connection_lost(None)
    ingest.acknowledge()
    assert [line.statuses for line in lines] == [[], [], [202]]
    assert len(ingest.queued) == 3


async def test_stalled_body_of_a_plain_request_is_answered_408() -> None:
    ingest = Ingest()
    line = Line(app=ingest.app, protocol=direct(ingest))
    line.feed(post()[:-5])
    line.wait(21)
    assert line.statuses == [408]
    assert not line.is_open
    assert ingest.queued == []


async def test_end_of_the_server_waits_for_the_acknowledgement_and_says_close() -> None:
    ingest = Ingest()
    ingest.is_slow = True
    line = Line(app=ingest.app, protocol=direct(ingest))
    await line.send(post())
    line.protocol.shutdown()
    assert line.is_open
    ingest.acknowledge()
    assert line.statuses == [202]
    assert b"connection: close\r\n" in line.transport.written
    assert not line.is_open


async def test_client_that_takes_no_answers_is_not_read_without_end() -> None:
    ingest = Ingest()
    line = Line(app=ingest.app, protocol=direct(ingest))
    line.protocol.pause_writing()
    await line.send(*[post()] * 30)
    assert line.statuses == []
    assert len(ingest.queued) <= 1
    line.protocol.resume_writing()
    await line.send()
    assert line.statuses


async def test_error_that_nobody_foresaw_is_answered_500_and_logged_without_a_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ingest = Ingest()
    ingest.error = None
    line = Line(app=ingest.app, protocol=direct(ingest))

    def explode(*_arguments: Any) -> None:
        raise RuntimeError("203.0.113.9")

    ingest.put = explode  # type: ignore[method-assign]
    await line.send(post())
    assert line.statuses == [500]
    assert "203.0.113.9" not in repr([record.__dict__ for record in caplog.records if record.msg == "request_failed"])
    assert any(record.msg == "request_failed" for record in caplog.records)
    assert line.is_open


async def test_nothing_personal_waits_for_the_acknowledgement() -> None:
    ingest = Ingest()
    ingest.is_slow = True
    line = Line(app=ingest.app, protocol=direct(ingest))
    await line.send(post(BODY.replace(b"/a", b"/a?mail=canary-1"), "User-Agent: canary-2", "Cookie: canary-3"))
    assert ingest.waiting
    gc.collect()
    held = _reachable([line.protocol, line.transport, ingest.waiting, ingest.endpoint])
    assert any(one is ingest.queued[0][2] for one in held)
    for canary in ("canary-1", "canary-2", "canary-3", "203.0.113.9"):
        assert not [one for one in held if isinstance(one, str) and canary in one]
        assert not [one for one in held if isinstance(one, bytes | bytearray) and canary.encode() in one]


def _reachable(root: object) -> list[object]:
    """Everything that an object holds, modules and classes left out."""
    seen: dict[int, object] = {}
    todo = [root]
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, type | ModuleType):
            continue
        seen[id(one)] = one
        # Of a function what it closes over, not all that its module knows.
        todo.extend(one.__closure__ or () if isinstance(one, FunctionType) else gc.get_referents(one))
    return list(seen.values())
