"""Reduces the URL of a page to host, redacted path and campaign. The query ends here, and most fragments do."""

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


def reduce_url(url: str, hostnames: frozenset[str], *, with_fragment: bool = False) -> Page | Outcome:
    """Reduce a URL, or say why the hit is dropped.

    Args:
        url: as the browser sent it; http or https, at most 2,000 bytes.
        hostnames: the site's hosts with and without `www.`, see `with_www`.
        with_fragment: the fragment belongs to the page, as in applications that keep their route there. It is redacted
            like the path.
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
    path = f"{parts.path}#{parts.fragment}" if with_fragment and parts.fragment else parts.path
    return Page(hostname, redact_path(path), campaign_of(parts.query))


def with_www(hostnames: tuple[str, ...]) -> frozenset[str]:
    """Hosts of a site together with their `www.` twins."""
    bare = {name.strip("[]").removeprefix("www.") for name in hostnames}
    return frozenset(bare | {f"www.{name}" for name in bare})
