"""What the file of everything plans to have: what the report shows and can be asked."""

from appliance.stats.contract import ComparedMeta, Hidden, Meta, Site
from appliance.stats.plan import make_plan
from dashboard.export.contents import Written, planned, readme
from dashboard.filters import Filter
from dashboard.panels import panels_of
from dashboard.periods import Choice, Comparison, comparison, period
from dashboard.view import View
from tests.unit.dashboard.test_periods import TODAY

SITE = Site("a.example", "UTC", ("Plan", "plan!", "../../etc"), ("Order", "Sign up"))
WEEK = period(Choice.LAST_7_DAYS, TODAY)
WHOLE = View(SITE, WEEK, comparison(Comparison.PREVIOUS, WEEK))
GOOGLE = Filter("is", "visit:source", "Google")


def test_every_list_of_the_report_is_a_table_that_can_be_asked() -> None:
    tables = planned(WHOLE)
    titles = {one.title for one in tables}
    for card in panels_of(SITE):
        assert any(title.startswith(card.title) for title in titles)
    assert not [one.name for one in tables if one.why_not]
    for one in tables:
        if one.question:
            make_plan(one.question)


def test_names_of_files_differ_and_are_harmless() -> None:
    names = [one.name for one in planned(WHOLE)]
    assert len(set(names)) == len(names)
    assert {"sources.csv", "sources-channels.csv", "properties-plan.csv", "properties-plan-2.csv"} < set(names)
    assert not [name for name in names if not name.removesuffix(".csv").replace("-", "").isalnum()]


def test_with_filters_what_cannot_be_joined_is_left_out_with_the_reason() -> None:
    view = View(SITE, WEEK, filters=(GOOGLE, Filter("is", "event:page", "/")))
    refused = {one.name for one in planned(view) if one.why_not}
    assert {"funnels.csv", "ways.csv", "devices-browsers.csv"} <= refused
    assert not {"sources.csv", "pages.csv", "totals.csv"} & refused
    for one in planned(view):
        if one.question:
            make_plan(one.question)


def test_the_text_says_period_filters_what_is_missing_and_what_columns_mean() -> None:
    view = View(SITE, WEEK, filters=(GOOGLE,))
    first, *_, last = planned(view)
    meta = Meta("daily_sum", "", True, hidden=Hidden(3, 5), comparison=ComparedMeta(["2026-11-10", "2026-11-16"]))
    text = readme(view, [Written(first, meta), Written(last, why_not="it is so.")], 0)
    for part in (
        "Period: 2026-11-17 to 2026-11-23, which is not over yet",
        "Compared with: 2026-11-10 to 2026-11-16",
        "is: source = Google",
        "What fewer than 5 visitors of a day had is left out",
        "Not here: it is so.",
        "bounce_rate (Bounce rate): Ended visits with exactly one pageview",
    ):
        assert part in text, part
    assert "Counted from logs" not in text


def test_days_that_came_from_a_log_are_said_once() -> None:
    tables = planned(WHOLE)[:2]
    meta = Meta("daily_sum", "", True, imported_days=[["2026-11-17", "2026-11-18"]])
    text = readme(WHOLE, [Written(one, meta) for one in tables], 0)
    assert text.count("Counted from logs: 17 Nov – 18 Nov 2026. ") == 1
