"""What a reader looks at: site, period, comparison, filters, interval and series. All of it stands in the address.

Pure; the address is a mapping of names to lists of texts that anybody may have written.
"""

from dataclasses import dataclass

from appliance.stats.contract import Comparisons, Site, TimeDimension
from dashboard.filters import PROPERTY, RATES, Filter, attributes, is_one
from dashboard.periods import Period

SERIES = ("visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration")
"""Numbers of the headline; each can be drawn over time."""
_OF_GOAL = ("visitors", "visits", "conversions", "conversion_rate")
_OF_CURRENCY = ("visitors", "visits", "events", "revenue")
_OF_EVENTS = ("visitors", "visits", "events")
"""Pageviews are none of the events that such filters let pass."""
INTERVALS = {
    "Hours": TimeDimension.HOUR,
    "Days": TimeDimension.DAY,
    "Weeks": TimeDimension.WEEK,
    "Months": TimeDimension.MONTH,
}
_EVENTS = frozenset({"event:goal", "event:name", "event:currency"})
_MOST_HOURS_DAYS = 7
_MOST_POINT_DAYS = 400
_DAYS_TO_MONTHS = 92


@dataclass(frozen=True)
class View:
    """One state of the report page."""

    site: Site
    period: Period
    compare: Comparisons | None = None
    filters: tuple[Filter, ...] = ()
    interval: str = ""
    """One of `INTERVALS`; anything else means the one that fits the period."""
    series: str = "visitors"
    locked: tuple[Filter, ...] = ()
    """Those of the filters that cannot be taken away."""
    left_out: tuple[Filter, ...] = ()
    """Filters of the address that would join a third attribute."""

    @property
    def shown_interval(self) -> str:
        """The chosen interval if it is offered for this view, else the one that fits."""
        refused = self.refused_intervals()
        if self.interval in INTERVALS and self.interval not in refused:
            return self.interval
        if self.period.one_day and "Hours" not in refused:
            return "Hours"
        if self.period.days is None or self.period.days > _DAYS_TO_MONTHS:
            return "Months"
        return "Days"

    @property
    def shown_series(self) -> str:
        """The chosen series if it exists with these filters, else visitors."""
        return self.series if self.series in self.metrics() else "visitors"

    def refused_intervals(self) -> dict[str, str]:
        """Intervals that are not offered, each with the reason in plain words."""
        refused = {}
        days = self.period.days
        if self.filters:
            refused["Hours"] = "Hours are counted for the whole site only; remove the filters to see them."
        elif days is None or days > _MOST_HOURS_DAYS:
            refused["Hours"] = f"Hours are drawn for up to {_MOST_HOURS_DAYS} days."
        if days is None or days > _MOST_POINT_DAYS:
            refused["Days"] = f"Days are drawn for up to {_MOST_POINT_DAYS} days."
        if self.period.one_day:
            refused |= dict.fromkeys(("Weeks", "Months"), "The period is one day.")
        return refused

    def metrics(self) -> tuple[str, ...]:
        """Numbers of the headline that these filters allow and that say something of what they let pass."""
        named = attributes(self.filters)
        if is_one(self.filters, "event:goal"):
            is_locked = "event:goal" in attributes(self.locked)  # a rate would tell of visitors outside of the lock
            return tuple(metric for metric in _OF_GOAL if not (is_locked and metric in RATES))
        if is_one(self.filters, "event:currency"):
            return _OF_CURRENCY
        if any(name in _EVENTS or name.startswith(PROPERTY) for name in named):
            return _OF_EVENTS
        whole_visits = all(name.startswith("visit:") for name in named) or (
            "event:page" in named
            and not any(name == "visit:entry_page" or name.startswith("event:") for name in named - {"event:page"})
        )
        return SERIES if whole_visits else SERIES[:4]
