"""Everything about one site and period; Streamlit runs it again by itself while the day goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from appliance.stats.contract import Answer, Include, Pagination, Question, Site, TimeDimension
from dashboard import state
from dashboard.client import StatsError
from dashboard.moments import bars
from dashboard.periods import Period
from dashboard.widgets import notes
from dashboard.widgets.headline import METRICS, headline
from dashboard.widgets.panel import MAX_ROWS, NEW_VISITORS, PANELS, Report, pick_report, value_table
from dashboard.widgets.timeline import SERIES, pick_series, timeline


def show_report(site: Site, period: Period) -> None:
    """Draw numbers, time line and panels; a login that has ended draws nothing."""
    user = state.current_user()
    if user is None or not user.may_read(site.id):
        notes.login_ended()
        return
    try:
        _show(site, period)
    except StatsError as error:
        notes.unavailable(error)


def _show(site: Site, period: Period) -> None:
    answer = _ask(site, period, METRICS)
    totals = dict(zip(METRICS, answer.results[0].metrics, strict=True))
    notes.warnings(answer.meta)
    any_ended = answer.meta.open_visits != totals.get("visits")
    headline(totals, summed=answer.meta.visitors == "daily_sum", any_ended=any_ended)
    if not totals["visits"] and not totals["pageviews"]:
        _show_nothing(site, period)
        return
    with st.container(border=True, key="timeline"):
        _show_timeline(site, period)
    for start in range(0, len(PANELS), 2):
        for column, (title, reports) in zip(st.columns(2), PANELS[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch", key=f"panel-{title.lower()}"):
                _show_panel(site, period, pick_report(title, reports))
    notes.reading(site, answer.meta, state.now())


def _show_nothing(site: Site, period: Period) -> None:
    ever = Question(site.id, ["pageviews", "visits"], "all")
    if any(state.client().query(ever).results[0].metrics):
        notes.nothing_in_period()
    else:
        notes.nothing_yet(site)


def _show_timeline(site: Site, period: Period) -> None:
    label = pick_series()
    by = TimeDimension.HOUR if period.one_day else TimeDimension.DAY
    answer = _ask(site, period, (SERIES[label],), by)
    counts = {row.dimensions[0]: int(row.metrics[0] or 0) for row in answer.results}
    local = datetime.fromtimestamp(state.now(), ZoneInfo(site.timezone))
    now = f"{local:%Y-%m-%d %H}:00:00" if period.one_day else f"{local:%Y-%m-%d}"
    timeline(label, *bars(answer.meta.time_labels or [], counts, now))


def _show_panel(site: Site, period: Period, report: Report) -> None:
    filters = [["is", report.only[0], [report.only[1]]]] if report.only else []
    answer = _ask(site, period, (report.metric,), report.dimension, filters, limit=MAX_ROWS)
    value_table(report, [(row.dimensions[0], int(row.metrics[0] or 0)) for row in answer.results])
    if report.only == NEW_VISITORS:
        notes.new_visitors()
    notes.hidden(answer.meta, listed=len(answer.results), one_day=period.one_day)


def _ask(
    site: Site,
    period: Period,
    metrics: tuple[str, ...],
    dimension: str = "",
    filters: Sequence[Any] = (),
    limit: int | None = None,
) -> Answer:
    asked = period.date_range
    question = Question(
        site.id,
        list(metrics),
        asked if isinstance(asked, str) else [day.isoformat() for day in asked],
        dimensions=[dimension] if dimension else [],
        filters=list(filters),
        include=Include(time_labels=dimension.startswith("time:")),
        pagination=Pagination(limit=limit) if limit else Pagination(),
    )
    return state.client().query(question)
