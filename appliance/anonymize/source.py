"""Reduces the referrer to its host and resolves the source of a visit.

Order: the link's own tag, a referrer that the table knows, click ids, any other referrer by its registrable name
(Public Suffix List). The rest of the referrer ends here.
"""

import re
from typing import NamedTuple

from publicsuffixlist import PublicSuffixList

from appliance.anonymize.campaign import Campaign
from appliance.anonymize.redaction import EMAIL, redact_path
from appliance.anonymize.source_table import Source, by_app, by_host, by_tag
from appliance.anonymize.split_url import split_url
from appliance.dimensions import DIRECT

_MAX_REFERRER = 2000
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.ASCII)
_ADDRESS = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
"""A host whose last label is a number is an IPv4 address (url.spec.whatwg.org, "ends in a number")."""
_LOST_TO_REFERRER = frozenset({"search", "social"})
"""Networks that mark every link, paid for or not: such a link may have been passed on elsewhere."""

_suffixes = PublicSuffixList()


class Referrer(NamedTuple):
    """What is left of a referrer."""

    host: str = ""
    """Host without `www.`, or package of an Android app; empty for none."""
    is_app: bool = False
    path: str = ""
    """Redacted path, where one may be kept."""


NO_REFERRER = Referrer()


def referrer_of(referrer: str, own_hostnames: frozenset[str], *, with_path: bool = False) -> Referrer:
    """Host of the referrer; none for the site itself, for addresses of machines and for what is no address at all.

    Args:
        with_path: keep the redacted path as well (`privacy.referrer_path`).

    Privacy: a numeric address as a host may be the visitor's own, so it counts as no referrer.

    >>> referrer_of("https://www.example.com/search?q=secret", frozenset()).host
    'example.com'
    """
    if not referrer:
        return NO_REFERRER
    try:
        parts = split_url(referrer[:_MAX_REFERRER])
        host = (parts.hostname or "").rstrip(".")
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return NO_REFERRER
    if parts.scheme not in ("http", "https", "android-app") or host in own_hostnames:
        return NO_REFERRER
    host = host.removeprefix("www.")
    if not _HOST.fullmatch(host) or _ADDRESS.fullmatch(host):
        return NO_REFERRER
    path = redact_path(parts.path) if with_path and parts.path.strip("/") else ""
    return Referrer(host, parts.scheme == "android-app", path)


def source_of(referrer: Referrer, campaign: Campaign) -> Source:
    """Source of a visit; `Direct / None` if nothing says where it came from.

    >>> source_of(Referrer("news.example.co.uk"), Campaign()).name, source_of(Referrer("t.co"), Campaign()).name
    ('example.co.uk', 'X (Twitter)')
    """
    tag = campaign.tag
    if tag:
        return (by_tag(tag) if tag != EMAIL else None) or Source(tag)
    if referrer.host:
        known = by_app(referrer.host) if referrer.is_app else by_host(referrer.host)
        if known:
            return known
    for click_id in campaign.click_ids:
        if click_id.paid or not referrer.host or click_id.source.category not in _LOST_TO_REFERRER:
            return click_id.source
    if not referrer.host:
        return Source(DIRECT)
    return Source(referrer.host if referrer.is_app else _registrable_name(referrer.host))


def _registrable_name(host: str) -> str:
    """The part of a host that somebody registered; a public suffix and a single label stay as they are."""
    return _suffixes.privatesuffix(host) or host
