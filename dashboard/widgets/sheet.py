"""Parts of the report on paper: what it is of, lists below each other, and what the numbers mean."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from appliance.stats.contract import Answer
from dashboard.element import element
from dashboard.figures import FIGURES
from dashboard.filters import Filter
from dashboard.moments import days_of
from dashboard.panels import Report, attribute_name, display_name
from dashboard.view import View
from dashboard.widgets.headline import headline_data

MOST_ROWS = 15
"""Of a list on paper."""
_OPERATORS = {"is": "is", "is_not": "is not"}

Data = dict[str, Any]


def head(view: View, made: datetime) -> None:
    """Show what the report is of.

    Args:
        view: what is looked at.
        made: the site's present moment.
    """
    element("sheet", "sheet-head", head_data(view, made))


def head_data(view: View, made: datetime) -> Data:
    """What the element shows."""
    first = view.period.first.isoformat() if view.period.first else ""
    last = view.period.last.isoformat()
    words = days_of(first, last) if first else f"All days up to {days_of(last, last)}"
    lines = [
        f"{words}{', not over yet' if view.period.includes_today else ''}. Days are those of {view.site.timezone}."
    ]
    lines += [_in_words(one) for one in view.filters]
    lines.append(f"Made on {made.day} {made:%B %Y} at {made:%H:%M}.")
    return {"part": "head", "title": f"Report of {view.site.id}", "lines": lines}


def _in_words(one: Filter) -> str:
    name = attribute_name(one.attribute).capitalize()
    return f"Only: {name} {_OPERATORS[one.operator]} {display_name(one.attribute, one.value)}."


def numbers(view: View, answer: Answer, now: float) -> None:
    """Show the numbers of the period; `now` in seconds since 1970."""
    element("sheet", "sheet-numbers", {"part": "numbers", **headline_data(view, answer, now)})


def lists(title: str, found: Sequence[tuple[Report, Data]], said: set[str]) -> None:
    """Show the lists of a card below each other.

    Args:
        title: of the card.
        found: its lists with what they show.
        said: notes that stand further up; those of these lists are added.
    """
    element("sheet", f"sheet-{title}", lists_data(title, found, said))


def lists_data(title: str, found: Sequence[tuple[Report, Data]], said: set[str]) -> Data:
    """What the element shows: the first rows, without anything to click."""
    return {
        "part": "lists",
        "title": title,
        "lists": [
            {
                "tab": report.tab,
                "title": report.tab if report.tab == title else f"{title}: {report.tab}",
                "columns": [{**column, "help": ""} for column in data["columns"] if not column.get("wide")],
                "rows": [{**row, "filter": None, "help": ""} for row in data["rows"][:MOST_ROWS]],
                "map": data.get("map", False),
                "notes": [*_cut(data), *_new(data["notes"], said)],
            }
            for report, data in found
        ],
    }


def _new(notes: Sequence[str], said: set[str]) -> list[str]:
    """Notes that stand nowhere yet: on paper once is enough."""
    new = [note for note in notes if note not in said]
    said.update(new)
    return new


def _cut(data: Data) -> list[str]:
    listed = len(data["rows"])
    return [f"The first {MOST_ROWS} of {data['more']}; the file of everything has all."] if listed > MOST_ROWS else []


def foot(metrics: Sequence[str], empty: Sequence[str], refused: dict[str, list[str]]) -> None:
    """Show what the numbers mean, and which lists are not there."""
    element("sheet", "sheet-foot", foot_data(metrics, empty, refused))


def foot_data(metrics: Sequence[str], empty: Sequence[str], refused: dict[str, list[str]]) -> Data:
    """What the element shows.

    Args:
        metrics: those of the report.
        empty: lists without a row.
        refused: lists that cannot be shown with the filters, by the reason.
    """
    lines = [f"Without an entry: {', '.join(empty)}."] if empty else []
    lines += [f"Not printed: {', '.join(names)}. {why}" for why, names in refused.items()]
    return {
        "part": "foot",
        "title": "What the numbers mean",
        "meanings": [{"label": FIGURES[name].label, "text": FIGURES[name].definition} for name in metrics],
        "lines": lines,
    }
