"""One run of the script: who looks, which page, which site and period; then the page itself.

Who may open what is decided here in every run, by the cookie of the WebSocket's handshake; links that are not shown
are no protection.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from appliance.stats.contract import Comparisons, Site
from dashboard import address, periods, questions, state
from dashboard.client import StatsError
from dashboard.page import Opened, Page
from dashboard.pages import PAGES
from dashboard.periods import Choice, Period
from dashboard.rights import Reader
from dashboard.shell import TITLE
from dashboard.widgets import notes
from dashboard.widgets.account import account
from dashboard.widgets.live import current_visitors
from dashboard.widgets.navigation import navigation
from dashboard.widgets.pickers import pick_comparison, pick_period, pick_site

LIVE_SECONDS = 5.0
"""How often it is tried again when there are no numbers, and the current visitors are asked for."""

_USUAL = "usual period"


def render() -> None:
    """Draw everything."""
    st.set_page_config(page_title=TITLE, layout="wide")
    page = _chosen_page()
    reader = state.reader(is_use=True)
    if reader is None:
        notes.ended(is_link=state.is_shared())
        return
    pages = [one for one in PAGES if one.opens_for(reader)]
    if page not in pages and not page.path and pages:
        page = pages[0]  # where everybody arrives
    if not state.is_embedded():
        with st.container(horizontal=True, vertical_alignment="center", key="head"):
            navigation([one for one in pages if one.is_linked], page)
            if reader.is_person:
                account(reader)
    if page not in pages:
        notes.not_yours()
        return
    if page.right is None:
        _show(page, reader, [Site("", "UTC")])
        return
    try:
        sites = [site for site in state.client().sites() if reader.may(page.right, site.id)]
    except StatsError:
        st.fragment(_wait_for_sites, run_every=LIVE_SECONDS)()
        return
    if not sites:
        notes.no_sites()
        return
    _show(page, reader, sites)


def _chosen_page() -> Page:
    """The page of the address."""
    pages = [_for_streamlit(page) for page in PAGES]
    path = st.navigation(pages, position="hidden").url_path
    return next(page for page in PAGES if page.path == path)


def _for_streamlit(page: Page) -> Any:
    return st.Page(_nothing, title=page.title, url_path=page.path or "report", default=not page.path)


def _nothing() -> None:
    """Streamlit wants something to call; pages are shown with what they are opened with instead."""


def _wait_for_sites() -> None:
    """Say that there are no numbers until there are."""
    try:
        state.client().sites()
    except StatsError as error:
        notes.unavailable(error)
    else:
        st.rerun()


def _show(page: Page, reader: Reader, sites: Sequence[Site]) -> None:
    by_id = {site.id: site for site in sites}
    site = sites[0]
    period: Period | None = None
    compare: Comparisons | None = None
    if page.has_site or page.has_period:
        with st.container(horizontal=True, vertical_alignment="center", key="bar"):
            if page.has_site:
                site = by_id[pick_site(list(by_id))]
            if page.has_period:
                if not reader.only:
                    st.fragment(current_visitors, run_every=LIVE_SECONDS)(site.id)
                st.space("stretch")
                period = pick_period(_today(site), _usual(site, reader))
                compare = pick_comparison(period)
    st.set_page_config(page_title=_title(page, site))
    address.settled()
    page.show(Opened(reader, site, tuple(sites), _today(site), period, compare))


def _usual(site: Site, reader: Reader) -> Choice:
    """What the site opens on; asked once, because a picker whose usual choice changes would lose what was picked."""
    if _USUAL not in st.session_state:
        if "period" in st.query_params:
            return Choice.TODAY
        try:
            answer = state.client().query(questions.by_month(site, reader.only))
        except StatsError:
            return Choice.TODAY
        visits = {row.dimensions[0]: row.metrics[0] or 0 for row in answer.results}
        st.session_state[_USUAL] = periods.usual(visits, _today(site))
    chosen: Choice = st.session_state[_USUAL]
    return chosen


def _title(page: Page, site: Site) -> str:
    named = [page.title] if page.path else []
    return " · ".join([site.id, *named, TITLE] if page.has_site else [*named, TITLE])


def _today(site: Site) -> date:
    return datetime.fromtimestamp(state.now(), ZoneInfo(site.timezone)).date()
