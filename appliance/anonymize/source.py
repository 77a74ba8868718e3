"""Reduces the referrer to its host and resolves the source of a visit."""

import re

from appliance.anonymize.split_url import split_url
from appliance.dimensions import DIRECT

_MAX_REFERRER = 2000
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*|[0-9a-f:]+")


def referrer_host(referrer: str, own_hostnames: frozenset[str]) -> str:
    """Host of the referrer without `www.`; empty for none, for the site itself and for what is no address.

    Android apps send `android-app://<package>/`: the package is the host.

    >>> referrer_host("https://www.example.com/search?q=secret", frozenset())
    'example.com'
    """
    if not referrer:
        return ""
    try:
        parts = split_url(referrer[:_MAX_REFERRER])
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "android-app") or host in own_hostnames:
        return ""
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""
    host = host.removeprefix("www.")
    return host if _HOST.fullmatch(host) else ""


def source_of(referrer: str) -> str:
    """Source of a visit: the referring host, or `Direct / None`."""
    return referrer or DIRECT
