"""Made-up visitors look like a small site's: several countries, short visits, no way into nothing."""

import ipaddress
import random
from itertools import pairwise

from appliance.demo.site import PAGES
from appliance.demo.visitors import MISSING, Hit, make_journey, make_visitor

N = 2_000


def journeys() -> list[list[Hit]]:
    chance = random.Random(7)
    return [make_journey(chance) for _ in range(N)]


def test_visitors_come_from_public_addresses() -> None:
    chance = random.Random(7)
    assert all(ipaddress.ip_address(make_visitor(chance).address).is_global for _ in range(N))


def test_every_page_of_a_journey_exists() -> None:
    views = {"/app/filter", "/app/espresso", "/app/cold-brew"}
    visited = {hit.path.partition("?")[0] for journey in journeys() for hit in journey}
    assert visited - set(MISSING) <= set(PAGES) | views


def test_every_list_of_the_report_gets_something() -> None:
    hits = [hit for journey in journeys() for hit in journey]
    assert {hit.name for hit in hits} == {
        *("pageview", "engagement", "404", "File Download", "Outbound Link: Click"),
        *("Message sent", "Recipe opened", "Order started", "Order"),
    }
    assert {hit.currency for hit in hits if hit.amount} == {"EUR", "CHF"}
    assert {key for hit in hits for key, _ in hit.properties} == {"recipe", "plan", "url", "path"}


def test_some_bounce_and_nobody_stays_for_ever() -> None:
    lengths = [sum(hit.name == "pageview" for hit in journey) for journey in journeys()]
    assert 0.3 < sum(length == 1 for length in lengths) / N < 0.45
    assert max(lengths) <= 13


def test_referrer_comes_with_the_first_page_only() -> None:
    chance = random.Random(7)
    visits = [make_journey(chance) for _ in range(N)]
    assert any(visit[0].referrer for visit in visits)
    assert not any(hit.referrer for visit in visits for hit in visit[1:])


def test_some_arrive_through_a_campaign() -> None:
    chance = random.Random(7)
    assert any("utm_campaign=" in make_journey(chance)[0].path for _ in range(N))


def test_every_page_ends_with_an_engagement_signal_of_its_own() -> None:
    for journey in journeys():
        for hit, following in pairwise([*journey, None]):
            leaves = following is None or following.name == "pageview"
            assert (hit.name == "engagement") == leaves
            assert (hit.engaged_ms > 0) == (hit.name == "engagement")
