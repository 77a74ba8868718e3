"""For seeded days of hits the stats API gives exactly the numbers of the definitions, whatever happened meanwhile."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.oracle import DIMENSIONS, Oracle
from tests.kit.stats_client import METRICS, StatsClient, Table, await_equal
from tests.kit.story import GOALS_AND_PROPERTIES, Story

pytestmark = pytest.mark.blackbox

# New York's summer time begins on the second day.
START = datetime(2031, 3, 8, 16, 0, 20, tzinfo=UTC).timestamp()
SITES = tuple(
    Site(name, zone, (name, f"shop.{name}"), pages, GOALS_AND_PROPERTIES)
    for name, zone, pages in (
        ("kathmandu.example", "Asia/Kathmandu", ("/*",)),
        ("newyork.example", "America/New_York", ("/*",)),
        ("discreet.example", "UTC", ("/", "/docs/*")),
    )
)
WHOLE_VISITS = ("bounce_rate", "visit_duration")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("metrics")
    with ApplianceProcess(directory, SITES, at=START) as appliance:
        yield Story(appliance, SITES, START, moments=48)


@pytest.fixture(scope="module")
def told(story: Story) -> Story:
    """Everything sent, the last visits still open."""
    story.play()
    return story


@pytest.fixture(scope="module")
def restarted(told: Story) -> Story:
    told.appliance.restart()
    return told


@pytest.fixture(scope="module")
def ended(restarted: Story) -> Story:
    restarted.end_visits()
    return restarted


@pytest.fixture(scope="module")
def closed(ended: Story) -> Story:
    ended.end_days()
    return ended


def test_numbers_are_exact_while_visits_are_open_and_midnights_pass(story: Story) -> None:
    for _ in range(4):
        story.play(12)
        check_all(story, each_day=False)


def test_numbers_are_the_same_after_a_restart(restarted: Story) -> None:
    check_all(restarted)


def test_numbers_are_exact_when_all_visits_have_ended(ended: Story) -> None:
    for site in SITES:
        now, oracle = ended.appliance.clock.now(), ended.oracle(site)
        assert len(oracle.totals(now, oracle.days())) == len(METRICS)
    check_all(ended)


def test_numbers_are_the_same_after_the_days_are_closed(closed: Story) -> None:
    check_all(closed)


def test_numbers_are_the_same_after_closed_days_and_a_restart(closed: Story) -> None:
    closed.appliance.restart()
    check_all(closed, each_day=False)


def test_numbers_by_value_and_day_are_exact(closed: Story) -> None:
    now = closed.appliance.clock.now()
    with StatsClient(closed.appliance.stats, closed.appliance.keys["reader"]) as stats:
        for site in SITES:
            oracle = closed.oracle(site)
            for dimension in DIMENSIONS:
                metrics = metrics_of(dimension)
                found = stats.table(site.id, "all", [dimension, "time:day"], metrics)
                expected = oracle.by_dimension_and_day(dimension, now, oracle.days())
                assert found == only(expected, metrics), (site.id, dimension)


@pytest.mark.parametrize("days_later", [0, 3, 5, 26])
def test_named_ranges_end_with_the_sites_own_today(closed: Story, days_later: int) -> None:
    last = max(day for site in SITES for day in closed.oracle(site).days())
    # At 20:00 UTC it is tomorrow already in Kathmandu.
    now = datetime(last.year, last.month, last.day, 20, tzinfo=UTC).timestamp() + (days_later + 1) * 86_400
    closed.appliance.clock.set(now)
    with StatsClient(closed.appliance.stats, closed.appliance.keys["reader"]) as stats:
        for site in SITES:
            oracle = closed.oracle(site)
            today = oracle.today(now)
            firsts = {
                "day": today,
                "7d": today - timedelta(days=6),
                "30d": today - timedelta(days=29),
                "month": today.replace(day=1),
            }
            for name, first in firsts.items():
                days = [day for day in oracle.days() if first <= day <= today]
                assert stats.totals(site.id, name) == oracle.totals(now, days), (site.id, name, today)


def test_day_of_25_hours_has_one_row_for_the_hour_that_comes_twice(tmp_path: Path) -> None:
    london = Site(
        "london.example", "Europe/London", ("london.example", "shop.london.example"), extra=GOALS_AND_PROPERTIES
    )
    start = datetime(2031, 10, 25, 23, 20, 20, tzinfo=UTC).timestamp()  # twenty past midnight
    with ApplianceProcess(tmp_path, [london], at=start) as appliance:
        story = Story(appliance, [london], start, moments=14, seed=25)
        story.play()
        last = story.sent[-1].sent_at
        assert last > start + 3 * 3600, "the story ends before the hour has come twice"
        story.end_visits()
        check_all(story, each_day=False)
        story.end_days()
        check_all(story, each_day=False)


def test_the_story_has_several_days_and_values_on_both_sides_of_the_threshold(told: Story) -> None:
    now = told.appliance.clock.now()
    for site in SITES:
        oracle = told.oracle(site)
        days = oracle.days()
        assert len(days) == 2, site
        for dimension in ("visit:source", "visit:utm_campaign", "event:name"):
            assert oracle.by_dimension(dimension, now, days), (site, dimension)
        assert any(oracle.hidden(dimension, now, [day]) for dimension in DIMENSIONS for day in days), site
    discreet = told.oracle(SITES[2])
    assert discreet.hidden("event:page", now, discreet.days()[1:])


def check_all(story: Story, *, each_day: bool = True) -> None:
    """Compare every site and dimension with what it must be, over all days and over each of them."""
    appliance = story.appliance
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        for site in story.sites:
            oracle = story.oracle(site)
            days = oracle.days()
            check(stats, site, oracle, "all", days, appliance.clock.now())
            for day in days if each_day else ():
                alone = (day.isoformat(), day.isoformat())
                check(stats, site, oracle, alone, [day], appliance.clock.now())


def check(
    stats: StatsClient, site: Site, oracle: Oracle, asked: str | Sequence[str], days: Sequence[date], now: float
) -> None:
    """Compare one site over one range."""
    await_equal(lambda: stats.table(site.id, asked), {(): oracle.totals(now, days)}, (site.id, asked))
    await_equal(lambda: stats.table(site.id, asked, ["time:day"]), oracle.by_day(now, days), (site.id, asked))
    await_equal(lambda: stats.table(site.id, asked, ["time:hour"]), oracle.by_hour(now, days), (site.id, asked))
    for dimension in DIMENSIONS:
        metrics = metrics_of(dimension)
        expected = only(oracle.by_dimension(dimension, now, days), metrics)
        about = (site.id, asked, dimension)
        await_equal(lambda d=dimension, m=metrics: stats.table(site.id, asked, [d], m), expected, about)


def metrics_of(dimension: str) -> list[str]:
    """Bounces and durations belong to visits, and of events only pages have visits that entered there."""
    has_visits = dimension.startswith("visit:") or dimension == "event:page"
    return [name for name in METRICS if has_visits or name not in WHOLE_VISITS]


def only(table: Table, metrics: Sequence[str]) -> Table:
    """A table with some of its metrics."""
    return {labels: {name: row[name] for name in metrics} for labels, row in table.items()}
