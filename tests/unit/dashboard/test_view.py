"""An interval is offered where the stats API counts by it and the line stays readable."""

import pytest

from appliance.stats.contract import Site
from dashboard.filters import Filter
from dashboard.periods import Choice, period
from dashboard.view import SERIES, View
from tests.unit.dashboard.test_periods import TODAY

SITE = Site("a.example", "UTC")
GOAL = Filter("is", "event:goal", "Signup")


def _view(choice: Choice, filters: tuple[Filter, ...] = (), interval: str = "", series: str = "visitors") -> View:
    return View(SITE, period(choice, TODAY), None, filters, interval, series)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice.TODAY, "Hours"),
        (Choice.LAST_7_DAYS, "Days"),
        (Choice.LAST_91_DAYS, "Days"),
        (Choice.LAST_12_MONTHS, "Months"),
        (Choice.ALL_TIME, "Months"),
    ],
)
def test_the_interval_fits_the_period(choice: Choice, expected: str) -> None:
    assert _view(choice).shown_interval == expected


def test_a_chosen_interval_is_kept_where_it_is_offered() -> None:
    assert _view(Choice.LAST_7_DAYS, interval="Hours").shown_interval == "Hours"
    assert _view(Choice.LAST_91_DAYS, interval="Hours").shown_interval == "Days"
    assert _view(Choice.LAST_91_DAYS, interval="nonsense").shown_interval == "Days"


def test_with_a_filter_there_are_no_hours() -> None:
    assert _view(Choice.TODAY, (GOAL,), "Hours").shown_interval == "Days"


def test_a_series_that_the_filter_does_not_have_becomes_visitors() -> None:
    assert _view(Choice.TODAY, (GOAL,), series="bounce_rate").shown_series == "visitors"
    assert _view(Choice.TODAY, (), series="bounce_rate").shown_series == "bounce_rate"
    assert _view(Choice.TODAY, (), series="drop table").shown_series == "visitors"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((GOAL,), ("conversions", "conversion_rate")),
        ((GOAL, Filter("is", "visit:source", "Google")), ("conversions", "conversion_rate")),
        ((GOAL, Filter("is", "event:goal", "Order")), ("events",)),
        ((Filter("is_not", "event:goal", "Signup"),), ("events",)),
        ((Filter("is", "event:name", "Order"),), ("events",)),
        ((Filter("is", "event:props:plan", "office"), Filter("is", "event:page", "/")), ("events",)),
        ((Filter("is", "event:currency", "EUR"),), ("events", "revenue")),
        ((Filter("is", "event:page", "/"),), SERIES[2:]),
        ((Filter("is", "visit:source", "Google"),), SERIES[2:]),
        ((Filter("is", "event:hostname", "a.example"),), SERIES[2:4]),
    ],
)
def test_the_headline_has_numbers_of_what_the_filters_let_pass(
    filters: tuple[Filter, ...], expected: tuple[str, ...]
) -> None:
    assert _view(Choice.TODAY, filters).metrics() == ("visitors", "visits", *expected)
