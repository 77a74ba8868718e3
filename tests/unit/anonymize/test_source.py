"""Referrers become hosts."""

import pytest

from appliance.anonymize.source import referrer_host, source_of

OWN = frozenset({"example.org", "www.example.org"})


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.Example.com/search?q=jane@example.org", "example.com"),
        ("https://news.example.com:8443/a", "news.example.com"),
        ("android-app://com.example.reader/", "com.example.reader"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://www.example.org/other", ""),
        ("https://example.org./other", ""),
        ("https://example.com./other", "example.com"),
        ("", ""),
        ("about:blank", ""),
        ("javascript:alert(1)", ""),
        ("https://<script>/", ""),
        ("https://![](https://evil.example/p)/", ""),
        ("https://[::1", ""),
        ("https://" + "ü" * 80 + ".example/", ""),
        ("not a url", ""),
    ],
)
def test_referrer_becomes_its_host(referrer: str, host: str) -> None:
    assert referrer_host(referrer, OWN) == host


def test_visit_without_referrer_is_direct() -> None:
    assert source_of("") == "Direct / None"
    assert source_of("example.com") == "example.com"
