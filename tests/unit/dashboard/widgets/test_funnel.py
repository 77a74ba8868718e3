"""Steps of a funnel as a list."""

from datetime import date

from appliance.stats.contract import Funnel, Funnels, FunnelStep, Meta, Site
from dashboard.panels import Kind, Report
from dashboard.periods import Period
from dashboard.view import View
from dashboard.widgets.funnel import funnel_data

DAY = date(2026, 11, 23)
VIEW = View(Site("example.org", "UTC", funnels=("Order",)), Period("day", DAY, DAY, includes_today=True))
ORDER = Report("Order", "Step", kind=Kind.FUNNEL)
META = Meta("exact", "", includes_today=True)


def test_a_step_has_its_visitors_its_rate_and_those_who_left_before_it() -> None:
    steps = [FunnelStep("Visit /", 40, False, 100.0, 0, 0.0), FunnelStep("Buy", 10, True, 25.0, 30, 75.0)]
    data = funnel_data(VIEW, ORDER, Funnels([Funnel("Other", []), Funnel("Order", steps)], META))
    assert [row["name"] for row in data["rows"]] == ["1. Visit /", "2. Buy"]
    assert [row["cells"] for row in data["rows"]] == [["40", "100%", "–"], ["≥ 10", "25%", "30"]]
    assert [row["share"] for row in data["rows"]] == [1.0, 0.25]
    assert data["notes"] == ["≥ means at least: a number that would tell of few visitors is rounded down."]


def test_a_funnel_without_visitors_or_that_is_gone_says_so() -> None:
    nobody = [FunnelStep("Visit /", 0, False, None, 0, None)]
    for funnels in ([Funnel("Order", nobody)], []):
        data = funnel_data(VIEW, ORDER, Funnels(funnels, META))
        assert data["notes"] == ["Nobody is known to have taken the first step in this period."]
