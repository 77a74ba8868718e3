"""From page to page over real counters, on running and closed days."""

from appliance.aggregate import visits
from appliance.aggregate.profile import Profile
from appliance.facts import FactBatch
from tests.integration.stats.conftest import DAY, DAY_NUMBER, Stats
from tests.kit.events import make_event

Way = tuple[str, str, int, int, int]


def people(stats: Stats, how_many: int, *paths: str) -> None:
    """So many visitors who look at these pages in one visit."""
    facts = FactBatch()
    for _ in range(how_many):
        profile = Profile()
        for second, path in enumerate(paths):
            event = make_event(at_ms=second * 1000, path=path)
            visits.advance(profile, event, 9, visits.SiteDay("example.org", DAY_NUMBER), 1_800_000, bytes, facts)
    stats.insert(facts.visits, facts.events)


def ways(stats: Stats) -> list[Way]:
    response = stats.transitions()
    assert response.status_code == 200, response.text
    names = ("previous", "page", "visitors", "visits", "pageviews")
    return [tuple(way[name] for name in names) for way in response.json()["transitions"]]


def test_closed_day_and_running_day_say_the_same(stats: Stats) -> None:
    people(stats, 6, "/", "/blog/a", "/", "/", "/blog/a")
    people(stats, 9, "/", "/blog/b")
    people(stats, 3, "/blog/c")
    running = ways(stats)
    assert running == [
        ("/", "/blog/a", 6, 6, 12),
        ("/", "/blog/b", 9, 9, 9),
        ("/blog/a", "/", 6, 6, 6),
    ]
    stats.close_day(DAY)
    assert ways(stats) == running


def test_running_day_changes_a_way_after_k_more_visitors(stats: Stats) -> None:
    people(stats, 6, "/", "/blog/a")
    assert ways(stats) == [("/", "/blog/a", 6, 6, 6)]
    people(stats, 4, "/", "/blog/a")
    assert ways(stats) == [("/", "/blog/a", 6, 6, 6)]
    people(stats, 1, "/", "/blog/a")
    assert ways(stats) == [("/", "/blog/a", 11, 11, 11)]


def test_way_that_few_took_is_not_shown(stats: Stats) -> None:
    people(stats, 4, "/", "/blog/a")
    people(stats, 20, "/")
    assert ways(stats) == []
    stats.close_day(DAY)
    assert ways(stats) == []


def test_pages_of_two_visits_are_no_way(stats: Stats) -> None:
    for path in ("/", "/blog/a"):
        people(stats, 6, path)
    assert ways(stats) == []
