"""What readers have to know of the numbers before them: how fresh they are, which days a loss has damaged, which came
from a log. Pure.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.stats.contract import DamagedDay, Meta, TimeDimension
from dashboard import definitions, moments

LATE_SECONDS = 60
"""Numbers of a running day that are older than this are late."""
_MOST_STRETCHES = 4
"""Of imported days that a sentence names."""


def freshness(meta: Meta, timezone: str) -> str:
    """Up to when hits are counted, by the site's clock; empty where the days are over."""
    if not meta.includes_today:
        return ""
    local = datetime.fromisoformat(meta.data_as_of).astimezone(ZoneInfo(timezone))
    return f"Counted up to {local:%H:%M}."


def lateness(meta: Meta, now: float) -> str:
    """An alarm if hits of a running day wait for longer than usual; empty otherwise.

    Args:
        meta: of the answer.
        now: seconds since 1970.
    """
    waits = now - datetime.fromisoformat(meta.data_as_of).timestamp()
    if not meta.includes_today or waits <= LATE_SECONDS:
        return ""
    minutes = round(waits / 60)
    long = f"{minutes} minute{'' if minutes == 1 else 's'}" if minutes < 120 else f"{round(waits / 3600)} hours"
    return f"The numbers are {long} behind: later hits are on their way and not counted yet."


def damage(meta: Meta) -> list[str]:
    """One sentence for each day that a loss has damaged."""
    return [_sentence(one) for one in meta.damaged_days or ()]


def other_warnings(meta: Meta) -> list[str]:
    """What is wrong with the appliance itself, not with days of the range."""
    of_days = {one.meaning for one in meta.damaged_days or ()}
    return [sentence for sentence in meta.warnings or () if sentence not in of_days]


def mark_of_moment(meta: Meta, label: str, next_label: str | None) -> str:
    """What is to be said about a moment of a time line; empty for nothing.

    Args:
        meta: of the answer.
        label: first day of the moment, or its hour.
        next_label: that of the next moment; None for the last.
    """
    day, hour = label[:10], label[11:13]
    if hour not in ("", "00"):  # of a day by the hour its first is marked, not all
        return ""
    said = [
        _sentence(one)
        for one in meta.damaged_days or ()
        if one.day and (one.day == day or (day < one.day and (next_label is None or one.day < next_label)))
    ]
    return " ".join(said)


def from_logs(meta: Meta) -> str:
    """Which days came from logs of a server, in words; empty if none did."""
    if not meta.imported_days:
        return ""
    days = ", ".join(moments.days_of(first, last) for first, last in meta.imported_days[:_MOST_STRETCHES])
    more = len(meta.imported_days) - _MOST_STRETCHES
    return f"Counted from logs: {days}{f' and {more} more stretches' if more > 0 else ''}. {definitions.FROM_LOGS}"


def is_from_logs(meta: Meta, label: str, next_label: str | None) -> bool:
    """Whether a moment of a time line holds a day that came from a log; arguments as of `mark_of_moment`."""
    first, following = label[:10], next_label[:10] if next_label else None
    return any(
        one <= first <= other or (first <= one and (following is None or one < following))
        for one, other in meta.imported_days or ()
    )


def _sentence(one: DamagedDay) -> str:
    text = one.meaning[:1].upper() + one.meaning[1:]
    if one.day:
        text = text.replace(one.day, moments.long_name(one.day, TimeDimension.DAY))
    return text.removesuffix(".") + "."
