"""Shields, goals and patterns of one site."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.site_rules import SiteRules, wildcard
from appliance.settings import GoalSettings, ShieldSettings, SiteSettings

SHIELDS = ShieldSettings(
    addresses=("203.0.113.7", "10.0.0.0/8", "2001:db8:12::/48"),
    pages=("/preview/*", "/a.b"),
    hostnames=("staging.example.org", "*.test.example.org"),
)
RULES = SiteRules(SiteSettings(id="example.org", hostnames=("example.org",), shields=SHIELDS))


@pytest.mark.parametrize(
    ("address", "blocked"),
    [
        ("203.0.113.7", True),
        ("203.0.113.8", False),
        ("10.255.0.1", True),
        ("11.0.0.0", False),
        ("2001:db8:12:ffff::1", True),
        ("2001:db8:13::1", False),
        ("::cb00:7107", False),
    ],
)
def test_address_is_compared_whole(address: str, blocked: bool) -> None:
    assert RULES.blocks_address(ip_address(address)) is blocked


@pytest.mark.parametrize(
    ("hostname", "path", "blocked"),
    [
        ("example.org", "/", False),
        ("example.org", "/preview/1", True),
        ("example.org", "/preview", False),
        ("example.org", "/x/preview/1", False),
        ("example.org", "/aXb", False),
        ("staging.example.org", "/", True),
        ("a.test.example.org", "/", True),
        ("test.example.org", "/", False),
        ("atest.example.org", "/", False),
    ],
)
def test_page_is_blocked_by_host_or_path(hostname: str, path: str, blocked: bool) -> None:
    assert RULES.blocks_page(hostname, path) is blocked


def test_site_without_shields_blocks_nothing() -> None:
    rules = SiteRules(SiteSettings(id="example.org"))
    assert not rules.blocks_address(ip_address("203.0.113.7"))
    assert not rules.blocks_page("example.org", "")


def test_event_may_reach_several_goals_and_engagement_none() -> None:
    goals = (
        GoalSettings(name="Signup", event="signup"),
        GoalSettings(name="Conversion", event="signup"),
        GoalSettings(name="Thanks", page="/thanks*"),
        GoalSettings(name="Any", page="/*"),
    )
    rules = SiteRules(SiteSettings(id="example.org", goals=goals))
    assert rules.goals("signup", "/thanks") == ("Signup", "Conversion")
    assert rules.goals("pageview", "/thanks/1") == ("Thanks", "Any")
    assert rules.goals("engagement", "/thanks") == ()
    assert rules.goals("other", "/thanks") == ()


@given(st.text(), st.text())
def test_wildcard_is_literal_but_for_the_star(before: str, after: str) -> None:
    text = before.replace("*", "") + after.replace("*", "")
    assert wildcard((text,)).fullmatch(text)
    assert wildcard((before.replace("*", "") + "*",)).fullmatch(text)
    assert not wildcard((text + "x",)).fullmatch(text)


def test_no_patterns_match_nothing() -> None:
    assert wildcard(()).fullmatch("") is None
