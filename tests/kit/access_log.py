"""A made-up access log in the combined format: visitors with pages, what belongs to the pages, robots and failures."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_PAGES = ["/", "/about", "/pricing", "/docs", "/contact", *(f"/blog/post-{number}" for number in range(60))]
_PARTS = [
    "/style.css",
    "/app.js",
    "/logo.svg",
    "/hero.webp",
    "/fonts/text.woff2",
    *(f"/img/{n}.jpg" for n in range(40)),
]
_REFERRERS = ["-", "-", "-", "https://www.google.com/", "https://duckduckgo.com/", "https://news.example.com/story"]
_AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.%d "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36",
]
_BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_DAY_SECONDS = 86_400


def line(at: datetime, address: str, request: str, status: int, referrer: str, agent: str) -> str:
    """One line as nginx writes it."""
    return f'{address} - - [{at:%d/%b/%Y:%H:%M:%S +0000}] "{request} HTTP/1.1" {status} 5120 "{referrer}" "{agent}"\n'


def access_log(day: datetime, visits: int, lines: int, seed: int = 1) -> Iterator[str]:
    """Lines of one day (UTC) in the order of time.

    Args:
        visits: each by a visitor of its own, with one to eight pages.
        lines: of the whole log; what pages and robots leave is filled with what belongs to pages.
    """
    source = random.Random(seed)
    made: list[tuple[int, str]] = []
    for number in range(visits):
        address = f"81.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        agent = _agent(number)
        second = source.randrange(_DAY_SECONDS - 3600)
        page = "-"
        for _ in range(source.randint(1, 8) if number % 3 else 1):
            referrer = source.choice(_REFERRERS) if page == "-" else f"https://example.org{page}"
            page = source.choice(_PAGES)
            made.append((second, _at(day, second, address, page, 200, referrer, agent)))
            for _ in range(2):
                part = source.choice(_PARTS)
                made.append((second, _at(day, second, address, part, 200, f"https://example.org{page}", agent)))
            second += source.randint(2, 240)
        if number % 50 == 0:
            made.append((second, _at(day, second, address, "/missing", 404, "-", agent)))
            made.append((second, _at(day, second, "66.249.66.1", page, 200, "-", _BOT)))
    for _ in range(lines - len(made)):
        second = source.randrange(_DAY_SECONDS)
        number = source.randrange(visits)
        address = f"81.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        agent = _agent(number)
        made.append((second, _at(day, second, address, source.choice(_PARTS), 200, "https://example.org/", agent)))
    made.sort(key=lambda one: one[0])
    return (text for _, text in made)


def _agent(number: int) -> str:
    return _AGENTS[number % len(_AGENTS)].replace("%d", str(100 + number // 7 % 30))


def _at(day: datetime, second: int, address: str, path: str, status: int, referrer: str, agent: str) -> str:
    return line(day.astimezone(UTC) + timedelta(seconds=second), address, f"GET {path}", status, referrer, agent)
