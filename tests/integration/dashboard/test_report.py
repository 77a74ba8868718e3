"""The report's view in the address: filters, comparison, interval and series."""

import time
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import DamagedDay, Site
from dashboard.address import Written
from tests.kit.fake_stats import FakeStats
from tests.kit.report_elements import card, element, elements, numbers, open_page, rows, see


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=date(2026, 11, 23),
        sites=[Site("a.example", "Europe/Berlin")],
        totals={"visitors": 120, "visits": 150, "pageviews": 450, "bounce_rate": 40, "visit_duration": 125},
        before={"visitors": 100, "visits": 150, "pageviews": 500, "bounce_rate": 50},
        rows={
            "time:day": [("2026-11-22", 70), ("2026-11-23", 50), ("2026-11-16", 30)],
            "time:hour": [("2026-11-23 09:00:00", 4), ("2026-11-22 20:00:00", 6)],
            "visit:source": [("Google", 5), ("(other)", 2)],
            "event:page": [("/", 9)],
        },
    )


def test_a_comparison_shows_what_changed(page: AppTest) -> None:
    page.query_params["period"] = "Last 7 days"
    page.query_params["compare"] = "Previous period"
    page.run()
    items = {item["id"]: item for item in element(page, "headline")["items"]}
    assert (items["visitors"]["change"], items["visitors"]["mood"], items["visitors"]["was"]) == (
        "↑ 20%",
        "good",
        "before: 100",
    )
    assert items["bounce_rate"]["mood"] == "good"
    assert items["visits"]["change"] == "no change"


def test_a_range_without_any_visit_is_compared_with_in_words(page: AppTest, fake: FakeStats) -> None:
    fake.before = {}
    page.query_params["period"] = "Last 7 days"
    page.query_params["compare"] = "Previous period"
    page.run()
    assert {item["was"] for item in element(page, "headline")["items"]} == {""}
    assert "Compared with 10 Nov – 16 Nov 2026: nothing was counted then." in element(page, "headline")["notes"]


def test_the_compared_range_lies_behind_the_line(page: AppTest) -> None:
    page.query_params["period"] = "Last 7 days"
    page.query_params["compare"] = "Previous period"
    page.run()
    points = element(page, "chart")["points"]
    assert [point["value"] for point in points] == [0, 0, 0, 0, 0, 70, 50]
    assert points[-1]["before"] == 30
    assert points[-1]["beforeName"] == "Mon 16 Nov 2026"


def test_what_is_not_over_is_marked_and_what_is_to_come_has_no_number(page: AppTest) -> None:
    page.run()
    points = element(page, "chart")["points"]
    assert [point["name"] for point in points if point["partial"]] == ["18:00"]
    assert [point["value"] for point in points[17:20]] == [0, 0, None]


@pytest.mark.parametrize(
    ("label", "mode", "weekdays"),
    [
        ("Previous period", "previous_period", False),
        ("Previous, same weekdays", "previous_period", True),
        ("Year before", "year_over_year", False),
        ("Year before, same weekdays", "year_over_year", True),
    ],
)
def test_every_comparison_is_asked_for(page: AppTest, fake: FakeStats, label: str, mode: str, weekdays: bool) -> None:
    page.query_params["compare"] = label
    page.run()
    asked = next(question for question in fake.questions if question.include.comparisons)
    assert asked.include.comparisons is not None
    assert (asked.include.comparisons.mode, asked.include.comparisons.match_day_of_week) == (mode, weekdays)


def test_interval_and_series_come_from_the_address(page: AppTest, fake: FakeStats) -> None:
    page.query_params["period"] = "Last 91 days"
    page.query_params["by"] = "Months"
    page.query_params["series"] = "pageviews"
    page.run()
    assert element(page, "chart")["title"] == "Pageviews by month"
    asked = next(question for question in fake.questions if question.dimensions == ["time:month"])
    assert asked.metrics == ["pageviews"]


def test_an_interval_that_is_not_offered_says_why(page: AppTest) -> None:
    page.query_params["period"] = "Last 30 days"
    page.query_params["by"] = "Hours"
    page.run()
    chart = element(page, "chart")
    assert chart["interval"] == "Days"
    assert next(one["why"] for one in chart["intervals"] if one["id"] == "Hours").startswith("Hours are drawn for")


def test_filters_of_the_address_are_asked_for_everywhere(page: AppTest, fake: FakeStats) -> None:
    page.query_params["f"] = ["is,visit:source,Google", "is,visit:source,Bing"]
    page.run()
    expected = [["is", "visit:source", ["Google", "Bing"]]]
    assert {str(question.filters) for question in fake.questions if question.date_range == "day"} == {str(expected)}
    assert [chip["value"] for chip in element(page, "chips")["filters"]] == ["Google", "Bing"]


def test_a_third_attribute_is_explained_and_filters_to_remove_are_offered(page: AppTest, fake: FakeStats) -> None:
    page.query_params["f"] = ["is,visit:source,Google", "is,event:page,/"]
    see(page, "Devices")
    page.run()
    devices = card(page, "Devices")
    assert "no more than two are ever counted together" in devices["why"]
    assert [offer["label"] for offer in devices["offers"]] == ["Show without source Google", "Show without page /"]
    assert rows(page, "Pages") == [("/", "9")]
    assert ["visit:browser"] not in [question.dimensions for question in fake.questions]


