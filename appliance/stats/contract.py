"""What can be asked of the stats API, and how it answers. Imports nothing of the appliance, so clients may use it.

Names are Plausible's (stats API v2), definitions those of docs/metrics.md.
"""

from enum import StrEnum
from typing import Any

import msgspec

QUERY_PATH = "/api/v2/query"
REALTIME_PATH = "/api/v1/stats/realtime/visitors"
SITES_PATH = "/api/v1/sites"
FUNNELS_PATH = "/api/v1/stats/funnels"
TRANSITIONS_PATH = "/api/v1/stats/transitions"
RETENTION_PATH = "/api/v1/retention"

DEFAULT_LIMIT = 10_000
MAX_LIMIT = 10_000


class Metric(StrEnum):
    """A number that can be asked for."""

    VISITORS = "visitors"
    VISITS = "visits"
    PAGEVIEWS = "pageviews"
    EVENTS = "events"
    VIEWS_PER_VISIT = "views_per_visit"
    BOUNCE_RATE = "bounce_rate"
    VISIT_DURATION = "visit_duration"
    TIME_ON_PAGE = "time_on_page"
    SCROLL_DEPTH = "scroll_depth"
    CONVERSIONS = "conversions"
    CONVERSION_RATE = "conversion_rate"
    REVENUE = "revenue"
    PERCENTAGE = "percentage"


DEFINITIONS: dict[Metric, str] = {
    Metric.VISITORS: "Different visitors of a day. Over several days the days are added up.",
    Metric.VISITS: "Visits started. A visit ends after 30 minutes without an event, and at midnight.",
    Metric.PAGEVIEWS: "Pages looked at.",
    Metric.EVENTS: "Pageviews and custom events.",
    Metric.VIEWS_PER_VISIT: "Pageviews divided by visits.",
    Metric.BOUNCE_RATE: "Ended visits with exactly one pageview and no interactive event, in percent of ended visits.",
    Metric.VISIT_DURATION: "Mean seconds from the first to the last sign of life of ended visits.",
    Metric.TIME_ON_PAGE: "Mean visible seconds on the page, of the visits that sent any. Only by event:page.",
    Metric.SCROLL_DEPTH: "Mean of the greatest depth that visits reached on the page, in percent. Only by event:page.",
    Metric.CONVERSIONS: "Events that reached the goal. Only by event:goal.",
    Metric.CONVERSION_RATE: "Visitors who reached the goal, in percent of all visitors. Only by event:goal.",
    Metric.REVENUE: "Sum of the amounts of events, in the currency's main unit. Only by event:currency.",
    Metric.PERCENTAGE: "Visitors of the row in percent of all visitors. Only by a dimension other than time.",
}
"""One sentence for readers of each number."""

UNITS: dict[Metric, str] = {
    Metric.VISITORS: "visitors",
    Metric.VISITS: "visits",
    Metric.PAGEVIEWS: "pageviews",
    Metric.EVENTS: "events",
    Metric.VIEWS_PER_VISIT: "pageviews per visit",
    Metric.BOUNCE_RATE: "percent",
    Metric.VISIT_DURATION: "seconds",
    Metric.TIME_ON_PAGE: "seconds",
    Metric.SCROLL_DEPTH: "percent",
    Metric.CONVERSIONS: "events",
    Metric.CONVERSION_RATE: "percent",
    Metric.REVENUE: "main unit of the currency",
    Metric.PERCENTAGE: "percent",
}
"""What each number counts."""


class TimeDimension(StrEnum):
    """Time in the site's own zone."""

    HOUR = "time:hour"
    DAY = "time:day"


TIME_DEFINITIONS: dict[TimeDimension, str] = {
    TimeDimension.HOUR: "Hour of the site's own day. Only without other dimensions.",
    TimeDimension.DAY: "Day in the site's own time zone.",
}
"""One sentence for readers of each time dimension."""

_CAMPAIGN = "of the address on which the visit began."

ATTRIBUTE_DEFINITIONS: dict[str, str] = {
    "event:page": "Path of the page.",
    "event:name": "Name of the event; pageview for a page that was looked at.",
    "event:hostname": "Host of the page.",
    "event:goal": "Goals of the site that the event reached.",
    "event:props:<key>": "Value of a property of the event: a declared one, or a target that the tracker sends.",
    "event:currency": "Currency of the event's revenue (ISO 4217).",
    "visit:entry_page": "Path on which the visit began.",
    "visit:exit_page": "Path of the last page that the visit looked at; known when the visit has ended.",
    "visit:source": "Host that the visit came from; Direct / None where there was none.",
    "visit:channel": "Kind of source, such as Organic Search or Email.",
    "visit:referrer": "Host of the page that linked to the first one.",
    "visit:utm_source": f"utm_source {_CAMPAIGN}",
    "visit:utm_medium": f"utm_medium {_CAMPAIGN}",
    "visit:utm_campaign": f"utm_campaign {_CAMPAIGN}",
    "visit:utm_content": f"utm_content {_CAMPAIGN}",
    "visit:utm_term": f"utm_term {_CAMPAIGN}",
    "visit:country": "Country of the network, as two letters (ISO 3166-1).",
    "visit:region": "Region of the network (ISO 3166-2); needs a database of cities.",
    "visit:city": "City of the network; needs a database of cities.",
    "visit:browser": "Browser, such as Chrome.",
    "visit:browser_version": "Browser and major version, such as Chrome 126.",
    "visit:os": "Operating system.",
    "visit:os_version": "Operating system and major version.",
    "visit:device": "Desktop, Mobile, Tablet, TV, Console or Other.",
    "visit:language": "Primary language of the browser, such as de.",
    "visit:screen": "Width class of the window: Mobile, Tablet, Laptop or Desktop.",
}
"""One sentence for readers of each dimension other than time."""

