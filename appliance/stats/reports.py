"""Asks ClickHouse: one SQL file per report, named after its function. Every value is bound."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, Protocol

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.stats.closed_reads import ClosedReads
from appliance.stats.counters import NOTHING, Counters, at_least_nothing, minus, plus
from appliance.stats.days import Days
from appliance.stats.kept_reads import KeptReads
from appliance.stats.open_day import OpenDay, fold_open_day, thin_from
from appliance.stats.open_reads import OpenTables
from appliance.stats.ranges import DateRange, Step
from appliance.warehouse.fold.cells import Pairs, Singles
from appliance.warehouse.fold.day import TableName


class Rows(Protocol):
    """An answer of ClickHouse."""

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Its rows."""


class Reader(Protocol):
    """`appliance.warehouse.client.Reader`."""

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Raises UnavailableError."""

    def query_columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """One sequence for each column, none if there is no row. Raises UnavailableError."""


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

    def __init__(self, reader: Reader, closed_days: ClosedDays, kept: KeptReads | None = None) -> None:
        """`kept`: what was read of closed days; None keeps nothing."""
        self._reader = reader
        self._closed = ClosedReads(reader, kept)
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
        prefix: str = "",
        *,
        step: Step = Step.RANGE,
        named: Sequence[str] = (),
        opened: OpenTables | None = None,
    ) -> Cells:
        """Single cells of a dimension. Days that are not closed are folded here, as their close would do it now.

        Call it inside `reading`.

        Args:
            admits: whether a value is public.
            prefix: only values that begin with it; it is cut off in the answer.
            named: no other values are needed, if there are any here. What is left is reckoned with all.
            opened: running days, if the question needs more of them.
        """
        where = {"site": site, "dimension": int(dimension), "prefix": prefix, "k": thin_from(dimension, k)}
        where["named"] = [prefix + value for value in named]
        by_months = _knows_thin_months(dimension)
        closed = self._closed.ask(_sql, "closed_cells", days, step, [prefix], sums=by_months, **where)
        table = dimension, Dimension.NONE
        opened = opened or self.open_tables(site, days, [table])
        found, rest = _Sums(closed.counters_by_key()), _Sums()
        # Visits that are still open have no exit page yet: what is left on such a day says nothing.
        has_rest = days.totals.keys() - (days.open if dimension is Dimension.EXIT_PAGE else set())
        for day in sorted(has_rest):
            rest.add((step.at(day), ""), days.totals[day])
        for at, counters in closed.sums.items():
            rest.add((at, ""), minus(NOTHING, counters))
        hidden = 0
        for day in sorted(days.open):
            folded = _folded(dimension, opened.cells(day, table), days.totals[day], admits, k, prefix)
            hidden += folded.hidden
            at = step.at(day)
            for value, row in folded.shown.items():
                found.add((at, value[len(prefix) :]), row)
            if folded.shown and day in has_rest:
                rest.add((at, ""), minus(NOTHING, Counters(*map(sum, zip(*folded.shown.values(), strict=True)))))
        other = {at: at_least_nothing(counters) for (at, _), counters in rest.items()}
        return Cells(found, hidden, {at: counters for at, counters in other.items() if any(counters)})

    def hidden(
        self,
        site: str,
        days: Days,
        dimension: Dimension,
        admits: Callable[[str], bool],
        k: int,
        prefix: str = "",
        *,
        opened: OpenTables,
    ) -> int:
        """`Cells.hidden` alone; of closed days nothing is read."""
        table = dimension, Dimension.NONE
        return sum(
            _folded(dimension, opened.cells(day, table), days.totals[day], admits, k, prefix).hidden
            for day in days.open
        )

    def open_tables(self, site: str, days: Days, tables: Sequence[TableName]) -> OpenTables:
        """Running days of a range; `tables` are those that will be asked for."""
        return OpenTables(self._reader, site, days, tables)

    def _ask(self, name: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        return self._reader.query(_sql(name), parameters).rows


@cache
def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/reports.{name}.sql").read_text(encoding="utf-8")


def _knows_thin_months(dimension: Dimension) -> bool:
    """Whether the sums of a month tell which of its cells lost their side counters: those that keep no events."""
    return dimension is Dimension.PAGE or TRAITS[dimension].scope is Scope.VISIT


def _folded(
    dimension: Dimension, cells: Pairs, totals: Counters, admits: Callable[[str], bool], k: int, prefix: str
) -> OpenDay:
    """A running day's cells that begin with the prefix."""
    singles = Singles(cells.a, cells.counters)
    if prefix:
        places = [place for place, value in enumerate(cells.a) if value.startswith(prefix)]
        singles = Singles([cells.a[place] for place in places], cells.counters[places])
    return fold_open_day(dimension, singles, totals, admits, k)


class _Sums(dict[Key, Counters]):
    """Counters that add up under their key."""

    def add(self, key: Key, counters: Counters) -> None:
        self[key] = plus(self[key], counters) if key in self else counters
