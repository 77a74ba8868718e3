"""Made-up days of several sites: seeded, so that every run tells the same, and long enough to cross midnights."""

import random
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.evidence_file import closed_days
from tests.kit.hits import Hit, Sender, Visitor, visitors
from tests.kit.oracle import TIMEOUT, Oracle
from tests.kit.stats_client import await_true

_QUARTER_HOUR = 900
_PATHS = ("/", "/", "/pricing", "/blog/a", "/docs/install", "/contact", "/kontakt/büro")
_RARE_PATH = "/jobs"
_REFERRERS = (
    "",
    "",
    "https://www.google.com/search?q=x",
    "https://tiny-forum.example/t/9",
    "https://board.news.example.co.uk/",
)
_CAMPAIGNS: tuple[dict[str, str], ...] = (
    {},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "spring sale"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_content": "button", "utm_term": "cups"},
    {"utm_source": "flyer", "utm_campaign": "fair"},
    {"gclid": "canary-of-a-click"},
)
_PROPS: tuple[dict[str, str], ...] = (
    {},
    {"plan": "free"},
    {"plan": "pro", "secret": "x"},
    {"plan": "rare"},
    {"plan": ""},
)
GOALS_AND_PROPERTIES = """
[[sites.goals]]
name = "Signup"
event = "signup"
[[sites.goals]]
name = "Shared"
event = "share"
[[sites.goals]]
page = "/docs/*"
[[sites.properties]]
key = "plan"
"""
"""What every site of a story declares; `tests.kit.oracle` says the same in its own words."""
_NAMES = ("signup", "signup", "Download", "share")


class Story:
    """Hits of several sites at chosen moments, sent while the clock is moved along."""

    def __init__(
        self, appliance: ApplianceProcess, sites: Sequence[Site], start: float, moments: int, seed: int = 20310308
    ) -> None:
        self.appliance = appliance
        self.sites = sites
        self.sent: list[Hit] = []
        self._random = random.Random(seed)
        self._moments = _moments(self._random, start, moments)
        self._people = {site.id: visitors(16, self._random) for site in sites}
        self._places: dict[tuple[str, Visitor], str] = {}
        self._sender = Sender(appliance.ingest, appliance.clock)

    def play(self, moments: int | None = None) -> None:
        """Send the hits of the next moments, or of all that are left."""
        count = len(self._moments) if moments is None else moments
        batch, self._moments = self._moments[:count], self._moments[count:]
        for moment in batch:
            hits = [hit for site in self.sites for hit in self._hits_of(site)]
            self.appliance.clock.set(moment)
            self._sender.send(hits)
            self.sent += hits

    def end_visits(self) -> None:
        """Move on until every visit has timed out."""
        self.appliance.clock.advance(TIMEOUT + 30)

    def end_days(self) -> None:
        """Move on by a day and wait until all days with hits are closed."""
        self.appliance.clock.advance(25 * 3600)
        wanted = {(site.id, day.isoformat()) for site in self.sites for day in self.oracle(site).days()}
        data_dir = self.appliance.data_dir
        await_true(lambda: closed_days(data_dir) >= wanted, "all days closed", 30)

    def oracle(self, site: Site) -> Oracle:
        """What the numbers of a site must be by now."""
        return Oracle(site.id, site.timezone, self.sent, admits(site.pages))

    def _hits_of(self, site: Site) -> list[Hit]:
        here = self._random.sample(self._people[site.id], self._random.randint(2, 7))
        return [hit for visitor in here for hit in self._hits_by(site, visitor)]

    def _hits_by(self, site: Site, visitor: Visitor) -> list[Hit]:
        pick = self._random
        place = self._places.get((site.id, visitor), "/")
        hit = Hit(site.id, visitor, path=place, hostname=pick.choice((site.id, f"shop.{site.id}")))
        kind = pick.random()
        if kind < 0.15:
            hit.name = "engagement"
        elif kind < 0.4:
            hit.name = pick.choice(_NAMES)
            hit.interactive = hit.name != "Download"
            hit.props = pick.choice(_PROPS)
        else:
            path = _RARE_PATH if pick.random() < 0.03 else pick.choice(_PATHS)
            hit.path = self._places[site.id, visitor] = path
            hit.referrer = pick.choice(_REFERRERS)
            hit.campaign = pick.choice(_CAMPAIGNS)
        if pick.random() < 0.3:
            hit.event_id = f"{pick.getrandbits(64):x}"
        again = Hit(**{name: getattr(hit, name) for name in hit.__dataclass_fields__})
        return [hit, again] if pick.random() < 0.15 else [hit]


def admits(pages: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path is among the declared ones."""
    return lambda path: any(fnmatchcase(path, page) for page in pages)


def _moments(source: random.Random, start: float, count: int) -> list[float]:
    """Moments of which none is on the border of an hour anywhere, and no two are on the border of a visit's end."""
    found, moment = [start], start
    while len(found) < count:
        gap = source.randint(60, 600) if source.random() < 0.7 else source.randint(1850, 3600)
        candidate = moment + gap
        near_border = min(candidate % _QUARTER_HOUR, -candidate % _QUARTER_HOUR) < 10
        if near_border or any(TIMEOUT - 20 < candidate - earlier < TIMEOUT + 40 for earlier in found):
            continue
        found.append(moment := candidate)
    return found
