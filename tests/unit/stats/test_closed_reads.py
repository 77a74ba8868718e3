"""Of closed days only the places are read that a range needs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest

from appliance.stats.closed_reads import ClosedReads, as_cells, places
from appliance.stats.counters import Counters
from appliance.stats.days import Days
from appliance.stats.kept_reads import KeptReads
from appliance.stats.ranges import DateRange, Step

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
AUTUMN = DateRange(date(2026, 9, 15), date(2026, 11, 20))
FOUR_WEEKS = DateRange(date(2026, 10, 5), date(2026, 11, 1))
N_COUNTERS = len(Counters._fields)
ONE_VISIT = Counters(1, 1, 1, 1, 1, 0, 0)


def test_range_without_a_whole_month_is_read_by_day_alone() -> None:
    assert places(FOUR_WEEKS, Step.RANGE, []) == ["days"]


def test_single_days_are_never_read_from_months() -> None:
    assert places(AUTUMN, Step.DAY, []) == ["days"]


def test_whole_months_leave_days_for_the_ends_of_the_range() -> None:
    assert places(AUTUMN, Step.RANGE, [OCTOBER]) == ["days", "month_sums", "months"]
    assert places(DateRange(OCTOBER, date(2026, 10, 31)), Step.MONTH, [OCTOBER]) == ["month_sums", "months"]


def test_whole_month_with_an_open_day_is_read_by_day_and_from_what_months_show() -> None:
    assert places(DateRange(OCTOBER, date(2026, 10, 31)), Step.RANGE, []) == ["days", "months"]


class Reader:
    """Gives the same rows to every statement."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows
        self.asked: list[tuple[str, Mapping[str, Any] | None]] = []

    def query_columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        self.asked.append((sql, parameters))
        return list(zip(*self._rows, strict=True))


PLACES = {f"cells.{place}": f"{place} {{site:String}} {{first:Date}}" for place in ("days", "month_sums", "months")}
ONE_MONTH = Days(AUTUMN, {date(2026, 10, 7): ONE_VISIT}, frozenset())


def row(at: date | None, value: str | None, number: int) -> tuple[Any, ...]:
    return (at, value, *[number] * N_COUNTERS)


@pytest.mark.parametrize(("sums", "asked"), [(True, ["days", "month_sums", "months"]), (False, ["days", "months"])])
def test_one_statement_asks_all_places_with_the_parameters_it_names(sums: bool, asked: list[str]) -> None:
    reader = Reader([row(NOVEMBER, "xb", 1), row(NOVEMBER, None, 3), row(None, "xc", 4), row(NOVEMBER, "xa", 2)])
    reads = ClosedReads(reader)
    found = reads.ask(PLACES.__getitem__, "cells", ONE_MONTH, Step.RANGE, ["x"], sums=sums, site="one.example", k=5)
    ((statement, parameters),) = reader.asked
    assert [line.split()[0] for line in statement.split("\nUNION ALL\n")] == asked
    assert parameters == {"site": "one.example", "first": AUTUMN.first}
    assert found.keys == [(None, "c"), (NOVEMBER, "a"), (NOVEMBER, "b")]
    assert {at: counters.visits for at, counters in found.sums.items()} == {NOVEMBER: 6, None: 4}


def test_rows_of_several_places_are_added_up_under_their_key() -> None:
    days = [NOVEMBER, None, NOVEMBER, None], ["a", "b", "a", "b"], ["x", "y", "x", "z"]
    found = as_cells(days, np.array([[n] * (N_COUNTERS - 1) for n in (1, 2, 3, 4)]), ["", ""])
    assert found.keys == [(None, "b", "y"), (None, "b", "z"), (NOVEMBER, "a", "x")]
    assert [row.visits for row in found.counters_by_key().values()] == [2, 4, 4]
    assert {row.thin_visits for row in found.counters_by_key().values()} == {0}


@pytest.mark.parametrize("value", [None, "a"])
def test_nothing_and_nothing_that_is_named_have_no_keys(value: str | None) -> None:
    reader = Reader([row(None, None, 3)] if value is None else [])
    found = ClosedReads(reader).ask(PLACES.__getitem__, "cells", ONE_MONTH, Step.RANGE, [""], site="one.example")
    assert (found.keys, found.counters_by_key()) == ([], {})
    assert [counters.visits for counters in found.sums.values()] == ([3] if value is None else [])


def test_every_parameter_makes_another_question_to_keep() -> None:
    reader = Reader([row(None, "a", 1)])
    reads = ClosedReads(reader, KeptReads(lambda: 0))

    def ask(days: Days = ONE_MONTH, **parameters: Any) -> int:
        where = {"site": "one.example", "named": ["a"]} | parameters
        sql: Callable[[str], str] = lambda name: f"{name} {{site:String}} {{named:Array}} {{elsewhere:Array}}"  # noqa: E731
        reads.ask(sql, "cells", days, Step.RANGE, [""], **where)
        return len(reader.asked)

    assert (ask(), ask()) == (1, 1)
    assert ask(site="two.example") == 2
    assert ask(named=["b"]) == 3
    assert ask(ONE_MONTH._replace(open=frozenset({date(2026, 9, 30)}))) == 4
    assert ask() == 4
