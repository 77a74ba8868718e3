"""The image that counts a page without JavaScript: what it reads, what it answers, what is left of the request."""

import sys
from datetime import date
from typing import Any

import httpx
import pytest

from appliance.errors import UnavailableError
from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.ingest.boundary import Personal
from appliance.ingest.event_endpoint import NO_SITE
from appliance.ingest.parsed_hit import ParsedHit
from appliance.outcomes import Outcome
from appliance.settings import LimitSettings
from tests.kit.ingest import AGENT, Ingest

PAGE = "https://example.org/a?mail=canary"


async def ask(ingest: Ingest, query: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=ingest.app, client=("203.0.113.77", 1))
    sent = {"user-agent": AGENT} | {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as client:
        return await client.get(f"/pixel.gif?{query}", headers=sent)


@pytest.mark.parametrize(
    ("query", "headers", "path", "name", "host"),
    [
        ("site=example.org", {"referer": PAGE}, "/a", "pageview", ""),
        ("", {"referer": PAGE}, "/a", "pageview", ""),
        ("d=example.org&u=https%3A%2F%2Fexample.org%2Fb&n=Read", {"referer": PAGE}, "/b", "Read", ""),
        ("site=example.org&u=https%3A%2F%2Fexample.org%2Fb", {}, "/b", "pageview", ""),
        ("site=example.org&u=", {"referer": PAGE}, "/a", "pageview", ""),
        ("site=example.org&r=https%3A%2F%2Fblog.example%2Fx", {"referer": PAGE}, "/a", "pageview", "blog.example"),
    ],
)
async def test_page_without_javascript_is_counted(
    query: str, headers: dict[str, str], path: str, name: str, host: str
) -> None:
    ingest = Ingest()
    response = await ask(ingest, query, **headers)
    ((site, _, event),) = ingest.queued
    assert (site, event.path, event.name, event.referrer) == ("example.org", path, name, host)
    assert response.status_code == 200
    assert "x-drop-reason" not in response.headers


def assert_is_an_image(response: httpx.Response) -> None:
    assert (response.content[:6], len(response.content)) == (b"GIF89a", 43)
    assert response.headers["content-type"] == "image/gif"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert not {"set-cookie", "etag", "last-modified"} & set(response.headers)


@pytest.mark.parametrize(
    ("query", "headers", "status", "reason", "site"),
    [
        ("site=example.org", {"referer": PAGE}, 200, None, ""),
        ("site=example.org", {"referer": PAGE, "sec_gpc": "1"}, 200, Outcome.GPC, "example.org"),
        ("", {"referer": PAGE, "dnt": "1"}, 200, Outcome.DNT, "example.org"),
        ("site=example.org", {"cookie": "cl_optout=1"}, 200, Outcome.OPTED_OUT, "example.org"),
        ("site=example.org", {"referer": PAGE, "sec_purpose": "prefetch"}, 200, Outcome.PREFETCH, "example.org"),
        ("site=example.org", {"referer": PAGE, "user_agent": "curl/8"}, 200, Outcome.BOT, "example.org"),
        ("site=nobody.example", {"referer": PAGE}, 200, Outcome.UNKNOWN_SITE, NO_SITE),
        ("site=example.org", {"referer": "https://other.example/"}, 200, Outcome.WRONG_HOST, "example.org"),
        ("site=example.org", {}, 400, Outcome.INVALID, NO_SITE),
        ("", {}, 400, Outcome.INVALID, NO_SITE),
        ("", {"sec_gpc": "1"}, 400, Outcome.INVALID, NO_SITE),
        ("site=example.org&n=engagement", {"referer": PAGE}, 400, Outcome.INVALID, NO_SITE),
        ("site=example.org&u=" + "a" * 9000, {}, 400, Outcome.INVALID, NO_SITE),
        ("&".join(f"x{n}=1" for n in range(30)), {"referer": PAGE}, 400, Outcome.INVALID, NO_SITE),
        ("site=example.org&u=data:text/html,x", {}, 400, Outcome.INVALID, "example.org"),
        ("site=example.org&u=%00%FF%ED%A0%80", {}, 400, Outcome.INVALID, "example.org"),
    ],
)
async def test_answer_is_an_image_whatever_became_of_the_hit(
    query: str, headers: dict[str, str], status: int, reason: Outcome | None, site: str
) -> None:
    ingest = Ingest()
    response = await ask(ingest, query, **headers)
    assert_is_an_image(response) if "GIF" in response.text[:6] else pytest.fail(response.text)
    assert (response.status_code, response.headers.get("x-drop-reason")) == (status, reason)
    assert await ingest.outcomes() == ({} if reason is None else {(site, reason.value): 1})
    assert len(ingest.queued) == (reason is None)


async def test_image_is_never_asked_to_come_again() -> None:
    flooded = Ingest(LimitSettings(site_burst=1, site_hits_per_second=1))
    answers = [await ask(flooded, "site=example.org", referer=PAGE) for _ in range(2)]
    assert [(one.status_code, one.headers.get("x-drop-reason")) for one in answers] == [
        (200, None), (200, "rate_limited")
    ]  # fmt: skip
    away = Ingest()
    away.error = UnavailableError("away")
    response = await ask(away, "site=example.org", referer=PAGE)
    assert response.status_code == 503
    assert_is_an_image(response)
    assert await away.outcomes() == {}


async def test_two_hosts_are_refused() -> None:
    ingest = Ingest()
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/pixel.gif",
        "query_string": b"site=example.org",
        "client": ("203.0.113.77", 5), "headers": [(b"host", b"a"), (b"host", b"b"), (b"referer", PAGE.encode())],
    }  # fmt: skip
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await ingest.app(scope, None, send)
    assert sent[0]["status"] == 400
    assert ingest.queued == []


