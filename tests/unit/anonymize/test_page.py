"""URLs become host, path and campaign; the rest of them is gone."""

import pytest

from appliance.anonymize.campaign import NO_CAMPAIGN, Campaign
from appliance.anonymize.page import Page, reduce_url, with_www
from appliance.anonymize.source_table import CLICK_IDS
from appliance.outcomes import Outcome

HOSTS = with_www(("example.org", "shop.example.org"))
NONE = NO_CAMPAIGN


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org", Page("example.org", "/", NONE)),
        ("http://www.example.org/a/", Page("www.example.org", "/a/", NONE)),
        ("https://Example.ORG:8443/A", Page("example.org", "/A", NONE)),
        ("https://shop.example.org./a", Page("shop.example.org", "/a", NONE)),
        ("https://example.org/a?id=7&mail=jane@example.org#token=abc", Page("example.org", "/a", NONE)),
        (
            "https://example.org/?utm_source=News&utm_campaign=spring+sale&gclid=x#utm_term=y",
            Page("example.org", "/", Campaign(("News", "", "spring sale", "", ""), "News", (CLICK_IDS["gclid"],))),
        ),
        ("https://user:secret@example.org/a", Page("example.org", "/a", NONE)),
    ],
)
def test_url_is_reduced(url: str, expected: Page) -> None:
    assert reduce_url(url, HOSTS) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "data:text/html,hello",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_page_is_invalid(url: str) -> None:
    assert reduce_url(url, HOSTS) is Outcome.INVALID


@pytest.mark.parametrize("url", ["https://evil.example/", "https://example.org.evil.example/", "http://127.0.0.1/"])
def test_page_of_a_foreign_host_is_told_apart(url: str) -> None:
    assert reduce_url(url, HOSTS) is Outcome.WRONG_HOST


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.org/app#/settings/profile", "/app#/settings/profile"),
        ("https://example.org/#!/about", "/#!/about"),
        ("https://example.org/app#/user/jane@example.org", "/app#/user/:email"),
        ("https://example.org/app#token=abc", "/app"),
        ("https://example.org/app#/reset?token=abc", "/app#/reset"),
        ("https://example.org/app", "/app"),
    ],
)
def test_fragment_is_part_of_the_page_where_it_is_a_route_and_is_redacted_like_it(url: str, path: str) -> None:
    page = reduce_url(url, frozenset({"example.org"}), with_fragment=True)
    assert isinstance(page, Page)
    assert page.path == path


def test_fragment_is_thrown_away_otherwise() -> None:
    page = reduce_url("https://example.org/app#/settings", frozenset({"example.org"}))
    assert isinstance(page, Page)
    assert page.path == "/app"
