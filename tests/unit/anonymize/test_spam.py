"""Spam in referrers is known by its host, and nothing else is."""

import re
from importlib.resources import files

import pytest

from appliance.anonymize.spam import is_spam

HOSTS = (files("appliance.anonymize") / "data/spam.txt").read_text(encoding="utf-8").splitlines()
OF_PEOPLE = [
    "google.com",
    "bing.com",
    "duckduckgo.com",
    "facebook.com",
    "l.facebook.com",
    "t.co",
    "twitter.com",
    "linkedin.com",
    "reddit.com",
    "news.ycombinator.com",
    "github.com",
    "wikipedia.org",
    "en.m.wikipedia.org",
    "medium.com",
    "example.blogspot.com",
    "example.wordpress.com",
    "example.github.io",
    "theguardian.com",
    "huffingtonpost.com",
    "humanrightswatch.org",
    "uptime.com",
    "addthis.com",
    "amazon.com",
    "com.google.android.gm",
    "localhost",
    "chatgpt.com",
    "perplexity.ai",
    "yandex.ru",
    "ok.ru",
    "vk.com",
    "mail.ru",
    "ucoz.ru",
]


@pytest.mark.parametrize("host", ["semalt.com", "7.semalt.com", "a.b.buttons-for-website.com", "news.grets.store"])
def test_host_of_the_list_and_all_below_it_are_spam(host: str) -> None:
    assert is_spam(host)


@pytest.mark.parametrize("host", [*OF_PEOPLE, "", ".", "com", "notsemalt.com", "semalt.com.example.org", "semalt"])
def test_host_that_people_come_from_is_none(host: str) -> None:
    assert not is_spam(host)


def test_list_has_plain_hosts_in_order_each_once_and_never_a_whole_registry() -> None:
    assert sorted(set(HOSTS)) == HOSTS
    assert [host for host in HOSTS if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host)] == []
    assert len(HOSTS) > 150