def test_a_day_that_a_loss_has_damaged_is_marked_beside_numbers_and_line_and_is_no_fault_of_today(
    page: AppTest, fake: FakeStats
) -> None:
    fake.damaged_days = [DamagedDay("2026-11-20", "Redis lost its data on 2026-11-20: numbers of that day are too low")]
    page.query_params["period"] = "Last 7 days"
    page.run()
    said = "Redis lost its data on Fri 20 Nov 2026: numbers of that day are too low."
    assert element(page, "headline")["alarms"] == [said]
    chart = element(page, "chart")
    assert [point["mark"] for point in chart["points"]] == ["", "", "", said, "", "", ""]
    assert f"▲ {said}" in chart["notes"]
    assert not page.warning
    open_page(page, "print")
    page.run()
    assert next(data for data in elements(page, "sheet") if data["part"] == "numbers")["alarms"] == [said]


def test_days_that_came_from_a_log_are_said_beside_numbers_and_line(page: AppTest, fake: FakeStats) -> None:
    fake.imported_days = [["2026-11-19", "2026-11-20"]]
    page.query_params["period"] = "Last 7 days"
    page.run()
    said = "Counted from logs: 19 Nov – 20 Nov 2026."
    assert any(note.startswith(said) for note in element(page, "headline")["notes"])
    assert [point["fromLog"] for point in element(page, "chart")["points"]] == [False, False, True, True] + [False] * 3
    open_page(page, "print")
    page.run()
    numbers = next(data for data in elements(page, "sheet") if data["part"] == "numbers")
    assert any(note.startswith(said) for note in numbers["notes"])


def _place_of(card: str, block: Any) -> tuple[int, ...]:
    """Where a card stands in the page; Streamlit knows it by this."""
    for index, child in block.children.items():
        if child.type == "bidi_component" and f'"title":"{card}"'.encode() in child.proto.bytes:
            return (index,)
        if hasattr(child, "children") and (found := _place_of(card, child)):
            return (index, *found)
    return ()


def test_cards_keep_their_place_when_filters_and_warnings_come_and_go(page: AppTest, fake: FakeStats) -> None:
    page.run()
    before = _place_of("Pages", page.main)
    page.query_params["f"] = "is,visit:source,Google"
    fake.warnings = ["Something is wrong."]
    page.run()
    assert before
    assert _place_of("Pages", page.main) == before


@pytest.mark.parametrize(("seconds", "kept"), [(0.0, ["Google"]), (60.0, [])])
def test_a_filter_that_was_just_set_outlives_a_card_that_still_sends_the_address_of_before(
    page: AppTest, seconds: float, kept: list[str]
) -> None:
    page.run()
    page.session_state["written to the address"] = {
        "f": Written([], ["is,visit:source,Google"], time.monotonic() - seconds)
    }
    page.run()
    shown = elements(page, "chips")
    assert [chip["value"] for chips in shown for chip in chips["filters"]] == kept


def test_a_third_filter_of_the_address_is_named_and_left_out(page: AppTest, fake: FakeStats) -> None:
    page.query_params["f"] = ["is,visit:source,Google", "is,event:page,/", "is_not,visit:browser,Firefox"]
    page.run()
    assert element(page, "chips")["notes"][1:] == [
        "Left out, because it would be a third: Browser is not Firefox. Remove another for it."
    ]
    assert "Firefox" not in str(fake.questions)


def test_filters_that_make_no_sense_are_ignored(page: AppTest, fake: FakeStats) -> None:
    page.query_params["f"] = ["is,visit:nothing,x", "drop", "matches,visit:source,.*", "is,visit:source,"]
    page.run()
    assert not page.exception
    assert {str(question.filters) for question in fake.questions} == {"[]"}


def test_a_sum_without_what_is_hidden_is_said_to_be_at_least(page: AppTest, fake: FakeStats) -> None:
    page.query_params["f"] = "is,visit:source,Google"
    fake.partial = True
    page.run()
    assert numbers(page)["Visitors"] == "≥ 120"
    assert any(note.startswith("≥ means at least") for note in element(page, "headline")["notes"])


def test_a_row_filters_by_its_value_but_not_the_rest(page: AppTest) -> None:
    page.run()
    assert [row["filter"] for row in card(page, "Sources")["rows"]] == [
        {"attribute": "visit:source", "value": "Google"},
        None,
    ]


@pytest.mark.parametrize(("visits", "interval"), [(15_400, "Months"), (15_600, "Hours")])
def test_a_site_of_few_visits_opens_on_months(page: AppTest, fake: FakeStats, visits: int, interval: str) -> None:
    fake.rows["time:month"] = [("2026-10-01", visits)]
    page.run()
    assert element(page, "chart")["interval"] == interval
    fake.rows["time:month"] = [("2026-10-01", 99_999)]
    page.run()
    assert element(page, "chart")["interval"] == interval
