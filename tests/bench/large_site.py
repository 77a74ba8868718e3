"""A day of a large site as facts, as real visits are: versions belong to their browser, cities to their region, two
visits of three have no campaign, one visitor of eight comes again, pages are read, some visits reach goals and buy.

Values of each attribute are as frequent as 1/n, most of them pages (3,000), cities (2,000), referrers and sources.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from appliance.aggregate import visits
from appliance.aggregate.profile import Profile
from appliance.dimensions import DIRECT, ENGAGEMENT
from appliance.facts import FactBatch
from appliance.settings import PropertySettings, SiteSettings
from tests.bench.made_day import DAY
from tests.kit.events import make_event

SITE = SiteSettings(
    "example.org", pages=("/*",), properties=(PropertySettings("plan", ("free", "small", "large", "own")),)
)
"""Its pages are known to be public, as those of a sitemap are."""
_PAGES_A_VISIT = 3.0
_RETURNS, _CUSTOM, _BUYS, _CAMPAIGN = 0.125, 0.12, 0.1, 0.35
_TIMEOUT_MS = 1_800_000
_ROUNDS = 1 << 17
"""Draws of one attribute that are made at once."""


class _Zipf:
    """Values, the nth as frequent as 1/n."""

    def __init__(self, names: Sequence[str], source: Random) -> None:
        self._names = names
        self._weights = list(accumulate(1 / (number + 1) for number in range(len(names))))
        self._source = source
        self._drawn: list[str] = []

    def draw(self) -> str:
        if not self._drawn:
            self._drawn = self._source.choices(self._names, cum_weights=self._weights, k=_ROUNDS)
        return self._drawn.pop()


class LargeSite:
    """Draws visits; the same seed gives the same day."""

    def __init__(self, seed: int = 1) -> None:
        self._source = Random(seed)
        self._path = self._zipf("/articles/2026/number-{}-of-many", 3_000)
        self._referrer = self._zipf("www.referrer-{}.example", 600)
        self._campaign = {
            "utm_source": self._zipf("newsletter-{}", 25),
            "utm_medium": self._zipf("medium-{}", 8),
            "utm_campaign": self._zipf("campaign-{}", 80),
        }
        self._content = {"utm_content": self._zipf("content-{}", 50), "utm_term": self._zipf("term-{}", 60)}
        self._country = self._zipf("C{}", 120)
        self._region = self._zipf("{}", 12)
        self._city = self._zipf("City {}", 5)
        self._browser = self._zipf("Browser {}", 10)
        self._os = self._zipf("System {}", 7)
        self._version = self._zipf("{}", 9)
        self._plain = {
            "device": self._zipf("Device {}", 3),
            "language": self._zipf("l{}", 40),
            "screen": self._zipf("Screen {}", 5),
        }
        self._name = self._zipf("Event {}", 8)
        self._plan = self._zipf("{}", 4)

    def batches(self, count: int, size: int) -> Iterator[FactBatch]:
        """Facts of at least `count` visits, `size` visitors to a batch; every visit has ended."""
        made = number = 0
        while made < count:
            facts = FactBatch()
            for _ in range(size):
                made += self._visitor(number, facts)
                number += 1
            yield facts

    def _zipf(self, pattern: str, size: int) -> _Zipf:
        return _Zipf([pattern.format(number) for number in range(size)], self._source)

    def _visitor(self, number: int, facts: FactBatch) -> int:
        where, profile = visits.SiteDay(SITE.id, DAY), Profile()
        tag, fixed = number.to_bytes(16, "big"), self._fixed()
        n_visits = 1 + (self._source.random() < _RETURNS)
        hour = self._source.randrange(24 // n_visits)
        for visit in range(n_visits):
            self._visit(tag, hour + 12 * visit, fixed | self._of_visit(), profile, facts)
        visits.close(profile, where, bytes, facts)
        return n_visits

    def _visit(self, tag: bytes, hour: int, fields: dict[str, str], profile: Profile, facts: FactBatch) -> None:
        where, at_ms = visits.SiteDay(SITE.id, DAY), (DAY * 24 + hour) * 3_600_000

        def send(**more: Any) -> None:
            event = make_event(tag, at_ms, **(fields | {"hostname": SITE.id} | more))
            visits.advance(profile, event, hour, where, _TIMEOUT_MS, bytes, facts)

        while True:
            at_ms += 1_000
            path = self._path.draw()
            send(path=path)
            at_ms += self._source.randrange(1_000, 90_000)
            send(path=path, name=ENGAGEMENT, engaged_ms=self._source.randrange(60_000), scroll_depth=self._depth())
            if self._source.random() * _PAGES_A_VISIT < 1:
                break
        if self._source.random() < _CUSTOM:
            buys = self._source.random() < _BUYS
            money = {"currency": "EUR", "revenue_minor": self._source.randrange(500, 20_000)} if buys else {}
            name = self._name.draw()
            plan = ("free", "small", "large", "own")[int(self._plan.draw())]
            send(path=path, name=name, goals=(name,), props=(("plan", plan),), **money)

    def _depth(self) -> int:
        return self._source.randrange(101)

    def _fixed(self) -> dict[str, str]:
        """What the visitor's network and program say."""
        country, browser, system = self._country.draw(), self._browser.draw(), self._os.draw()
        region = f"{country}-{self._region.draw()}"
        return {
            "country": country,
            "region": region,
            "city": f"{self._city.draw()} of {region}",
            "browser": browser,
            "browser_version": f"{browser} {self._version.draw()}",
            "os": system,
            "os_version": f"{system} {self._version.draw()}",
            **{name: values.draw() for name, values in self._plain.items()},
        }

    def _of_visit(self) -> dict[str, str]:
        """Where the visit came from."""
        if self._source.random() < _CAMPAIGN:
            found = {name: values.draw() for name, values in self._campaign.items()}
            if self._source.random() < _CAMPAIGN:
                found |= {name: values.draw() for name, values in self._content.items()}
            return found | {"source": found["utm_source"], "channel": "Email", "referrer": ""}
        if self._source.random() < _CAMPAIGN:
            return {"source": DIRECT, "channel": "Direct", "referrer": ""}
        referrer = self._referrer.draw()
        number = int(referrer.split("-")[1].split(".")[0])
        return {"source": f"Source {number * 2 // 3}", "channel": f"Channel {number % 9}", "referrer": referrer}
