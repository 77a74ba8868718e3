"""What a list leaves out and how to read it, in plain words. Pure."""

from appliance.stats.contract import Answer, Meta
from dashboard import definitions
from dashboard.panels import NEW_VISITORS, Report


def list_notes(report: Report, answer: Answer, *, listed: int, one_day: bool, filtered: bool = False) -> list[str]:
    """Sentences below a list.

    Args:
        report: the list.
        answer: what it shows.
        listed: number of rows that it has.
        one_day: whether the period has a single day.
        filtered: whether filters of another attribute are set.
    """
    notes = []
    if report.only == NEW_VISITORS:
        notes.append("New means new that day: nobody is recognised on another day.")
    if (filtered or report.only) and answer.meta.includes_today and report.dimension.startswith("visit:"):
        notes.append("Visits that are still under way are in (other) until they have ended.")
    if answer.meta.summed_values:
        notes.append("Several values are added up: visitors who had two of them count twice.")
    hidden = _hidden(answer.meta, listed=listed, one_day=one_day)
    bounds = answer.meta.lower_bounds or ()
    if any(one.dimensions[0] in bounds and one.metrics[0] is not None for one in answer.results):
        notes.append(definitions.AT_LEAST_IN_ROW)
    total = answer.meta.total_rows or 0
    if total > listed:
        notes.append(first_of(listed, total))
    return [*notes, hidden] if hidden else notes


def first_of(listed: int, total: int) -> str:
    """What a list says that is longer than its rows."""
    return f"The first {listed:,} of {total:,} are here and in its CSV; everything as CSV has more."


def _hidden(meta: Meta, *, listed: int, one_day: bool) -> str:
    if meta.hidden is None:
        return "" if listed else "Nothing to list in this period."
    values, threshold = meta.hidden.values, meta.hidden.threshold
    if not values:
        return f"Left out is what fewer than {threshold} visitors a day had."
    if one_day:
        more = "more" if listed else ("entry" if values == 1 else "entries")
        return f"{values:,} {more} with fewer than {threshold} visitors: not shown."
    times = "once" if values == 1 else f"{values:,} times"
    return f"Entries are left out on days on which fewer than {threshold} visitors had them: {times}."
