"""The page's logic, run by Streamlit without a browser against a stats API that answers from a table."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Hidden, Site
from dashboard.options import DashboardUser
from dashboard.rights import Role
from tests.kit.fake_stats import FakeStats
from tests.kit.report_elements import card, element, numbers, rows, see


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=date(2026, 11, 23),
        sites=[Site("a.example", "Europe/Berlin"), Site("b.example", "America/New_York")],
        totals={
            "visitors": 1234,
            "visits": 1500,
            "pageviews": 4500,
            "views_per_visit": 3.0,
            "bounce_rate": 41,
            "visit_duration": 125,
        },
        rows={
            "time:hour": [("2026-11-23 09:00:00", 4)],
            "event:page": [("/", 9), ("/about", 4)],
            "visit:source": [("Direct / None", 5), ("news.example", 2)],
            "visit:country": [("DE", 6), ("", 1)],
            "visit:browser": [("Firefox", 3)],
        },
        current=3,
    )


def test_the_first_site_and_today_are_shown_at_first(page: AppTest, fake: FakeStats) -> None:
    page.run()
    assert not page.exception
    assert numbers(page) == {
        "Visitors": "1,234",
        "Visits": "1,500",
        "Pageviews": "4,500",
        "Views per visit": "3.00",
        "Bounce rate": "41%",
        "Visit duration": "2m 05s",
    }
    first, *others = fake.questions
    assert (first.site_id, first.dimensions) == ("a.example", ["time:month"])  # does it open on months?
    assert {(question.site_id, question.date_range) for question in others} == {("a.example", "day")}


def test_lists_show_pages_sources_countries_and_browsers(page: AppTest) -> None:
    see(page, "Places", "Devices")
    page.run()
    assert rows(page, "Sources") == [("Direct / None", "5"), ("news.example", "2")]
    assert rows(page, "Pages") == [("/", "9"), ("/about", "4")]
    assert rows(page, "Places") == [("Germany", "6"), ("Unknown", "1")]
    assert rows(page, "Devices") == [("Firefox", "3")]


def test_lists_out_of_sight_are_not_asked_for(page: AppTest, fake: FakeStats) -> None:
    page.run()
    assert card(page, "Devices")["state"] == "waiting"
    assert ["visit:browser"] not in [question.dimensions for question in fake.questions]


def test_current_visitors_are_shown(page: AppTest, fake: FakeStats) -> None:
    page.run()
    assert element(page, "current")["text"] == "3 current visitors"
    fake.current = 1
    page.run()
    assert element(page, "current")["text"] == "1 current visitor"


def test_a_range_of_several_days_says_that_visitors_are_a_sum(page: AppTest, fake: FakeStats) -> None:
    page.run()
    page.selectbox(key="period").select("Last 7 days").run()
    assert "Visitors (daily, summed)" in numbers(page)
    assert fake.questions[-1].date_range == "7d"


def test_another_site_is_asked_for(page: AppTest, fake: FakeStats) -> None:
    page.run()
    page.selectbox(key="site").select("b.example").run()
    assert fake.questions[-1].site_id == "b.example"


def test_site_and_period_come_from_the_address(page: AppTest, fake: FakeStats) -> None:
    page.query_params["site"] = "b.example"
    page.query_params["period"] = "This month"
    page.run()
    assert (fake.questions[-1].site_id, fake.questions[-1].date_range) == ("b.example", "month")


def test_anything_else_in_the_address_is_ignored(page: AppTest, fake: FakeStats) -> None:
    page.query_params["site"] = "![](https://evil.example/x.png)"
    page.query_params["period"] = "' OR 1=1 --"
    page.query_params["days"] = "javascript:alert(1)"
    page.run()
    assert not page.exception
    assert (fake.questions[-1].site_id, fake.questions[-1].date_range) == ("a.example", "day")


def test_a_user_sees_and_asks_for_own_sites_only(
    page: AppTest, fake: FakeStats, user: dict[str, DashboardUser | None]
) -> None:
    user["is"] = DashboardUser("ben", "hash", ((Role.VIEWER, ("b.example",)),))
    page.query_params["site"] = "a.example"
    page.run()
    assert page.selectbox(key="site").options == ["b.example"]
    assert {question.site_id for question in fake.questions} == {"b.example"}


def test_a_user_without_a_site_is_told_so(page: AppTest, user: dict[str, DashboardUser | None]) -> None:
    user["is"] = DashboardUser("ben", "hash", ((Role.VIEWER, ("c.example",)),))
    page.run()
    assert "no site for you" in page.info[0].value


def test_an_ended_login_shows_no_numbers(page: AppTest, fake: FakeStats, user: dict[str, DashboardUser | None]) -> None:
    page.run()
    fake.questions.clear()
    user["is"] = None
    page.run()
    assert page.info[0].value == "Your login has ended."
    assert not page.get("bidi_component")
    assert fake.questions == []


def test_a_site_without_visits_shows_the_tag(page: AppTest, fake: FakeStats) -> None:
    fake.totals = {}
    fake.rows = {}
    page.run()
    assert 'data-domain="a.example"' in page.code[0].value
    assert numbers(page)["Visitors"] == "0"


def test_an_api_that_is_away_is_said_in_plain_words(page: AppTest, fake: FakeStats) -> None:
    fake.status = 503
    page.run()
    assert not page.exception
    assert "cannot be read just now" in page.warning[0].value
    fake.status = 200
    page.run()
    assert numbers(page)["Visitors"] == "1,234"


def test_a_metric_without_visits_is_a_dash(page: AppTest, fake: FakeStats) -> None:
    fake.totals["bounce_rate"] = None
    page.run()
    assert numbers(page)["Bounce rate"] == "–"


def test_a_list_changes_with_its_tab(page: AppTest, fake: FakeStats) -> None:
    fake.rows["visit:exit_page"] = [("/bye", 2), ("", 1)]
    page.session_state["open Pages"] = "Exit pages"
    page.run()
    assert rows(page, "Pages") == [("/bye", "2"), ("(no pageview)", "1")]


def test_landing_pages_are_those_of_visitors_new_that_day(page: AppTest, fake: FakeStats) -> None:
    fake.rows["visit:entry_page"] = [("/welcome", 7)]
    page.session_state["open Pages"] = "Landing pages"
    page.run()
    assert rows(page, "Pages") == [("/welcome", "7")]
    asked = [question for question in fake.questions if question.dimensions == ["visit:entry_page"]]
    assert asked[-1].filters == [["is", "visit:visitor_type", ["New that day"]]]
    assert "New means new that day: nobody is recognised on another day." in card(page, "Pages")["notes"]


def test_hidden_values_are_said_in_plain_words(page: AppTest, fake: FakeStats) -> None:
    fake.hidden = Hidden(values=1200, threshold=5)
    page.run()
    assert "1,200 more with fewer than 5 visitors: not shown." in card(page, "Pages")["notes"]
    page.selectbox(key="period").select("Last 7 days").run()
    expected = "Entries are left out on days on which fewer than 5 visitors had them: 1,200 times."
    assert expected in card(page, "Pages")["notes"]


def test_what_is_left_out_of_closed_days_is_said_without_a_number(page: AppTest, fake: FakeStats) -> None:
    fake.hidden = Hidden(values=0, threshold=5)
    page.run()
    assert "Left out is what fewer than 5 visitors a day had." in card(page, "Pages")["notes"]


def test_a_list_in_which_everything_is_hidden_says_so(page: AppTest, fake: FakeStats) -> None:
    fake.rows["visit:source"] = []
    fake.hidden = Hidden(values=3, threshold=5)
    page.run()
    assert card(page, "Sources")["notes"] == ["3 entries with fewer than 5 visitors: not shown."]


def test_an_empty_list_says_so(page: AppTest, fake: FakeStats) -> None:
    fake.rows["visit:source"] = []
    page.run()
    assert card(page, "Sources")["notes"] == ["Nothing to list in this period."]


def test_a_period_without_visits_is_told_from_a_site_without_visits(page: AppTest, fake: FakeStats) -> None:
    fake.totals = {}
    page.run()
    assert page.subheader[0].value == "No visits yet: add the tag to your pages"
    fake.totals_by_range["all"] = {"visits": 4, "pageviews": 9}
    page.run()
    assert page.subheader[0].value == "No visits in this period"


def test_late_numbers_say_until_when_they_count(page: AppTest, fake: FakeStats) -> None:
    fake.data_as_of = "2026-11-23T17:20:00+00:00"
    page.run()
    headline = element(page, "headline")
    assert headline["notes"][0] == "Counted up to 18:20."
    assert headline["alarms"][0].startswith("The numbers are 10 minutes behind")


def test_a_custom_range_is_asked_for_by_its_days(page: AppTest, fake: FakeStats) -> None:
    page.query_params["period"] = "Custom range"
    page.query_params["days"] = ["2026-11-02", "2026-11-04"]
    page.run()
    assert not page.exception
    assert fake.questions[-1].date_range == ["2026-11-02", "2026-11-04"]


def test_a_long_list_is_cut_and_says_so(page: AppTest, fake: FakeStats) -> None:
    fake.rows["event:page"] = [(f"/{number}", 1000 - number) for number in range(600)]
    page.run()
    assert len(rows(page, "Pages")) == 500
    assert "The first 500 of 600 are here and in its CSV; everything as CSV has more." in card(page, "Pages")["notes"]


def test_a_warning_of_the_appliance_stands_above_the_numbers(page: AppTest, fake: FakeStats) -> None:
    assert not page.run().warning
    fake.warnings = ["Old data could not be deleted: [the disk](x) is full."]
    page.run()
    assert [warning.value for warning in page.warning] == ["This appliance needs its operator."]
    assert fake.warnings[0] in [text.value for text in page.text]
