"""Reduces the page's URL to host, redacted path and the five campaign fields. Query and fragment end here."""

from typing import NamedTuple
from urllib.parse import parse_qsl

from appliance.anonymize.redaction import redact_path, redact_value
from appliance.anonymize.split_url import split_url
from appliance.outcomes import Outcome

MAX_URL_BYTES = 2000
_MAX_QUERY_FIELDS = 100
_CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


class Page(NamedTuple):
    """What is left of a URL."""

    hostname: str
    path: str
    campaign: tuple[str, str, str, str, str]
    """utm_source, utm_medium, utm_campaign, utm_content, utm_term; empty strings for none."""


_NO_CAMPAIGN = ("", "", "", "", "")


def reduce_url(url: str, hostnames: frozenset[str]) -> Page | Outcome:
    """Reduce a URL, or say why the hit is dropped.

    Args:
        url: as the browser sent it; http or https, at most 2,000 bytes.
        hostnames: the site's hosts with and without `www.`, see `with_www`.
    """
    if len(url) > MAX_URL_BYTES or len(url.encode("utf-8", "surrogatepass")) > MAX_URL_BYTES:
        return Outcome.INVALID
    try:
        parts = split_url(url)
        hostname = (parts.hostname or "").rstrip(".")
    except ValueError:
        return Outcome.INVALID
    if parts.scheme not in ("http", "https") or not hostname:
        return Outcome.INVALID
    if hostname not in hostnames:
        return Outcome.WRONG_HOST
    return Page(hostname, redact_path(parts.path), _campaign(parts.query))


def with_www(hostnames: tuple[str, ...]) -> frozenset[str]:
    """Hosts of a site together with their `www.` twins."""
    bare = {name.strip("[]").removeprefix("www.") for name in hostnames}
    return frozenset(bare | {f"www.{name}" for name in bare})


def _campaign(query: str) -> tuple[str, str, str, str, str]:
    if "utm_" not in query:
        return _NO_CAMPAIGN
    try:
        fields = dict(reversed(parse_qsl(query, max_num_fields=_MAX_QUERY_FIELDS, errors="replace")))
    except ValueError:
        return _NO_CAMPAIGN
    source, medium, campaign, content, term = (
        redact_value(value) if (value := fields.get(name, "")) else "" for name in _CAMPAIGN
    )
    return source, medium, campaign, content, term
