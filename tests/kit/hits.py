"""Hits as browsers send them, from distinct visitors: each has an address and an agent that others may share in part.

What an address and an agent mean is written beside them by hand, so that a test can say what must be counted.
"""

import asyncio
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx


class Agent(NamedTuple):
    """A user agent and what is left of it."""

    text: str
    browser: str
    os: str
    device: str


class Network(NamedTuple):
    """The first 24 bits of addresses, and their country."""

    prefix: str
    country: str


_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = (
    Agent(f"{_WINDOWS} {_BLINK} Chrome/140.0.0.0 Safari/537.36", "Chrome", "Windows", "Desktop"),
    Agent(f"{_WINDOWS} {_BLINK} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge", "Windows", "Desktop"),
    Agent("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox", "Linux", "Desktop"),
    Agent(
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/18.5 Safari/605.1.15",
        *("Safari", "macOS", "Desktop"),
    ),
    Agent(
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1",
        *("Safari", "iOS", "Mobile"),
    ),
    Agent(
        f"Mozilla/5.0 (Linux; Android 10; K) {_BLINK} Chrome/140.0.0.0 Mobile Safari/537.36",
        "Chrome",
        "Android",
        "Mobile",
    ),
    Agent(
        f"Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) {_WEBKIT} Version/17.7 Mobile/15E148 Safari/604.1",
        *("Safari", "iOS", "Tablet"),
    ),
)
NETWORKS = (
    Network("87.128.1", "DE"),
    Network("90.1.2", "FR"),
    Network("86.130.1", "GB"),
    Network("73.5.5", "US"),
    Network("60.33.1", "JP"),
    Network("203.0.113", ""),  # for documentation: nowhere
)


class Language(NamedTuple):
    """An Accept-Language and what is left of it."""

    text: str
    subtag: str


class Window(NamedTuple):
    """Width that a tracker sends, and its class."""

    width: int
    screen: str


LANGUAGES = (
    Language("", ""),
    Language("de-AT,de;q=0.9,en;q=0.8", "de"),
    Language("en;q=0.3, pt-BR;q=0.7", "pt"),
    Language("tlh-x-canary", ""),
)
WINDOWS = (Window(0, ""), Window(1, "Mobile"), Window(576, "Tablet"), Window(992, "Laptop"), Window(1440, "Desktop"))


class Visitor(NamedTuple):
    """Who is one visitor for a day: an address and an agent. The rest comes with them."""

    address: str
    agent: Agent = AGENTS[0]
    country: str = ""
    language: Language = LANGUAGES[0]
    window: Window = WINDOWS[0]


def visitors(count: int, source: random.Random) -> list[Visitor]:
    """Different visitors; some share the address, more share the agent."""
    found: dict[tuple[str, str], Visitor] = {}
    while len(found) < count:
        network, agent = source.choice(NETWORKS), source.choice(AGENTS)
        address = f"{network.prefix}.{source.randrange(1, 200)}"
        found[address, agent.text] = Visitor(
            *(address, agent, network.country, source.choice(LANGUAGES), source.choice(WINDOWS))
        )
    return list(found.values())


@dataclass
class Hit:
    """One hit, and between which moments it arrived, as the sender knows it."""

    site: str
    visitor: Visitor
    name: str = "pageview"
    path: str = "/"
    hostname: str = ""
    """Empty: the site's id."""
    referrer: str = ""
    campaign: dict[str, str] = field(default_factory=dict)
    """utm_source and the like."""
    props: dict[str, str] = field(default_factory=dict)
    interactive: bool = True
    event_id: str = ""
    sent_at: float = 0.0
    answered_at: float = 0.0
    dropped: str = ""
    """What the answer gave as the reason."""

    @property
    def host(self) -> str:
        """Host of the page."""
        return self.hostname or self.site

    def body(self) -> dict[str, Any]:
        """What a tracker sends."""
        query = f"?{urlencode(self.campaign)}" if self.campaign else ""
        body: dict[str, Any] = {"n": self.name, "d": self.site, "u": f"https://{self.host}{self.path}{query}"}
        if self.referrer:
            body["r"] = self.referrer
        if self.visitor.window.width:
            body["w"] = self.visitor.window.width
        if self.props:
            body["p"] = self.props
        if not self.interactive:
            body["i"] = False
        if self.event_id:
            body["eid"] = self.event_id
        if self.name == "engagement":
            body |= {"e": 3000, "sd": 50}
        return body

    def headers(self) -> dict[str, str]:
        """What its browser and the proxy in front send."""
        return {
            "Content-Type": "text/plain",
            "User-Agent": self.visitor.agent.text,
            "X-Forwarded-For": self.visitor.address,
            "Accept-Language": self.visitor.language.text,
        }


class Sender:
    """Sends hits to one ingest over kept connections, noting when."""

    def __init__(self, ingest: str, clock: Any) -> None:
        """`clock` has a method `now`."""
        self._ingest = ingest
        self._clock = clock

    def send(self, hits: Sequence[Hit], connections: int = 8) -> None:
        """Send hits; those of one visitor in their order, different visitors at once."""
        asyncio.run(self._send(hits, connections))

    async def _send(self, hits: Sequence[Hit], connections: int) -> None:
        queues: dict[Visitor, list[Hit]] = {}
        for hit in hits:
            queues.setdefault(hit.visitor, []).append(hit)
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        async with httpx.AsyncClient(base_url=self._ingest, limits=limits, timeout=30, trust_env=False) as client:
            await asyncio.gather(*(self._send_in_order(client, queue) for queue in queues.values()))

    async def _send_in_order(self, client: httpx.AsyncClient, hits: Iterable[Hit]) -> None:
        for hit in hits:
            hit.sent_at = self._clock.now()
            answer = await client.post("/api/event", content=json.dumps(hit.body()), headers=hit.headers())
            hit.answered_at = self._clock.now()
            assert answer.status_code == 202, (answer.status_code, answer.text)
            hit.dropped = answer.headers.get("x-drop-reason", "")
