"""Asks ClickHouse for pairs of attributes: of closed days what their close kept, of others what it would keep now."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from appliance.dimensions import Dimension
from appliance.events import property_value
from appliance.stats.closed_reads import ask_closed
from appliance.stats.counters import Counters, plus
from appliance.stats.days import Days
from appliance.stats.filters import Attribute
from appliance.stats.open_day import as_numbers
from appliance.stats.open_pairs import OpenPairs, needed
from appliance.stats.ranges import Step
from appliance.stats.reports import Reader
from appliance.warehouse.fold.cells import COUNTERS, Pairs, empty
from appliance.warehouse.fold.day import Rules, TableName
from appliance.warehouse.table_batches import number_of

PairKey = tuple[date | None, str, str]
"""Day, 1st of the month or None, as the step is, and the values of both attributes; of properties without their key."""


class PairReports:
    """The questions about pairs. May raise UnavailableError and blocks its thread.

    Whoever asks holds `ClosedDays.reading()` and has read the totals under it.
    """

    def __init__(self, reader: Reader, open_pairs: OpenPairs) -> None:
        self._reader = reader
        self._open_pairs = open_pairs

    def pairs(
        self,
        site: str,
        days: Days,
        table: tuple[Attribute, Attribute],
        rules: Rules,
        *,
        step: Step = Step.RANGE,
        only: Mapping[Attribute, Sequence[str]],
    ) -> dict[PairKey, Counters]:
        """Shown pairs of two attributes, keyed in the order in which they are given.

        Args:
            only: of these attributes no other values are needed. Running days may still give others: they must be
                folded whole.
        """
        a, b = sorted(table)
        is_turned = (a, b) != table
        prefixes = _prefix(a), _prefix(b)
        found: dict[PairKey, Counters] = {}

        def add(day: date | None, one: str, other: str, counters: Counters) -> None:
            one, other = one[len(prefixes[0]) :], other[len(prefixes[1]) :]
            key = (day, other, one) if is_turned else (day, one, other)
            found[key] = plus(found[key], counters) if key in found else counters

        where: dict[str, Any] = {"site": site, "dim_a": int(a.dimension), "dim_b": int(b.dimension)}
        for at, attribute, prefix in (("a", a, prefixes[0]), ("b", b, prefixes[1])):
            where |= {f"prefix_{at}": prefix, f"values_{at}": [prefix + value for value in only.get(attribute, ())]}
        for day, one, other, *row in ask_closed(self._query, _sql, "closed_pairs", days, step, **where):
            add(day, one, other, Counters(*row))
        for day in sorted(days.open):
            for one, other, counters in self._open(site, day, (a.dimension, b.dimension), days.totals[day], rules):
                if one.startswith(prefixes[0]) and other.startswith(prefixes[1]):
                    add(step.at(day), one, other, counters)
        return found

    def _open(
        self, site: str, day: date, table: TableName, totals: Counters, rules: Rules
    ) -> list[tuple[str, str, Counters]]:
        tables = self._open_tables(site, day, needed(table))
        shown = self._open_pairs.fold(site, day, table, as_numbers(totals), tables.__getitem__, rules)
        rows = shown.counters[:, : len(COUNTERS)].tolist()
        return [(a, b, Counters(*row)) for a, b, row in zip(shown.a, shown.b, rows, strict=True)]

    def _open_tables(self, site: str, day: date, names: Sequence[TableName]) -> dict[TableName, Pairs]:
        numbers = [number_of(name) for name in names]
        dimensions = sorted({int(name[0]) for name in names})
        rows = self._ask("open_tables", site=site, day=day, dimensions=dimensions, tables=numbers)
        found = {number: list(of_one) for number, of_one in groupby(rows, key=itemgetter(0))}
        return {name: _as_pairs(found.get(number_of(name), [])) for name in names}

    def _ask(self, name: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        return self._query(_sql(name), parameters)

    def _query(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        return self._reader.query(statement, parameters).rows


def _prefix(attribute: Attribute) -> str:
    return property_value(attribute.key, "") if attribute.dimension is Dimension.PROPS else ""


def _as_pairs(rows: Sequence[tuple[Any, ...]]) -> Pairs:
    counters = np.array([row[3:] for row in rows], dtype=np.int64) if rows else empty()
    return Pairs([row[1] for row in rows], [row[2] for row in rows], counters)


@cache
def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/pair_reports.{name}.sql").read_text(encoding="utf-8")
