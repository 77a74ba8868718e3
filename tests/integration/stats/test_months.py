"""Whole closed months in a range count with what they show beyond their days; parts of months do not."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from appliance.admission import admitter
from appliance.dimensions import Dimension
from appliance.settings import SiteSettings
from appliance.stats.counters import NOTHING, Counters, plus
from appliance.stats.days import Days
from appliance.stats.filters import Attribute
from appliance.stats.open_pairs import OpenPairs
from appliance.stats.pair_reports import PairKey, PairReports
from appliance.stats.ranges import DateRange, Step
from appliance.stats.reports import Cells, Reports
from appliance.stats.shown_pairs import ShownPairs
from appliance.warehouse.close_month import close_month
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules
from tests.kit.closed_month import MONTH, SITE, close_days, count, stored
from tests.kit.day_cells import Cell
from tests.kit.engine import Engine

pytestmark = pytest.mark.clickhouse

K = 5
LAST = date(2026, 10, 31)
WHOLE = DateRange(MONTH, LAST)
TABLE = (Attribute(Dimension.BROWSER), Attribute(Dimension.LANGUAGE))
DAY = timedelta(days=1)


class Month:
    """A closed month, its cells, and the questions about it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        count(engine)
        close_days(engine)
        self.days_only = self.singles(WHOLE), self.pairs(WHOLE)
        close_month(engine.writer, ClosedDays(engine.writer), SITE, MONTH, K)
        self.cells: dict[Cell, dict[str, int]] = stored(engine)

    def singles(
        self,
        days: DateRange,
        *,
        step: Step = Step.RANGE,
        dimension: Dimension = Dimension.SOURCE,
        named: Sequence[str] = (),
    ) -> Cells:
        reports = Reports(self.engine.reader, ClosedDays(self.engine.writer))
        with reports.reading():
            return reports.cells(SITE, reports.days(SITE, days), dimension, lambda _: False, K, step=step, named=named)

    def pairs(self, days: DateRange, *, step: Step = Step.RANGE) -> dict[PairKey, Counters]:
        rules = Rules(K, admitter(SiteSettings(id=SITE), ()))
        return PairReports(self.engine.reader, OpenPairs(ShownPairs())).pairs(
            SITE, Days(days, {}, frozenset()), TABLE, rules, step=step, only={}
        )

    def of_month(self, table: tuple[Dimension, Dimension]) -> dict[tuple[str, str], Counters]:
        return {
            (cell[1], cell[3]): Counters(*row.values())
            for cell, row in self.cells.items()
            if (cell[0], cell[2]) == table
        }


@pytest.fixture(scope="module")
def month(module_engine: Engine) -> Month:
    return Month(module_engine)


@pytest.mark.parametrize("step", Step)
def test_named_values_alone_are_read_and_what_is_left_stays_the_same(month: Month, step: Step) -> None:
    days = DateRange(MONTH - DAY, LAST + DAY)
    everything = month.singles(days, step=step)
    name = max(everything.shown, key=lambda key: everything.shown[key].visits)[1]
    one = month.singles(days, step=step, named=[name])
    assert one.shown == {key: row for key, row in everything.shown.items() if key[1] == name}
    assert (one.other, one.hidden) == (everything.other, everything.hidden)


WITH_MONTH = [
    pytest.param(WHOLE, id="the month"),
    pytest.param(DateRange(MONTH - DAY, LAST + DAY), id="a longer range"),
]
WITHOUT = [
    pytest.param(DateRange(MONTH, LAST - DAY), id="without its last day, which had no hit"),
    pytest.param(DateRange(MONTH + DAY, LAST), id="without its first day"),
]


