"""Data quality and set-up: what became of hits, why one is not counted, and the site as configured."""

from datetime import date

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Site
from appliance.stats.quality_contract import OutcomeCount, TrialHit
from dashboard.options import DashboardUser
from dashboard.pages import setup as setup_page
from tests.integration.dashboard.conftest import PEOPLE
from tests.kit.fake_stats import FakeStats
from tests.kit.quality_facts import BLOCKED, COUNTED, quality_facts, setup_facts
from tests.kit.report_elements import element, elements, open_page

BY_NAME = {user.name: user for user in PEOPLE}
TODAY = date(2026, 11, 23)
Who = dict[str, DashboardUser | None]


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=TODAY,
        sites=[Site("a.example", "Europe/Berlin"), Site("b.example", "UTC")],
        quality=quality_facts(TODAY, "a.example"),
        setup=setup_facts("a.example"),
        trial_verdict=BLOCKED,
    )


@pytest.fixture(autouse=True)
def _olga(user: Who) -> None:
    user["is"] = BY_NAME["olga"]


def _lines(page: AppTest, title: str) -> list[list[str]]:
    return [line["cells"] for one in elements(page, "table") if one["title"] == title for line in one["lines"]]


def _open(page: AppTest, path: str) -> None:
    open_page(page, path)
    page.run()
    assert not page.exception


@pytest.mark.parametrize("path", ["quality", "setup"])
@pytest.mark.parametrize("name", ["vera", "victor", "dora", "anna"])
def test_only_owners_open_it(page: AppTest, user: Who, name: str, path: str) -> None:
    user["is"] = BY_NAME[name]
    _open(page, path)
    assert page.info[0].value.startswith("Your role does not open this page.")
    assert elements(page, "table") == []
    assert not page.text_input


class TestQuality:
    def test_each_day_and_reason_is_counted_once(self, page: AppTest, fake: FakeStats) -> None:
        _open(page, "quality")
        days, hours = elements(page, "bars")
        assert len(days["bars"]) == 30
        assert fake.quality is not None
        assert sum(sum(bar["values"]) for bar in days["bars"]) == sum(one.hits for one in fake.quality.days)
        assert [bar["name"] for bar in hours["bars"]][:2] == ["00:00", "01:00"]
        reasons = {line[0]: line for line in _lines(page, "By reason")}
        assert list(reasons)[:3] == ["accepted", "bot", "gpc"]
        month = sum(one.hits for one in fake.quality.days if one.outcome == "bot")
        today = sum(one.hits for one in fake.quality.days if one.outcome == "bot" and one.label == TODAY.isoformat())
        assert reasons["bot"][3] == f"{today:,}"
        assert reasons["bot"][5] == f"{month:,}"

    def test_every_number_has_a_definition(self, page: AppTest) -> None:
        _open(page, "quality")
        for bars in elements(page, "bars"):
            assert len([text for text in bars["helps"] if text]) == len(bars["parts"]) == 4
        for shown in elements(page, "table"):
            assert [one["label"] for one in shown["columns"] if one["number"] and not one["help"]] == []
        (backlog,) = (shown for shown in elements(page, "table") if shown["title"] == "Backlog of all sites")
        assert [line["cells"][0] for line in backlog["lines"] if not line["help"]] == []

    def test_hours_without_hits_stand_there_too_and_refusals_are_in_none(self, page: AppTest, fake: FakeStats) -> None:
        assert fake.quality is not None
        day = TODAY.isoformat()
        counted, refused = OutcomeCount(f"{day} 03:00", "accepted", 7), OutcomeCount(f"{day} 00:00", "gpc", 2)
        fake.quality = msgspec.structs.replace(fake.quality, hours=[refused, counted])
        _open(page, "quality")
        hours = elements(page, "bars")[1]["bars"]
        assert [bar["name"] for bar in hours] == ["00:00", "01:00", "02:00", "03:00"]
        assert [sum(bar["values"]) for bar in hours] == [0, 0, 0, 7]

    def test_every_outcome_has_a_part(self, page: AppTest, fake: FakeStats) -> None:
        _open(page, "quality")
        parts = elements(page, "bars")[0]["parts"]
        last = dict(zip(parts, elements(page, "bars")[0]["bars"][-1]["values"], strict=True))
        of_today = {one.outcome: one.hits for one in quality_facts(TODAY).days if one.label == TODAY.isoformat()}
        assert last == {
            "Counted": of_today["accepted"],
            "Robots, prefetched, doubled": of_today["bot"] + of_today["duplicate"],
            "Refused by visitors": of_today["gpc"] + of_today["dnt"],
            "Should be looked at": of_today["wrong_host"] + of_today["blocked"],
        }

    def test_last_hits_and_the_backlog_are_shown(self, page: AppTest, fake: FakeStats) -> None:
        _open(page, "quality")
        assert _lines(page, "Last counted hit")[1] == ["new.example", "None of what is kept"]
        assert ["To be counted", "3"] in _lines(page, "Backlog of all sites")
        assert _lines(page, "Hits of no configured site")[0][0] == "unknown_site"
        assert fake.quality is not None
        fake.quality = msgspec.structs.replace(fake.quality, backlog=None, of_no_site=[])
        page.run()
        assert _lines(page, "Backlog of all sites")[0][0] == "Queue"
        assert _lines(page, "Hits of no configured site") == []

    def test_a_hit_is_tried_as_described(self, page: AppTest, fake: FakeStats) -> None:
        _open(page, "quality")
        page.text_input(key="trial url").input("https://a.example/internal/x")
        page.text_input(key="trial agent").input("Firefox")
        page.text_input(key="trial address").input(" 203.0.113.7 ")
        page.checkbox(key="trial gpc").check()
        page.button[0].click().run()
        assert fake.trials == [
            TrialHit(*("a.example", "https://a.example/internal/x", "pageview", "", "Firefox", "203.0.113.7"), gpc=True)
        ]
        lines = _lines(page, "It would not be counted: blocked")
        assert ["Decided by", "shields.pages covers the page"] in lines
        fake.trial_verdict = COUNTED
        page.button[0].click().run()
        assert ["Country", "DE"] in _lines(page, "It would be counted")

    def test_a_trial_that_is_refused_says_why(self, page: AppTest, fake: FakeStats) -> None:
        _open(page, "quality")
        fake.trial_verdict = None
        page.button[0].click().run()
        assert not page.exception
        assert "The hit could not be tried." in [warning.value for warning in page.warning]


