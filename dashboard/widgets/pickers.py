"""Pickers of site, period and comparison. What is picked stands in the address, so that a view can be shared."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from appliance.stats.contract import Comparisons
from dashboard.periods import Choice, Comparison, Period, comparison, period


def pick_site(sites: Sequence[str]) -> str:
    """The chosen site; anything else in the address means the first one."""
    chosen: str | None = st.selectbox(
        "Site", sites, key="site", bind="query-params", label_visibility="collapsed", width=260, required=True
    )
    return chosen or sites[0]


def pick_period(today: date, usual: Choice) -> Period:
    """The chosen period in the site's calendar; `usual` if the address has none."""
    choices = list(Choice)
    chosen = st.selectbox(
        "Period",
        [choice.value for choice in choices],
        index=choices.index(usual),
        key="period",
        bind="query-params",
        label_visibility="collapsed",
        width=160,
        required=True,
    )
    choice = Choice(chosen) if chosen else usual
    return period(choice, today, _pick_days(today) if choice is Choice.CUSTOM else None)


def pick_comparison(chosen: Period) -> Comparisons | None:
    """What the period is compared with."""
    picked = st.selectbox(
        "Comparison",
        [choice.value for choice in Comparison],
        key="compare",
        bind="query-params",
        label_visibility="collapsed",
        width=220,
        required=True,
    )
    return comparison(Comparison(picked) if picked else Comparison.NONE, chosen)


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
