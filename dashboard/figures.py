"""The numbers of the report: their names, how they are written, and what they mean. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from appliance.stats.contract import Meta, Metric
from dashboard import definitions, numbers


@dataclass(frozen=True)
class Figure:
    """One metric as readers see it."""

    metric: Metric
    label: str
    text: Callable[[float | None], str]
    more_is: str = "good"
    """`good`, `bad`, or empty where more is neither."""

    @property
    def definition(self) -> str:
        """One sentence without API names."""
        return definitions.of_metric(self.metric)

    @property
    def in_points(self) -> bool:
        """Its change is a difference of percentages."""
        return self.metric in (Metric.BOUNCE_RATE, Metric.CONVERSION_RATE, Metric.GROUP_CONVERSION_RATE)

    def mood(self, change: float | None) -> str:
        """Whether a change is good or bad; empty for neither."""
        if not change or not self.more_is:
            return ""
        return self.more_is if change > 0 else {"good": "bad", "bad": "good"}[self.more_is]


FIGURES: dict[str, Figure] = {
    figure.metric.value: figure
    for figure in (
        Figure(Metric.VISITORS, "Visitors", numbers.count),
        Figure(Metric.VISITS, "Visits", numbers.count),
        Figure(Metric.PAGEVIEWS, "Pageviews", numbers.count),
        Figure(Metric.EVENTS, "Events", numbers.count),
        Figure(Metric.VIEWS_PER_VISIT, "Views per visit", numbers.ratio),
        Figure(Metric.BOUNCE_RATE, "Bounce rate", numbers.percent, "bad"),
        Figure(Metric.VISIT_DURATION, "Visit duration", numbers.duration),
        Figure(Metric.TIME_ON_PAGE, "Time on page", numbers.duration),
        Figure(Metric.SCROLL_DEPTH, "Scroll depth", numbers.percent),
        Figure(Metric.ENTRIES, "Entries", numbers.count),
        Figure(Metric.EXITS, "Exits", numbers.count, ""),
        Figure(Metric.CONVERSIONS, "Conversions", numbers.count),
        Figure(Metric.CONVERSION_RATE, "Rate", numbers.share),
        Figure(Metric.GROUP_CONVERSION_RATE, "Converted", numbers.share),
        Figure(Metric.REVENUE, "Revenue", numbers.amount),
        Figure(Metric.AVERAGE_REVENUE, "Average", numbers.amount),
        Figure(Metric.PERCENTAGE, "Share", numbers.share),
    )
}
SUMMED_MARK = "daily, summed"
OF_ENDED_VISITS = frozenset({"bounce_rate", "visit_duration"})
"""Unknown until some visit has ended."""
ADDING_UP = frozenset({"visitors", "visits", "pageviews", "events", "conversions", "revenue"})
"""Zero where there is no row; the others are unknown there."""


def mark_of(metric: str, meta: Meta) -> str:
    """What stands beside the name of a number, so that nobody takes it for something else; empty for nothing."""
    return SUMMED_MARK if metric == Metric.VISITORS and meta.visitors == "daily_sum" else ""
