"""Steps of a funnel as a list: who reached each, and who left before it."""

from typing import Any

from appliance.stats.contract import Funnels
from dashboard import definitions, numbers
from dashboard.figures import mark_of
from dashboard.panels import Report
from dashboard.view import View
from dashboard.widgets.panel import file_name


def funnel_data(view: View, report: Report, answer: Funnels) -> dict[str, Any]:
    """The funnel that the report is named after; nothing if it is not there any more."""
    funnel = next((one for one in answer.funnels if one.name == report.tab), None)
    steps = funnel.steps if funnel else []
    most = max((step.visitors for step in steps), default=0) or 1
    rows = [
        {
            "name": f"{number}. {step.label}",
            "raw": step.label,
            "help": "",
            "special": False,
            "numbers": [step.visitors, step.conversion_rate, step.drop_off],
            "cells": [
                ("≥ " if step.at_least else "") + numbers.count(step.visitors),
                numbers.share(step.conversion_rate),
                numbers.count(step.drop_off) if number > 1 else numbers.NOTHING,
            ],
            "share": step.visitors / most,
            "filter": None,
        }
        for number, step in enumerate(steps, 1)
    ]
    notes = []
    if any(step.at_least for step in steps):
        notes.append("≥ means at least: a number that would tell of few visitors is rounded down.")
    if not steps or not steps[0].visitors:
        notes.append("Nobody is known to have taken the first step in this period.")
    return {
        "columns": [
            {"label": report.column, "help": definitions.FIGURES[definitions.STEP]},
            {
                "label": "Visitors",
                "help": definitions.FIGURES[definitions.VISITORS_OF_STEP],
                "mark": mark_of("visitors", answer.meta),
            },
            {"label": definitions.OF_FIRST, "help": definitions.FIGURES[definitions.OF_FIRST]},
            {"label": definitions.LEFT, "help": definitions.FIGURES[definitions.LEFT]},
        ],
        "rows": rows,
        "more": f"{len(rows):,}",
        "file": file_name(view, report),
        "notes": notes,
    }
