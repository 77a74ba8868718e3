"""The whole ingest application in one process: answers, outcomes, the stripped scope."""

import asyncio
import json
import logging
import sys
from datetime import date
from typing import Any

import httpx
import pytest

from appliance.errors import KeyGoneError, UnavailableError
from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.ingest.app import create_app
from appliance.ingest.boundary import Personal
from appliance.ingest.event_endpoint import NO_SITE
from appliance.ingest.parsed_hit import ParsedHit
from appliance.outcomes import Outcome
from appliance.settings import LimitSettings
from tests.kit.ingest import AGENT, HIT, Ingest


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()


def test_hit_is_queued_and_accepted(ingest: Ingest) -> None:
    response = ingest.post()
    assert (response.status_code, response.text) == (202, "ok")
    assert "x-drop-reason" not in response.headers
    ((site, day, event),) = ingest.queued
    assert (site, day, event.path, event.at_ms) == ("example.org", date(2026, 11, 18), "/a", 1_795_000_000_000)


def test_hit_for_two_sites_is_queued_for_both_on_their_own_days(ingest: Ingest) -> None:
    assert ingest.post(HIT | {"d": "example.org,two.example"}).status_code == 202
    assert [site for site, _, _ in ingest.queued] == ["example.org", "two.example"]
    assert ingest.queued[0][2].tag != ingest.queued[1][2].tag


def test_hits_over_a_limit_are_counted_and_told_to_come_again_if_that_can_succeed() -> None:
    ingest = Ingest(LimitSettings(site_burst=2, site_hits_per_second=1))
    assert [ingest.post().headers.get("x-drop-reason") for _ in range(3)] == [None, None, "rate_limited"]
    without = ingest.post()
    assert (without.status_code, without.headers["x-plausible-dropped"]) == (202, "1")
    with_id = ingest.post(HIT | {"eid": "a"})
    assert (with_id.status_code, with_id.headers["x-drop-reason"]) == (429, "rate_limited")
    assert int(with_id.headers["retry-after"]) > 0
    assert with_id.headers["access-control-allow-origin"] == "*"
    assert len(ingest.queued) == 2
    assert asyncio.run(ingest.outcomes()) == {("example.org", "rate_limited"): 3}


def test_hit_taken_for_one_of_its_sites_is_not_asked_for_again() -> None:
    ingest = Ingest(LimitSettings(site_burst=1, site_hits_per_second=1))
    ingest.post()
    both = ingest.post(HIT | {"d": "example.org,two.example", "eid": "a"})
    assert (both.status_code, both.headers["x-plausible-dropped"]) == (202, "1")
    assert [site for site, _, _ in ingest.queued] == ["example.org", "two.example"]


def test_network_over_its_limit_is_refused_for_every_site_and_others_are_taken() -> None:
    ingest = Ingest(LimitSettings(network_burst=2, network_hits_per_second=1))
    flood = [ingest.post(HIT | {"d": "two.example"}, x_forwarded_for=f"87.128.1.{n}") for n in range(3)]
    assert ["x-drop-reason" in answer.headers for answer in flood] == [False, False, True]
    assert "x-drop-reason" in ingest.post(x_forwarded_for="87.128.1.9").headers
    assert "x-drop-reason" not in ingest.post(x_forwarded_for="87.128.2.9").headers


def test_machine_that_varies_its_agent_is_refused_for_good_and_its_neighbours_go_on() -> None:
    ingest = Ingest(LimitSettings(network_visitors_per_day=3))
    agents = [f"{AGENT} Variant/{n}" for n in range(5)]
    said = [ingest.post(HIT | {"eid": "a"}, user_agent=agent, x_forwarded_for="87.128.1.1") for agent in agents]
    assert [answer.headers.get("x-drop-reason") for answer in said] == [None] * 3 + ["rate_limited"] * 2
    assert {answer.status_code for answer in said} == {202}  # sending again would change nothing
    for agent, address in ((agents[0], "87.128.1.1"), (agents[4], "87.128.2.1")):
        assert "x-drop-reason" not in ingest.post(user_agent=agent, x_forwarded_for=address).headers
    assert len(ingest.queued) == 5