@pytest.mark.parametrize("days", WITH_MONTH)
def test_singles_of_a_whole_month_are_those_of_its_days_and_of_the_month(month: Month, days: DateRange) -> None:
    added = month.of_month((Dimension.SOURCE, Dimension.NONE))
    before, found = month.days_only[0], month.singles(days)
    assert added
    for (_, value), counters in found.shown.items():
        of_days = before.shown.get((None, value), NOTHING)
        assert counters[:12] == plus(of_days, added.get((value, ""), NOTHING))[:12]
    assert {value for value, _ in added} <= {value for _, value in found.shown}


def test_what_is_left_of_a_whole_month_is_less_by_what_the_month_shows(month: Month) -> None:
    added = month.of_month((Dimension.SOURCE, Dimension.NONE)).values()
    left_before, left = month.days_only[0].other[None], month.singles(WHOLE).other.get(None, NOTHING)
    assert left_before.pageviews - left.pageviews == sum(row.pageviews for row in added) > 0


@pytest.mark.parametrize("days", WITH_MONTH)
def test_pairs_of_a_whole_month_are_those_of_its_days_and_of_the_month(month: Month, days: DateRange) -> None:
    added = month.of_month((Dimension.BROWSER, Dimension.LANGUAGE))
    before, found = month.days_only[1], month.pairs(days)
    assert added
    assert found == {
        key: plus(before.get(key, NOTHING), added.get(key[1:], NOTHING))
        for key in before.keys() | {(None, *pair) for pair in added}
    }


@pytest.mark.parametrize("days", WITHOUT)
def test_a_part_of_a_month_has_its_days_only(month: Month, days: DateRange) -> None:
    by_day = month.singles(days, step=Step.DAY).shown
    sums: dict[str, Counters] = {}
    for (_, value), counters in by_day.items():
        sums[value] = plus(sums.get(value, NOTHING), counters)
    assert {value: counters for (_, value), counters in month.singles(days).shown.items()} == sums


def test_by_day_no_month_is_added(month: Month) -> None:
    assert all(day is not None for day, _ in month.singles(WHOLE, step=Step.DAY).shown)
    sums: dict[PairKey, Counters] = {}
    for (_, a, b), counters in month.pairs(WHOLE, step=Step.DAY).items():
        sums[None, a, b] = plus(sums.get((None, a, b), NOTHING), counters)
    assert sums == month.days_only[1]


def test_a_range_and_the_same_with_one_day_more_differ_by_the_answer_of_that_day(month: Month) -> None:
    """So whoever subtracts answers of ranges has the answers of the days, and of the month, and nothing else."""
    lasts = [day for day in WHOLE.days() if day < LAST]
    for first in (MONTH - DAY, MONTH, MONTH + DAY):
        for last in lasts[1::3]:
            shorter, longer = DateRange(first, last), DateRange(first, last + DAY)
            the_day = DateRange(last + DAY, last + DAY)
            for ask in (month.pairs, lambda days: month.singles(days).shown):
                sums = dict(ask(shorter))
                for key, counters in ask(the_day).items():
                    sums[key] = plus(sums.get(key, NOTHING), counters)
                assert ask(longer) == sums
    whole, without = month.pairs(WHOLE), month.pairs(DateRange(MONTH, LAST - DAY))
    added = month.of_month((Dimension.BROWSER, Dimension.LANGUAGE))
    assert {key: counters for key, counters in whole.items() if counters != without.get(key)}.keys() <= {
        (None, *pair) for pair in added
    } | month.pairs(DateRange(LAST, LAST)).keys()


def test_a_month_without_its_mark_is_not_read(month: Month) -> None:
    month.engine.writer.command("CREATE TABLE kept_marks AS closed_months")
    month.engine.writer.command("INSERT INTO kept_marks SELECT * FROM closed_months")
    month.engine.writer.command("TRUNCATE TABLE closed_months")
    try:
        assert month.singles(WHOLE) == month.days_only[0]
        assert month.pairs(WHOLE) == month.days_only[1]
    finally:
        month.engine.writer.command("INSERT INTO closed_months SELECT * FROM kept_marks")
        month.engine.writer.command("DROP TABLE kept_marks")
