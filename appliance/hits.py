"""The raw hit: what a visitor's request said, in the memory of that request only.

Only `ingest` makes it and only `anonymize` reads it. It has no serialiser and prints nothing of itself.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple


class ClientHints(NamedTuple):
    """What a browser says of itself unasked (low-entropy hints, wicg.github.io/ua-client-hints), as it came."""

    brands: str = ""
    """Sec-CH-UA."""
    mobile: str = ""
    """Sec-CH-UA-Mobile."""
    platform: str = ""
    """Sec-CH-UA-Platform."""
    platform_version: str = ""
    """Sec-CH-UA-Platform-Version; never asked for."""

    def __repr__(self) -> str:
        return "ClientHints(…)"


NO_HINTS = ClientHints()
NO_SCROLL = -1


@dataclass(slots=True, repr=False, eq=False)
class RawHit:
    """One hit before anonymising.

    Privacy: address, agent, language, url, referrer and properties are personal; none of them leaves `anonymize`.
    """

    site: str
    """Id of a configured site."""
    name: str
    """`pageview`, `engagement` or the name of a custom event."""
    url: str
    referrer: str
    address: IPv4Address | IPv6Address = field(repr=False)
    user_agent: str = field(repr=False)
    interactive: bool = True
    event_id: str = ""
    """Client-made id; a hit re-sent under it counts once. Empty: the sender has none."""

    language: str = ""
    """Accept-Language."""
    hints: ClientHints = NO_HINTS
    width: int = 0
    """CSS pixels that the window has at least; 0 for unknown."""
    props: tuple[tuple[str, str], ...] = ()
    """Properties as the sender wrote them."""
    currency: str = ""
    amount: str = ""
    """Revenue as the sender wrote it, a decimal number."""
    engaged_ms: int = 0
    scroll_depth: int = NO_SCROLL
    """Percent of the page; -1 for not sent."""
    hash_mode: bool = False
    """The fragment of the url belongs to the page."""

    def __repr__(self) -> str:
        return "RawHit(…)"

    def __reduce__(self) -> str:
        raise TypeError("a RawHit never leaves the memory of its request")