def test_nothing_is_limited_when_limits_are_off() -> None:
    ingest = Ingest(LimitSettings(enabled=False, network_burst=1, site_burst=1))
    assert {ingest.post(x_forwarded_for="87.128.1.1").headers.get("x-drop-reason") for _ in range(5)} == {None}


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "nonsense"])
def test_content_type_does_not_matter(ingest: Ingest, content_type: str) -> None:
    assert ingest.post(content_type=content_type).status_code == 202


@pytest.mark.parametrize(
    ("hit", "headers", "outcome", "site"),
    [
        pytest.param(HIT | {"d": "nobody.example"}, {}, Outcome.UNKNOWN_SITE, NO_SITE, id="unknown site"),
        pytest.param(HIT | {"u": "https://evil.example/"}, {}, Outcome.WRONG_HOST, "example.org", id="wrong host"),
        pytest.param(HIT, {"user_agent": "Googlebot/2.1"}, Outcome.BOT, "example.org", id="bot"),
        pytest.param(HIT, {"sec_purpose": "prefetch;prerender"}, Outcome.PREFETCH, "example.org", id="prefetch"),
        pytest.param(HIT, {"cookie": "cl_optout=1"}, Outcome.OPTED_OUT, "example.org", id="opt-out"),
        pytest.param(HIT, {"sec_gpc": "1"}, Outcome.GPC, "example.org", id="GPC"),
        pytest.param(HIT, {"dnt": "1"}, Outcome.DNT, "example.org", id="DNT"),
    ],
)
async def test_hit_refused_on_purpose_gets_the_success_answer_and_its_reason(
    hit: dict[str, Any], headers: dict[str, str], outcome: Outcome, site: str
) -> None:
    ingest = Ingest()
    response = await _post(ingest, hit, headers)
    assert (response.status_code, response.text) == (202, "ok")
    assert response.headers["x-drop-reason"] == outcome
    assert response.headers["x-plausible-dropped"] == "1"
    assert ingest.queued == []
    assert await ingest.outcomes() == {(site, outcome.value): 1}


async def _post(ingest: Ingest, hit: Any, headers: dict[str, str]) -> httpx.Response:
    sent = {"user-agent": AGENT} | {name.replace("_", "-"): value for name, value in headers.items()}
    transport = httpx.ASGITransport(app=ingest.app)
    body = hit if isinstance(hit, bytes) else json.dumps(hit).encode()
    async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as client:
        return await client.post("/api/event", content=body, headers=sent)


@pytest.mark.parametrize(
    ("hit", "headers", "status", "outcome"),
    [
        pytest.param(b"{", {}, 400, Outcome.INVALID, id="no JSON"),
        pytest.param(b"x" * 70_000, {}, 413, Outcome.TOO_LARGE, id="too long"),
        pytest.param(HIT, {"content_encoding": "gzip"}, 415, Outcome.UNSUPPORTED, id="compressed"),
    ],
)
async def test_hit_that_cannot_be_read_gets_an_error_with_its_reason(
    hit: Any, headers: dict[str, str], status: int, outcome: Outcome
) -> None:
    ingest = Ingest()
    response = await _post(ingest, hit, headers)
    assert response.status_code == status
    assert response.headers["x-drop-reason"] == outcome
    assert response.json()["errors"]
    assert await ingest.outcomes() == {(NO_SITE, outcome.value): 1}


def test_address_of_a_page_that_is_none_is_invalid(ingest: Ingest) -> None:
    response = ingest.post(HIT | {"u": "data:text/html,x"})
    assert (response.status_code, response.json()) == (400, {"errors": {"url": ["is invalid"]}})


def test_invalid_name_is_not_blamed_on_the_address(ingest: Ingest) -> None:
    response = ingest.post(HIT | {"n": "\u200b"})
    assert (response.status_code, response.json()) == (400, {"errors": {"event_name": ["is invalid"]}})


