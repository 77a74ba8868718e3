"""Values under k visitors stay hidden unless they are known to be public."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.admission import admission, admitter, page_pattern
from appliance.dimensions import TRAITS, Dimension
from appliance.settings import PropertySettings, SiteSettings

SITE = SiteSettings(
    id="example.org",
    pages=("/", "/blog/*", "/a.b"),
    properties=(PropertySettings(key="plan", values=("pro",)), PropertySettings(key="size")),
)


@pytest.mark.parametrize(
    ("dimension", "value", "admitted"),
    [
        (Dimension.PAGE, "/", True),
        (Dimension.PAGE, "/blog/x/y", True),
        (Dimension.ENTRY_PAGE, "/blog/", True),
        (Dimension.EXIT_PAGE, "/other", False),
        (Dimension.PAGE, "/aXb", False),
        (Dimension.PAGE, "/a.b/c", False),
        (Dimension.PAGE, "x/blog/y", False),
        (Dimension.PAGE, "/blog/line\nbreak", True),
        (Dimension.SOURCE, "Direct / None", True),
        (Dimension.SOURCE, "Google", True),
        (Dimension.SOURCE, "Newsletter", True),
        (Dimension.SOURCE, "google", False),
        (Dimension.SOURCE, "example.com", False),
        (Dimension.REFERRER, "google.com", False),
        (Dimension.NAME, "pageview", True),
        (Dimension.NAME, "Signup", False),
        (Dimension.COUNTRY, "DE", True),
        (Dimension.UTM_SOURCE, "news", False),
        (Dimension.PROPS, "plan=pro", True),
        (Dimension.PROPS, "plan=other", False),
        (Dimension.PROPS, "size=pro", False),
        (Dimension.GOAL, "Signup", True),
        (Dimension.CHANNEL, "Email", True),
        (Dimension.CITY, "Berlin", False),
    ],
)
def test_value_is_admitted_when_it_is_known_to_be_public(dimension: Dimension, value: str, admitted: bool) -> None:
    assert admission(dimension, SITE).admits(value) == admitted


def test_site_without_declared_pages_admits_none() -> None:
    assert not admission(Dimension.PAGE, SiteSettings(id="a")).admits("/")


def test_admitter_knows_the_rule_of_every_dimension() -> None:
    admits = admitter(SITE)
    assert admits(Dimension.PAGE, "/blog/x")
    assert not admits(Dimension.PAGE, "/reset")
    assert admits(Dimension.COUNTRY, "DE")


@pytest.mark.parametrize("dimension", [d for d in TRAITS if TRAITS[d].closed])
def test_closed_vocabulary_is_always_admitted(dimension: Dimension) -> None:
    assert admission(dimension, SITE).admits("anything at all")


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.text(max_size=20))
def test_pattern_without_star_admits_exactly_itself(page: str, value: str) -> None:
    page = "/" + page.replace("*", "")
    assert bool(re.fullmatch(page_pattern((page,)), "/" + value)) == (page == "/" + value)


def test_list_of_thousands_of_pages_stays_out_of_the_pattern() -> None:
    rule = admission(Dimension.PAGE, SiteSettings(id="a", pages=tuple(f"/{n}" for n in range(5_000))))
    assert len(rule.pattern) < 100
    assert rule.admits("/4999")
    assert not rule.admits("/5000")


def test_pages_of_the_sitemap_are_admitted_as_they_stand() -> None:
    rule = admission(Dimension.PAGE, SiteSettings(id="example.org", pages=("/",)), {"/a*c", "/b"})
    assert [rule.admits(page) for page in ("/", "/b", "/a*c", "/abc", "/c")] == [True, True, True, False, False]
    assert not admission(Dimension.SOURCE, SiteSettings(id="example.org"), {"/b"}).admits("/b")
