"""The page for data protection officers: everything that the stats API says, as text, and nothing else."""

from datetime import date

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Site
from appliance.stats.privacy_contract import ChainVerdict
from dashboard.options import DashboardUser
from dashboard.sharing.links import Links
from dashboard.widgets.moment import moment
from tests.integration.dashboard.conftest import NOW, PEOPLE
from tests.kit.fake_stats import FakeStats
from tests.kit.privacy_facts import privacy_facts
from tests.kit.report_elements import elements, open_page

BY_NAME = {user.name: user for user in PEOPLE}
Who = dict[str, DashboardUser | None]


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=date(2026, 11, 23), sites=[Site("a.example", "UTC")], privacy=privacy_facts(NOW, "a.example")
    )


@pytest.fixture(autouse=True)
def _dora(user: Who, page: AppTest) -> None:
    user["is"] = BY_NAME["dora"]
    open_page(page, "privacy")


def _lines(page: AppTest, title: str) -> list[list[str]]:
    return [line["cells"] for one in elements(page, "table") if one["title"] == title for line in one["lines"]]


def test_relaxations_stand_with_reason_approver_and_review(page: AppTest) -> None:
    page.run()
    assert not page.exception
    (line,) = _lines(page, "Relaxed defaults")
    assert line[0] == "privacy.referrer_path"
    assert line[2:] == ["Partners want to see it.", "Dora Brandt", "2026-11-01 (due)"]


def test_every_setting_place_deletion_close_key_and_entry_is_listed(page: AppTest, fake: FakeStats) -> None:
    page.run()
    facts = fake.privacy
    assert facts is not None
    assert [line[0] for line in _lines(page, "What is counted, and for how long")] == [
        f"{one.section}.{one.key}" for one in facts.promises
    ]
    assert [line[1] for line in _lines(page, "What is where, why and until when")] == [
        one.name for one in facts.holdings
    ]
    assert [line[1] for line in _lines(page, "Deletions")] == ["Done", "Failed"]
    assert [line[-1] for line in _lines(page, "Keys of days")] == ["12 h 0 min", "25 h"]
    assert [line[0] for line in _lines(page, "Last closed days")] == ["a.example"]
    assert [line[1] for line in _lines(page, "Evidence")] == ["day_closed", "site_erased"]
    assert all(one["file"] for one in elements(page, "table") if one["title"] != "At a glance")


def test_every_figure_has_a_definition(page: AppTest) -> None:
    page.run()
    for shown in elements(page, "table"):
        assert [one["label"] for one in shown["columns"] if one["number"] and not one["help"]] == []
    (glance,) = (shown for shown in elements(page, "table") if shown["title"] == "At a glance")
    without = [line["cells"][0] for line in glance["lines"] if not line["help"]]
    assert without == ["Last deletion", "Next deletion"]


def test_the_next_deletion_and_what_it_does_are_said(page: AppTest, fake: FakeStats) -> None:
    page.run()
    assert fake.privacy is not None
    said = dict(_lines(page, "At a glance"))
    assert said["Next deletion"] == moment(fake.privacy.next_run_at)
    assert [line[0] for line in _lines(page, "What the next deletion does")] == [
        one.kind for one in fake.privacy.limits
    ]
    assert len(fake.privacy.limits) >= 1


def test_who_may_look_at_the_officer_s_sites_is_listed(page: AppTest, links: Links) -> None:
    links.create("a.example", "Board", "olga", password="long enough")
    links.create("b.example", "Other", "omar")
    page.run()
    lines = _lines(page, "Who may look")
    assert [line[1] for line in lines] == ["anna", "olga", "omar", "vera", "victor", "dora", "Board"]
    assert lines[-1][2] == "shared link with password"


def test_the_chain_is_checked_when_asked(page: AppTest, fake: FakeStats) -> None:
    page.run()
    page.button(key="check").click().run()
    assert "3 lines, and each fits the one before." in [text.value for text in page.text]
    fake.verdict = ChainVerdict(1, 2, "ab" * 32)
    page.button(key="check").click().run()
    assert "The chain breaks at line 2: 1 lines before it fit." in [text.value for text in page.text]


def test_a_failed_deletion_is_a_warning(page: AppTest, fake: FakeStats) -> None:
    assert fake.privacy is not None
    fake.privacy = msgspec.structs.replace(fake.privacy, problem="Old data could not be deleted: the disk is full.")
    page.run()
    assert page.warning[0].value == "Old data could not be deleted."


def test_the_officer_asks_for_no_number_of_visitors(page: AppTest, fake: FakeStats) -> None:
    page.run()
    assert fake.questions == []
    assert all("numbers" not in {right for one in grant.granted for right in one.rights} for grant in fake.grants)


@pytest.mark.parametrize("name", ["vera", "anna", "victor"])
def test_viewers_do_not_open_it(page: AppTest, user: Who, name: str) -> None:
    user["is"] = BY_NAME[name]
    page.run()
    assert page.info[0].value.startswith("Your role does not open this page.")
    assert elements(page, "table") == []


def test_an_api_that_is_away_is_said(page: AppTest, fake: FakeStats) -> None:
    page.run()
    fake.status = 503
    page.run()
    assert not page.exception
    assert page.warning
