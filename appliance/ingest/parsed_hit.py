"""What a protocol reads from a request's body or query: the common form, whatever tracker spoke.

A protocol module makes a `ParsedHit` or raises `InvalidHitError`; nothing in it is believed about the visitor.
"""

import msgspec

from appliance.anonymize.split_url import split_url
from appliance.hits import NO_SCROLL

Errors = dict[str, list[str]]
"""Field names as the protocol's clients know them, each with its reasons."""


class InvalidHitError(Exception):
    """Can never be valid; `errors` names each field and says why."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("the hit is not valid")
        self.errors = errors


class ParsedHit(msgspec.Struct, frozen=True, gc=False):
    """What a request says. Nothing of it is believed about the visitor."""

    sites: tuple[str, ...]
    """Site ids that the hit is for, without `www.`."""
    name: str
    url: str
    referrer: str
    interactive: bool
    event_id: str
    width: int = 0
    """CSS pixels that the window has at least; 0 for unknown."""
    props: tuple[tuple[str, str], ...] = ()
    currency: str = ""
    """ISO 4217, or empty: then there is no amount either."""
    amount: str = ""
    """A decimal number."""
    engaged_ms: int = 0
    scroll_depth: int = NO_SCROLL
    """Percent of the page."""
    hash_mode: bool = False

    def __repr__(self) -> str:
        return "ParsedHit(…)"


def blame(hit: ParsedHit) -> Errors:
    """Which field of a parsed hit made it invalid for the boundary: the address of the page, else the name."""
    try:
        parts = split_url(hit.url)
        page = bool(parts.hostname) and parts.scheme in ("http", "https")
    except ValueError:
        page = False
    return {"event_name": ["is invalid"]} if page else {"url": ["is invalid"]}
