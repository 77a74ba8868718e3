"""How many people are there right now."""

import streamlit as st

from dashboard import definitions, state
from dashboard.client import StatsError
from dashboard.element import element
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
    text = f"{number:,} current visitor" + ("" if number == 1 else "s")
    with st.container(key="live"):
        element("current", "current", {"text": text, "help": definitions.FIGURES[definitions.CURRENT_VISITORS]})
