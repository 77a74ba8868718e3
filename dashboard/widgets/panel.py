"""A card with a list of values and its tabs."""

from collections.abc import Callable, Collection
from typing import Any

from msgspec import structs

from appliance.stats.contract import NOT_SET, OTHER, Answer, Row
from dashboard import definitions
from dashboard.element import Action, element
from dashboard.figures import FIGURES, mark_of
from dashboard.filters import attributes
from dashboard.panels import Panel, Report, attribute_name, display_name, shown_metrics
from dashboard.view import View
from dashboard.widgets.row_notes import list_notes

_SPECIAL = {name: definitions.FIGURES[name] for name in (OTHER, NOT_SET)}


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
    counted = [row for row in answer.results if not _is_dropped(row, metrics, shown)]
    total = (answer.meta.total_rows or len(answer.results)) - len(answer.results) + len(counted)
    answer = structs.replace(answer, results=counted, meta=structs.replace(answer.meta, total_rows=total))
    most = max((row.metrics[0] or 0 for row in answer.results), default=0) or 1
    bounds = frozenset(answer.meta.lower_bounds or ())
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
    rows = []
    for row in answer.results:
        value = row.dimensions[0]
        special = value in _SPECIAL
        rows.append(
            {
                "name": display_name(report.dimension, value),
                "raw": value,
                "help": _SPECIAL.get(value, ""),
                "special": special,
                "numbers": row.metrics,
                "cells": [
                    _cell(metric, number, at_least=value in bounds)
                    for metric, number in zip(metrics, row.metrics, strict=True)
                ],
                "share": min(1.0, (row.metrics[0] or 0) / most),
                "filter": {"attribute": report.dimension, "value": value} if value and value != OTHER else None,
            }
        )
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


def _is_dropped(row: Row, metrics: tuple[str, ...], shown: Collection[str]) -> bool:
    """Whether a row "(other)" stands for no other value: it has only what was dropped from the rows that are there."""
    return row.dimensions[0] == OTHER and not any(
        number for metric, number in zip(metrics, row.metrics, strict=True) if metric in shown
    )


def file_name(view: View, report: Report) -> str:
    """Under which a list is saved."""
    return f"{view.site.id}-{report.tab.lower().replace(' ', '-')}.csv"


def _cell(metric: str, number: float | None, *, at_least: bool) -> str:
    text = FIGURES[metric].text(number)
    return f"≥ {text}" if at_least and metric == "visitors" and number is not None else text
