"""Asks ClickHouse: one SQL file per report, named after its function. Every value is bound."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, Protocol

from appliance.dimensions import Dimension
from appliance.stats.counters import Counters
from appliance.stats.ranges import DateRange
from appliance.stats.suppress import Admission


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
    """Shown cells of one dimension, and how many values were hidden."""

    shown: dict[Key, Counters]
    hidden: int


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

    def totals_by_day(self, site: str, days: DateRange) -> dict[date, Counters]:
        """Exact totals of each day that has any."""
        rows = self._ask("totals_by_day", site=site, first=days.first, last=days.last)
        return {row[0]: Counters(*map(int, row[1:])) for row in rows}

    def totals_by_hour(self, site: str, days: DateRange) -> dict[tuple[date, int], Counters]:
        """Totals by hour; `visitors` are the different ones of the hour."""
        rows = self._ask("totals_by_hour", site=site, first=days.first, last=days.last)
        return {(row[0], int(row[1])): Counters(*map(int, row[2:])) for row in rows}

    def cells(
        self,
        site: str,
        days: DateRange,
        dimension: Dimension,
        rule: Admission,
        k: int,
        *,
        by_day: bool,
        prefix: str = "",
    ) -> Cells:
        """Single cells of a dimension; values hidden on a day are left out of that day.

        Args:
            prefix: only values that begin with it; it is cut off in the answer.

        Privacy: what is hidden never leaves ClickHouse, only the number of hidden values does.
        """
        parameters: dict[str, Any] = {
            "site": site,
            "first": days.first,
            "last": days.last,
            "dimension": int(dimension),
            "prefix": prefix,
            "k": k,
            "admitted": list(rule.names),
            "admitted_pattern": rule.pattern,
        }
        with self._closed_days.reading():
            rows = self._ask("cells_by_day" if by_day else "cells", **parameters)
            hidden = self._ask("hidden_cells", **parameters)
        shown = {(row[0] if by_day else None, row[1][len(prefix) :]): Counters(*map(int, row[2:])) for row in rows}
        return Cells(shown, int(hidden[0][0]))

    def _ask(self, name: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        return self._reader.query(_sql(name), parameters).rows


@cache
def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/reports.{name}.sql").read_text(encoding="utf-8")
