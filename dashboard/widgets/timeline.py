"""Bars over time: hours of one day, else days."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.tables import named_numbers

SERIES = {"Visitors": "visitors", "Visits": "visits", "Pageviews": "pageviews"}
_HEIGHT = 260
_SHORTENED_FROM = 10_000


def pick_series() -> str:
    """Label of the chosen series."""
    chosen = st.segmented_control(
        "Series", list(SERIES), default="Visitors", key="series", required=True, label_visibility="collapsed"
    )
    return str(chosen or "Visitors")


def timeline(label: str, moments: Sequence[str], values: Sequence[int]) -> None:
    """Draw one bar per moment.

    Args:
        label: what is counted, one of `SERIES`.
        moments: names of hours or days, our own text, in order.
        values: as many numbers.
    """
    total = sum(values)
    st.vega_lite_chart(
        named_numbers("when", moments, "value", values),
        _spec(label, max(values, default=0)),
        height=_HEIGHT,
        alt=f"{label} over time, {len(moments)} bars, {total} in total",
    )


def _spec(label: str, most: int) -> dict[str, Any]:
    return {
        "mark": {"type": "bar", "cornerRadiusEnd": 3},
        "encoding": {
            "x": {
                "field": "when",
                "type": "ordinal",
                "sort": None,
                "axis": {"title": None, "labelAngle": 0, "labelOverlap": "parity", "ticks": False},
                "scale": {"paddingInner": 0.25, "paddingOuter": 0.1},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "axis": {
                    "title": None,
                    "tickMinStep": 1,
                    "tickCount": 4,
                    "format": ",d" if most < _SHORTENED_FROM else "~s",
                    "domain": False,
                },
                "scale": {"domainMin": 0, "nice": True},
            },
            "tooltip": [
                {"field": "when", "type": "nominal", "title": "When"},
                {"field": "value", "type": "quantitative", "title": label, "format": ","},
            ],
        },
    }
