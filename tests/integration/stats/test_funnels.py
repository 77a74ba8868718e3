"""Funnels over real counters, on running and closed days."""

from datetime import timedelta
from typing import Any

from appliance.aggregate import visits
from appliance.aggregate.profile import Profile
from appliance.anonymize.site_rules import SiteRules
from appliance.dimensions import PAGEVIEW
from appliance.facts import FactBatch
from appliance.settings import SiteSettings
from tests.integration.stats.conftest import DAY, DAY_NUMBER, FUNNEL, Stats
from tests.kit.events import make_event

RULES = SiteRules(SiteSettings(id="example.org", funnels=(FUNNEL,)))
WAY = ((PAGEVIEW, "/shop/a"), (PAGEVIEW, "/cart"), ("Purchase", "/cart"))


def people(stats: Stats, *how_many: int, day: int = DAY_NUMBER) -> None:
    """So many visitors who take one step, two steps, three steps."""
    facts = FactBatch()
    for n_steps, n_people in enumerate(how_many, start=1):
        for _ in range(n_people):
            profile = Profile()
            for second, (name, path) in enumerate(WAY[:n_steps]):
                event = make_event(at_ms=second * 1000, path=path, name=name, steps=RULES.steps(name, path))
                visits.advance(profile, event, 9, visits.SiteDay("example.org", day), 1_800_000, bytes, facts)
    stats.insert(facts.visits, facts.events)


def steps(stats: Stats, date_range: str = "day") -> list[tuple[int, bool]]:
    response = stats.funnels(date_range=date_range)
    assert response.status_code == 200, response.text
    return [(step["visitors"], step["at_least"]) for step in response.json()["funnels"][0]["steps"]]


def test_running_day_says_what_is_certain_in_steps_of_k(stats: Stats) -> None:
    people(stats, 7, 6, 6)
    assert steps(stats) == [(15, True), (10, True), (5, True)]
    people(stats, 0, 0, 3)
    assert steps(stats) == [(20, True), (15, True), (5, True)]


def test_closed_day_is_exact_with_rates_and_drop_off(stats: Stats) -> None:
    people(stats, 20, 12, 8)
    stats.close_day(DAY)
    answer: Any = stats.funnels().json()
    assert answer["meta"]["visitors"] == "exact"
    assert answer["funnels"] == [
        {
            "name": "Buy",
            "steps": [
                step("Visit /shop*", 40, 100.0, 0, 0.0),
                step("Visit /cart", 20, 50.0, 20, 50.0),
                step("Purchase", 8, 20.0, 12, 60.0),
            ],
        }
    ]


def step(label: str, visitors: int, rate: float, drop_off: int, drop_off_rate: float) -> dict[str, Any]:
    found = {"label": label, "visitors": visitors, "at_least": False}
    return found | {"conversion_rate": rate, "drop_off": drop_off, "drop_off_rate": drop_off_rate}


def test_closed_day_keeps_no_step_that_tells_of_few(stats: Stats) -> None:
    people(stats, 2, 20, 3)
    stats.close_day(DAY)
    assert steps(stats) == [(25, False), (0, True), (0, True)]


def test_step_left_out_has_at_least_the_visitors_of_later_ones(stats: Stats) -> None:
    people(stats, 2, 10, 12)
    people(stats, 10, 10, 10, day=DAY_NUMBER - 1)
    stats.close_day(DAY - timedelta(days=1))
    stats.close_day(DAY)
    assert steps(stats) == [(24, False), (12, True), (12, False)]
    assert steps(stats, "7d") == [(54, False), (32, True), (22, False)]
    assert steps(stats, f"{DAY - timedelta(days=1)},{DAY - timedelta(days=1)}") == [
        (30, False),
        (20, False),
        (10, False),
    ]


def test_site_without_traffic_has_its_funnels_with_nothing_in_them(stats: Stats) -> None:
    answer = stats.funnels().json()["funnels"][0]["steps"][0]
    assert (answer["visitors"], answer["at_least"], answer["conversion_rate"]) == (0, False, None)


def test_question_is_refused_without_key_for_other_sites_and_for_other_ranges(stats: Stats) -> None:
    assert stats.funnels(key="wrong").status_code == 401
    assert stats.funnels(site="other.example").status_code == 404
    assert stats.funnels(date_range="fortnight").status_code == 400
