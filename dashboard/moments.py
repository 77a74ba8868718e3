"""Names and numbers of the bars in the time line. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date


def bars(labels: Sequence[str], counts: Mapping[str, int], now: str) -> tuple[list[str], list[int]]:
    """One bar for each label that is not in the future.

    Args:
        labels: hours (`YYYY-MM-DD HH:MM:SS`) or days (`YYYY-MM-DD`) of the range, in order.
        counts: numbers by label; a missing one is zero.
        now: the site's current hour or day, written in the same way.

    >>> bars(["2026-11-22", "2026-11-23", "2026-11-24"], {"2026-11-23": 7}, "2026-11-23")
    (['22 Nov', '23 Nov'], [0, 7])
    """
    begun = [label for label in labels if label <= now]
    several_years = len({label[:4] for label in begun}) > 1
    return [_name(label, several_years) for label in begun], [counts.get(label, 0) for label in begun]


def _name(label: str, with_year: bool) -> str:
    if len(label) > len("YYYY-MM-DD"):
        return label[11:16]
    day = date.fromisoformat(label)
    return f"{day.day} {day:%b} {day.year}" if with_year else f"{day.day} {day:%b}"
