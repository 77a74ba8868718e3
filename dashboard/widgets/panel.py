"""A table of the most frequent values with bars, and the tabs above it.

Values are text of the network (paths, hosts): they go into the table's data only, never into a label.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import countries
from dashboard.tables import named_numbers

MAX_ROWS = 250
"""Rows of a table; a longer one than fits scrolls."""
_VISIBLE_ROWS = 9.5
"""The half row shows that there is more below."""
_ROW_HEIGHT = 34
_HEADER_HEIGHT = 36
_EMPTY_NAMES = {
    "visit:country": countries.UNKNOWN,
    "visit:exit_page": "(no pageview)",
    "visit:source": "Direct / None",
}

NEW_VISITORS = ("visit:visitor_type", "New that day")


@dataclass(frozen=True)
class Report:
    """One tab: what is listed and what the column is called. All texts are constants of ours."""

    tab: str
    dimension: str
    column: str
    metric: str = "visitors"
    metric_column: str = "Visitors"
    only: tuple[str, str] | None = None
    """Dimension and the one value of it that counts."""


PANELS: tuple[tuple[str, tuple[Report, ...]], ...] = (
    (
        "Sources",
        (
            Report("Sources", "visit:source", "Source"),
            Report("Channels", "visit:channel", "Channel"),
            Report("Campaigns", "visit:utm_campaign", "Campaign"),
            Report("Mediums", "visit:utm_medium", "Medium"),
        ),
    ),
    (
        "Pages",
        (
            Report("Pages", "event:page", "Page"),
            Report("Entry pages", "visit:entry_page", "Entry page"),
            Report(
                *("Landing pages", "visit:entry_page", "Landing page"),
                metric_column="New visitors",
                only=NEW_VISITORS,
            ),
            Report("Exit pages", "visit:exit_page", "Exit page"),
        ),
    ),
    (
        "Places",
        (
            Report("Countries", "visit:country", "Country"),
            Report("Regions", "visit:region", "Region"),
            Report("Cities", "visit:city", "City"),
            Report("Languages", "visit:language", "Language"),
        ),
    ),
    (
        "Devices",
        (
            Report("Browsers", "visit:browser", "Browser"),
            Report("Systems", "visit:os", "Operating system"),
            Report("Devices", "visit:device", "Device"),
            Report("Screens", "visit:screen", "Screen"),
        ),
    ),
    (
        "Goals",
        (
            Report("Goals", "event:goal", "Goal"),
            Report("Events", "event:name", "Event"),
        ),
    ),
)


def pick_report(title: str, reports: Sequence[Report]) -> Report:
    """Heading of the panel with its tabs; the chosen report."""
    if len(reports) == 1:
        st.subheader(title, anchor=False)
        return reports[0]
    tabs = {report.tab: report for report in reports}
    chosen = st.segmented_control(
        title, list(tabs), default=reports[0].tab, key=f"tab-{title}", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return tabs.get(str(chosen), reports[0])


def display_name(dimension: str, value: str) -> str:
    """What the table shows for a stored value."""
    if dimension == "visit:country":
        return countries.country_name(value)
    return value or _EMPTY_NAMES.get(dimension, "(none)")


def value_table(report: Report, rows: Sequence[tuple[str, int]]) -> None:
    """Show values with their numbers, most frequent first; without rows nothing."""
    if not rows:
        return
    names = [display_name(report.dimension, value) for value, _ in rows]
    numbers = [number for _, number in rows]
    st.dataframe(
        named_numbers("value", names, "number", numbers),
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height=_HEADER_HEIGHT + int(_ROW_HEIGHT * min(len(rows), _VISIBLE_ROWS)),
        lazy=False,
        column_config={
            "value": st.column_config.TextColumn(report.column, width="medium"),
            "number": st.column_config.ProgressColumn(
                report.metric_column, format="localized", min_value=0, max_value=max(*numbers, 1), width="small"
            ),
        },
        alt=f"{report.tab}, the most frequent ones first",
    )
