"""Reduces the page's URL to host, redacted path and campaign. Fragment and query end here."""

from typing import NamedTuple

from appliance.anonymize.campaign import Campaign, campaign_of
from appliance.anonymize.redaction import redact_path
from appliance.anonymize.split_url import split_url
from appliance.outcomes import Outcome

MAX_URL_BYTES = 2000


class Page(NamedTuple):
    """What is left of a URL."""

    hostname: str
    path: str
    campaign: Campaign


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
    return Page(hostname, redact_path(parts.path), campaign_of(parts.query))


def with_www(hostnames: tuple[str, ...]) -> frozenset[str]:
    """Hosts of a site together with their `www.` twins."""
    bare = {name.strip("[]").removeprefix("www.") for name in hostnames}
    return frozenset(bare | {f"www.{name}" for name in bare})
