"""Splitting an address leaves nothing behind."""

from urllib.parse import urlsplit

import pytest

from appliance.anonymize.page import reduce_url
from appliance.anonymize.source import referrer_of
from appliance.anonymize.split_url import split_url
from appliance.ingest.parsed_hit import blame
from appliance.ingest.plausible import parse

PAGE = "https://example.org/reset?token=canary"
HOSTS = frozenset({"example.org"})


def test_splits_as_the_standard_library_does() -> None:
    assert split_url(PAGE) == urlsplit(PAGE)
    with pytest.raises(ValueError, match="IPv6"):
        split_url("http://[")


def test_no_address_of_a_hit_stays_in_the_standard_librarys_cache() -> None:
    urlsplit.cache_clear()  # type: ignore[attr-defined]
    hit = parse(b'{"n": "pageview", "u": "%s"}' % PAGE.encode())
    blame(hit)
    reduce_url(hit.url, HOSTS)
    referrer_of("https://mail.example.net/inbox?user=canary", HOSTS)
    assert urlsplit.cache_info().currsize == 0  # type: ignore[attr-defined]
