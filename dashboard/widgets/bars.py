"""Bars over time, each of several parts on top of each other; the same as a table below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import moments
from dashboard.element import element


@dataclass(frozen=True)
class Bar:
    """One moment."""

    name: str
    """Below the bar."""
    long: str
    """In the table, and on hover."""
    values: tuple[int, ...]
    """One for each part."""


def bars(
    key: str,
    title: str,
    label: str,
    parts: Sequence[str],
    shown: Sequence[Bar],
    *,
    helps: Sequence[str] = (),
    notes: Sequence[str] = (),
    file: str = "bars.csv",
    height: int = 200,
) -> None:
    """Draw them.

    Args:
        key: names it on the page.
        title: above it.
        label: what a moment is, such as "Day".
        parts: names of the parts, the lowest first, at most four.
        shown: in their order.
        helps: what each part means, if anything is said.
        notes: sentences below it.
        file: name of the CSV.
        height: pixels.
    """
    element("bars", key, bars_data(title, label, parts, shown, helps, notes, file) | {"height": height})


def bars_data(
    title: str,
    label: str,
    parts: Sequence[str],
    shown: Sequence[Bar],
    helps: Sequence[str],
    notes: Sequence[str],
    file: str,
) -> dict[str, Any]:
    """What the element shows."""
    ticks = moments.scale(max((sum(bar.values) for bar in shown), default=0))
    return {
        "title": title,
        "label": label,
        "parts": list(parts),
        "helps": list(helps) or [""] * len(parts),
        "help": helps[0] if len(parts) == 1 and helps else "",
        "bars": [
            {
                "name": bar.name,
                "long": bar.long,
                "values": list(bar.values),
                "texts": [f"{value:,}" for value in bar.values],
            }
            for bar in shown
        ],
        "ticks": [{"value": tick, "text": f"{tick:,.0f}"} for tick in ticks],
        "most": ticks[-1],
        "summary": f"{title}. The table below has the numbers.",
        "notes": list(notes),
        "file": file,
    }