@pytest.mark.parametrize("headers", [{}, {"sec_gpc": "1"}, {"x_bad": "1"}], ids=["counted", "refused", "invalid"])
async def test_nothing_of_the_request_is_left_while_the_hit_waits(headers: dict[str, str]) -> None:
    ingest = Ingest()
    seen: list[Any] = []

    class Watching:
        async def append(self, site: str, day: date, event: CleanEvent) -> None:
            frame = sys._getframe(1)
            while frame is not None:
                if "/appliance/" in frame.f_code.co_filename:
                    seen.extend(frame.f_locals.values())
                frame = frame.f_back  # type: ignore[assignment]

    ingest.endpoint._queue = Watching()
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/pixel.gif",
        "query_string": b"site=example.org&u=" + (b"" if "x_bad" in headers else b"https://example.org/a?t=canary"),
        "client": ("203.0.113.77", 5),
        "headers": [
            (b"host", b"example.org"), (b"user-agent", AGENT.encode()), (b"cookie", b"canary=1"),
            (b"referer", b"https:///canary"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()),
        ],
    }  # fmt: skip

    async def send(message: Any) -> None:
        seen.append(message)

    await ingest.app(scope, None, send)
    assert scope["client"] is None
    assert scope["headers"] == [(b"host", b"example.org")]
    assert not [value for value in seen if isinstance(value, RawHit | ParsedHit | Personal)]
    assert not [value for value in seen if "canary" in repr(value) or "203.0.113.77" in repr(value)]


async def test_address_and_agent_of_a_refused_image_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*arguments: Any) -> None:
        raise AssertionError("a refused hit was looked at")

    monkeypatch.setattr("appliance.ingest.pixel.take", forbidden)
    monkeypatch.setattr("appliance.ingest.plausible.parse", forbidden)
    ingest = Ingest()
    response = await ask(ingest, "site=example.org", referer=PAGE, sec_gpc="1")
    assert response.headers["x-drop-reason"] == "gpc"


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "DELETE"])
def test_only_get_counts(method: str) -> None:
    assert Ingest().client.request(method, "/pixel.gif?site=example.org").status_code == 405
