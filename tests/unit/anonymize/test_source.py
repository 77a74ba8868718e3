"""Referrers become hosts, hosts and tags become sources."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.anonymize.campaign import Campaign, campaign_of
from appliance.anonymize.redaction import MAX_VALUE
from appliance.anonymize.source import NO_REFERRER, Referrer, referrer_of, source_of
from appliance.anonymize.source_table import NAMES

OWN = frozenset({"example.org", "www.example.org"})
MAX_HOST = 253


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.Example.com/search?q=jane@example.org", "example.com"),
        ("https://news.example.com:8443/a", "news.example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://jane:secret@example.com/", "example.com"),
        ("https://www.example.org/other", ""),
        ("https://example.org./other", ""),
        ("https://shop.example.org/", "shop.example.org"),
        ("https://example.com./other", "example.com"),
        ("", ""),
        ("about:blank", ""),
        ("javascript:alert(1)", ""),
        ("https://<script>/", ""),
        ("https://![](https://evil.example/p)/", ""),
        ("https://[::1", ""),
        ("https://" + "ü" * 80 + ".example/", ""),
        ("https://" + "a" * 10_000, ""),
        ("https://" + "a." * 5_000 + "example/", ""),
        ("https://example.com\x00.evil.example/", ""),
        ("https://exa\ud800mple.com/", ""),
        ("https://..../", ""),
        ("https://a..example/", ""),
        ("not a url", ""),
    ],
)
def test_referrer_becomes_its_host(referrer: str, host: str) -> None:
    assert referrer_of(referrer, OWN) == Referrer(host)


@pytest.mark.parametrize("host", ["203.0.113.77", "[2001:db8::77]", "0xcb00714d", "3405803853", "1.2.3", "a.1", "7."])
def test_numeric_address_is_no_referrer_because_it_may_be_the_visitor_s_own(host: str) -> None:
    assert referrer_of(f"http://{host}:8080/", OWN) == NO_REFERRER


def test_android_app_is_its_package_and_no_host() -> None:
    assert referrer_of("android-app://com.example.reader/https/x", OWN) == Referrer("com.example.reader", True)
    assert source_of(Referrer("com.example.reader", True), Campaign()).name == "com.example.reader"
    assert source_of(Referrer("com.example.reader"), Campaign()).name == "example.reader"


def test_tag_that_was_redacted_names_no_source() -> None:
    assert source_of(NO_REFERRER, campaign_of("utm_source=jane@example.org")).name == ":email"


@given(st.text(), st.text(), st.text())
@example("https://www.google.com/", "utm_source=\ud800", "")
def test_any_text_has_a_source_of_bounded_length(referrer: str, tag: str, rest: str) -> None:
    for address in (referrer, f"https://{referrer}/", f"android-app://{referrer}"):
        for query in (rest, f"utm_source={tag}&{rest}", f"ref={tag}"):
            campaign = campaign_of(query)
            name = source_of(referrer_of(address, OWN), campaign).name
            assert 1 <= len(name) <= max(MAX_VALUE, MAX_HOST)
            assert campaign.tag or name.isprintable()


@given(st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){0,6}", fullmatch=True))
def test_unknown_host_becomes_an_end_of_itself(host: str) -> None:
    name = source_of(Referrer(host), Campaign()).name
    assert name in NAMES or host == name or host.endswith(f".{name}")
