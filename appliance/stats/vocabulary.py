"""Names of the stats API: metrics, dimensions, ranges. Imports nothing of the appliance, so clients may use it.

Names are Plausible's (stats API v2), definitions those of docs/metrics.md.
"""

from enum import StrEnum


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
    ENTRIES = "entries"
    EXITS = "exits"
    CONVERSIONS = "conversions"
    CONVERSION_RATE = "conversion_rate"
    GROUP_CONVERSION_RATE = "group_conversion_rate"
    REVENUE = "revenue"
    AVERAGE_REVENUE = "average_revenue"
    PERCENTAGE = "percentage"


DEFINITIONS: dict[Metric, str] = {
    Metric.VISITORS: "Different visitors of a day. Days are added up: who comes on two days counts twice.",
    Metric.VISITS: "Visits started. A visit ends after 30 minutes without an event, and at midnight.",
    Metric.PAGEVIEWS: "Pages looked at.",
    Metric.EVENTS: "Pageviews and custom events.",
    Metric.VIEWS_PER_VISIT: "Pageviews divided by visits.",
    Metric.BOUNCE_RATE: "Ended visits with exactly one pageview and no interactive event, in percent of ended visits.",
    Metric.VISIT_DURATION: "Mean time from the first to the last sign of life of ended visits.",
    Metric.TIME_ON_PAGE: "Mean visible seconds on the page, of the visits that sent any. Only by event:page.",
    Metric.SCROLL_DEPTH: "Mean of the greatest depth that visits reached on the page, in percent. Only by event:page.",
    Metric.ENTRIES: "Visits that began on the page. Only by event:page.",
    Metric.EXITS: "Ended visits whose last page it was. Only by event:page.",
    Metric.CONVERSIONS: "Events that reached the goal. Only by event:goal.",
    Metric.CONVERSION_RATE: "Visitors who reached the goal, in percent of all visitors. Only by event:goal.",
    Metric.GROUP_CONVERSION_RATE: "Visitors who reached the goal, in percent of those of the row. Only by event:goal.",
    Metric.REVENUE: "Sum of the amounts of events, in the currency's main unit. Only by event:currency.",
    Metric.AVERAGE_REVENUE: "Mean amount of the events that have one, in the main unit. Only by event:currency.",
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
    Metric.ENTRIES: "visits",
    Metric.EXITS: "visits",
    Metric.CONVERSIONS: "events",
    Metric.CONVERSION_RATE: "percent",
    Metric.GROUP_CONVERSION_RATE: "percent",
    Metric.REVENUE: "main unit of the currency",
    Metric.AVERAGE_REVENUE: "main unit of the currency",
    Metric.PERCENTAGE: "percent",
}
"""What each number counts."""


class TimeDimension(StrEnum):
    """Time in the site's own zone."""

    HOUR = "time:hour"
    DAY = "time:day"
    WEEK = "time:week"
    MONTH = "time:month"
    FITTING = "time"


TIMES = frozenset(TimeDimension)

TIME_DEFINITIONS: dict[TimeDimension, str] = {
    TimeDimension.HOUR: "Hour of the site's own day. Only without other dimensions.",
    TimeDimension.DAY: "Day in the site's own time zone.",
    TimeDimension.WEEK: "Week from Monday; named by its first day within the range.",
    TimeDimension.MONTH: "Calendar month, named by its 1st.",
    TimeDimension.FITTING: "Hours of one day, days of up to 92, months of more.",
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
    "visit:country_name": "Country by its name, such as Germany.",
    "visit:region_name": "Region by its name, such as Bavaria.",
    "visit:city_name": "As visit:city.",
    "visit:browser": "Browser, such as Chrome.",
    "visit:browser_version": "Browser and major version, such as Chrome 126.",
    "visit:os": "Operating system.",
    "visit:os_version": "Operating system and major version.",
    "visit:device": "Desktop, Mobile, Tablet, TV, Console or Other.",
    "visit:language": "Primary language of the browser, such as de.",
    "visit:screen": "Width class of the window: Mobile, Tablet, Laptop or Desktop.",
    "visit:visitor_type": "New that day or Returning that day: whether it is the visitor's first visit of the day.",
}
"""One sentence for readers of each dimension other than time."""

PLACE_NAMES: dict[str, str] = {
    "visit:country_name": "visit:country",
    "visit:region_name": "visit:region",
    "visit:city_name": "visit:city",
}
"""Dimensions that show another's values by their names."""

OTHER = "(other)"
"""Row of everything that has no row of its own, in dimensions whose rows add up."""
NOT_SET = "(not set)"
"""Row of visits without a value, on closed days on which at least k visitors had none."""

ATTRIBUTES: tuple[str, ...] = tuple(ATTRIBUTE_DEFINITIONS)
"""Dimensions other than time. A question can have two of them, in dimensions and filters together."""

DATE_RANGES: tuple[str, ...] = ("day", "24h", "7d", "28d", "30d", "91d", "month", "6mo", "12mo", "year", "all")
"""Named ranges, all ending with the site's today: `7d` is today and the six days before. Or `[first, last]`: two days,
or two moments with offset at the ends of hours of the site."""
