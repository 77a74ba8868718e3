"""Visits as the bench of the whole path sends them: three pageviews each, of different visitors, pages and sources by
Zipf's law, as on real sites. What must be counted follows from what was sent.
"""

import itertools
import random
from collections.abc import Iterator, Sequence

from tests.bench import traffic

PAGEVIEWS = 3
PAGES, SOURCES = 600, 200
_DRAWS = 1 << 16
"""Pages and sources are drawn beforehand and repeat after this many."""
_HEAD = (
    "POST /api/event HTTP/1.1\r\nHost: bench\r\nUser-Agent: {agent}\r\nContent-Type: text/plain;charset=UTF-8\r\n"
    "Accept: */*\r\nOrigin: https://{site}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n"
    "Sec-Fetch-Dest: empty\r\nAccept-Language: en-GB,en;q=0.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: "
)


class VisitTraffic:
    """Numbers visitors on and on."""

    def __init__(self, sites: Sequence[str], seed: int = 7) -> None:
        source = random.Random(seed)
        self.sites = list(sites)
        self.sent = self.started = 0
        """Pageviews, and visitors with at least one, that were handed out: what must be counted."""
        self.visitors = 0
        agents = [traffic.made_agent(number) for number in range(traffic.AGENTS)]
        self._heads = [
            _HEAD.format(agent=agent, site=site).encode() for (agent, _, _), site in zip(agents, itertools.cycle(sites))
        ]
        pages = list(dict.fromkeys(traffic.made_page(source) for _ in range(2 * PAGES)))[:PAGES]
        self._pages = [page.encode() for page in _zipf(source, pages)]
        sources = ["", "https://www.google.com/", *(f"https://www.site{n}.example/" for n in range(SOURCES))]
        self._sources = [one.encode() for one in _zipf(source, sources)]
        self._site_names = [site.encode() for site in sites]

    def stream(self, lag: int) -> Iterator[bytes]:
        """Endless: a visitor's first page, then the next one of who came `lag` visitors before, and `2 * lag`."""
        first = self.visitors
        while True:
            for step in range(PAGEVIEWS):
                visitor = self.visitors - step * lag
                if visitor < first:
                    continue
                yield self._request(visitor, step)
            self.visitors += 1

    def bursts(self, visitors: int) -> Iterator[bytes]:
        """All pageviews of a visitor at once, one visitor after the other."""
        for _ in range(visitors):
            for step in range(PAGEVIEWS):
                yield self._request(self.visitors, step)
            self.visitors += 1

    def _request(self, visitor: int, step: int) -> bytes:
        self.sent += 1
        self.started += step == 0
        site = self._site_names[visitor % len(self._site_names)]
        page = self._pages[(visitor * PAGEVIEWS + step) % _DRAWS]
        source = self._sources[visitor % _DRAWS] if step == 0 else b""
        referrer = b'", "r": "' + source if source else b""
        body = b'{"n": "pageview", "d": "%b", "u": "https://%b%b%b", "eid": "%016x"}' % (
            *(site, site, page, referrer),
            self.sent,
        )
        high, low = divmod(visitor, 250)
        address = b"%d.%d.%d.%d" % (60 + high // 65_536, high // 256 % 256, high % 256, 1 + low)
        head = self._heads[(visitor * 7) % len(self._heads)]
        return b"%b%b\r\nContent-Length: %d\r\n\r\n%b" % (head, address, len(body), body)


def _zipf(source: random.Random, values: Sequence[str]) -> list[str]:
    weights = [1 / rank for rank in range(1, len(values) + 1)]
    return source.choices(values, weights, k=_DRAWS)
