"""The lists of the report: what each shows, and what can be shown together with the filters. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import countries
from dashboard.filters import MOST_ATTRIBUTES, Filter, attributes

NEW_VISITORS = Filter("is", "visit:visitor_type", "New that day")


@dataclass(frozen=True)
class Report:
    """One tab. All texts are ours."""

    tab: str
    column: str
    dimension: str
    metrics: tuple[str, ...] = ("visitors", "percentage")
    more: tuple[str, ...] = ()
    """Metrics that only the long list shows."""
    only: Filter | None = None
    labels: tuple[tuple[str, str], ...] = ()
    """Other names for some metrics."""


@dataclass(frozen=True)
class Panel:
    """A card with tabs."""

    title: str
    reports: tuple[Report, ...]


_PAGES = ("visitors", "pageviews")
_OF_PAGE = ("time_on_page", "scroll_depth", "entries", "exits")
_OF_VISITS = ("visits", "bounce_rate", "visit_duration")

PANELS: tuple[Panel, ...] = (
    Panel(
        "Sources",
        (
            Report("Sources", "Source", "visit:source", more=_OF_VISITS),
            Report("Channels", "Channel", "visit:channel", more=_OF_VISITS),
            Report("Referrers", "Referrer", "visit:referrer", more=_OF_VISITS),
        ),
    ),
    Panel(
        "Pages",
        (
            Report("Pages", "Page", "event:page", _PAGES, more=_OF_PAGE),
            Report("Entry pages", "Entry page", "visit:entry_page", ("visits", "visitors")),
            Report("Exit pages", "Exit page", "visit:exit_page", ("visits", "visitors")),
            Report(
                *("Landing pages", "Landing page", "visit:entry_page", ("visitors",)),
                only=NEW_VISITORS,
                labels=(("visitors", "New visitors"),),
            ),
        ),
    ),
    Panel(
        "Places",
        (
            Report("Countries", "Country", "visit:country", more=_OF_VISITS),
            Report("Regions", "Region", "visit:region", more=_OF_VISITS),
            Report("Cities", "City", "visit:city", more=_OF_VISITS),
            Report("Languages", "Language", "visit:language", more=_OF_VISITS),
        ),
    ),
    Panel(
        "Devices",
        (
            Report("Browsers", "Browser", "visit:browser", more=_OF_VISITS),
            Report("Systems", "Operating system", "visit:os", more=_OF_VISITS),
            Report("Devices", "Device", "visit:device", more=_OF_VISITS),
            Report("Screens", "Screen", "visit:screen", more=_OF_VISITS),
        ),
    ),
    Panel(
        "Goals",
        (
            Report("Goals", "Goal", "event:goal", ("visitors", "conversions", "conversion_rate")),
            Report("Events", "Event", "event:name", ("visitors", "events")),
        ),
    ),
    Panel(
        "Campaigns",
        (
            Report("Campaigns", "Campaign", "visit:utm_campaign", more=_OF_VISITS),
            Report("Mediums", "Medium", "visit:utm_medium", more=_OF_VISITS),
            Report("Tags", "Source tag", "visit:utm_source", more=_OF_VISITS),
            Report("Contents", "Content", "visit:utm_content", more=_OF_VISITS),
            Report("Terms", "Term", "visit:utm_term", more=_OF_VISITS),
        ),
    ),
)

_SAME_TWICE = (
    {"visit:country", "visit:region", "visit:city"},
    {"visit:browser", "visit:browser_version"},
    {"visit:os", "visit:os_version"},
)
_EMPTY_NAMES = {
    "visit:country": countries.UNKNOWN,
    "visit:exit_page": "(no pageview)",
    "visit:source": "Direct / None",
}
_NAMES = {
    "event:page": "page",
    "event:goal": "goal",
    "event:name": "event",
    "event:hostname": "host",
    "event:currency": "currency",
    "visit:visitor_type": "new or returning",
    "visit:os": "system",
    "visit:os_version": "system version",
}


def attribute_name(attribute: str) -> str:
    """An attribute in plain words.

    >>> attribute_name("visit:utm_campaign"), attribute_name("event:props:plan"), attribute_name("visit:os")
    ('utm campaign', 'plan', 'system')
    """
    return _NAMES.get(attribute) or attribute.rpartition(":")[2].replace("_", " ")


def display_name(dimension: str, value: str) -> str:
    """What a list shows for a stored value.

    >>> display_name("visit:country", "DE"), display_name("event:page", "/")
    ('Germany', '/')
    """
    if dimension == "visit:country" and not value.startswith("("):
        return countries.country_name(value)
    return value or _EMPTY_NAMES.get(dimension, "(none)")


def why_not(report: Report, filters: Sequence[Filter]) -> str:
    """Why this list cannot be shown together with the filters, in plain words; empty if it can."""
    if not filters:
        return ""
    own = {report.dimension} | ({report.only.attribute} if report.only else set())
    filtered = attributes(filters)
    if len(own | filtered) > MOST_ATTRIBUTES:
        names = ", ".join(attribute_name(name) for name in sorted(own | filtered))
        return (
            f"This would join three attributes of a visit: {names}. So that nobody can be singled out, "
            "no more than two are ever counted together."
        )
    pair = own | filtered
    if any(len(pair & same) > 1 for same in _SAME_TWICE):
        return "The filter and this list say the same twice, one more precisely, and are not counted together."
    if "visit:exit_page" in pair and any(name.startswith("event:") for name in pair):
        return "Exit pages are known when a visit has ended, so they are not counted by page, goal or event."
    return ""


def asked_metrics(report: Report, filters: Sequence[Filter]) -> tuple[str, ...]:
    """Metrics of a list that can be asked for with these filters, those of the long list last."""
    own = {report.dimension}
    pair = own | attributes(filters)
    metrics = (*report.metrics, *report.more)
    of_events = any(name.startswith("event:") for name in pair - {"event:page"})
    dropped: set[str] = set()
    if of_events or pair >= {"event:page", "visit:entry_page"}:
        dropped |= {"bounce_rate", "visit_duration"}
    if report.dimension == "event:page" and of_events:
        dropped |= {"time_on_page", "scroll_depth", "entries", "exits"}
    if "visit:entry_page" in pair:
        dropped.add("entries")
    if "visit:exit_page" in pair:
        dropped.add("exits")
    return tuple(metric for metric in metrics if metric not in dropped)