async def test_answer_says_for_how_many_sites_a_hit_is_not_counted() -> None:
    ingest = Ingest()
    some = await _post(ingest, HIT | {"d": "nobody.example,example.org,no.example"}, {})
    assert (some.status_code, some.headers["x-plausible-dropped"]) == (202, "2")
    assert "x-drop-reason" not in some.headers  # it is counted for one of them
    none = await _post(ingest, HIT | {"d": "nobody.example,no.example"}, {})
    assert (none.headers["x-drop-reason"], none.headers["x-plausible-dropped"]) == ("unknown_site", "2")
    assert await ingest.outcomes() == {(NO_SITE, "unknown_site"): 4}


async def test_drops_of_a_hit_that_must_come_again_are_counted_when_it_comes() -> None:
    ingest = Ingest()
    ingest.error = UnavailableError("away")
    both = HIT | {"d": "nobody.example,example.org"}
    assert (await _post(ingest, both, {})).status_code == 503
    ingest.error = None
    assert (await _post(ingest, both, {})).status_code == 202
    assert await ingest.outcomes() == {(NO_SITE, "unknown_site"): 1}


async def test_unknown_sites_leave_one_counter_and_no_name_behind() -> None:
    ingest = Ingest()
    for name in ("../../etc", "'; DROP TABLE x", "x" * 10_000, "a\x00b", *(f"{n}.example" for n in range(50))):
        response = await _post(ingest, HIT | {"d": name}, {})
        assert (response.status_code, response.headers["x-drop-reason"]) == (202, "unknown_site")
    assert await ingest.outcomes() == {(NO_SITE, "unknown_site"): 54}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"n":"pageview","u":"https://example.org/","d":"example.org","x":' + b"[" * 60_000,
        b'{"n":' + b"9" * 5000 + b',"u":"https://example.org/","d":"example.org"}',
        b'{"n":NaN,"u":"https://example.org/","d":"example.org"}',
        b'{"n":1e999,"u":"https://example.org/","d":"example.org"}',
        b'{"n":"\\ud800","u":"https://example.org/","d":"example.org"}',
        b'{"n":"a","u":"https://example.org/\xff","d":"example.org"}',
        b'\xef\xbb\xbf{"n":"a"}',
        b'{"n":"pageview","u":"https://[","d":"example.org"}',
        b'{"n":"pageview","u":"\\u0000","d":"example.org"}',
    ],
)
def test_hostile_body_is_answered_400_and_nothing_is_logged(
    ingest: Ingest, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert ingest.post(body).status_code == 400
    assert [record for record in caplog.records if record.name.startswith("appliance")] == []
    assert ingest.queued == []


def test_control_characters_are_cleaned_out_of_what_is_queued(ingest: Ingest) -> None:
    assert ingest.post(HIT | {"n": "Sign\x00up", "u": "https://example.org/a\x00b", "eid": "\x00"}).status_code == 202
    event = ingest.queued[0][2]
    assert (event.name, event.path) == ("Signup", "/ab")


@pytest.mark.parametrize("error", [UnavailableError("away"), KeyGoneError("gone")])
def test_hit_that_could_not_be_queued_is_to_be_sent_again(ingest: Ingest, error: Exception) -> None:
    ingest.error = error
    response = ingest.post()
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


def test_hit_of_a_day_whose_key_was_destroyed_is_late_and_said_once(
    ingest: Ingest, caplog: pytest.LogCaptureFixture
) -> None:
    ingest.day_is_over = True
    answers = [ingest.post(), ingest.post()]
    assert [(answer.status_code, answer.headers["x-drop-reason"]) for answer in answers] == [(202, "late")] * 2
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == ["day_is_over"]


def test_unexpected_error_is_answered_and_logged_without_any_value(
    ingest: Ingest, caplog: pytest.LogCaptureFixture
) -> None:
    ingest.error = RuntimeError("canary-in-the-message")
    with caplog.at_level(logging.DEBUG):
        response = ingest.post(HIT | {"u": "https://example.org/canary"}, user_agent=AGENT + " canary")
    assert response.status_code == 500
    assert "canary" not in caplog.text + response.text + repr([r.__dict__ for r in caplog.records])
    own = [record.message for record in caplog.records if record.name.startswith("appliance")]
    assert own == ["request_failed"]


def test_no_answer_sets_a_cookie_or_a_validator(ingest: Ingest) -> None:
    answers = [ingest.post(), ingest.post(b"{"), ingest.client.get("/js/script.js"), ingest.client.get("/nothing")]
    for answer in answers:
        assert not {"set-cookie", "etag", "last-modified"} & set(answer.headers)
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_pages_of_any_origin_may_send_without_credentials(ingest: Ingest) -> None:
    preflight = ingest.client.request("OPTIONS", "/api/event", headers={"origin": "https://example.org"})
    assert preflight.status_code == 204
    for answer in (preflight, ingest.post(origin="null")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/event", 405),
        ("POST", "/js/script.js", 405),
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/metrics", 404),
        ("GET", "/health/live", 200),
        ("GET", "/health/ready", 200),
        ("HEAD", "/js/script.js", 200),
        ("GET", "/js/plausible.outbound-links.js", 200),
        ("GET", "/js/source.js", 404),
    ],
)
def test_routes_are_exactly_these(ingest: Ingest, method: str, path: str, status: int) -> None:
    assert ingest.client.request(method, path).status_code == status


