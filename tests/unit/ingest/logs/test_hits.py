"""Lines of a log on the way that live hits take."""

from datetime import date

import pytest

from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.ingest.logs.hits import LogHits
from appliance.ingest.logs.line import LogLine, Signal
from appliance.outcomes import Outcome
from appliance.settings import SiteSettings
from tests.kit.events import make_event

SITE = SiteSettings(id="example.org", hostnames=("www.example.org",))


class Steps:
    """Notes the hit that it is given, and the key that is asked for."""

    def __init__(self) -> None:
        self.hits: list[tuple[RawHit, int]] = []

    def day_key(self, site: str, day: date, *, create: bool) -> "Steps":
        assert (site, day, create) == ("example.org", date(2026, 1, 1), True)
        return self

    def tag(self, message: bytes) -> bytes:
        return message

    token = tag

    def anonymize(self, hit: RawHit, site: SiteSettings, key: object, at_ms: int) -> CleanEvent:
        self.hits.append((hit, at_ms))
        return make_event()


def hit_of(address: str = "203.0.113.9", target: str = "/a", host: str = "", agent: str | None = "A") -> RawHit:
    steps = Steps()
    line = LogLine(12.345, target, host, address, agent, "")
    assert isinstance(LogHits(SITE, steps, steps).clean(line, date(2026, 1, 1)), CleanEvent)
    assert steps.hits[0][1] == 12_345
    return steps.hits[0][0]


@pytest.mark.parametrize(
    ("target", "host", "url"),
    [
        ("/a?b", "", "https://www.example.org/a?b"),
        ("/a", "other.example", "https://other.example/a"),
        ("http://proxied.example/", "", "http://proxied.example/"),
    ],
)
def test_the_page_is_on_the_host_of_the_line_or_of_the_site(target: str, host: str, url: str) -> None:
    assert hit_of(target=target, host=host).url == url


def test_no_agent_is_no_robot_and_an_empty_one_stays_empty() -> None:
    assert hit_of(agent=None).user_agent == "unknown"
    assert hit_of(agent="").user_agent == ""


def test_what_a_tracker_says_goes_the_way_of_a_live_hit() -> None:
    steps = Steps()
    signal = Signal("id", (("plan", "pro"),), "EUR", "9.90", "de-AT", 1280, 40)
    LogHits(SITE, steps, steps).clean(LogLine(0, "/", "", "203.0.113.9", "A", "", "Buy", signal), date(2026, 1, 1))
    hit = steps.hits[0][0]
    assert (hit.name, hit.event_id, hit.props, hit.currency, hit.amount) == ("Buy", *signal[:4])
    assert (hit.language, hit.width, hit.scroll_depth) == ("de-AT", 1280, 40)


@pytest.mark.parametrize("address", ["host.example.net", "", "-", "203.0.113", "\ud800"])
def test_what_is_no_address_is_invalid(address: str) -> None:
    steps = Steps()
    line = LogLine(0, "/", "", address, "A", "")
    assert LogHits(SITE, steps, steps).clean(line, date(2026, 1, 1)) is Outcome.INVALID
    assert not steps.hits
