"""Asks ClickHouse: one SQL file per report, named after its function. Every value is bound."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.stats.closed_reads import ask_closed
from appliance.stats.counters import NOTHING, Counters, at_least_nothing, minus, plus
from appliance.stats.days import Days
from appliance.stats.open_day import fold_open_day, thin_from
from appliance.stats.ranges import DateRange, Step


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
"""Day, 1st of the month or None, as the step is, and value of the attribute."""


class Cells(NamedTuple):
    """Shown cells of one dimension, and what is left."""

    shown: dict[Key, Counters]
    hidden: int
    """Values left out, counted per day, on days that are not closed; what a close left out is known to nobody."""
    other: dict[date | None, Counters]
    """What the totals have beyond the shown cells, by step, where anything is left."""


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

    def days(self, site: str, within: DateRange) -> Days:
        """The days of a range, for everything that is asked of it. Call it inside `reading`."""
        rows = self._ask("totals_by_day", site=site, first=within.first, last=within.last)
        totals = {row[0]: Counters(*map(int, row[1:-1])) for row in rows}
        return Days(within, totals, frozenset(row[0] for row in rows if not row[-1]))

    def totals_by_day(self, site: str, within: DateRange) -> Mapping[date, Counters]:
        """Exact totals of each day that has any."""
        return self.days(site, within).totals

    def totals_by_hour(self, site: str, days: DateRange) -> dict[tuple[date, int], Counters]:
        """Totals by hour; `visitors` are the different ones of the hour."""
        rows = self._ask("totals_by_hour", site=site, first=days.first, last=days.last)
        return {(row[0], int(row[1])): Counters(*map(int, row[2:])) for row in rows}

    def cells(
        self,
        site: str,
        days: Days,
        dimension: Dimension,
        admits: Callable[[str], bool],
        k: int,
        *,
        step: Step = Step.RANGE,
        prefix: str = "",
        named: Sequence[str] = (),
    ) -> Cells:
        """Single cells of a dimension. Days that are not closed are folded here, as their close would do it now.

        Call it inside `reading`.

        Args:
            admits: whether a value is public.
            prefix: only values that begin with it; it is cut off in the answer.
            named: no other values are needed, if there are any here. What is left is reckoned with all.
        """
        where = {"site": site, "dimension": int(dimension), "prefix": prefix}
        needed = {"named": [prefix + value for value in named], "k": thin_from(dimension, k)}
        by_months = _knows_thin_months(dimension)
        closed = ask_closed(self._query, _sql, "closed_cells", days, step, sums=by_months, **where, **needed)
        range_of_days = {"first": days.within.first, "last": days.within.last}
        opened = self._ask("open_cells", **where, **range_of_days) if days.open else []
        found, rest = _Sums(), _Sums()
        # Visits that are still open have no exit page yet: what is left on such a day says nothing.
        has_rest = days.totals.keys() - (days.open if dimension is Dimension.EXIT_PAGE else set())
        for day in sorted(has_rest):
            rest.add((step.at(day), ""), days.totals[day])
        for at, of_one in groupby(closed, key=itemgetter(0)):
            together = list(of_one)
            columns = zip(*(row[2:] for row in together), strict=True)
            rest.add((at, ""), minus(NOTHING, Counters(*map(sum, columns))))  # at once: rows are thousands
            for _, value, *numbers in together:
                if value is not None:
                    found.add((at, value[len(prefix) :]), Counters(*numbers))
        hidden = 0
        rows = {day: [row[1:] for row in of_day] for day, of_day in groupby(opened, key=itemgetter(0))}
        for day in sorted(days.open):
            folded = fold_open_day(dimension, rows.get(day, []), days.totals[day], admits, k)
            hidden += folded.hidden
            for value, row in folded.shown.items():
                found.add((step.at(day), value[len(prefix) :]), row)
                if day in has_rest:
                    rest.add((step.at(day), ""), minus(NOTHING, row))
        other = {at: at_least_nothing(counters) for (at, _), counters in rest.items()}
        return Cells(found, hidden, {at: counters for at, counters in other.items() if any(counters)})

    def _ask(self, name: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        return self._query(_sql(name), parameters)

    def _query(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        return self._reader.query(statement, parameters).rows


@cache
def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/reports.{name}.sql").read_text(encoding="utf-8")


def _knows_thin_months(dimension: Dimension) -> bool:
    """Whether the sums of a month tell which of its cells lost their side counters: those that keep no events."""
    return dimension is Dimension.PAGE or TRAITS[dimension].scope is Scope.VISIT


class _Sums(dict[Key, Counters]):
    """Counters that add up under their key."""

    def add(self, key: Key, counters: Counters) -> None:
        self[key] = plus(self[key], counters) if key in self else counters