def test_not_ready_says_so(ingest: Ingest) -> None:
    ingest.ready = False
    assert ingest.client.get("/health/ready").status_code == 503
    assert ingest.client.get("/health/live").status_code == 200


def test_script_is_served_to_every_site_and_cached_for_a_day(ingest: Ingest) -> None:
    response = ingest.client.get("/js/script.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cache-control"] == "public, max-age=86400"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "globalPrivacyControl" in response.text


def test_device_that_refused_gets_no_script_that_counts(ingest: Ingest) -> None:
    response = ingest.client.get("/js/script.js", headers={"cookie": "theme=dark; cl_optout=1"})
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert "fetch" not in response.text
    assert "fetch" in ingest.client.get("/js/script.js", headers={"cookie": "cl_optout=0"}).text


@pytest.mark.parametrize(
    ("peer", "forwarded", "same_as"),
    [
        pytest.param("198.51.100.7", "6.6.6.6", "198.51.100.7", id="stranger's header is not believed"),
        pytest.param("127.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7", id="proxy's last word is"),
    ],
)
async def test_visitor_is_who_the_peer_or_the_proxy_says(peer: str, forwarded: str, same_as: str) -> None:
    ingest = Ingest()
    for client, header in ((peer, forwarded), (same_as, "")):
        transport = httpx.ASGITransport(app=ingest.app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as session:
            headers = {"user-agent": AGENT} | ({"x-forwarded-for": header} if header else {})
            await session.post("/api/event", content=json.dumps(HIT).encode(), headers=headers)
    assert ingest.queued[0][2].tag == ingest.queued[1][2].tag


PERSONAL = (
    *("x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "user-agent", "cookie"),
    *("referer", "authorization", "origin", "accept-language", "sec-ch-ua", "x-header-of-a-proxy-nobody-thought-of"),
)


def personal_scope(method: str, path: str, *more: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"canary=1",
        "client": ("203.0.113.77", 5),
        "headers": [*((name.encode(), b"203.0.113.77 canary") for name in PERSONAL), (b"host", b"example.org"), *more],
    }


@pytest.mark.parametrize("more", [(), ((b"sec-gpc", b"1"),)], ids=["counted", "refused"])
async def test_scope_is_stripped_of_addresses_and_agent_before_the_body_is_read(
    more: tuple[tuple[bytes, bytes], ...],
) -> None:
    ingest = Ingest()
    scope = personal_scope("POST", "/api/event", *more)
    headers_of_the_connection = scope["headers"]
    seen: list[str] = []

    async def receive() -> dict[str, Any]:
        seen.append(repr(scope))
        return {"type": "http.request", "body": json.dumps(HIT).encode(), "more_body": False}

    async def send(message: Any) -> None:
        seen.append(repr(scope))

    await ingest.app(scope, receive, send)
    assert len(seen) == 3
    assert not any("203.0.113.77" in text or "canary" in text for text in seen)
    assert scope["client"] is None
    assert scope["headers"] == headers_of_the_connection == [(b"host", b"example.org")]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/js/script.js"), ("GET", "/health/ready"), ("OPTIONS", "/api/event"), ("GET", "/no")]
)
async def test_scope_of_other_requests_is_stripped_too(method: str, path: str) -> None:
    ingest = Ingest()
    scope = personal_scope(method, path)
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answers.append(repr(scope))

    await ingest.app(scope, receive, send)
    assert not any("203.0.113.77" in text or "canary" in text for text in answers)


async def test_nothing_personal_is_alive_while_the_hit_waits_for_redis() -> None:
    """Frames below the queue are what a dump taken at that moment would show of the request."""
    ingest = Ingest()
    frames: list[dict[str, Any]] = []

    class Watching:
        async def append(self, site: str, day: date, event: CleanEvent) -> None:
            frame = sys._getframe(1)
            while frame is not None:
                if "/appliance/" in frame.f_code.co_filename:
                    frames.append(dict(frame.f_locals))
                frame = frame.f_back  # type: ignore[assignment]

    ingest.endpoint._queue = Watching()
    transport = httpx.ASGITransport(app=ingest.app, client=("203.0.113.77", 1))
    hit = HIT | {"u": "https://example.org/a?token=canary", "r": "https://canary.example/", "eid": "canary"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as client:
        await client.post("/api/event", content=json.dumps(hit).encode(), headers={"user-agent": AGENT + " canary"})
    assert len(frames) >= 3
    for values in frames:
        for value in values.values():
            assert not isinstance(value, RawHit | ParsedHit | Personal)
            if not isinstance(value, CleanEvent):  # clean: the canaries in it are the host of the referrer
                assert "203.0.113.77" not in repr(value)
                assert "token=canary" not in repr(value)
                assert "Firefox/127.0 canary" not in repr(value)


async def test_address_and_agent_of_a_refused_hit_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*arguments: Any) -> None:
        raise AssertionError("a refused hit was looked at")

    monkeypatch.setattr("appliance.ingest.event_endpoint.take", forbidden)
    monkeypatch.setattr("appliance.ingest.plausible.parse", forbidden)
    ingest = Ingest()
    assert (await _post(ingest, HIT, {"sec_gpc": "1"})).headers["x-drop-reason"] == "gpc"
    assert ingest.queued == []


class Part:
    """A background part that notes when it is called, and may fail."""

    def __init__(self, name: str, order: list[str], fails: str = "") -> None:
        self.name, self.order, self.fails = name, order, fails

    async def start(self) -> None:
        self._note("start")

    async def stop(self) -> None:
        self._note("stop")

    def _note(self, what: str) -> None:
        self.order.append(f"{what} {self.name}")
        if self.fails == what:
            raise OSError("canary")


@pytest.mark.parametrize(
    ("fails", "expected_order", "expected_messages"),
    [
        pytest.param(
            "", ["start a", "start b", "stop b", "stop a"], ["startup.complete", "shutdown.complete"], id="no"
        ),
        pytest.param("start", ["start a", "start b", "stop a"], ["startup.failed"], id="start"),
        pytest.param(
            "stop", ["start a", "start b", "stop b", "stop a"], ["startup.complete", "shutdown.complete"], id="stop"
        ),
    ],
)
async def test_background_parts_start_in_order_and_all_stop_in_reverse(
    fails: str, expected_order: list[str], expected_messages: list[str]
) -> None:
    order: list[str] = []

    async def is_ready() -> bool:
        return True

    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    app = create_app(Ingest().endpoint, is_ready, (Part("a", order), Part("b", order, fails)))
    await app({"type": "lifespan"}, receive, send)
    assert order == expected_order
    assert sent == [f"lifespan.{message}" for message in expected_messages]
