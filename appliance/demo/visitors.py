"""Made-up visitors: where they come from, what they browse with, which way they take. Pure but for the random source.

Addresses are picked at random inside large ranges of consumer networks, so that countries look plausible; nobody
in particular is meant. Every number here is invented.
"""

import ipaddress
import random
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

_T = TypeVar("_T")

_NETWORKS: tuple[tuple[int, str], ...] = (
    (24, "87.128.0.0/11"),  # Germany
    (9, "90.0.0.0/10"),  # France
    (8, "86.128.0.0/11"),  # United Kingdom
    (7, "77.160.0.0/12"),  # Netherlands
    (7, "73.0.0.0/9"),  # United States
    (5, "83.0.0.0/12"),  # Poland
    (5, "91.112.0.0/14"),  # Austria
    (4, "85.0.0.0/13"),  # Switzerland
    (4, "88.0.0.0/12"),  # Spain
    (4, "79.0.0.0/12"),  # Italy
    (3, "90.224.0.0/12"),  # Sweden
    (2, "70.48.0.0/13"),  # Canada
    (2, "60.32.0.0/12"),  # Japan
    (1, "58.160.0.0/12"),  # Australia
    (1, "117.192.0.0/11"),  # India
)
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
_AGENTS: tuple[tuple[int, str], ...] = (
    (26, _WINDOWS + "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"),
    (9, _WINDOWS + "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"),
    (10, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"),
    (9, _MAC + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"),
    (6, _MAC + "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"),
    (5, "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"),
    (15, _IPHONE + "Version/18.5 Mobile/15E148 Safari/604.1"),
    (
        14,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Mobile Safari/537.36",
    ),
    (
        4,
        "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.7 Mobile/15E148 Safari/604.1",
    ),
    (2, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
)
_REFERRERS: tuple[tuple[int, str], ...] = (
    (38, ""),
    (26, "https://www.google.com/"),
    (6, "https://duckduckgo.com/"),
    (5, "https://www.bing.com/"),
    (6, "https://news.ycombinator.com/item?id=1"),
    (5, "https://www.reddit.com/r/coffee/"),
    (4, "https://mastodon.social/"),
    (4, "https://github.com/"),
    (3, "https://coffee-forum.example/threads/grinders"),
    (3, "https://www.linkedin.com/feed/"),
)
_CAMPAIGNS: tuple[tuple[int, dict[str, str]], ...] = (
    (80, {}),
    (9, {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "harvest"}),
    (
        6,
        {
            "utm_source": "mastodon",
            "utm_medium": "social",
            "utm_campaign": "harvest",
            "utm_content": "photo",
        },
    ),
    (
        5,
        {
            "utm_source": "google",
            "utm_medium": "cpc",
            "utm_campaign": "subscription",
            "utm_term": "fresh coffee",
        },
    ),
)
_LANGUAGES: tuple[tuple[int, str], ...] = (
    (45, "de-DE,de;q=0.9,en;q=0.7"),
    (25, "en-GB,en;q=0.9"),
    (10, "fr-FR,fr;q=0.9"),
    (8, "nl-NL,nl;q=0.9,en;q=0.6"),
    (6, "pl-PL,pl;q=0.9"),
    (6, "es-ES,es;q=0.9"),
)
_WIDE: tuple[tuple[int, int], ...] = ((55, 1440), (40, 992), (5, 576))
"""Widths that the tracker sends: lower bounds of its classes."""
_PHONE, _TABLET = 1, 576
MISSING = ("/shop", "/prices.html")
"""Pages that the site does not have."""
_ENTRIES: tuple[tuple[int, str], ...] = (
    (45, "/"),
    (14, "/blog/water"),
    (11, "/blog/harvest"),
    (8, "/blog/cups"),
    (9, "/docs"),
    (8, "/pricing"),
    (5, "/app"),
    (2, MISSING[0]),
    (1, MISSING[1]),
)
_NEXT: dict[str, tuple[tuple[int, str], ...]] = {
    "/": ((30, "/pricing"), (25, "/blog"), (20, "/docs"), (15, "/app"), (10, "/contact")),
    "/blog": ((40, "/blog/water"), (35, "/blog/harvest"), (25, "/blog/cups")),
    "/blog/water": ((40, "/docs"), (30, "/blog"), (30, "/")),
    "/blog/harvest": ((45, "/pricing"), (30, "/blog"), (25, "/")),
    "/blog/cups": ((50, "/blog"), (50, "/")),
    "/docs": ((40, "/app"), (30, "/pricing"), (30, "/")),
    "/pricing": ((45, "/contact"), (30, "/docs"), (25, "/")),
    "/contact": ((60, "/thanks"), (40, "/")),
    "/thanks": ((100, "/"),),
    **dict.fromkeys(MISSING, ((70, "/"), (30, "/pricing"))),
    "/app": ((40, "/app/filter"), (35, "/app/espresso"), (25, "/app/cold-brew")),
}
_APP: tuple[tuple[int, str], ...] = ((30, "/app/filter"), (25, "/app/espresso"), (20, "/app/cold-brew"), (25, "/docs"))
_LINKS = {
    "/blog/water": "https://water-lab.example/hardness",
    "/blog/cups": "https://pottery.example/",
    "/docs": "https://coffee-forum.example/threads/grinders",
}
"""Where links of a page lead to on other sites."""
_GUIDE = "/files/brewing-guide.pdf"
_PLANS: tuple[tuple[int, tuple[str, str]], ...] = (
    (25, ("taster", "9.00")),
    (60, ("household", "17.00")),
    (15, ("office", "58.00")),
)
_CURRENCIES = ((90, "EUR"), (10, "CHF"))


class Hit(NamedTuple):
    """One request to the event endpoint."""

    name: str
    path: str
    referrer: str
    properties: tuple[tuple[str, str], ...] = ()
    """Of the event."""
    engaged_ms: int = 0
    """Visible time, for an engagement signal; `scroll_depth` in percent likewise."""
    scroll_depth: int = 0
    amount: str = ""
    """Of the event's revenue, in the main unit of `currency`."""
    currency: str = ""


class Visitor(NamedTuple):
    """Somebody with a browser at an address."""

    address: str
    user_agent: str
    refuses: bool
    """Sends Global Privacy Control."""
    language: str
    width: int


def make_visitor(chance: random.Random) -> Visitor:
    """A visitor from a random place."""
    network = ipaddress.ip_network(_pick(chance, _NETWORKS))
    address = network[chance.randrange(1, network.num_addresses - 1)]
    agent = _pick(chance, _AGENTS)
    width = _PHONE if "iPhone" in agent or "Android" in agent else _TABLET if "iPad" in agent else _pick(chance, _WIDE)
    return Visitor(str(address), agent, chance.random() < 0.03, _pick(chance, _LANGUAGES), width)


def make_journey(chance: random.Random) -> list[Hit]:
    """The hits of one visit in order: nearly half of the visits see one page."""
    path, referrer = _pick(chance, _ENTRIES), _pick(chance, _REFERRERS)
    campaign = _pick(chance, _CAMPAIGNS)
    hits = [Hit("pageview", path + (f"?{urlencode(campaign)}" if campaign else ""), referrer)]
    hits += _events(chance, path)
    while chance.random() < 0.62 and len(hits) < 20:
        hits.append(_engagement(chance, path))
        path = _pick(chance, _NEXT.get(path, _APP))
        hits.append(Hit("pageview", path, ""))
        hits += _events(chance, path)
    return [*hits, _engagement(chance, path)]


def _events(chance: random.Random, path: str) -> list[Hit]:
    """What the visitor does on a page beside reading it."""
    if path in MISSING:
        return [Hit("404", path, "", (("path", path),))]
    if path == "/thanks" and chance.random() < 0.7:
        return [Hit("Message sent", path, "")]
    if path.startswith("/app/") and chance.random() < 0.7:
        return [Hit("Recipe opened", path, "", (("recipe", path.removeprefix("/app/")),))]
    if path == "/pricing" and chance.random() < 0.35:
        plan, amount = _pick(chance, _PLANS)
        properties = (("plan", plan),)
        order = Hit("Order", path, "", properties, amount=amount, currency=_pick(chance, _CURRENCIES))
        return [Hit("Order started", path, "", properties), *([order] if chance.random() < 0.5 else [])]
    if path == "/docs" and chance.random() < 0.15:
        return [Hit("File Download", path, "", (("url", _GUIDE),))]
    if path in _LINKS and chance.random() < 0.2:
        return [Hit("Outbound Link: Click", path, "", (("url", _LINKS[path]),))]
    return []


def _engagement(chance: random.Random, path: str) -> Hit:
    return Hit("engagement", path, "", (), chance.randrange(3_000, 90_000), chance.randrange(20, 101))


def _pick(chance: random.Random, choices: tuple[tuple[int, _T], ...]) -> _T:
    return chance.choices([value for _, value in choices], [weight for weight, _ in choices])[0]
