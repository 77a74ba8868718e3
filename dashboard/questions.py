"""Questions to the stats API behind the parts of the report. Pure."""

from collections.abc import Sequence

from msgspec import structs

from appliance.stats.contract import Include, Pagination, Question, Site, TimeDimension
from dashboard.filters import Filter, question_filters
from dashboard.panels import Report, asked_metrics
from dashboard.view import INTERVALS, View

MAX_ROWS = 500
"""Rows of a list; a longer one says so."""
_NOTHING = Include()


def totals(view: View) -> Question:
    """The headline, beside that of the other range."""
    return _question(view, list(view.metrics()), include=Include(comparisons=view.compare))


def over_time(view: View, other: tuple[str, str] | None = None) -> Question:
    """The series by its interval; with `other` in that range of days instead."""
    question = _question(
        view,
        [view.shown_series],
        dimensions=[INTERVALS[view.shown_interval]],
        include=Include(time_labels=True),
    )
    if other is None:
        return question
    return Question(
        question.site_id,
        question.metrics,
        list(other),
        dimensions=question.dimensions,
        filters=question.filters,
        include=question.include,
    )


def by_month(site: Site, only: Sequence[Filter] = ()) -> Question:
    """Visits of this month and the five before it, of those that the filters let pass."""
    return Question(site.id, ["visits"], "6mo", [str(TimeDimension.MONTH)], question_filters(only))


def values(view: View, report: Report) -> Question:
    """The rows of a list, most first."""
    filters = [*view.filters, *([report.only] if report.only else [])]
    return Question(
        view.site.id,
        list(asked_metrics(report, filters, view.locked)),
        view.period.asked,
        dimensions=[report.dimension],
        filters=question_filters(filters),
        include=Include(total_rows=True),
        pagination=Pagination(limit=MAX_ROWS),
    )


def found(values: Question, search: str) -> Question:
    """The rows of a list whose value has a text in it, in upper or lower case."""
    wanted = ["contains", values.dimensions[0], [search], {"case_sensitive": False}]
    return structs.replace(values, filters=[*values.filters, wanted])


def _question(
    view: View, metrics: list[str], dimensions: list[str] | None = None, include: Include = _NOTHING
) -> Question:
    return Question(
        view.site.id,
        metrics,
        view.period.asked,
        dimensions=[str(name) for name in dimensions or []],
        filters=question_filters(view.filters),
        include=include,
    )
