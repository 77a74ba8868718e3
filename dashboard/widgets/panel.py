"""A card with a list of values and its tabs."""

from collections.abc import Callable
from typing import Any

from appliance.stats.contract import OTHER, Answer
from dashboard import definitions
from dashboard.element import Action, element
from dashboard.figures import FIGURES, mark_of
from dashboard.filters import attributes
from dashboard.panels import Panel, Report, attribute_name, display_name, shown_metrics
from dashboard.view import View
from dashboard.widgets.row_notes import list_notes
from dashboard.widgets.value_rows import value_rows, without_dropped


def panel(card: Panel, report: Report, data: dict[str, Any], on_action: Callable[[Action], None]) -> None:
    """Show a card.

    Args:
        card: the card.
        report: the tab that is open.
        data: of `waiting_data`, `refused_data` or `values_data`.
        on_action: what the reader does.
    """
    tabs = [one.tab for one in card.reports]
    # A lone funnel or property has a name of its own; a lone list has that of its card.
    frame = {"title": card.title, "tabs": tabs if tabs != [card.title] else [], "tab": report.tab}
    element("panel", f"list-{card.title}", {**_EMPTY, **frame, **data}, on_action)


_EMPTY: dict[str, Any] = {
    "state": "ready",
    "columns": [],
    "rows": [],
    "notes": [],
    "why": "",
    "offers": [],
    "map": False,
    "longer": False,
    "search": "",
    "found": [],
    "more": "",
    "file": "",
}


def waiting_data() -> dict[str, Any]:
    """Nothing yet: the element says when it comes into sight."""
    return {"state": "waiting"}


def refused_data(view: View, why: str) -> dict[str, Any]:
    """Why this list cannot be shown, and without which filters it can."""
    removable = [one for one in view.filters if one not in view.locked]
    offers = [
        {
            "label": f"Show without {attribute_name(one.attribute)} {display_name(one.attribute, one.value)}",
            "action": {"do": "remove", "filter": one.text},
        }
        for one in removable
    ]
    if view.filters and not removable:
        why = f"{why} This link is locked to its filter."
    return {"why": why, "offers": offers}


def values_data(view: View, report: Report, metrics: tuple[str, ...], answer: Answer) -> dict[str, Any]:
    """The rows of a list of values."""
    labels = dict(report.labels)
    shown = shown_metrics(report, view.filters, view.locked)
    answer = without_dropped(answer, metrics, shown)
    most = max((row.metrics[0] or 0 for row in answer.results), default=0) or 1
    columns: list[dict[str, Any]] = [
        {"label": report.column, "help": definitions.of_dimension(report.dimension), "mark": ""}
    ]
    for metric in metrics:
        figure = FIGURES[metric]
        label = labels.get(metric, figure.label)
        helped = definitions.FIGURES.get(label, figure.definition)
        columns.append(
            {"label": label, "help": helped, "mark": mark_of(metric, answer.meta), "wide": metric not in shown}
        )
    rows = [
        {
            "name": row.name,
            "raw": row.value,
            "help": row.help,
            "special": bool(row.help),
            "numbers": row.numbers,
            "cells": row.cells,
            "share": min(1.0, (row.numbers[0] or 0) / most),
            "filter": {"attribute": report.dimension, "value": row.value} if row.value not in ("", OTHER) else None,
        }
        for row in value_rows(report.dimension, metrics, answer)
    ]
    total = answer.meta.total_rows or len(rows)
    return {
        "columns": columns,
        "rows": rows,
        "map": report.has_map,
        "longer": total > len(rows),
        "more": f"{total:,}",
        "file": file_name(view, report),
        "notes": list_notes(
            report,
            answer,
            listed=len(rows),
            one_day=view.period.one_day,
            filtered=bool(attributes(view.filters) - {report.dimension}),
        ),
    }


def file_name(view: View, report: Report) -> str:
    """Under which a list is saved."""
    return f"{view.site.id}-{report.tab.lower().replace(' ', '-')}.csv"
