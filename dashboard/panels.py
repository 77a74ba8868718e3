"""The lists of the report: what each shows, and what can be shown together with the filters. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from appliance.stats.contract import Site
from dashboard import countries
from dashboard.filters import MOST_ATTRIBUTES, RATES, Filter, attributes, is_one

NEW_VISITORS = Filter("is", "visit:visitor_type", "New that day")


class Kind(Enum):
    """What a tab lists."""

    VALUES = auto()
    """Values of a dimension."""
    FUNNEL = auto()
    """Steps of the funnel that the tab is named after."""
    WAYS = auto()
    """From which page to which visits went."""
    BEFORE = auto()
    """Pages that visits came from to the page that is filtered by."""
    AFTER = auto()
    """Pages that visits went to from there."""


@dataclass(frozen=True)
class Report:
    """One tab. Its texts are ours or of the configuration."""

    tab: str
    column: str
    dimension: str = ""
    """Of values; of ways the one that a click filters by."""
    metrics: tuple[str, ...] = ("visitors", "percentage")
    more: tuple[str, ...] = ()
    """Metrics that only the long list shows."""
    only: Filter | None = None
    labels: tuple[tuple[str, str], ...] = ()
    """Other names for some metrics."""
    kind: Kind = Kind.VALUES
    has_map: bool = False
    """Its values are countries."""


@dataclass(frozen=True)
class Panel:
    """A card with tabs."""

    title: str
    reports: tuple[Report, ...]
    is_wide: bool = False
    """Has the width of two."""


_PAGES = ("visitors", "pageviews")
_OF_PAGE = ("time_on_page", "scroll_depth", "entries", "exits")
_OF_VISITS = ("visits", "bounce_rate", "visit_duration")
_OF_EVENTS = ("visitors", "events")

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
            Report("Countries", "Country", "visit:country", more=_OF_VISITS, has_map=True),
            Report("Regions", "Region", "visit:region", more=_OF_VISITS),
            Report("Cities", "City", "visit:city", more=_OF_VISITS),
            Report("Languages", "Language", "visit:language", more=_OF_VISITS),
        ),
        is_wide=True,
    ),
    Panel(
        "Devices",
        (
            Report("Browsers", "Browser", "visit:browser", more=_OF_VISITS),
            Report("Browser versions", "Version", "visit:browser_version", more=_OF_VISITS),
            Report("Systems", "Operating system", "visit:os", more=_OF_VISITS),
            Report("System versions", "Version", "visit:os_version", more=_OF_VISITS),
            Report("Devices", "Device", "visit:device", more=_OF_VISITS),
            Report("Screens", "Screen", "visit:screen", more=_OF_VISITS),
        ),
    ),
    Panel(
        "Goals",
        (
            Report("Goals", "Goal", "event:goal", ("visitors", "conversions", "conversion_rate")),
            Report("Events", "Event", "event:name", ("visitors", "events")),
            Report(
                "Revenue", "Currency", "event:currency", ("visitors", "revenue"), more=("average_revenue", "events")
            ),
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
    Panel(
        "Links",
        (
            Report("Outbound links", "Link", "event:props:outbound_link", _OF_EVENTS),
            Report("Downloads", "File", "event:props:file_download", _OF_EVENTS),
            Report("Missing pages", "Path", "event:props:missing_page", _OF_EVENTS),
            Report("Forms", "Page with the form", "event:props:form", _OF_EVENTS),
        ),
    ),
    Panel(
        "Ways",
        (
            Report("All ways", "From page → to page", "event:page", kind=Kind.WAYS),
            Report("Came from", "Page before", "event:page", kind=Kind.BEFORE),
            Report("Went to", "Next page", "event:page", kind=Kind.AFTER),
        ),
    ),
)
"""Those that every site has."""


def panels_of(site: Site) -> tuple[Panel, ...]:
    """All lists of a site: properties and funnels are those that it declares."""
    properties = [Report(key, key, f"event:props:{key}", _OF_EVENTS) for key in site.properties]
    funnels = [Report(name, "Step", kind=Kind.FUNNEL) for name in site.funnels]
    own = (("Funnels", funnels), ("Properties", properties))
    return (*PANELS, *(Panel(title, tuple(reports)) for title, reports in own if reports))


def in_rows(cards: Sequence[Panel]) -> list[list[Panel]]:
    """Two beside each other, a wide one alone."""
    rows: list[list[Panel]] = []
    for card in cards:
        if rows and len(rows[-1]) == 1 and not card.is_wide and not rows[-1][0].is_wide:
            rows[-1].append(card)
        else:
            rows.append([card])
    return rows


_SAME_TWICE = (
    {"visit:country", "visit:region", "visit:city"},
    {"visit:browser", "visit:browser_version"},
    {"visit:os", "visit:os_version"},
)
_NO_FILTERED_FUNNEL = (
    "A funnel is counted for the whole site, step by step. Together with a filter it would join more than two "
    "attributes of a visitor, so that somebody could be singled out."
)
_NO_FILTERED_WAY = (
    "A way joins two pages already. With this filter it would join three attributes of a visit. So that nobody can be "
    "singled out, no more than two are ever counted together. One page can be filtered by."
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
    if report.kind is not Kind.VALUES:
        return _why_no_way(report, filters)
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


def filtered_page(filters: Sequence[Filter]) -> str:
    """The page that the filters ask for, if they ask for one page and nothing else."""
    if len(filters) == 1 and (filters[0].operator, filters[0].attribute) == ("is", "event:page"):
        return filters[0].value
    return ""


def _why_no_way(report: Report, filters: Sequence[Filter]) -> str:
    if report.kind is Kind.FUNNEL:
        return _NO_FILTERED_FUNNEL if filters else ""
    if filtered_page(filters):
        return ""
    if filters:
        return _NO_FILTERED_WAY
    return "" if report.kind is Kind.WAYS else "Filter the report by a page to see this: click one under Pages."


def shown_metrics(report: Report, filters: Sequence[Filter], locked: Sequence[Filter] = ()) -> tuple[str, ...]:
    """Metrics of a card's list: filtered to one goal it says who reached it, to one currency its revenue.

    Args:
        report: the list.
        filters: all that hold.
        locked: those of a shared link: what would tell of visitors outside of them is not shown.
    """
    return tuple(metric for metric in _fitting(report, filters) if not _is_beyond(metric, report, locked))


def _is_beyond(metric: str, report: Report, locked: Sequence[Filter]) -> bool:
    """As `appliance.stats.lock` has it."""
    names = attributes(locked)
    return (metric == "percentage" and report.dimension in names) or (metric in RATES and "event:goal" in names)


def _fitting(report: Report, filters: Sequence[Filter]) -> tuple[str, ...]:
    if report.dimension not in ("event:goal", "event:currency"):
        if is_one(filters, "event:goal"):
            return ("visitors", "conversions", "group_conversion_rate")
        if is_one(filters, "event:currency"):
            return ("visitors", "revenue")
    return report.metrics


def asked_metrics(report: Report, filters: Sequence[Filter], locked: Sequence[Filter] = ()) -> tuple[str, ...]:
    """Metrics of a list that can be asked for with these filters, those of the long list last."""
    own = {report.dimension}
    pair = own | attributes(filters)
    shown = shown_metrics(report, filters, locked)
    metrics = tuple(dict.fromkeys((*shown, *report.more)))
    if "revenue" in shown:
        metrics = tuple(dict.fromkeys((*metrics, "average_revenue")))
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
