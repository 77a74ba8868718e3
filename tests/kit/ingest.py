"""The ingest application in this process, on a queue and keys that can be made to fail."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import httpx

from appliance.anonymize.pipeline import Anonymizer
from appliance.errors import KeyGoneError, UnavailableError
from appliance.events import CleanEvent
from appliance.facts import OutcomeFact
from appliance.ingest.app import create_app
from appliance.ingest.event_endpoint import EventEndpoint
from appliance.ingest.outcome_counter import OutcomeCounter
from appliance.settings import LimitSettings, ServerSettings, Settings, SiteSettings
from tests.kit.asgi_client import AsgiClient

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
HIT = {"n": "pageview", "u": "https://example.org/a", "d": "example.org"}


@cache
def _anonymizer() -> Anonymizer:
    """One for all: making it takes half a second."""
    return Anonymizer()


class Key:
    def tag(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, digest_size=16).digest()

    def token(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, digest_size=8).digest()


class Ingest:
    """The application with a queue and keys that can be made to fail."""

    def __init__(self, limits: LimitSettings | None = None, settings: Settings | None = None) -> None:
        self.queued: list[tuple[str, date, CleanEvent]] = []
        self.counted: list[OutcomeFact] = []
        self.error: Exception | None = None
        self.ready = True
        self.waiting: list[Callable[[], None]] = []
        self.is_slow = False
        """Whoever puts an event acknowledges it, too."""
        self.day_is_over = False
        settings = settings or Settings(
            server=ServerSettings(trusted_proxies=("127.0.0.1/32",)),
            sites=(
                SiteSettings(id="example.org", hostnames=("example.org",)),
                SiteSettings(id="two.example", hostnames=("example.org",), timezone="Asia/Kathmandu"),
            ),
            limits=limits or LimitSettings(),
        )
        self.counter = OutcomeCounter(self)
        self.endpoint = EventEndpoint(settings, lambda: 1_795_000_000.0, self, _anonymizer(), self, self.counter)

        async def is_ready() -> bool:
            return self.ready

        self.app: Any = create_app(self.endpoint, is_ready)
        self.client = AsgiClient(self.app)

    def day_key(self, site: str, day: date, *, create: bool) -> Key:
        if self.day_is_over:
            raise KeyGoneError("gone")
        return Key()

    async def append(self, *arguments: Any) -> None:
        if len(arguments) == 2:
            self.counted += arguments[0]
            return
        if self.error is not None:
            raise self.error
        self.queued.append(arguments)

    def put(self, site: str, day: date, event: CleanEvent, done: Callable[[Any], None]) -> None:
        """As the queue does it: an event is acknowledged later, one for which there is no room refused at once."""
        if isinstance(self.error, UnavailableError):
            raise self.error
        if self.error is None:
            self.queued.append((site, day, event))
        self.waiting.append(lambda: done(self.error))
        if not self.is_slow:
            asyncio.get_running_loop().call_soon(self.acknowledge)

    def acknowledge(self) -> None:
        """What Redis does in the end."""
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            one()

    def post(self, hit: Any = HIT, /, **headers: str) -> httpx.Response:
        sent = {"user-agent": AGENT, "content-type": "text/plain"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = hit if isinstance(hit, bytes) else json.dumps(hit).encode()
        return self.client.post("/api/event", content=body, headers=sent)

    async def outcomes(self) -> dict[tuple[str, str], int]:
        await self.counter.flush()
        return {(fact.site, fact.outcome): fact.hits for fact in self.counted}
