"""Everything about one site and period; Streamlit runs it again by itself while the day goes on."""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import moments, state
from dashboard.client import Site, StatsError
from dashboard.periods import Period
from dashboard.widgets import notes
from dashboard.widgets.headline import METRICS, headline
from dashboard.widgets.panel import PANELS, ROWS, Report, pick_report, value_table
from dashboard.widgets.timeline import SERIES, pick_series, timeline


def show_report(site: Site, period: Period) -> None:
    """Draw numbers, time line and panels."""
    user = state.current_user()
    if user is None or not user.may_read(site.id):
        notes.login_ended()
        return
    try:
        _show(site, period)
    except StatsError as error:
        notes.unavailable(error)


def _show(site: Site, period: Period) -> None:
    answer = state.client().query(site.id, period.date_range, METRICS)
    totals = answer.rows[0].metrics if answer.rows else {}
    headline(totals, several_days=not period.one_day)
    if not totals.get("visitors"):
        notes.nothing_yet(site)
        return
    with st.container(border=True, key="timeline"):
        _show_timeline(site, period)
    for start in range(0, len(PANELS), 2):
        for column, (title, reports) in zip(st.columns(2), PANELS[start : start + 2], strict=True):
            with column, st.container(border=True, height="stretch", key=f"panel-{title.lower()}"):
                _show_panel(site, period, pick_report(title, reports))


def _show_timeline(site: Site, period: Period) -> None:
    label = pick_series()
    metric = SERIES[label]
    by = "time:hour" if period.one_day else "time:day"
    answer = state.client().query(site.id, period.date_range, (metric,), (by,))
    counts = {row.dimensions[0]: int(row.metrics[metric] or 0) for row in answer.rows}
    if period.one_day:
        hour = datetime.fromtimestamp(state.now(), ZoneInfo(site.timezone)).hour
        names, values = moments.hours(counts, hour if period.includes_today else 23)
    else:
        names, values = moments.days(counts, period.first, period.last)
    timeline(label, names, values)


def _show_panel(site: Site, period: Period, report: Report) -> None:
    answer = state.client().query(site.id, period.date_range, (report.metric,), (report.dimension,), ROWS)
    value_table(report, [(row.dimensions[0], int(row.metrics[report.metric] or 0)) for row in answer.rows])
