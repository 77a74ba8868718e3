"""Of closed days only the places are read that a range needs."""

from datetime import date

import pytest

from appliance.stats.closed_reads import ask_closed, places
from appliance.stats.counters import Counters
from appliance.stats.days import Days
from appliance.stats.ranges import DateRange, Step

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
AUTUMN = DateRange(date(2026, 9, 15), date(2026, 11, 20))
FOUR_WEEKS = DateRange(date(2026, 10, 5), date(2026, 11, 1))
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


@pytest.mark.parametrize(("sums", "asked"), [(True, ["days", "month_sums", "months"]), (False, ["days", "months"])])
def test_one_statement_asks_all_places_with_the_parameters_it_names(sums: bool, asked: list[str]) -> None:
    statements = []

    def query(statement: str, parameters: object) -> list[tuple[object, ...]]:
        statements.append((statement, parameters))
        return [(NOVEMBER, "b", 1), (NOVEMBER, None, 3), (None, "c", 4), (NOVEMBER, "a", 2)]

    days = Days(AUTUMN, {date(2026, 10, 7): ONE_VISIT}, frozenset())
    texts = {f"cells.{place}": f"{place} {{site:String}} {{first:Date}}" for place in ("days", "month_sums", "months")}
    found = ask_closed(query, texts.__getitem__, "cells", days, Step.RANGE, sums=sums, site="one.example", k=5)
    ((statement, parameters),) = statements
    assert [line.split()[0] for line in statement.split("\nUNION ALL\n")] == asked
    assert parameters == {"site": "one.example", "first": AUTUMN.first}
    assert [row[1] for row in found] == ["c", None, "a", "b"]
