"""The series over time with the comparison behind it; what is not over yet is drawn as such."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from appliance.stats.contract import Answer
from dashboard import marks, moments, numbers
from dashboard.element import Action, element
from dashboard.figures import ADDING_UP, FIGURES, Figure, mark_of
from dashboard.view import INTERVALS, View


def timeline(
    view: View, answer: Answer, other: Answer | None, now: datetime, on_action: Callable[[Action], None]
) -> None:
    """Draw the series.

    Args:
        view: what is looked at.
        answer: its series by its interval, with time labels.
        other: the same of the range compared with; None without a comparison.
        now: the site's present moment by its clock, without zone.
        on_action: what the reader does.
    """
    element("chart", "chart", timeline_data(view, answer, other, now), on_action)


def timeline_data(view: View, answer: Answer, other: Answer | None, now: datetime) -> dict[str, Any]:
    """What the element shows."""
    figure = FIGURES[view.shown_series]
    points = _points(view, figure, answer, other, now)
    greatest = max((point[side] or 0 for point in points for side in ("value", "before")), default=0)
    ticks = moments.scale(greatest)
    refused = view.refused_intervals()
    begun = [point for point in points if point["value"] is not None]
    interval = view.shown_interval
    mark = mark_of(figure.metric, answer.meta)
    label = f"{figure.label} ({mark})" if mark else figure.label
    return {
        "title": f"{label} by {interval[:-1].lower()}",
        "help": figure.definition,
        "label": label,
        "interval": interval,
        "intervals": [{"id": name, "why": refused.get(name, "")} for name in INTERVALS],
        "points": points,
        "ticks": [{"value": tick, "text": _tick(figure, tick)} for tick in ticks],
        "most": ticks[-1],
        "summary": f"{figure.label} over time, {len(begun)} {interval.lower()}. The table below has the numbers.",
        "file": f"{view.site.id}-{view.shown_series}.csv",
        "notes": _notes(view, answer),
    }


def _points(view: View, figure: Figure, answer: Answer, other: Answer | None, now: datetime) -> list[dict[str, Any]]:
    by = INTERVALS[view.shown_interval]
    labels = answer.meta.time_labels or []
    at = moments.current(labels, now)
    known, before = _series(figure, answer), _series(figure, other) if other else {}
    other_labels = (other.meta.time_labels or []) if other else []
    several_days = len({label[:10] for label in labels}) > 1
    several_years = len({label[:4] for label in labels}) > 1
    missing = 0 if figure.metric in ADDING_UP else None
    points = []
    for index, label in enumerate(labels):
        value = known.get(label, missing) if index <= at else None
        then_label = other_labels[index] if index < len(other_labels) else None
        then = before.get(then_label, missing) if then_label else None
        points.append(
            {
                "name": moments.short_name(label, by, several_days=several_days, several_years=several_years),
                "long": moments.long_name(label, by),
                "value": value,
                "text": figure.text(value),
                "mark": marks.mark_of_moment(
                    answer.meta, label, labels[index + 1] if index + 1 < len(labels) else None
                ),
                "fromLog": marks.is_from_logs(
                    answer.meta, label, labels[index + 1] if index + 1 < len(labels) else None
                ),
                "partial": index == at and answer.meta.includes_today,
                "before": then,
                "beforeName": moments.long_name(then_label, by) if then_label else None,
                "beforeText": figure.text(then) if then_label else None,
                "change": _change(figure, value, then) if index != at or not answer.meta.includes_today else "",
            }
        )
    return points


def _series(figure: Figure, answer: Answer) -> dict[str, float | None]:
    return {row.dimensions[0]: row.metrics[0] for row in answer.results}


def _change(figure: Figure, value: float | None, then: float | None) -> str:
    if value is None or not then:
        return ""
    return numbers.change(value - then if figure.in_points else 100 * (value - then) / then, in_points=figure.in_points)


def _tick(figure: Figure, tick: float) -> str:
    if figure.metric in ADDING_UP and tick >= 10_000:
        return f"{tick / 1_000_000:g}M" if tick >= 1_000_000 else f"{tick / 1000:g}k"
    return f"{tick:g}" if figure.metric == "views_per_visit" else figure.text(tick)


def _notes(view: View, answer: Answer) -> list[str]:
    labels = answer.meta.time_labels or []
    following = [*labels[1:], None]
    notes = [
        f"▲ {said}"
        for said in dict.fromkeys(
            marks.mark_of_moment(answer.meta, label, then) for label, then in zip(labels, following, strict=True)
        )
        if said
    ]
    if view.shown_interval == "Hours" and view.shown_series == "visitors":
        notes.append("Somebody who is here in two hours counts in both, so hours add up to more than the day.")
    if view.filters and view.period.one_day:
        notes.append(view.refused_intervals()["Hours"])
    if answer.meta.partial:
        notes.append("Of days on which too few visitors had this, nothing is known: the line lies at 0 there.")
    return notes
