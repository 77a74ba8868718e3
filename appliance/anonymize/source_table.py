"""The sources that have a name: search engines, social networks, mail services, shops and so on.

Read once from `data/sources.csv` and `data/click_ids.csv` (see `data/ORIGIN.md` there). Names of this table are ours,
so reports show them however few visitors came from them.
"""

import csv
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

_SEPARATORS = re.compile(r"[\W_]+")
_COUNTRY_SUFFIX = re.compile(r"\.(?:com|(?:com?\.)?[a-z]{2})$")
_NAME_IS_NO_TAG = "-"


class Source(NamedTuple):
    """Where a visit came from."""

    name: str
    """Name in reports; empty for none."""
    category: str = ""
    """search, ai, social, video, audio, shopping, mail, display, affiliate, push, sms or referral; empty if unknown."""
    is_ad: bool = False
    """The tag itself says that the click was paid for ("fb-ads")."""


class ClickId(NamedTuple):
    """What the presence of a parameter says. Its value is never looked at."""

    source: Source
    categories: tuple[str, ...]
    """Kinds of sources on which the parameter can appear; elsewhere somebody passed on a link that had it."""
    paid: bool


def tag_key(value: str) -> str:
    """What two spellings of one source have in common.

    >>> tag_key("Hacker News") == tag_key("hacker-news") == tag_key("HackerNews")
    True
    """
    return _SEPARATORS.sub("", value.casefold())


_hosts: dict[str, Source] = {}
_stems: dict[str, Source] = {}
"""`google.*` in the table: `google` in front of com, a country, or com or co with a country."""
_apps: dict[str, Source] = {}
_tags: dict[str, Source] = {}
CLICK_IDS: dict[str, ClickId] = {}
"""Click id parameters by name in small letters."""


def by_host(host: str) -> Source | None:
    """The source of a host or of the nearest host above it; the host is in small letters and without a final dot.

    >>> by_host("mail.google.com").name, by_host("www.google.co.uk").name, by_host("google.github.io")
    ('Gmail', 'Google', None)
    """
    suffix = _COUNTRY_SUFFIX.search(host)
    stem = host[: suffix.start()] if suffix else ""
    while True:
        if (found := _hosts.get(host) or _stems.get(stem)) is not None:
            return found
        _, dot, host = host.partition(".")
        if not dot:
            return None
        stem = stem.partition(".")[2]


def by_app(package: str) -> Source | None:
    """The source of an Android app, by its package name in small letters."""
    return _apps.get(package)


def by_tag(value: str) -> Source | None:
    """The source that a campaign tag such as `fb` or `m.facebook.com` means.

    >>> by_tag("Google-Ads"), by_tag("flyer")
    (Source(name='Google', category='search', is_ad=True), None)
    """
    return _tags.get(tag_key(value)) or (by_host(value.lower()) if "." in value else None)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("appliance.anonymize").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _read_sources() -> None:
    for row in _rows("sources.csv"):
        source = Source(row["name"], row["category"])
        for host in row["hosts"].split():
            if host.endswith(".*"):
                _stems[host.removesuffix(".*")] = source
            else:
                _hosts[host] = source
        _apps.update(dict.fromkeys(row["apps"].split(), source))
        tags = row["tags"].split()
        if _NAME_IS_NO_TAG not in tags:
            tags.append(tag_key(source.name))
        _tags.update(dict.fromkeys(tags, source))
        _tags.update(dict.fromkeys(row["ad_tags"].split(), source._replace(is_ad=True)))


def _read_click_ids() -> None:
    names = {source.name: source for source in SOURCES}
    for row in _rows("click_ids.csv"):
        CLICK_IDS[row["parameter"]] = ClickId(
            names[row["source"]], tuple(row["categories"].split()), row["paid"] == "yes"
        )


_read_sources()
SOURCES: tuple[Source, ...] = tuple(
    sorted({s._replace(is_ad=False) for t in (_hosts, _stems, _apps, _tags) for s in t.values()})
)
NAMES: tuple[str, ...] = tuple(source.name for source in SOURCES)
"""Every name that `visit:source` may have, beside `Direct / None` and hosts and tags that nobody knows."""
_read_click_ids()