OTHER = "(other)"
"""Row of everything that has no row of its own, in dimensions whose rows add up."""
NOT_SET = "(not set)"
"""Row of visits without a value, on closed days on which at least k visitors had none."""

ATTRIBUTES: tuple[str, ...] = tuple(ATTRIBUTE_DEFINITIONS)
"""Dimensions other than time. A question can have two of them, in dimensions and filters together."""

DATE_RANGES: tuple[str, ...] = ("day", "7d", "30d", "month", "all")
"""Named ranges, all ending with the site's today: `7d` is today and the six days before. Or `[first, last]`."""


class Pagination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows of the answer."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0


class Include(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What else the answer should say."""

    imports: bool = False
    """Accepted for Plausible's clients; there is nothing imported apart."""
    time_labels: bool = False
    """`meta.time_labels`: every hour or day of the range, also those without a row."""
    total_rows: bool = False
    """`meta.total_rows`: rows before pagination."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a query."""

    site_id: str
    metrics: list[str]
    date_range: str | list[str]
    dimensions: list[str] = []
    filters: list[Any] = []
    order_by: list[list[str]] = []
    include: Include = Include()
    pagination: Pagination = Pagination()


class Row(msgspec.Struct, frozen=True):
    """Values of the dimensions asked for, and the metrics in the order asked for."""

    dimensions: list[str]
    metrics: list[int | float | None]
    """None where a metric has no meaning for the row, such as the bounce rate of a page nobody entered on."""


class Hidden(msgspec.Struct, frozen=True):
    """What the answer leaves out."""

    values: int
    """Number of values left out of days that are not closed, counted per day. What a close leaves out is deleted, and
    how many values it were is not known any more."""
    threshold: int
    """A value that is not known to be public is shown from this many visitors a day on."""


class Meta(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to read the numbers."""

    visitors: str
    """`exact`, or `daily_sum` where visitors of several days were added up."""
    data_as_of: str
    """Hits that arrived before this moment are counted (ISO 8601, UTC)."""
    includes_today: bool
    """The range is not over yet."""
    open_visits: int | None = None
    """Visits that have not ended, without dimensions: bounce rate and duration are those of all others."""
    hidden: Hidden | None = None
    """Something is left out."""
    lower_bounds: list[str] | None = None
    """Rows whose visitors are "at least": `(other)`, `(not set)`."""
    summed_values: bool | None = None
    """Several values that a filter let through are added up in a row: visitors who had two of them count twice."""
    partial: bool | None = None
    """What may not be shown is missing in these rows: they are "at least"."""
    time_labels: list[str] | None = None
    total_rows: int | None = None
    warnings: list[str] | None = None
    """What is wrong with the appliance, one sentence each: old data could not be deleted."""


class Answer(msgspec.Struct, frozen=True):
    """Body of the answer to a query."""

    results: list[Row]
    meta: Meta
    query: dict[str, Any]


class FunnelStep(msgspec.Struct, frozen=True):
    """One step of a funnel. Over several days the visitors of each are added up."""

    label: str
    """Name of the event, or "Visit" and the page."""
    visitors: int
    """Who reached the step on a day, after all steps before it in their order."""
    at_least: bool
    """There may be more: the range has days on which the exact number would tell of fewer than k visitors."""
    conversion_rate: float | None
    """In percent of the first step; null where nobody took that."""
    drop_off: int
    """Visitors of the step before who did not reach this one; 0 for the first."""
    drop_off_rate: float | None
    """In percent of the step before."""


class Funnel(msgspec.Struct, frozen=True):
    """A declared funnel."""

    name: str
    steps: list[FunnelStep]


class Funnels(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/stats/funnels?site_id=&date_range=`: all funnels of the site."""

    funnels: list[Funnel]
    meta: Meta


class Transition(msgspec.Struct, frozen=True):
    """Visits that looked at one page and at another next. Looking at the same page again is none."""

    previous: str
    page: str
    visitors: int
    visits: int
    pageviews: int
    """How often it happened."""


class Transitions(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/stats/transitions?site_id=&date_range=`: those that may be shown, most often first."""

    transitions: list[Transition]
    meta: Meta


class Site(msgspec.Struct, frozen=True):
    """A site that the key may read."""

    id: str
    timezone: str


class Sites(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/sites`."""

    sites: list[Site]


class RetentionLine(msgspec.Struct, frozen=True):
    """One limit of `[retention]`, and what it would delete now."""

    kind: str
    sites: str
    """A site, or which sites are meant."""
    limit: str
    first_kept: str
    """First day that is kept, `YYYY-MM-DD`."""
    rows: int
    """Rows that are older."""


class RetentionPlan(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/retention`."""

    plan: list[RetentionLine]
    problem: str = ""
    """Why the last run failed, if it did."""


class Refusal(msgspec.Struct, frozen=True):
    """Body of every answer with an error status."""

    error: str
