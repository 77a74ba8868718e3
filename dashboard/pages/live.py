"""Who is there right now: current visitors, the last 30 minutes, and what the day has seen most."""

from collections.abc import Sequence

import streamlit as st

from appliance.stats.contract import Pagination, Question
from dashboard import definitions, guard, state
from dashboard.client import StatsError
from dashboard.element import element
from dashboard.page import Opened
from dashboard.panels import display_name
from dashboard.rights import Right
from dashboard.widgets import notes
from dashboard.widgets.bars import Bar, bars
from dashboard.widgets.table import Column, Line, table

REFRESH_SECONDS = 5.0
_MOST_ROWS = 8
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
        columns = st.columns(2)
        for column, title, label, dimension in zip(
            columns,
            ("Pages today", "Sources today"),
            ("Page", "Source"),
            ("event:page", "visit:source"),
            strict=True,
        ):
            question = Question(
                site, ["visitors"], "day", dimensions=[dimension], pagination=Pagination(limit=_MOST_ROWS)
            )
            rows = client.query(question).results
            with column:
                _show_rows(title, label, dimension, [(row.dimensions[0], row.metrics[0]) for row in rows])
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


def _show_rows(title: str, label: str, dimension: str, rows: Sequence[tuple[str, float | None]]) -> None:
    lines = [Line((display_name(dimension, value), f"{number or 0:,.0f}")) for value, number in rows]
    columns = (
        Column(label, definitions.of_dimension(dimension)),
        Column("Visitors", definitions.of_metric("visitors"), is_number=True),
    )
    table(f"live-{dimension}", title, columns, lines, empty="Nothing to list yet.")
