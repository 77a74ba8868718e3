"""The six numbers at the top. They are our own numbers, hence `st.metric` may show them."""

from collections.abc import Mapping

import streamlit as st

from dashboard import numbers

_LABELS = (
    ("visits", "Visits", numbers.count),
    ("pageviews", "Pageviews", numbers.count),
    ("views_per_visit", "Views per visit", numbers.ratio),
    ("bounce_rate", "Bounce rate", numbers.percent),
    ("visit_duration", "Visit duration", numbers.duration),
)
METRICS = ("visitors", *(name for name, _, _ in _LABELS))


_OF_ENDED_VISITS = frozenset({"bounce_rate", "visit_duration"})


def headline(values: Mapping[str, float | None], *, summed: bool, any_ended: bool) -> None:
    """Show the numbers of the period.

    Args:
        values: by name of the metric; None where there is nothing to divide by.
        summed: visitors of several days were added up, and the label says so.
        any_ended: some visit has ended; without one there is no bounce rate and no duration.
    """
    with st.container(border=True, key="headline", horizontal=True, gap="medium"):
        st.metric(
            "Visitors (daily, summed)" if summed else "Visitors",
            numbers.count(values.get("visitors")),
            width=150,
        )
        for name, label, text in _LABELS:
            known = any_ended or name not in _OF_ENDED_VISITS
            st.metric(label, text(values.get(name) if known else None), width=150)
