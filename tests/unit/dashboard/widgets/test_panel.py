"""Rows of a list say what their numbers are."""

from datetime import date

from appliance.stats.contract import Answer, Meta, Row, Site
from dashboard.panels import Report
from dashboard.periods import Period
from dashboard.view import View
from dashboard.widgets.panel import values_data

DAY = date(2026, 11, 23)
VIEW = View(Site("example.org", "UTC"), Period("day", DAY, DAY, includes_today=True))
BROWSERS = Report("Browsers", "Browser", "visit:browser", ("visitors", "percentage"))
PAGES = Report("Pages", "Page", "event:page", ("visitors", "pageviews"))


def test_visitors_of_the_rest_are_at_least_so_many_and_a_number_that_nobody_knows_is_none() -> None:
    meta = Meta("exact", "", includes_today=True, lower_bounds=["(other)", "(not set)"])
    rows = [Row(["/"], [19, 23]), Row(["(not set)"], [7, 9]), Row(["(other)"], [None, 48])]
    data = values_data(VIEW, PAGES, ("visitors", "pageviews"), Answer(rows, meta, {}))
    assert [row["cells"] for row in data["rows"]] == [["19", "23"], ["≥ 7", "9"], ["–", "48"]]


def test_rest_that_nobody_belongs_to_is_no_row() -> None:
    meta = Meta("exact", "", includes_today=True, lower_bounds=["(other)"], total_rows=2)
    rows = [Row(["Firefox"], [8, 8, 21, None]), Row(["(other)"], [0, 0, 9, None])]
    metrics = ("visitors", "visits", "pageviews", "bounce_rate")
    data = values_data(VIEW, BROWSERS, metrics, Answer(rows, meta, {}))
    assert [row["name"] for row in data["rows"]] == ["Firefox"]
    assert (data["more"], data["longer"], data["notes"]) == ("1", False, [])
    rows[1] = Row(["(other)"], [2, 2, 9, None])
    data = values_data(VIEW, BROWSERS, metrics, Answer(rows, meta, {}))
    assert [row["name"] for row in data["rows"]] == ["Firefox", "(other)"]
    assert (data["more"], data["longer"]) == ("2", False)
