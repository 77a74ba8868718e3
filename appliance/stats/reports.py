"""Asks ClickHouse: one SQL file per report, named after its function. Every value is bound."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from appliance.dimensions import Dimension
from appliance.stats.counters import NOTHING, Counters, at_least_nothing, minus, plus
from appliance.stats.open_day import fold_open_day, thin_from
from appliance.stats.ranges import DateRange


class Rows(Protocol):
    """An answer of ClickHouse."""

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Its rows."""


class Reader(Protocol):
    """`appliance.warehouse.client.Reader`."""

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Raises UnavailableError."""


class ClosedDays(Protocol):
    """`appliance.warehouse.closed_days.ClosedDays`."""

    def reading(self) -> AbstractContextManager[Any]:
        """Held while a question is asked, so that no day is read twice or not at all."""


Key = tuple[date | None, str]
"""Day (None for the whole range) and value of the attribute."""


class Cells(NamedTuple):
    """Shown cells of one dimension, and what is left."""

    shown: dict[Key, Counters]
    hidden: int
    """Values left out, counted per day, on days that are not closed; what a close left out is known to nobody."""
    other: dict[date | None, Counters]
    """What the totals have beyond the shown cells, by day or under None, where anything is left."""


class Reports:
    """The questions that the stats API asks. Every method may raise UnavailableError and blocks its thread."""

    def __init__(self, reader: Reader, closed_days: ClosedDays) -> None:
        self._reader = reader
        self._closed_days = closed_days

    def first_day(self, site: str) -> date | None:
        """First day with any hit."""
        rows = self._ask("first_day", site=site)
        return rows[0][0] if rows and rows[0][1] else None

    def totals(self, site: str, days: DateRange) -> Counters:
        """Exact totals of all days."""
        rows = self._ask("totals", site=site, first=days.first, last=days.last)
        return Counters(*map(int, rows[0]))

    def reading(self) -> AbstractContextManager[Any]:
        """To be held while cells are asked for, and for everything that goes with them. Not re-entrant."""
        return self._closed_days.reading()

    def open_days(self, site: str, days: DateRange) -> dict[date, Counters]:
        """Totals of the days that are not closed."""
        return {day: totals for day, (totals, is_closed) in self._totals_by_day(site, days).items() if not is_closed}

    def totals_by_day(self, site: str, days: DateRange) -> dict[date, Counters]:
        """Exact totals of each day that has any."""
        return {day: totals for day, (totals, _) in self._totals_by_day(site, days).items()}

    def _totals_by_day(self, site: str, days: DateRange) -> dict[date, tuple[Counters, bool]]:
        """Totals of each day, and whether it is closed."""
        rows = self._ask("totals_by_day", site=site, first=days.first, last=days.last)
        return {row[0]: (Counters(*map(int, row[1:-1])), bool(row[-1])) for row in rows}

    def totals_by_hour(self, site: str, days: DateRange) -> dict[tuple[date, int], Counters]:
        """Totals by hour; `visitors` are the different ones of the hour."""
        rows = self._ask("totals_by_hour", site=site, first=days.first, last=days.last)
        return {(row[0], int(row[1])): Counters(*map(int, row[2:])) for row in rows}

    def cells(
        self,
        site: str,
        days: DateRange,
        dimension: Dimension,
        admits: Callable[[str], bool],
        k: int,
        *,
        by_day: bool,
        prefix: str = "",
    ) -> Cells:
        """Single cells of a dimension. Days that are not closed are folded here, as their close would do it now.

        Call it inside `reading`.

        Args:
            admits: whether a value is public.
            prefix: only values that begin with it; it is cut off in the answer.
        """
        where = {"site": site, "first": days.first, "last": days.last, "dimension": int(dimension), "prefix": prefix}
        closed = self._ask("closed_cells_by_day" if by_day else "closed_cells", **where, k=thin_from(dimension, k))
        opened = self._ask("open_cells", **where)
        totals = self._totals_by_day(site, days)
        found, rest = _Sums(), _Sums()
        # Visits that are still open have no exit page yet: what is left on such a day says nothing.
        has_rest = {day for day, (_, is_closed) in totals.items() if is_closed or dimension is not Dimension.EXIT_PAGE}
        for day in sorted(has_rest):
            rest.add((day if by_day else None, ""), totals[day][0])
        hidden = 0
        for day, value, *counters in closed:
            found.add((day if by_day else None, value[len(prefix) :]), Counters(*map(int, counters)))
            rest.add((day if by_day else None, ""), minus(NOTHING, Counters(*map(int, counters))))
        rows = {day: [row[1:] for row in of_day] for day, of_day in groupby(opened, key=itemgetter(0))}
        for day, (whole, is_closed) in totals.items():
            if is_closed:
                continue
            folded = fold_open_day(dimension, rows.get(day, []), whole, admits, k)
            hidden += folded.hidden
            for value, row in folded.shown.items():
                found.add((day if by_day else None, value[len(prefix) :]), row)
                if day in has_rest:
                    rest.add((day if by_day else None, ""), minus(NOTHING, row))
        other = {day: at_least_nothing(counters) for (day, _), counters in rest.items()}
        return Cells(found, hidden, {day: counters for day, counters in other.items() if any(counters)})

    def _ask(self, name: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        return self._reader.query(_sql(name), parameters).rows


@cache
def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/reports.{name}.sql").read_text(encoding="utf-8")


class _Sums(dict[Key, Counters]):
    """Counters that add up under their key."""

    def add(self, key: Key, counters: Counters) -> None:
        self[key] = plus(self[key], counters) if key in self else counters
