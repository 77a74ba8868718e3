"""Everything about one site and period; runs again by itself while the day goes on."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import address, guard, questions, state
from dashboard.client import StatsAwayError, StatsError, StatsRefusedError
from dashboard.element import Action
from dashboard.page import Opened
from dashboard.panels import Panel, in_rows, panels_of, why_not
from dashboard.rights import Right
from dashboard.view import View
from dashboard.view_address import query_of
from dashboard.widgets import notes
from dashboard.widgets.chips import chips
from dashboard.widgets.files import files
from dashboard.widgets.headline import headline
from dashboard.widgets.lists import list_data
from dashboard.widgets.panel import panel, refused_data, waiting_data
from dashboard.widgets.timeline import timeline

LIVE_SECONDS = 5.0
"""How often numbers of the current day are asked for again."""
SLOW_SECONDS = 30.0
"""The same for longer periods that include the current day."""
_SEEN = "seen "
_VIEW_OF_CARDS = "view of cards"
_LONGEST_SEARCH = 100
_FIRST_CARDS = ("Sources", "Pages")
"""Those that are in sight at first; the others are asked for when they come into sight."""


def show(opened: Opened) -> None:
    """Draw the page."""
    view = address.view(opened)
    query = query_of(view, opened.today)
    _forget_what_was_seen(view)
    every = None
    if view.period.includes_today:
        every = LIVE_SECONDS if view.period.one_day else SLOW_SECONDS
    st.fragment(_show_report, run_every=every)(view, query)


def _forget_what_was_seen(view: View) -> None:
    """After a change of the view, cards below the fold wait again until they are in sight."""
    asked = replace(view, interval="", series="")
    if st.session_state.get(_VIEW_OF_CARDS, asked) != asked:
        for name in [name for name in st.session_state if str(name).startswith(_SEEN)]:
            del st.session_state[name]
    st.session_state[_VIEW_OF_CARDS] = asked


def _show_report(view: View, query: str) -> None:
    """Numbers, time line and panels; a login that has ended draws nothing."""
    address.run_again_if_changed()
    if not guard.may_see(Right.NUMBERS, view.site.id):
        return
    try:
        _show(view, query)
    except StatsError as error:
        notes.unavailable(error)


def _show(view: View, query: str) -> None:
    answer = state.client().query(questions.totals(view))
    # Streamlit knows a card by its place: with something above it that comes and goes, a click on a card of the run
    # before would find nothing.
    with st.container(key="above"):
        notes.warnings(answer.meta)
        if view.filters:
            chips(view, _act)
    totals = dict(zip(view.metrics(), answer.results[0].metrics, strict=True))
    with st.container(border=True, key="headline"):
        headline(view, answer, state.now(), _act)
        if totals["visits"] or totals["pageviews"] or totals["visitors"] or view.filters:
            _show_timeline(view, answer.meta.comparison.date_range if answer.meta.comparison else None)
    if not view.filters and not totals["visits"] and not totals["pageviews"]:
        _show_nothing(view)
        return
    files(query)
    for row in in_rows(panels_of(view.site)):
        columns = [st.container()] if row[0].is_wide else st.columns(2)
        for column, card in zip(columns, row, strict=False):
            with column, st.container(border=True, height="stretch", key=f"panel-{card.title.lower()}"):
                st.fragment(_show_panel)(view, card)
    notes.reading(view.site, answer.meta)


def _show_nothing(view: View) -> None:
    ever = replace(view, compare=None, period=replace(view.period, date_range="all"))
    if any(state.client().query(questions.totals(ever)).results[0].metrics):
        notes.nothing_in_period()
    else:
        notes.nothing_yet(view.site)


def _show_timeline(view: View, other: list[str] | None) -> None:
    answer = state.client().query(questions.over_time(view))
    compared = state.client().query(questions.over_time(view, (other[0], other[1]))) if other else None
    local = datetime.fromtimestamp(state.now(), ZoneInfo(view.site.timezone)).replace(tzinfo=None)
    timeline(view, answer, compared, local, _act)


def _show_panel(view: View, card: Panel) -> None:
    address.run_again_if_changed()
    if not guard.may_see(Right.NUMBERS, view.site.id):
        return
    reports = {report.tab: report for report in card.reports}
    report = reports.get(st.session_state.get(f"open {card.title}", ""), card.reports[0])

    def act(action: Action) -> None:
        match action:
            case {"do": "tab", "value": str(tab)}:
                st.session_state[f"open {card.title}"] = tab
                st.session_state[_SEEN + card.title] = True
                st.session_state[f"search {card.title}"] = ""
            case {"do": "search", "value": str(text)}:
                st.session_state[f"search {card.title}"] = text[:_LONGEST_SEARCH]
            case {"do": "seen"}:
                st.session_state[_SEEN + card.title] = True
            case _:
                _act(action)

    if card.title not in _FIRST_CARDS and not st.session_state.get(_SEEN + card.title):
        panel(card, report, waiting_data(), act)
        return
    why = why_not(report, view.filters)
    if why:
        panel(card, report, refused_data(view, why), act)
        return
    try:
        data = list_data(state.client(), view, report, st.session_state.get(f"search {card.title}", ""))
    except StatsRefusedError as error:
        panel(card, report, refused_data(view, f"The stats API cannot answer this: {error}"), act)
    except StatsAwayError as error:
        notes.unavailable(error)
    else:
        panel(card, report, data, act)


def _act(action: Action) -> None:
    address.apply(action)
