"""Metrics made of counters."""

import pytest

from appliance.stats.contract import Metric
from appliance.stats.counters import NOTHING, Around, Counters, metric

ENGAGEMENT = {"engaged_ms": 14_600, "engaged_visits": 3, "scroll_depth": 205, "scroll_visits": 4}
C = Counters(4, 6, 10, 13, closed=4, bounces=1, duration_ms=62_000, **ENGAGEMENT, revenue_minor=-123_456)
EVERYBODY = NOTHING._replace(visitors=600)


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
        (Metric.TIME_ON_PAGE, 5),
        (Metric.SCROLL_DEPTH, 51),
        (Metric.CONVERSIONS, 13),
        (Metric.CONVERSION_RATE, 0.67),
        (Metric.PERCENTAGE, 0.7),
        (Metric.REVENUE, -1234.56),
        (Metric.AVERAGE_REVENUE, -94.97),
        (Metric.GROUP_CONVERSION_RATE, 0.67),
    ],
)
def test_metric_follows_its_definition(name: Metric, value: float) -> None:
    assert metric(name, C, Around(C, EVERYBODY, decimals=2)) == value


MEANS_OF_SOME = (Metric.TIME_ON_PAGE, Metric.SCROLL_DEPTH, Metric.AVERAGE_REVENUE)


@pytest.mark.parametrize("name", list(Metric))
def test_nothing_gives_zero(name: Metric) -> None:
    assert metric(name, NOTHING, Around(NOTHING, left=NOTHING)) == (None if name in MEANS_OF_SOME else 0)


def test_rates_have_their_own_bases() -> None:
    around = Around(C, EVERYBODY, able=NOTHING._replace(visitors=40), group=NOTHING._replace(visitors=8))
    rates = Metric.PERCENTAGE, Metric.CONVERSION_RATE, Metric.GROUP_CONVERSION_RATE
    assert [metric(name, C, around) for name in rates] == [0.7, 10.0, 50.0]


def test_page_that_nobody_entered_on_has_no_bounce_rate() -> None:
    assert metric(Metric.BOUNCE_RATE, C, Around(None)) is None
    assert metric(Metric.VISIT_DURATION, C, Around(None)) is None


@pytest.mark.parametrize(("bounces", "rate"), [(1, 12), (3, 38), (5, 62), (7, 88)])
def test_halves_are_rounded_to_the_even_number(bounces: int, rate: int) -> None:
    assert metric(Metric.BOUNCE_RATE, NOTHING, Around(NOTHING._replace(closed=8, bounces=bounces))) == rate


@pytest.mark.parametrize("minor", [1, 99, 10**15 - 1, 123_456_789_012_345])
def test_revenue_is_printed_to_the_last_minor_unit(minor: int) -> None:
    value = metric(Metric.REVENUE, NOTHING._replace(revenue_minor=minor), Around(None, decimals=2))
    assert f"{value:.2f}" == f"{minor // 100}.{minor % 100:02d}"


def test_totals_are_never_unknown_not_even_between_a_visit_and_its_events() -> None:
    begun = NOTHING._replace(visitors=1, visits=1)
    assert metric(Metric.EVENTS, begun, Around(begun, is_total=True)) == 0
    assert metric(Metric.EVENTS, begun, Around(begun)) is None