class TestSetup:
    def test_the_tag_follows_the_options(self, page: AppTest) -> None:
        _open(page, "setup")
        assert page.code[0].value == '<script defer data-domain="a.example" src="/js/script.js"></script>'
        page.checkbox(key="tag outbound").check().run()
        page.text_input(key="tag origin").input('https://s.example/"><script>').run()
        assert page.code[0].value == (
            '<script defer data-domain="a.example" data-outbound-links '
            'src="https://s.example/&quot;&gt;&lt;script&gt;/js/script.full.js"></script>'
        )

    @pytest.mark.parametrize(
        ("box", "attribute"),
        [
            ("outbound", "data-outbound-links"),
            ("downloads", "data-file-downloads"),
            ("forms", "data-form-submissions"),
            ("tagged", "data-tagged-events"),
            ("hash", "data-hash"),
            ("manual", "data-manual"),
            ("missing", "data-404"),
        ],
    )
    def test_each_box_is_an_option_of_the_full_build(self, page: AppTest, box: str, attribute: str) -> None:
        _open(page, "setup")
        page.checkbox(key=f"tag {box}").check().run()
        expected = f'<script defer data-domain="a.example" {attribute} src="/js/script.full.js"></script>'
        assert page.code[0].value == expected

    @pytest.mark.parametrize("name", ["exclude", "include", "mask"])
    def test_patterns_of_pages_stand_in_the_tag_as_text(self, page: AppTest, name: str) -> None:
        _open(page, "setup")
        page.text_input(key=f"tag {name}").input(' /a/*, "><b> ').run()
        assert page.code[0].value == (
            f'<script defer data-domain="a.example" data-{name}="/a/*, &quot;&gt;&lt;b&gt;" '
            'src="/js/script.full.js"></script>'
        )

    def test_hits_that_arrive_after_the_page_was_opened_are_said(self, page: AppTest, fake: FakeStats) -> None:
        _open(page, "setup")
        assert "Open a page of the site" in elements(page, "table")[0]["title"]
        assert fake.quality is not None
        hours = list(fake.quality.hours)
        fake.quality = msgspec.structs.replace(
            fake.quality, hours=[*hours, msgspec.structs.replace(hours[0], outcome="wrong_host", hits=2)]
        )
        page.run()
        check = elements(page, "table")[0]
        assert check["lines"][0]["cells"][1] == "0 counted, 2 not counted"
        assert check["notes"] == ["Hits arrive and are not counted: Data quality says why."]
        fake.quality = msgspec.structs.replace(fake.quality, hours=[*fake.quality.hours, hours[0]])
        page.run()
        assert elements(page, "table")[0]["title"] == "Hits arrive"

    def test_what_is_counted_meanwhile_has_a_definition(self, page: AppTest) -> None:
        _open(page, "setup")
        (check,) = (shown for shown in elements(page, "table") if shown["title"].startswith("Open a page of the site"))
        assert len(check["lines"]) == 3
        assert all(line["help"] for line in check["lines"])

    def test_goals_funnels_properties_and_shields_are_as_configured(self, page: AppTest) -> None:
        _open(page, "setup")
        assert _lines(page, "Goals") == [["Signup", "event signup"], ["Visit /thanks", "page /thanks"]]
        assert _lines(page, "Funnels") == [["Buy", "page /shop → event Purchase"]]
        assert _lines(page, "Properties") == [["plan", "pro, free"], ["author", "values from k visitors a day on"]]
        assert _lines(page, "Shields") == [["addresses", "1 configured"], ["pages", "/internal/*"]]

    @pytest.mark.parametrize("options", [[], ["data-hash"], ["data-hash", "data-404"]])
    def test_options_take_the_full_build(self, options: list[str]) -> None:
        tag = setup_page.tag("a.example", options, "", {})
        assert ("script.full.js" in tag) == bool(options)
        assert all(f" {name} " in tag for name in options)

    def test_the_page_needs_no_number(self, page: AppTest, fake: FakeStats) -> None:
        _open(page, "setup")
        assert fake.questions == []
        assert element(page, "navigation")["heading"] == "Set-up"
