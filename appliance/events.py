"""The clean event: what is left of a hit after anonymising, and all that is queued.

It holds a tag that dies with the day's key, and attributes without any address or user agent.
"""

import msgspec

from appliance.dimensions import Dimension


class CleanEvent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event of one visitor. Encoded as a msgpack array: only append fields, with defaults."""

    tag: bytes
    """DayVisitorTag, 16 bytes."""
    at_ms: int
    """Arrival in milliseconds since 1970 (appliance clock)."""
    name: str
    """`pageview`, `engagement` or the name of a custom event."""
    interactive: bool
    event_id: bytes
    """Keyed 8-byte hash of the client's event id; empty if it sent none."""
    hostname: str
    path: str
    """Redacted path of the page."""
    source: str
    referrer: str
    """Host of the referrer; empty for none and for the site's own hosts."""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_content: str = ""
    utm_term: str = ""
    country: str = ""
    browser: str = ""
    browser_version: str = ""
    os: str = ""
    os_version: str = ""
    device: str = ""
    channel: str = ""
    region: str = ""
    city: str = ""
    language: str = ""
    screen: str = ""
    goals: tuple[str, ...] = ()
    """Names of the site's goals that the event reaches."""
    props: tuple[tuple[str, str], ...] = ()
    """Declared keys with redacted values, each key once."""
    currency: str = ""
    """ISO 4217 code of the revenue; empty for none."""
    revenue_minor: int = 0
    """Revenue in the smallest unit of the currency."""
    engaged_ms: int = 0
    """Visible time that an engagement signal reports."""
    scroll_depth: int = -1
    """Percent of the page that an engagement signal reports; -1 for none."""
    steps: tuple[tuple[str, int], ...] = ()
    """Funnels of the site with the steps that the event satisfies: bit n for the step n + 1."""


VISIT_FIELDS: tuple[tuple[Dimension, str], ...] = (
    (Dimension.ENTRY_PAGE, "path"),
    (Dimension.SOURCE, "source"),
    (Dimension.REFERRER, "referrer"),
    (Dimension.UTM_SOURCE, "utm_source"),
    (Dimension.UTM_MEDIUM, "utm_medium"),
    (Dimension.UTM_CAMPAIGN, "utm_campaign"),
    (Dimension.UTM_CONTENT, "utm_content"),
    (Dimension.UTM_TERM, "utm_term"),
    (Dimension.COUNTRY, "country"),
    (Dimension.BROWSER, "browser"),
    (Dimension.BROWSER_VERSION, "browser_version"),
    (Dimension.OS, "os"),
    (Dimension.OS_VERSION, "os_version"),
    (Dimension.DEVICE, "device"),
    (Dimension.CHANNEL, "channel"),
    (Dimension.REGION, "region"),
    (Dimension.CITY, "city"),
    (Dimension.LANGUAGE, "language"),
    (Dimension.SCREEN, "screen"),
)
"""Attributes that the first event fixes for its visit. Profiles keep values in this order: only append."""

EVENT_FIELDS: tuple[tuple[Dimension, str], ...] = (
    (Dimension.PAGE, "path"),
    (Dimension.HOSTNAME, "hostname"),
    (Dimension.NAME, "name"),
    (Dimension.CURRENCY, "currency"),
)
"""Attributes of each event; beside them it has its goals and properties."""


def property_value(key: str, value: str) -> str:
    """A property as one value of `Dimension.PROPS`; a declared key has no `=` in it.

    >>> property_value("plan", "free")
    'plan=free'
    """
    return f"{key}={value}"


def funnel_step(funnel: str, number: int) -> str:
    """A step of a funnel as one value of `Dimension.FUNNEL_STEP`; the first step is 1.

    >>> funnel_step("Purchase", 1)
    'Purchase=1'
    """
    return f"{funnel}={number}"


def split_funnel_step(value: str) -> tuple[str, int]:
    """Funnel and number in a value of `Dimension.FUNNEL_STEP`.

    >>> split_funnel_step(funnel_step("a=b", 3))
    ('a=b', 3)
    """
    funnel, _, number = value.rpartition("=")
    return funnel, int(number)


def property_key(value: str) -> str:
    """The key in a value of `Dimension.PROPS`.

    >>> property_key(property_value("plan", "a=b"))
    'plan'
    """
    return value.partition("=")[0]
