"""`[[sites]]` with what stands below it: shields, goals, funnels, properties, limits of its own.

The sentence below a key is its documentation, as in `sections`.
"""

from typing import Annotated

import msgspec

from appliance.settings.strict import Strict


class SiteRetentionSettings(Strict, frozen=True):
    """`[sites.retention]`: other limits for one site. Empty: as in `[retention]`. The caps are the same."""

    hour_totals: str = ""
    """Numbers of the whole site, by hour."""
    day_cells: str = ""
    """Numbers of pages, sources, countries and so on, by day."""
    month_cells: str = ""
    """Numbers of the same by month."""
    carry: str = ""
    """Numbers that wait for the end of their month."""
    outcomes: str = ""
    """How many hits were counted, and how many refused and why."""


class ShieldSettings(Strict, frozen=True):
    """`[shields]`: hits that are not counted, at any site. Addresses are compared in memory and never stored."""

    addresses: tuple[str, ...] = ()
    """Addresses and networks (`203.0.113.7`, `2001:db8::/32`): the office, a monitor."""
    countries: tuple[str, ...] = ()
    """Countries by their two letters (ISO 3166-1)."""
    pages: tuple[str, ...] = ()
    """Paths, `*` for any run of characters."""
    hostnames: tuple[str, ...] = ()
    """Hosts of pages, `*.` in front for all below: a staging system."""


class GoalSettings(Strict, frozen=True):
    """`[[sites.goals]]`: something worth reaching: an event or a page."""

    name: str = ""
    """Name in reports. Empty: the event, or "Visit" and the page."""
    event: str = ""
    """Name of a custom event; or `page`."""
    page: str = ""
    """Path, `*` for any run of characters."""


class StepSettings(Strict, frozen=True):
    """`[[sites.funnels.steps]]`: one step: an event or a page."""

    event: str = ""
    """Name of a custom event; or `page`."""
    page: str = ""
    """Path, `*` for any run of characters."""


class FunnelSettings(Strict, frozen=True):
    """`[[sites.funnels]]`: steps that visitors take one after the other, within a day. Others may lie between them."""

    name: str
    """Name in reports. Give it a new one when you change the steps: what is counted keeps the old one."""
    steps: Annotated[tuple[StepSettings, ...], msgspec.Meta(min_length=2, max_length=8)]
    """Two to eight steps, in their order."""


class PropertySettings(Strict, frozen=True):
    """`[[sites.properties]]`: a property of events that is counted. Others are thrown away."""

    key: str
    """Letters, digits, `_` and `-`, at most 40."""
    values: tuple[str, ...] = ()
    """Values known to be public: shown whatever their number of visitors."""


class SiteSettings(Strict, frozen=True):
    """`[[sites]]`: one measured site."""

    id: str
    """What the tag sends as `data-domain`; usually the host name."""
    timezone: str = "UTC"
    """IANA name; days and hours of the site follow it."""
    hostnames: tuple[str, ...] = ()
    """Hosts whose pages count. Empty: the id is the host name."""
    pages: tuple[str, ...] = ()
    """Paths known to be public, `*` for any run of characters: shown whatever their number of visitors."""
    sitemap: str = ""
    """The site's sitemap or index of sitemaps: an `https://` address or a file. Its pages are known to be public. It is
    read at start and once a day; nothing is fetched from anywhere unless an address stands here."""
    goals: tuple[GoalSettings, ...] = ()
    """Events and pages worth reaching."""
    funnels: tuple[FunnelSettings, ...] = ()
    """Sequences of events and pages, at most 20."""
    properties: tuple[PropertySettings, ...] = ()
    """Properties of events that are counted."""
    shields: ShieldSettings = ShieldSettings()
    """Hits that are not counted, beside those of `[shields]`."""
    retention: SiteRetentionSettings = SiteRetentionSettings()
    """Limits of this site where they differ from `[retention]`."""
