"""Rows of an answer about values, as a reader sees them. Pure."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from msgspec import structs

from appliance.stats.contract import NOT_SET, OTHER, Answer
from dashboard import definitions
from dashboard.figures import FIGURES
from dashboard.panels import display_name

_SPECIAL = {name: definitions.FIGURES[name] for name in (OTHER, NOT_SET)}


class ValueRow(NamedTuple):
    """One value and its numbers."""

    value: str
    name: str
    help: str
    """What a row is that stands for no single value; empty for all others."""
    numbers: list[float | None]
    cells: list[str]
    """The numbers as texts."""


def without_dropped(answer: Answer, metrics: Sequence[str], shown: Collection[str]) -> Answer:
    """Without a row "(other)" that stands for no other value: it has what was dropped from the rows that are there.

    Args:
        answer: the rows.
        metrics: of each.
        shown: those of them that can be seen at once.
    """
    rows = [
        row
        for row in answer.results
        if row.dimensions[0] != OTHER
        or any(number for metric, number in zip(metrics, row.metrics, strict=True) if metric in shown)
    ]
    total = answer.meta.total_rows
    if total is not None:
        total -= len(answer.results) - len(rows)
    return structs.replace(answer, results=rows, meta=structs.replace(answer.meta, total_rows=total))


def value_rows(dimension: str, metrics: Sequence[str], answer: Answer) -> list[ValueRow]:
    """The rows of an answer about one dimension."""
    bounds = frozenset(answer.meta.lower_bounds or ())
    return [
        ValueRow(
            value,
            display_name(dimension, value),
            _SPECIAL.get(value, ""),
            row.metrics,
            [
                _cell(metric, number, at_least=value in bounds)
                for metric, number in zip(metrics, row.metrics, strict=True)
            ],
        )
        for row in answer.results
        for value in row.dimensions
    ]


def _cell(metric: str, number: float | None, *, at_least: bool) -> str:
    text = FIGURES[metric].text(number)
    return f"≥ {text}" if at_least and metric == "visitors" and number is not None else text
