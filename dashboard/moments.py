"""Names of the moments in the time line, and the lines of its scale. Pure."""

import math
from collections.abc import Sequence
from datetime import date, datetime

from appliance.stats.contract import TimeDimension


def short_name(label: str, by: TimeDimension, *, several_days: bool = False, several_years: bool = False) -> str:
    """What stands under the line.

    Args:
        label: of the API: `YYYY-MM-DD`, or `YYYY-MM-DD HH:MM:SS` for an hour.
        by: what it is the name of.
        several_days: hours of more than one day.
        several_years: the line has more than one year.

    >>> short_name("2026-11-23 09:00:00", TimeDimension.HOUR), short_name("2026-11-01", TimeDimension.MONTH)
    ('09:00', 'Nov')
    """
    moment = datetime.fromisoformat(label)
    day = f"{moment.day} {moment:%b}"
    if by is TimeDimension.HOUR:
        return f"{day} {moment:%H}h" if several_days else f"{moment:%H:%M}"
    if by is TimeDimension.MONTH:
        return f"{moment:%b %Y}" if several_years else f"{moment:%b}"
    return f"{day} {moment.year}" if several_years else day


def long_name(label: str, by: TimeDimension) -> str:
    """What stands in the table and beside the line.

    >>> long_name("2026-11-23 09:00:00", TimeDimension.HOUR), long_name("2026-11-23", TimeDimension.WEEK)
    ('Mon 23 Nov 2026, 09:00', 'Week of 23 Nov 2026')
    """
    moment = datetime.fromisoformat(label)
    day = f"{moment.day} {moment:%b %Y}"
    if by is TimeDimension.HOUR:
        return f"{moment:%a} {day}, {moment:%H:%M}"
    if by is TimeDimension.MONTH:
        return f"{moment:%B %Y}"
    return f"Week of {day}" if by is TimeDimension.WEEK else f"{moment:%a} {day}"


def current(labels: Sequence[str], now: datetime) -> int:
    """Index of the label that holds the present moment of the site; -1 if all are in the future.

    >>> current(["2026-11-22", "2026-11-23", "2026-11-24"], datetime(2026, 11, 23, 18))
    1
    """
    written = now.strftime("%Y-%m-%d %H:%M:%S")
    return sum(label <= written for label in labels) - 1


def scale(most: float) -> list[float]:
    """Three to six round numbers from zero to at least the greatest value.

    >>> scale(0), scale(7), scale(2345)
    ([0, 1, 2, 3], [0, 2, 4, 6, 8], [0, 500, 1000, 1500, 2000, 2500])
    """
    rough = max(most, 3) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * 0.8)
    step = max(1, step)
    return [step * index for index in range(math.ceil(max(most, 3) / step) + 1)]


def days_of(first: str, last: str) -> str:
    """A range in words.

    >>> days_of("2026-11-01", "2026-11-07"), days_of("2026-11-01", "2026-11-01")
    ('1 Nov – 7 Nov 2026', '1 Nov 2026')
    """
    one, other = date.fromisoformat(first), date.fromisoformat(last)
    end = f"{other.day} {other:%b %Y}"
    if one == other:
        return end
    start = f"{one.day} {one:%b}" + (f" {one.year}" if one.year != other.year else "")
    return f"{start} – {end}"
