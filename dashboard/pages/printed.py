"""The whole report on one page without controls, to print or to save as PDF.

It has some forty lists. Several are asked for at a time; they are drawn in their order.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import address, guard, questions, state
from dashboard.client import StatsAwayError, StatsClient, StatsError, StatsRefusedError
from dashboard.element import element
from dashboard.page import Opened
from dashboard.panels import Kind, Panel, Report, panels_of, shown_metrics, why_not
from dashboard.rights import Right
from dashboard.view import View
from dashboard.widgets import notes, sheet
from dashboard.widgets.lists import list_data
from dashboard.widgets.timeline import timeline_data

_AT_ONCE = 4
"""Questions that wait for their answers at a time."""


def show(opened: Opened) -> None:
    """Draw the page."""
    if not guard.may_see(Right.NUMBERS, opened.site.id):
        return
    with st.container(key="sheet"):
        try:
            _Sheet(state.client(), address.view(opened)).show()
        except StatsError as error:
            notes.unavailable(error)


class _Sheet:
    """One report, and what it found on the way."""

    def __init__(self, client: StatsClient, view: View) -> None:
        self._client = client
        self._view = view
        self._metrics = dict.fromkeys(view.metrics())
        self._said: set[str] = set()
        self._empty: list[str] = []
        self._refused: dict[str, list[str]] = {}
        self._asked: dict[tuple[str, str], Future[dict[str, Any]]] = {}

    def show(self) -> None:
        """Draw it from top to bottom."""
        pool = ThreadPoolExecutor(_AT_ONCE, "printed")
        try:
            for card in panels_of(self._view.site):
                for report in _printed(card):
                    if not why_not(report, self._view.filters):
                        asked = pool.submit(list_data, self._client, self._view, report)
                        self._asked[card.title, report.tab] = asked
            self._draw()
        finally:
            pool.shutdown(cancel_futures=True)

    def _draw(self) -> None:
        view = self._view
        local = datetime.fromtimestamp(state.now(), ZoneInfo(view.site.timezone)).replace(tzinfo=None)
        sheet.head(view, local)
        answer = self._client.query(questions.totals(view))
        notes.warnings(answer.meta)
        sheet.numbers(view, answer, state.now())
        over_time = self._client.query(questions.over_time(view))
        other = answer.meta.comparison.date_range if answer.meta.comparison else None
        compared = self._client.query(questions.over_time(view, (other[0], other[1]))) if other else None
        element("chart", "chart", {**timeline_data(view, over_time, compared, local), "help": ""})
        for card in panels_of(view.site):
            self._card(card)
        sheet.foot(list(self._metrics), self._empty, self._refused)
        notes.reading(view.site, answer.meta)

    def _card(self, card: Panel) -> None:
        found = []
        for report in _printed(card):
            name = report.tab if report.tab == card.title else f"{card.title}: {report.tab}"
            why = why_not(report, self._view.filters)
            if why:
                self._refused.setdefault(why, []).append(name)
                continue
            try:
                data = self._asked[card.title, report.tab].result()
            except StatsAwayError:
                raise
            except StatsRefusedError as error:
                self._refused.setdefault(f"The stats API cannot answer this: {error}", []).append(name)
                continue
            if data["rows"]:
                found.append((report, data))
                if report.kind is Kind.VALUES:
                    self._metrics |= dict.fromkeys(shown_metrics(report, self._view.filters, self._view.locked))
            else:
                self._empty.append(name)
        if found:
            sheet.lists(card.title, found, self._said)


def _printed(card: Panel) -> list[Report]:
    """Lists of a card that are not around one page."""
    return [report for report in card.reports if report.kind not in (Kind.BEFORE, Kind.AFTER)]
