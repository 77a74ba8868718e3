"""The numbers at the top, each with its change; a click draws one over time."""

from collections.abc import Callable, Mapping
from typing import Any

from appliance.stats.contract import Answer, Meta
from dashboard import definitions, marks, numbers
from dashboard.element import Action, element
from dashboard.figures import FIGURES, OF_ENDED_VISITS, mark_of
from dashboard.moments import days_of
from dashboard.view import View


def headline(view: View, answer: Answer, now: float, on_action: Callable[[Action], None]) -> None:
    """Show the numbers of the period; `now` in seconds since 1970."""
    element("headline", "numbers", headline_data(view, answer, now), on_action)


def headline_data(view: View, answer: Answer, now: float) -> dict[str, Any]:
    """What the element shows."""
    metrics = view.metrics()
    row = answer.results[0]
    values = dict(zip(metrics, row.metrics, strict=True))
    before: Mapping[str, Any] = dict(zip(metrics, row.comparison.metrics, strict=True)) if row.comparison else {}
    changes: Mapping[str, Any] = dict(zip(metrics, row.comparison.change, strict=True)) if row.comparison else {}
    none_ended = _none_ended(answer, values)
    none_before = not any(before.values())
    items = []
    for metric in metrics:
        figure = FIGURES[metric]
        unknown = metric in OF_ENDED_VISITS and none_ended
        value = None if unknown else values[metric]
        change = None if unknown or not before.get(metric) else changes.get(metric)
        items.append(
            {
                "id": metric,
                "label": _label(metric, answer.meta),
                "help": figure.definition,
                "drawable": value is not None,
                "text": _bounded(figure.text(value), partial=bool(answer.meta.partial) and value is not None),
                "change": numbers.change(change, in_points=figure.in_points),
                "mood": figure.mood(change),
                "was": ""
                if unknown or none_before or before.get(metric) is None
                else f"before: {figure.text(before[metric])}",
                "active": metric == view.shown_series,
            }
        )
    alarms = [marks.lateness(answer.meta, now), *marks.damage(answer.meta)]
    return {"items": items, "alarms": [alarm for alarm in alarms if alarm], "notes": _notes(view, answer)}


def _none_ended(answer: Answer, values: Mapping[str, float | None]) -> bool:
    """No visit has ended: there is no bounce rate and no duration. With filters the API does not count open visits."""
    if answer.meta.open_visits is not None:
        return answer.meta.open_visits == values.get("visits")
    return answer.meta.includes_today and not any(values.get(metric) for metric in OF_ENDED_VISITS)


def _label(metric: str, meta: Meta) -> str:
    mark = mark_of(metric, meta)
    return FIGURES[metric].label + (f" ({mark})" if mark else "")


def _bounded(text: str, *, partial: bool) -> str:
    return f"≥ {text}" if partial else text


def _notes(view: View, answer: Answer) -> list[str]:
    fresh = marks.freshness(answer.meta, view.site.timezone)
    notes = [fresh] if fresh else []
    if answer.meta.comparison is not None:
        other = days_of(*answer.meta.comparison.date_range)
        compared = answer.results[0].comparison
        if compared and not any(compared.metrics):
            notes.append(f"Compared with {other}: nothing was counted then.")
        else:
            running = " The period is not over yet, what it is compared with is." if answer.meta.includes_today else ""
            notes.append(f"Compared with {other}.{running}")
    if logs := marks.from_logs(answer.meta):
        notes.append(logs)
    if answer.meta.partial:
        notes.append(definitions.AT_LEAST)
    if "bounce_rate" not in view.metrics():
        notes.append("Bounce rate and visit duration belong to whole visits and are not known for this filter.")
    return notes
