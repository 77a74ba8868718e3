"""The raw hit: what a visitor's request said, in the memory of that request only.

Only `ingest` makes it and only `anonymize` reads it. It has no serialiser and prints nothing of itself.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address


@dataclass(slots=True, repr=False, eq=False)
class RawHit:
    """One hit before anonymising.

    Privacy: address, agent, url and referrer are personal; none of them leaves `anonymize`.
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

    def __repr__(self) -> str:
        return "RawHit(…)"

    def __reduce__(self) -> str:
        raise TypeError("a RawHit never leaves the memory of its request")
