"""A made-up day of one site as facts: visits of three pages, thirteen attributes, values as frequent as 1/n."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from appliance.aggregate import visits
from appliance.aggregate.profile import Profile
from appliance.facts import FactBatch
from tests.kit.events import make_event

DAY = 20_780
"""2026-11-23, in days since 1970."""
PAGES_A_VISIT = 3
VALUES = {
    "path": 2_000,
    "source": 400,
    "referrer": 600,
    "country": 60,
    "region": 300,
    "browser": 12,
    "browser_version": 60,
    "os": 8,
    "os_version": 40,
    "device": 4,
    "channel": 12,
    "language": 30,
    "screen": 4,
}
"""Number of different values of each attribute."""
_TIMEOUT_MS = 1_800_000


class _Zipf:
    """Values of one attribute, the nth as frequent as 1/n."""

    def __init__(self, name: str, size: int) -> None:
        first = "/" if name == "path" else ""
        self._values = [f"{first}{name}-{number}" for number in range(size)]
        self._weights = list(accumulate(1 / (number + 1) for number in range(size)))

    def draw(self, source: Random) -> str:
        return source.choices(self._values, cum_weights=self._weights)[0]


def batches(site: str, count: int, size: int, seed: int = 1) -> Iterator[FactBatch]:
    """Facts of `count` visits, each of another visitor, `size` visits to a batch; every visit has ended."""
    source = Random(seed)
    drawn = {name: _Zipf(name, values) for name, values in VALUES.items()}
    for first in range(0, count, size):
        facts = FactBatch()
        for number in range(first, min(first + size, count)):
            _visit(site, number, source, drawn, facts)
        yield facts


def _visit(site: str, number: int, source: Random, drawn: dict[str, _Zipf], facts: FactBatch) -> None:
    where, profile = visits.SiteDay(site, DAY), Profile()
    hour = source.randrange(24)
    at_ms = DAY * 86_400_000 + hour * 3_600_000
    fixed = {name: values.draw(source) for name, values in drawn.items() if name != "path"}
    for _ in range(PAGES_A_VISIT):
        at_ms += source.randrange(1_000, 60_000)
        event = make_event(number.to_bytes(16, "big"), at_ms, drawn["path"].draw(source), hostname=site, **fixed)
        visits.advance(profile, event, hour, where, _TIMEOUT_MS, lambda value: value, facts)
    visits.close(profile, where, lambda value: value, facts)
