"""What can be shown together: the dashboard refuses what the stats API refuses, and asks for nothing else."""

from itertools import combinations

import pytest

from appliance.errors import QueryError
from appliance.stats.contract import ATTRIBUTES, PLACE_NAMES, Site
from appliance.stats.lock import beyond_lock
from appliance.stats.plan import make_plan
from dashboard.filters import Filter, question_filters
from dashboard.panels import PANELS, Kind, Report, asked_metrics, in_rows, panels_of, shown_metrics, why_not
from dashboard.periods import Choice, period
from dashboard.questions import over_time, totals, values
from dashboard.view import View
from tests.unit.dashboard.test_periods import TODAY

SITE = Site("a.example", "UTC")
NAMES = [name for name in ATTRIBUTES if "<" not in name and name not in PLACE_NAMES]
FILTERS = [Filter("is", name, "x") for name in NAMES]
WHOLE = Site("a.example", "UTC", ("plan",), ("Order",))
EVERY = [report for card in panels_of(WHOLE) for report in card.reports]
REPORTS = [report for report in EVERY if report.kind is Kind.VALUES]
SETS = [(), *((one,) for one in FILTERS), *combinations(FILTERS, 2)]


def _view(filters: tuple[Filter, ...], series: str = "visitors") -> View:
    return View(SITE, period(Choice.LAST_7_DAYS, TODAY), filters=filters, series=series)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.tab)
def test_a_list_that_is_offered_is_answered_and_one_that_is_not_would_be_refused(report: Report) -> None:
    for filters in SETS:
        question = values(_view(filters), report)
        if why_not(report, filters):
            with pytest.raises(QueryError):
                make_plan(question)
        else:
            make_plan(question)


def test_headline_and_time_line_are_answered_with_any_filters_that_are_counted_together() -> None:
    for filters in SETS:
        probe = Report("probe", "probe", filters[-1].attribute if filters else "visit:source", ("visitors",))
        if why_not(probe, filters):
            continue
        make_plan(totals(_view(filters)))
        for series in _view(filters).metrics():
            make_plan(over_time(_view(filters, series)))


def test_properties_and_funnels_are_those_that_a_site_declares() -> None:
    assert panels_of(SITE) == PANELS
    assert [card.title for card in panels_of(WHOLE)[len(PANELS) :]] == ["Funnels", "Properties"]


@pytest.mark.parametrize(
    ("kind", "filters", "is_shown"),
    [
        (Kind.FUNNEL, (), True),
        (Kind.FUNNEL, (Filter("is", "event:page", "/"),), False),
        (Kind.WAYS, (), True),
        (Kind.WAYS, (Filter("is", "event:page", "/"),), True),
        (Kind.WAYS, (Filter("is_not", "event:page", "/"),), False),
        (Kind.WAYS, (Filter("is", "visit:source", "Google"),), False),
        (Kind.BEFORE, (), False),
        (Kind.BEFORE, (Filter("is", "event:page", "/"),), True),
    ],
)
def test_ways_go_with_one_page_and_funnels_with_no_filter(
    kind: Kind, filters: tuple[Filter, ...], is_shown: bool
) -> None:
    assert (why_not(Report("x", "x", "event:page", kind=kind), filters) == "") == is_shown


def test_lists_filtered_to_one_currency_have_its_revenue() -> None:
    sources = next(report for report in REPORTS if report.dimension == "visit:source")
    euro, dollar = Filter("is", "event:currency", "EUR"), Filter("is", "event:currency", "USD")
    assert shown_metrics(sources, (euro,)) == ("visitors", "revenue")
    assert asked_metrics(sources, (euro,))[-1] == "average_revenue"
    for filters in ((euro, dollar), (Filter("is_not", "event:currency", "EUR"),)):
        assert "revenue" not in asked_metrics(sources, filters)


def test_lists_filtered_to_one_goal_say_who_reached_it() -> None:
    sources = next(report for report in REPORTS if report.dimension == "visit:source")
    goals = next(report for report in REPORTS if report.dimension == "event:goal")
    order, signup = Filter("is", "event:goal", "Order"), Filter("is", "event:goal", "Signup")
    assert shown_metrics(sources, (order,)) == ("visitors", "conversions", "group_conversion_rate")
    assert shown_metrics(sources, (order, signup)) == sources.metrics
    assert shown_metrics(goals, (order,)) == goals.metrics


@pytest.mark.parametrize("lock", [(one,) for one in FILTERS], ids=lambda lock: lock[0].text)
def test_behind_a_lock_nothing_is_asked_that_tells_of_others(lock: tuple[Filter, ...]) -> None:
    view = View(SITE, period(Choice.LAST_7_DAYS, TODAY), filters=lock, locked=lock)
    only = tuple(question_filters(lock))
    for report in REPORTS:
        if not why_not(report, lock):
            assert beyond_lock(values(view, report), only) == ""
            assert set(shown_metrics(report, lock, lock)) <= set(asked_metrics(report, lock, lock))
    assert beyond_lock(totals(view), only) == ""
    assert beyond_lock(over_time(view), only) == ""


def test_shares_and_rates_within_a_lock_stay() -> None:
    sources = next(report for report in REPORTS if report.dimension == "visit:source")
    goals = next(report for report in REPORTS if report.dimension == "event:goal")
    google = (Filter("is", "visit:source", "Google"),)
    assert shown_metrics(sources, google, google) == ("visitors",)
    assert shown_metrics(sources, google) == ("visitors", "percentage")
    assert shown_metrics(goals, google, google) == goals.metrics


def test_a_wide_card_stands_alone_and_the_others_in_pairs() -> None:
    titles = [[card.title for card in row] for row in in_rows(panels_of(WHOLE))]
    assert titles == [
        ["Sources", "Pages"],
        ["Places"],
        ["Devices", "Goals"],
        ["Campaigns", "Links"],
        ["Ways", "Funnels"],
        ["Properties"],
    ]
