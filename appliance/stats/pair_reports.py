"""Asks ClickHouse for pairs of attributes: of closed days what their close kept, of others what it would keep now."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial
from importlib.resources import files
from typing import Any

from appliance.dimensions import Dimension
from appliance.events import property_value
from appliance.stats.closed_reads import ClosedReads
from appliance.stats.counters import Counters, plus
from appliance.stats.days import Days
from appliance.stats.filters import Attribute
from appliance.stats.kept_reads import KeptReads
from appliance.stats.open_day import as_numbers
from appliance.stats.open_pairs import OpenPairs, needed
from appliance.stats.open_reads import OpenTables
from appliance.stats.ranges import Step
from appliance.stats.reports import Reader
from appliance.warehouse.fold.cells import COUNTERS
from appliance.warehouse.fold.day import Rules, TableName

PairKey = tuple[date | None, str, str]
"""Day, 1st of the month or None, as the step is, and the values of both attributes; of properties without their key."""


class PairReports:
    """The questions about pairs. May raise UnavailableError and blocks its thread.

    Whoever asks holds `ClosedDays.reading()` and has read the totals under it.
    """

    def __init__(self, reader: Reader, open_pairs: OpenPairs, kept: KeptReads | None = None) -> None:
        """`kept`: what was read of closed days; None keeps nothing."""
        self._reader = reader
        self._closed = ClosedReads(reader, kept)
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
        opened: OpenTables | None = None,
    ) -> dict[PairKey, Counters]:
        """Shown pairs of two attributes, keyed in the order in which they are given.

        Args:
            only: of these attributes no other values are needed. Running days may still give others: they must be
                folded whole.
            opened: running days, if the question needs more of them.
        """
        a, b = sorted(table)
        is_turned = (a, b) != table
        prefixes = _prefix(a), _prefix(b)
        where: dict[str, Any] = {"site": site, "dim_a": int(a.dimension), "dim_b": int(b.dimension)}
        for at, attribute, prefix in (("a", a, prefixes[0]), ("b", b, prefixes[1])):
            where |= {f"prefix_{at}": prefix, f"values_{at}": [prefix + value for value in only.get(attribute, ())]}
        closed = self._closed.ask(_sql, "closed_pairs", days, step, prefixes, **where)
        found: dict[PairKey, Counters] = closed.counters_by_key()
        name = a.dimension, b.dimension
        opened = opened or OpenTables(self._reader, site, days, needed(name))
        for day in sorted(days.open):
            step_of_day = step.at(day)
            for one, other, counters in self._open(site, day, name, days.totals[day], rules, opened):
                if one.startswith(prefixes[0]) and other.startswith(prefixes[1]):
                    key = step_of_day, one[len(prefixes[0]) :], other[len(prefixes[1]) :]
                    found[key] = plus(found[key], counters) if key in found else counters
        return {(at, two, one): counters for (at, one, two), counters in found.items()} if is_turned else found

    def _open(
        self, site: str, day: date, table: TableName, totals: Counters, rules: Rules, opened: OpenTables
    ) -> list[tuple[str, str, Counters]]:
        shown = self._open_pairs.fold(site, day, table, as_numbers(totals), partial(opened.cells, day), rules)
        rows = shown.counters[:, : len(COUNTERS)].tolist()
        return [(a, b, Counters(*row)) for a, b, row in zip(shown.a, shown.b, rows, strict=True)]


def _prefix(attribute: Attribute) -> str:
    return property_value(attribute.key, "") if attribute.dimension is Dimension.PROPS else ""


@cache
def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/pair_reports.{name}.sql").read_text(encoding="utf-8")
