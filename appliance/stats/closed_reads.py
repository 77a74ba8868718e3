"""Closed days are read from up to three places in one statement, and only from those that a range needs: each costs
13 ms of processor time, however little it holds.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from appliance.stats.days import Days
from appliance.stats.ranges import DateRange, Step

Query = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]
"""Runs a statement with its parameters."""


def ask_closed(
    query: Query, sql: Callable[[str], str], name: str, days: Days, step: Step, *, sums: bool = True, **parameters: Any
) -> list[tuple[Any, ...]]:
    """Rows of closed days: step (None for the whole range), values, counters; in the order of step and values.

    Args:
        sql: text of a file; there is one of `name` for days, one for sums of months, one for what months show.
        sums: whether sums of months may stand for their days.
        parameters: beside range, step and months.
    """
    months = days.closed_months() if sums and step is not Step.DAY else []
    statement = "\nUNION ALL\n".join(sql(f"{name}.{place}") for place in places(days.within, step, months))
    first, last = days.within
    elsewhere = [day for day in days.within.days() if day in days.open or day.replace(day=1) in months]
    known = parameters | {"first": first, "last": last, "step": step.value, "months": months, "elsewhere": elsewhere}
    used = {key: value for key, value in known.items() if f"{{{key}:" in statement}
    return sorted(query(statement, used), key=lambda row: (row[0] or date.min, row[1] or "", row[2]))


def places(within: DateRange, step: Step, months: Sequence[date]) -> list[str]:
    """Which of `days`, `month_sums` and `months` may hold anything of a range; at least one.

    Args:
        months: those whose sums are read instead of their days.
    """
    found = ["days"] if set(within.months()) - set(months) else []
    if months:
        found.append("month_sums")
    if step is not Step.DAY and within.whole_months():
        found.append("months")
    return found
