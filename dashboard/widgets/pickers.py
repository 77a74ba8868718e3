"""Site and period pickers. What is picked stands in the address, so that a view can be shared."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.periods import Choice, Period, period


def pick_site(sites: Sequence[str]) -> str:
    """The chosen site; anything else in the address means the first one."""
    chosen: str | None = st.selectbox(
        "Site", sites, key="site", bind="query-params", label_visibility="collapsed", width=260, required=True
    )
    return chosen or sites[0]


def pick_period(today: date) -> Period:
    """The chosen period in the site's calendar."""
    chosen = st.selectbox(
        "Period",
        [choice.value for choice in Choice],
        key="period",
        bind="query-params",
        label_visibility="collapsed",
        width=170,
        required=True,
    )
    choice = Choice(chosen) if chosen else Choice.TODAY
    return period(choice, today, _pick_days(today) if choice is Choice.CUSTOM else None)


def _pick_days(today: date) -> tuple[date, date] | None:
    chosen = st.date_input(
        "First and last day",
        value=(today, today),
        max_value=today,
        key="days",
        bind="query-params",
        format="YYYY-MM-DD",
        label_visibility="collapsed",
        width=240,
    )
    # While a reader has picked the first day only, there is one date in it.
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (days[0], days[-1]) if days else None
