"""The page: who looks, which site and period, then everything about them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from appliance.stats.contract import Site
from dashboard import address, state
from dashboard.client import StatsError
from dashboard.options import DashboardUser
from dashboard.pages.report import show_report
from dashboard.periods import Choice
from dashboard.shell import TITLE
from dashboard.view import View
from dashboard.widgets import frame, notes
from dashboard.widgets.live import current_visitors
from dashboard.widgets.pickers import pick_comparison, pick_period, pick_site

LIVE_SECONDS = 5.0
"""How often numbers of the current day are asked for again."""
SLOW_SECONDS = 30.0
"""The same for longer periods that include the current day."""


def render() -> None:
    """One run of the script."""
    user = state.current_user()
    if user is None:
        st.set_page_config(page_title=TITLE, layout="wide")
        notes.login_ended()
        return
    try:
        sites = [site for site in state.client().sites() if user.may_read(site.id)]
    except StatsError:
        st.set_page_config(page_title=TITLE, layout="wide")
        st.fragment(_wait_for_sites, run_every=LIVE_SECONDS)()
        return
    _render_sites(user, {site.id: site for site in sites})


def _wait_for_sites() -> None:
    """Say that there are no numbers until there are."""
    try:
        state.client().sites()
    except StatsError as error:
        notes.unavailable(error)
    else:
        st.rerun()


def _render_sites(user: DashboardUser, sites: dict[str, Site]) -> None:
    if not sites:
        st.set_page_config(page_title=TITLE, layout="wide")
        frame.account(user)
        notes.no_sites()
        return
    bar = st.container(horizontal=True, vertical_alignment="center", key="bar")
    with bar:
        site = sites[pick_site(list(sites))]
        st.fragment(current_visitors, run_every=LIVE_SECONDS)(site.id)
        st.space("stretch")
        period = pick_period(_today(site), Choice.TODAY)
        compare = pick_comparison(period)
        frame.account(user)
    st.set_page_config(page_title=f"{site.id} · {TITLE}", layout="wide")
    address.settled()
    view = View(
        *(site, period, compare, address.read_filters()),
        interval=address.read(address.INTERVAL),
        series=address.read(address.SERIES),
    )
    every = None
    if period.includes_today:
        every = LIVE_SECONDS if period.one_day else SLOW_SECONDS
    st.fragment(show_report, run_every=every)(view)


def _today(site: Site) -> date:
    return datetime.fromtimestamp(state.now(), ZoneInfo(site.timezone)).date()
