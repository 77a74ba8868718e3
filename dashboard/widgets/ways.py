"""From which page to which visits went, as a list; around one page if the report is filtered by one."""

from typing import Any

from appliance.stats.contract import Transition, Transitions
from dashboard import definitions, numbers
from dashboard.figures import mark_of
from dashboard.panels import Kind, Report, filtered_page
from dashboard.questions import MAX_ROWS
from dashboard.view import View
from dashboard.widgets.panel import file_name
from dashboard.widgets.row_notes import first_of


def ways_data(view: View, report: Report, answer: Transitions, search: str = "") -> dict[str, Any]:
    """The rows of a list of ways; of a longer one also those that have a text in their names."""
    page = filtered_page(view.filters)
    found = sorted((way for way in answer.transitions if _belongs(way, report.kind, page)), key=lambda way: -way.visits)
    listed = found[:MAX_ROWS]
    most = max((way.visits for way in listed), default=0) or 1
    longer = len(found) > len(listed)
    wanted = search.lower()
    matching = [way for way in found if wanted in _name(way, report.kind)[0].lower()] if longer and search else []
    return {
        "columns": [
            {"label": report.column, "help": definitions.FIGURES[definitions.WAY]},
            {"label": "Visits", "help": definitions.FIGURES[definitions.VISITS_OF_WAY]},
            {"label": definitions.TIMES, "help": definitions.FIGURES[definitions.TIMES]},
            {
                "label": "Visitors",
                "help": definitions.of_metric("visitors"),
                "mark": mark_of("visitors", answer.meta),
                "wide": True,
            },
        ],
        "rows": [_row(way, report, page, most) for way in listed],
        "longer": longer,
        "search": search if longer else "",
        "found": [_row(way, report, page, most) for way in matching[:MAX_ROWS]],
        "more": f"{len(found):,}",
        "file": file_name(view, report),
        "notes": _notes(listed=len(listed), found=len(found)),
    }


def _row(way: Transition, report: Report, page: str, most: int) -> dict[str, Any]:
    name, target = _name(way, report.kind)
    three = (way.visits, way.pageviews, way.visitors)
    return {
        "name": name,
        "raw": name,
        "help": "",
        "special": False,
        "numbers": list(three),
        "cells": [numbers.count(number) for number in three],
        "share": way.visits / most,
        "filter": {"attribute": report.dimension, "value": target} if target != page else None,
    }


def _belongs(way: Transition, kind: Kind, page: str) -> bool:
    if kind is Kind.BEFORE:
        return way.page == page
    if kind is Kind.AFTER:
        return way.previous == page
    return not page or page in (way.previous, way.page)


def _name(way: Transition, kind: Kind) -> tuple[str, str]:
    """What stands in the row, and the page that a click filters by."""
    if kind is Kind.BEFORE:
        return way.previous, way.previous
    if kind is Kind.AFTER:
        return way.page, way.page
    return f"{way.previous} → {way.page}", way.page


def _notes(*, listed: int, found: int) -> list[str]:
    notes = []
    if found > listed:
        notes.append(first_of(listed, found))
    notes.append("Ways that few visitors took are left out." if found else "No way that enough visitors took is known.")
    return notes
