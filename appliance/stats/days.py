"""The days of a range: their totals, and which of them are closed. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from appliance.stats.counters import Counters
from appliance.stats.ranges import DateRange


class Days(NamedTuple):
    """Days of a range that have anything."""

    within: DateRange
    totals: Mapping[date, Counters]
    """Exact totals of each."""
    open: frozenset[date]
    """Those that are not closed."""

    def closed_months(self) -> list[date]:
        """The 1st of each month that lies in the range as a whole, has anything and has no open day."""
        known = {day.replace(day=1) for day in self.totals} - {day.replace(day=1) for day in self.open}
        return [month for month in self.within.whole_months() if month in known]
