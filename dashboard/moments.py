"""Names and order of the bars in the time line, gaps filled with zeros. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta


def hours(counts: Mapping[str, int], until: int) -> tuple[list[str], list[int]]:
    """Hours 0 to `until` of one day.

    Args:
        counts: by `YYYY-MM-DD HH:MM:SS` as the stats API names hours.
        until: last hour shown, 23 for a day that is over.
    """
    by_hour = {moment[11:13]: number for moment, number in counts.items()}
    names = [f"{hour:02d}" for hour in range(until + 1)]
    return [f"{name}:00" for name in names], [by_hour.get(name, 0) for name in names]


def days(counts: Mapping[str, int], first: date | None, last: date) -> tuple[list[str], list[int]]:
    """Days from `first`, or the first one with a number, to `last`."""
    by_day = {date.fromisoformat(moment[:10]): number for moment, number in counts.items()}
    start = first or min(by_day, default=last)
    listed = [start + timedelta(days=step) for step in range((last - start).days + 1)]
    several_years = start.year != last.year
    names = [f"{day.day} {day:%b} {day.year}" if several_years else f"{day.day} {day:%b}" for day in listed]
    return names, [by_day.get(day, 0) for day in listed]
