"""Metrics made of counters."""

import pytest

from appliance.stats.contract import Metric
from appliance.stats.counters import NOTHING, Counters, metric

C = Counters(visitors=4, visits=6, pageviews=10, events=13, closed=4, bounces=1, duration_ms=62_000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (Metric.VISITORS, 4),
        (Metric.VISITS, 6),
        (Metric.PAGEVIEWS, 10),
        (Metric.EVENTS, 13),
        (Metric.VIEWS_PER_VISIT, 1.67),
        (Metric.BOUNCE_RATE, 25),
        (Metric.VISIT_DURATION, 16),
    ],
)
def test_metric_follows_its_definition(name: Metric, value: float) -> None:
    assert metric(name, C, C) == value


@pytest.mark.parametrize("name", list(Metric))
def test_nothing_gives_zero(name: Metric) -> None:
    assert metric(name, NOTHING, NOTHING) == 0


def test_page_that_nobody_entered_on_has_no_bounce_rate() -> None:
    assert metric(Metric.BOUNCE_RATE, C, None) is None
    assert metric(Metric.VISIT_DURATION, C, None) is None


@pytest.mark.parametrize(("bounces", "rate"), [(1, 12), (3, 38), (5, 62), (7, 88)])
def test_halves_are_rounded_to_the_even_number(bounces: int, rate: int) -> None:
    assert metric(Metric.BOUNCE_RATE, NOTHING, NOTHING._replace(closed=8, bounces=bounces)) == rate
