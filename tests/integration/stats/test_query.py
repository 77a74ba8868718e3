"""Answers over real counters: facts of known visits in, numbers by hand out."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.admission import admission
from appliance.aggregate import visits
from appliance.aggregate.profile import Profile
from appliance.dimensions import DIRECT, Dimension
from appliance.facts import FactBatch
from appliance.settings import SiteSettings
from appliance.stats.contract import ATTRIBUTES, NOT_SET, OTHER
from appliance.stats.ranges import DateRange, Step
from appliance.stats.reports import Reports
from appliance.warehouse.closed_days import ClosedDays
from tests.integration.stats.conftest import DAY, DAY_NUMBER, Stats
from tests.kit.events import make_event

SECOND = 1000
ALL = ["visitors", "visits", "pageviews", "events", "views_per_visit", "bounce_rate", "visit_duration"]
"""Metrics of totals, and of visits however they are split."""
DIMENSIONS = [name.replace("<key>", "plan") for name in ATTRIBUTES]


def visit(
    stats: Stats,
    *paths: str,
    day: int = DAY_NUMBER,
    hour: int = 9,
    source: str = DIRECT,
    country: str = "DE",
    **fields: Any,
) -> None:
    """One visitor, one visit, ten seconds a page."""
    fields |= {"source": source, "country": country, "browser": "Firefox"}
    profile, facts = Profile(), FactBatch()
    where = visits.SiteDay("example.org", day)
    for number, path in enumerate(paths):
        event = make_event(at_ms=number * 10 * SECOND, path=path, **fields)
        visits.advance(profile, event, hour, where, 1800 * SECOND, lambda value: value, facts)
    visits.close(profile, where, lambda value: value, facts)
    stats.insert(facts.visits, facts.events)


@pytest.mark.external
def test_totals_of_a_day(stats: Stats) -> None:
    visit(stats, "/")
    visit(stats, "/", "/blog/a", "/")
    assert stats.rows(metrics=ALL) == {(): [2, 2, 4, 4, 2.0, 50, 10]}


def test_question_about_nothing_gives_one_row_of_zeros(stats: Stats) -> None:
    assert stats.rows(metrics=ALL) == {(): [0, 0, 0, 0, 0.0, 0, 0]}
    assert stats.rows(dimensions=["event:page"]) == {}


def test_hours_and_days_have_their_own_rows(stats: Stats) -> None:
    visit(stats, "/", hour=9)
    visit(stats, "/", hour=9)
    visit(stats, "/", hour=23, day=DAY_NUMBER - 1)
    assert stats.rows(dimensions=["time:hour"]) == {("2026-11-23 09:00:00",): [2]}
    assert stats.rows(date_range="7d", dimensions=["time:day"]) == {("2026-11-22",): [1], ("2026-11-23",): [2]}


@pytest.mark.external
def test_pages_have_the_bounces_of_the_visits_that_entered_there(stats: Stats) -> None:
    for _ in range(5):
        visit(stats, "/")
        visit(stats, "/", "/blog/a")
    rows = stats.rows(metrics=["visitors", "pageviews", "bounce_rate", "visit_duration"], dimensions=["event:page"])
    assert rows == {("/",): [10, 10, 50, 5], ("/blog/a",): [5, 5, None, None]}


def test_entries_and_exits_are_visits(stats: Stats) -> None:
    for _ in range(4):
        visit(stats, "/", "/blog/a")
    visit(stats, "/blog/a")
    assert stats.rows(metrics=["visits"], dimensions=["visit:entry_page"]) == {("/",): [4], ("/blog/a",): [1]}
    assert stats.rows(metrics=["visits"], dimensions=["visit:exit_page"]) == {("/blog/a",): [5]}


def test_pages_have_their_entries_and_exits(stats: Stats) -> None:
    for _ in range(6):
        visit(stats, "/", "/blog/a", source="Google")
    visit(stats, "/blog/a")
    asked = {"metrics": ["visitors", "entries", "exits"], "order_by": [["entries", "desc"]]}
    pages = {("/",): [6, 6, None], ("/blog/a",): [7, 1, 7]}
    assert stats.rows(dimensions=["event:page"], **asked) == pages
    assert stats.rows(filters=[["is", "event:page", ["/blog/a"]]], **asked) == {(): [7, 1, 7]}
    assert stats.rows(filters=[["is", "event:page", ["/", "/blog/a"]]], **asked) == {(): [13, 7, 7]}
    by_month = stats.rows(dimensions=["time:month", "event:page"], date_range="month", **asked)
    assert by_month == {("2026-11-01", *page): row for page, row in pages.items()}


def test_undeclared_value_is_hidden_under_k_and_shown_from_k_on(stats: Stats) -> None:
    for source, visitors in (("few.example", 4), ("some.example", 6), ("many.example", 7)):
        for _ in range(visitors):
            visit(stats, "/reset/x" if source == "few.example" else "/", source=source)
    # The four would be what the total has beyond the others, so the smallest other one is hidden with them.
    assert stats.rows(dimensions=["visit:source"]) == {("many.example",): [7], (OTHER,): [10]}
    assert stats.rows(dimensions=["event:page"]) == {("/",): [13]}
    answer = stats.ask(dimensions=["visit:source"])
    assert answer.json()["meta"]["hidden"] == {"values": 2, "threshold": 5}
    assert answer.json()["meta"]["lower_bounds"] == [OTHER]
    assert "few.example" not in answer.text


def test_day_of_fewer_than_k_visitors_has_totals_only(stats: Stats) -> None:
    for _ in range(4):
        visit(stats, "/")
    assert stats.rows() == {(): [4]}
    assert stats.rows(dimensions=["visit:country"]) == {(OTHER,): [4]}
    assert stats.rows(dimensions=["event:page"]) == {}
    visit(stats, "/")
    assert stats.rows(dimensions=["visit:country"]) == {("DE",): [5]}


@pytest.mark.external
def test_rows_and_the_other_row_add_up_to_the_totals(stats: Stats) -> None:
    for number in range(12):
        visit(stats, "/", "/x", source=f"s{number // 5}.example", country="DE" if number else "AT")
    for closed in (False, True):
        if closed:
            stats.close_day(DAY)
        for dimension, names in (
            ("visit:source", ["visits", "pageviews", "events"]),
            ("visit:country", ["visits", "pageviews", "events"]),
            ("visit:exit_page", ["visits", "pageviews", "events"]),
            ("event:page", ["pageviews", "events"]),
            ("event:hostname", ["pageviews", "events"]),
            ("event:name", ["events"]),
        ):
            rows = stats.rows(metrics=names, dimensions=[dimension])
            sums = [sum(row[n] or 0 for row in rows.values()) for n in range(len(names))]
            if (closed, dimension) != (False, "visit:exit_page"):
                assert sums == stats.rows(metrics=names)[()], (closed, dimension)
    assert OTHER in {value for (value,) in stats.rows(dimensions=["visit:source"])}


def test_exit_pages_of_a_running_day_have_no_rest_because_open_visits_would_be_in_it(stats: Stats) -> None:
    for _ in range(6):
        visit(stats, "/x")
    visit(stats, "/y")
    assert stats.rows(dimensions=["visit:exit_page"]) == {}
    stats.close_day(DAY)
    assert stats.rows(dimensions=["visit:exit_page"]) == {(OTHER,): [7]}


def test_visits_without_a_value_have_a_row(stats: Stats) -> None:
    for number in range(12):
        visit(stats, "/", **({"utm_source": "news"} if number < 6 else {}))
    assert stats.rows(dimensions=["visit:utm_source"]) == {("news",): [6], (NOT_SET,): [6]}
    stats.close_day(DAY)
    assert stats.rows(dimensions=["visit:utm_source"]) == {("news",): [6], (NOT_SET,): [6]}
    assert stats.ask(dimensions=["visit:utm_source"]).json()["meta"]["lower_bounds"] == [NOT_SET]


def test_public_value_of_few_keeps_its_visits_only_and_the_rest_is_unknown(stats: Stats) -> None:
    for number in range(8):
        visit(stats, "/", "/", country="AT" if number < 2 else "DE")
    metrics = ["visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration"]
    expected = {
        ("DE",): [6, 6, 12, 2.0, 0, 10],
        ("AT",): [2, 2, None, None, None, None],
        (OTHER,): [0, 0, 4, None, 0, 10],
    }
    assert stats.rows(metrics=metrics, dimensions=["visit:country"]) == expected
    stats.close_day(DAY)
    assert stats.rows(metrics=metrics, dimensions=["visit:country"]) == expected


def test_value_is_hidden_day_by_day_so_that_a_longer_range_reveals_nothing(stats: Stats) -> None:
    for day in (DAY_NUMBER, DAY_NUMBER - 1):
        for number in range(8):
            visit(stats, "/", source="few.example" if number < 4 else DIRECT, day=day)
    assert stats.rows(date_range="7d", dimensions=["visit:source"]) == {(DIRECT,): [8], (OTHER,): [8]}
    assert stats.rows(date_range="7d", dimensions=["visit:country"]) == {("DE",): [16]}


def test_range_that_is_a_day_longer_says_what_the_day_says_and_no_more(stats: Stats) -> None:
    names = ["visitors", "visits", "pageviews"]
    for ago, few in ((1, 4), (2, 3), (3, 6)):
        for number in range(20):
            visit(stats, "/", source=("few.example" if number < few else "many.example"), day=DAY_NUMBER - ago)
        stats.close_day(DAY - timedelta(days=ago))

    def rows(first: int, last: int) -> dict[tuple[str, ...], list[float]]:
        asked = [str(DAY - timedelta(days=ago)) for ago in (first, last)]
        return stats.rows(date_range=asked, metrics=names, dimensions=["visit:source"])

    longer, shorter, alone = rows(3, 1), rows(3, 2), rows(1, 1)
    nothing = [0] * len(names)
    differences = {
        value: [a - b for a, b in zip(row, shorter.get(value, nothing), strict=True)] for value, row in longer.items()
    }
    assert {value: row for value, row in differences.items() if row != nothing} == alone == {(OTHER,): [20, 20, 20]}


def test_attribute_by_day(stats: Stats) -> None:
    for _ in range(5):
        visit(stats, "/")
        visit(stats, "/", day=DAY_NUMBER - 1)
    rows = stats.rows(date_range="7d", dimensions=["event:page", "time:day"])
    assert rows == {("/", "2026-11-22"): [5], ("/", "2026-11-23"): [5]}


def test_rows_come_in_the_order_asked_for_and_page_by_page(stats: Stats) -> None:
    for path, times in (("/blog/a", 3), ("/blog/b", 1), ("/blog/c", 2)):
        for _ in range(times):
            visit(stats, path)
    by_visitors = list(stats.rows(dimensions=["event:page"]))
    assert by_visitors == [("/blog/a",), ("/blog/c",), ("/blog/b",)]
    by_name = stats.rows(dimensions=["event:page"], order_by=[["event:page", "desc"]], pagination={"limit": 1})
    assert list(by_name) == [("/blog/c",)]
    second = stats.rows(dimensions=["event:page"], pagination={"limit": 1, "offset": 1})
    assert list(second) == [("/blog/c",)]


@pytest.mark.external
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_dimension_can_be_asked_for(stats: Stats, dimension: str) -> None:
    visit(stats, "/")
    assert stats.ask(dimensions=[dimension], date_range="all").status_code == 200


@pytest.mark.external
def test_numbers_stay_the_same_when_the_day_is_closed(stats: Stats) -> None:
    for _ in range(5):
        visit(stats, "/", "/blog/a", source="many.example", day=DAY_NUMBER - 1)
    questions = [{"dimensions": [name], "metrics": ["visitors", "visits", "events"]} for name in DIMENSIONS]
    before = [stats.rows(date_range="7d", **question) for question in questions]
    stats.close_day(DAY - timedelta(days=1))
    assert [stats.rows(date_range="7d", **question) for question in questions] == before


def test_meta_says_what_the_numbers_are(stats: Stats) -> None:
    meta = stats.ask().json()["meta"]
    as_of = "2026-11-23T12:00:00+00:00"
    assert meta == {"visitors": "exact", "data_as_of": as_of, "includes_today": True, "open_visits": 0}
    assert stats.ask(date_range="7d").json()["meta"]["visitors"] == "daily_sum"
    labels = stats.ask(date_range="7d", dimensions=["time:day"], include={"time_labels": True}).json()["meta"]
    assert labels["time_labels"][0] == "2026-11-17"
    assert len(labels["time_labels"]) == 7


def test_question_comes_back_as_it_was_understood(stats: Stats) -> None:
    query = stats.ask(date_range="month", dimensions=["time:day"]).json()["query"]
    assert query["date_range"] == ["2026-11-01", "2026-11-23"]
    assert query["order_by"] == [["time:day", "asc"], ["visitors", "desc"]]


def test_sites_do_not_mix(stats: Stats) -> None:
    visit(stats, "/")
    assert stats.rows(key="k2", site_id="other.example") == {(): [0]}


HOSTILE = [
    "' OR 1=1 --",
    "; drop table totals_hour",
    "file('/etc/passwd')",
    "url('http://127.0.0.1/')",
    "{x:String}",
    "\\'",
    "\x00",
    "../../etc",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_any_field_is_refused_or_means_itself(stats: Stats, text: str) -> None:
    visit(stats, "/")
    for question in (
        {"site_id": text},
        {"metrics": [text]},
        {"dimensions": [text]},
        {"date_range": text},
        {"date_range": [text, text]},
        {"date_range": ["2026-11-23" + text, "2026-11-23" + text]},
        {"metrics": ["visitors" + text]},
        {"dimensions": ["event:page" + text]},
        {"include": {text: True}},
        {"pagination": {"limit": text}},
        {text: 1},
        {"order_by": [[text, "asc"]]},
        {"order_by": [["visitors", text]]},
        {"filters": [[text, "event:page", ["/"]]]},
        {"filters": [["is", text, ["/"]]]},
        {"filters": [["is", "event:page", ["/"], {text: True}]]},
    ):
        assert stats.ask(**question).status_code in (400, 404), question
    assert stats.rows(filters=[["is", "event:page", [text]]]) == {(): [0]}
    assert stats.rows(filters=[["contains", "visit:source", [text]]], dimensions=["event:page"]) == {}
    assert stats.rows() == {(): [1]}
    assert Path("/etc/passwd").read_text().splitlines()[0] not in stats.ask(date_range=text).text


def test_range_before_the_first_hit_is_empty(stats: Stats) -> None:
    visit(stats, "/")
    assert stats.rows(date_range=[str(date(2020, 1, 1)), str(date(2020, 2, 1))]) == {(): [0]}


def test_open_visits_are_told_because_they_have_no_bounce_rate_yet(stats: Stats) -> None:
    facts = FactBatch()
    event = make_event(path="/")
    visits.advance(Profile(), event, 9, visits.SiteDay("example.org", DAY_NUMBER), 1, lambda value: value, facts)
    stats.insert(facts.visits, facts.events)
    visit(stats, "/")
    answer = stats.ask(metrics=["visits", "bounce_rate"]).json()
    assert (answer["results"][0]["metrics"], answer["meta"]["open_visits"]) == ([2, 100], 1)


@pytest.mark.external
def test_hostile_names_are_stored_and_shown_as_they_are(stats: Stats) -> None:
    for text in HOSTILE:
        for _ in range(5):
            visit(stats, "/" + text, source=text)
    assert stats.rows(dimensions=["event:page"]) == {("/" + text,): [5] for text in HOSTILE}
    assert stats.rows(dimensions=["visit:source"]) == {(text,): [5] for text in HOSTILE}


PAGES = ("/", "/a.b", "/x/*", "/*/end", "/q\\E*", "/[a]*")
VALUES = ("/", "/a.b", "/aXb", "/a.b\n", "/x/", "/x/y\nz", "/y/end", "/y/end/", "/q\\Eé", "/[a]", "/a", "X/", "/X/1")


def test_public_values_are_those_of_the_sites_rule(stats: Stats) -> None:
    site = SiteSettings(id="example.org", pages=PAGES)
    for value in VALUES:
        visit(stats, value, source=value)
    reports = Reports(stats.engine.reader, ClosedDays(stats.engine.writer))
    for dimension in (Dimension.PAGE, Dimension.ENTRY_PAGE, Dimension.EXIT_PAGE, Dimension.SOURCE, Dimension.NAME):
        rule = admission(dimension, site)
        values = {"pageview"} if dimension is Dimension.NAME else set(VALUES)
        public = {value for value in values if rule.admits(value)}
        days = reports.days("example.org", DateRange(DAY, DAY))
        for step in Step:
            cells = reports.cells("example.org", days, dimension, rule.admits, 5, step=step)
            assert {value for _, value in cells.shown} == public
            assert cells.hidden == len(values) - len(public)


def test_hour_labels_follow_the_clocks_and_have_an_end(stats: Stats) -> None:
    asked: dict[str, Any] = {
        "dimensions": ["time:hour"],
        "include": {"time_labels": True},
        "key": "k2",
        "site_id": "other.example",
    }
    spring = stats.ask(date_range=["2026-03-29", "2026-03-29"], **asked).json()["meta"]["time_labels"]
    assert len(spring) == 23
    assert "2026-03-29 02:00:00" not in spring
    assert stats.ask(date_range=["2024-01-01", "2026-03-29"], **asked).status_code == 400


def test_today_is_the_day_of_the_site(stats: Stats) -> None:
    asked: dict[str, Any] = {"date_range": "day", "key": "k2", "metrics": ["visits"]}
    days = {
        site: stats.ask(site_id=site, **asked).json()["query"]["date_range"] for site in ("example.org", "kiribati")
    }
    assert days == {"example.org": ["2026-11-23"] * 2, "kiribati": ["2026-11-24"] * 2}


def test_property_is_asked_by_its_key_and_rare_values_are_hidden_unless_declared(stats: Stats) -> None:
    for number in range(11):
        visit(stats, "/", props=(("plan", "free" if number < 5 else "big"),))
    visit(stats, "/", "/", props=(("plan", "pro"), ("plan-2", "canary")))
    for _ in range(4):
        visit(stats, "/", props=(("plan", "canary"),))
    asked = {"metrics": ["visitors", "visits", "events"], "dimensions": ["event:props:plan"]}
    assert stats.rows(**asked) == {("big",): [6, 6, 6], ("pro",): [1, 1, 2]}
    answer = stats.ask(**asked)
    assert "canary" not in answer.text
    assert answer.json()["meta"]["hidden"]["values"] == 2
    assert stats.rows(dimensions=["event:props:plan-2"]) == {}


def test_property_that_nobody_declared_is_refused_with_those_that_are(stats: Stats) -> None:
    answer = stats.ask(dimensions=["event:props:pla"])
    assert answer.status_code == 400
    assert "plan, plan-2" in answer.text


@pytest.mark.parametrize(
    ("dimension", "field", "value"),
    [
        ("event:goal", "goals", ("Signup",)),
        ("visit:channel", "channel", "Email"),
        ("visit:region", "region", "DE-BE"),
        ("visit:language", "language", "de"),
        ("visit:screen", "screen", "Laptop"),
    ],
)
def test_closed_dimension_shows_single_visitors(stats: Stats, dimension: str, field: str, value: Any) -> None:
    for number in range(5):
        visit(stats, "/", **({field: value} if not number else {}))
    shown = value if isinstance(value, str) else value[0]
    assert stats.rows(dimensions=[dimension])[(shown,)] == [1]


def test_city_is_shown_from_k_visitors_on(stats: Stats) -> None:
    for number in range(14):
        visit(stats, "/", city="Berlin" if number < 9 else "Buxtehude")
    assert stats.rows(dimensions=["visit:city"]) == {("Berlin",): [9], ("Buxtehude",): [5]}
    visit(stats, "/", city="Canaryville")
    assert stats.rows(dimensions=["visit:city"]) == {("Berlin",): [9], (OTHER,): [6]}


def test_engagement_gives_time_and_depth_of_a_page(stats: Stats) -> None:
    for page, first, second in (
        ("/", (4000, 30), (6000, 20)),
        ("/", (1000, 70), (0, 90)),
        *[("/blog/a", (0, -1), (0, -1))] * 5,
    ):
        profile, facts = Profile(), FactBatch()
        where = visits.SiteDay("example.org", DAY_NUMBER)
        seen = make_event(path=page)
        signals = [make_event(name="engagement", path=page, engaged_ms=e, scroll_depth=d) for e, d in (first, second)]
        for event in (seen, *signals):
            visits.advance(profile, event, 9, where, 1800 * SECOND, lambda value: value, facts)
        stats.insert(facts.visits, facts.events)
    rows = stats.rows(metrics=["time_on_page", "scroll_depth", "visits", "events"], dimensions=["event:page"])
    assert rows == {
        ("/",): [None, None, 2, None],
        ("/blog/a",): [None, None, 5, 5],
        (OTHER,): [None, None, None, 2],
    }
    assert stats.rows(metrics=["events"]) == {(): [7]}


def test_goal_has_conversions_and_their_rate_among_all_visitors(stats: Stats) -> None:
    visit(stats, "/", "/", goals=("Signup",))
    for _ in range(5):
        visit(stats, "/")
    metrics = ["visitors", "conversions", "conversion_rate", "percentage"]
    assert stats.rows(metrics=metrics, dimensions=["event:goal"]) == {("Signup",): [1, 2, 16.67, 16.7]}
    by_day = stats.rows(metrics=metrics, dimensions=["event:goal", "time:day"])
    assert by_day == {("Signup", "2026-11-23"): [1, 2, 16.67, 16.7]}


def test_revenue_adds_up_within_its_currency(stats: Stats) -> None:
    visit(stats, "/", "/", currency="EUR", revenue_minor=1999)
    visit(stats, "/", currency="JPY", revenue_minor=500)
    visit(stats, "/", currency="EUR", revenue_minor=-999)
    visit(stats, "/")
    visit(stats, "/")
    rows = stats.rows(metrics=["revenue", "events"], dimensions=["event:currency"])
    assert rows == {("EUR",): [29.99, 3], ("JPY",): [500, 1]}
    asked = {"metrics": ["average_revenue"], "dimensions": ["event:currency"]}
    assert stats.rows(**asked) == {("EUR",): [10.0], ("JPY",): [500]}
    assert stats.rows(metrics=["average_revenue"], filters=[["is", "event:currency", ["EUR"]]]) == {(): [10.0]}


@pytest.mark.parametrize(
    ("metric", "dimension", "right"),
    [
        ("time_on_page", "visit:entry_page", "event:page"),
        ("scroll_depth", "event:name", "event:page"),
        ("conversions", "event:page", "event:goal"),
        ("conversion_rate", "visit:source", "event:goal"),
        ("revenue", "event:goal", "event:currency"),
        ("percentage", "time:day", "other than time"),
    ],
)
def test_metric_of_one_dimension_is_refused_elsewhere_with_a_hint(
    stats: Stats, metric: str, dimension: str, right: str
) -> None:
    answer = stats.ask(metrics=[metric], dimensions=[dimension])
    assert answer.status_code == 400
    assert right in answer.text
