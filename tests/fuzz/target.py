"""One hit through everything that touches what a stranger sends: ingest, anonymising, counting, encoding of the facts.

Bytes go in; `try_one` raises for anything that must not happen. No engine and no socket takes part, so it is fast.
"""

import hashlib
import json
from datetime import date
from typing import Any

import msgspec

from appliance.aggregate import visits
from appliance.aggregate.profile import Profile, decode_profile, encode_profile
from appliance.aggregate.value_caps import ValueCaps
from appliance.anonymize.pipeline import Anonymizer
from appliance.events import CleanEvent
from appliance.facts import FactBatch
from appliance.ingest.app import App, create_app
from appliance.ingest.event_endpoint import EventEndpoint
from appliance.ingest.outcome_counter import OutcomeCounter
from appliance.settings import LimitSettings, PropertySettings, ServerSettings, Settings, SiteSettings

_AGENT = b"Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
_NOW = 1_795_000_000.0
_HEADERS = (
    b"user-agent",
    b"referer",
    b"x-forwarded-for",
    b"accept-language",
    b"cookie",
    b"content-encoding",
    b"content-length",
    b"sec-ch-ua",
    b"sec-purpose",
)
_STATUSES = frozenset({202, 400, 413, 415})
SEEDS: tuple[dict[str, Any], ...] = (
    {"n": "pageview", "u": "https://example.org/a?utm_source=x&gclid=1#b", "d": "example.org", "r": "https://a.com/"},
    {"name": "signup", "url": "https://example.org/b", "domain": "example.org,www.two.example", "props": {"plan": "a"}},
    {"n": "buy", "u": "http://example.org/%C3%BC", "$": {"currency": "EUR", "amount": "12.50"}, "eid": "a", "i": False},
    {"n": "engagement", "u": "https://example.org/a", "d": "example.org", "e": 5000, "sd": 80, "w": 1200, "h": 1},
    {"n": 7, "u": "https://[::1]:8/a", "d": "example.org", "m": '{"plan":"free","n":1.5}', "r": "android-app://com.x/"},
)


class _Key:
    def tag(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, digest_size=16).digest()

    def token(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, digest_size=8).digest()


class Target:
    """The application and a counting worker, with nothing between them."""

    def __init__(self) -> None:
        properties = (PropertySettings(key="plan"),)
        settings = Settings(
            limits=LimitSettings(enabled=False),
            server=ServerSettings(trusted_proxies=("127.0.0.1/32",)),
            sites=(
                SiteSettings(id="example.org", hostnames=("example.org", "[::1]"), properties=properties),
                SiteSettings(id="two.example", hostnames=("example.org",)),
            ),
        )
        self.queued: list[CleanEvent] = []
        self._caps = ValueCaps(settings)
        endpoint = EventEndpoint(settings, lambda: _NOW, self, Anonymizer(), self, OutcomeCounter(self))
        self._app: App = create_app(endpoint, self._is_ready)

    def try_one(self, data: bytes) -> int:
        """Send one hit; returns the status.

        The first byte says how many headers follow, each on a line; the rest is the body.
        """
        headers = [(b"host", b"example.org"), (b"user-agent", _AGENT)]
        lines = data[1:].split(b"\n", data[0] % 4) if data else [b""]
        headers += [(_HEADERS[line[0] % len(_HEADERS)], line[1:]) for line in lines[:-1] if line]
        body = lines[-1]
        status = self._post(headers, body)
        if status not in _STATUSES:
            raise AssertionError(f"status {status}")
        while self.queued:
            self._count(self.queued.pop())
        return status

    def day_key(self, site: str, day: date, *, create: bool) -> _Key:
        return _Key()

    async def append(self, *arguments: Any) -> None:
        if len(arguments) == 3:
            self.queued.append(arguments[2])

    async def _is_ready(self) -> bool:
        return True

    def _post(self, headers: list[tuple[bytes, bytes]], body: bytes) -> int:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": "/api/event",
            "query_string": b"",
            "client": ("127.0.0.1", 1),
            "headers": headers,
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            self._app(scope, receive, send).send(None)  # type: ignore[attr-defined]  # it never has to wait
        except StopIteration:
            return int(sent[0]["status"])
        raise AssertionError("the application waits for something")

    def _count(self, event: CleanEvent) -> None:
        msgspec.msgpack.encode(event)
        facts, profile = FactBatch(), Profile()
        counted = self._caps.apply("example.org|2026-11-23", "example.org", event)
        where = visits.SiteDay("example.org", 20_780)
        visits.advance(profile, counted, 9, where, 1_800_000, _Key().token, facts)
        visits.close(profile, where, _Key().token, facts)
        decode_profile(encode_profile(profile))
        msgspec.msgpack.encode(facts)


def seeds() -> list[bytes]:
    """Inputs to begin with, some of them with headers."""
    return [
        bytes((n % 4,)) + b"\x02" * (n % 4) + b"\n" * (n % 4) + json.dumps(hit).encode() for n, hit in enumerate(SEEDS)
    ]
