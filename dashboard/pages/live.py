"""Who is there right now: current visitors, the last 30 minutes, and what the day has seen most."""

from collections.abc import Sequence

import streamlit as st

from appliance.stats.contract import Answer, Pagination, Question
from dashboard import definitions, guard, marks, state
from dashboard.client import StatsError
from dashboard.element import element
from dashboard.page import Opened
from dashboard.panels import Report
from dashboard.rights import Right
from dashboard.widgets import notes
from dashboard.widgets.bars import Bar, bars
from dashboard.widgets.row_notes import list_notes
from dashboard.widgets.table import Column, Line, table
from dashboard.widgets.value_rows import value_rows, without_dropped

REFRESH_SECONDS = 5.0
_MOST_ROWS = 8
_METRICS = ("visitors",)
_REPORTS = Report("Pages today", "Page", "event:page"), Report("Sources today", "Source", "visit:source")
_CURRENT = definitions.FIGURES[definitions.CURRENT_VISITORS]
_UNKNOWN = "Of minutes before the appliance started nothing is known: they are kept in memory only."


def show(opened: Opened) -> None:
    """Draw the page."""
    st.fragment(_show, run_every=REFRESH_SECONDS)(opened.site.id)


def _show(site: str) -> None:
    if not guard.may_see(Right.NUMBERS, site):
        return
    client = state.client()
    try:
        live = client.minutes(site)
        _show_now(live.current)
        _show_minutes(live.minutes)
        for column, report in zip(st.columns(2), _REPORTS, strict=True):
            question = Question(
                site, list(_METRICS), "day", dimensions=[report.dimension], pagination=Pagination(limit=_MOST_ROWS)
            )
            answer = client.query(question)
            with column:
                _show_rows(report, without_dropped(answer, _METRICS, _METRICS))
    except StatsError as error:
        notes.unavailable(error)


def _show_now(current: int) -> None:
    label = "visitor in the last five minutes" if current == 1 else "visitors in the last five minutes"
    element(
        "now",
        "now",
        {
            "title": "Right now",
            "number": f"{current:,}",
            "label": label,
            "help": f"{_CURRENT} It is asked for again every five seconds.",
        },
    )


def _show_minutes(minutes: Sequence[int | None]) -> None:
    shown = []
    for index, number in enumerate(minutes):
        ago = len(minutes) - 1 - index
        name = "now" if ago == 0 else f"–{ago} min"
        long = "This minute" if ago == 0 else f"{ago} minute{'' if ago == 1 else 's'} ago"
        shown.append(Bar(name, long, (number or 0,)))
    said = (_UNKNOWN,) if None in minutes else ()
    bars(
        *("minutes", f"Current visitors, last {len(minutes)} minutes", "Minute", ("Visitors",), shown),
        helps=(f"{_CURRENT} Of each minute the greatest such number is drawn.",),
        notes=said,
        file="live.csv",
        height=180,
    )


def _show_rows(report: Report, answer: Answer) -> None:
    rows = value_rows(report.dimension, _METRICS, answer)
    said = [marks.lateness(answer.meta, state.now()), *marks.damage(answer.meta)]
    nothing = not rows and answer.meta.hidden is None
    table(
        f"live-{report.dimension}",
        report.tab,
        (
            Column(report.column, definitions.of_dimension(report.dimension)),
            Column("Visitors", definitions.of_metric("visitors"), is_number=True),
        ),
        [Line((row.name, *row.cells), help=row.help) for row in rows],
        empty="Nothing to list yet." if nothing else "",
        notes=[
            *filter(None, said),
            *([] if nothing else list_notes(report, answer, listed=len(rows), one_day=True)),
        ],
    )
