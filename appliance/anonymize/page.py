"""Reduces the page's URL to host, redacted path and the five campaign fields. Query and fragment end here."""

from typing import NamedTuple
from urllib.parse import unquote_plus

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
    if "utm_" not in query or query.count("&") >= _MAX_QUERY_FIELDS:
        return _NO_CAMPAIGN
    # Not parse_qsl: it decodes every field, also those that nobody may read.
    fields: dict[str, str] = {}
    for field in query.split("&"):
        name, _, value = field.partition("=")
        if value and name in _CAMPAIGN and name not in fields:
            fields[name] = redact_value(unquote_plus(value))
    source, medium, campaign, content, term = (fields.get(name, "") for name in _CAMPAIGN)
    return source, medium, campaign, content, term
