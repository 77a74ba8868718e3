"""How many people are there right now."""

import streamlit as st

from dashboard import state
from dashboard.client import StatsError
from dashboard.rights import Right


def current_visitors(site: str) -> None:
    """Show the visitors of the last five minutes; nothing if the stats API is away."""
    reader = state.reader()
    if reader is None or not reader.may(Right.NUMBERS, site):
        return
    try:
        number = state.client().current_visitors(site)
    except StatsError:
        return
    with st.container(key="live"):
        st.text(f"{number:,} current visitor" + ("" if number == 1 else "s"))
