"""Whole months are read from the sums of their days, and say what their days say, whatever happens to the days."""

from datetime import date, timedelta

import pytest

from appliance.admission import admitter
from appliance.dimensions import Dimension
from appliance.settings import SiteSettings
from appliance.stats import pair_reports, reports
from appliance.stats.counters import Counters, plus
from appliance.stats.days import Days
from appliance.stats.filters import Attribute
from appliance.stats.open_pairs import OpenPairs
from appliance.stats.pair_reports import PairReports
from appliance.stats.ranges import DateRange, Step
from appliance.stats.reports import Reports
from appliance.stats.shown_pairs import ShownPairs
from appliance.warehouse.close import close_day, discard_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules
from tests.kit.closed_month import DAYS, MONTH, RULES, SITE, count
from tests.kit.engine import Engine

pytestmark = pytest.mark.clickhouse

WHOLE = DateRange(MONTH, MONTH.replace(day=31))
TWO = DateRange(MONTH, date(2026, 11, 30))
CLOSED = (*DAYS[:3], date(2026, 11, 2))
TABLE = (Attribute(Dimension.BROWSER), Attribute(Dimension.LANGUAGE))
K = 2
Sums = dict[tuple[str, ...], Counters]


@pytest.fixture
def engine(module_engine: Engine) -> Engine:
    """Three days of October and one of November, all closed."""
    return filled(module_engine)


@pytest.fixture(scope="module")
def closed(module_engine: Engine) -> Engine:
    """The same, for those that change nothing."""
    return filled(module_engine)


def filled(engine: Engine) -> Engine:
    engine.empty()
    count(engine, CLOSED, seed=40)
    for day in CLOSED:
        close_day(engine.writer, ClosedDays(engine.writer), SITE, day, RULES._replace(k=K))
    return engine


def singles(engine: Engine, within: DateRange, step: Step, dimension: Dimension = Dimension.SOURCE) -> Sums:
    """By value over the whole range, however finely it was read."""
    questions = Reports(engine.reader, ClosedDays(engine.writer))
    with questions.reading():
        cells = questions.cells(SITE, questions.days(SITE, within), dimension, lambda _: False, K, step=step)
    return summed(cells.shown)


def pairs(engine: Engine, within: DateRange, step: Step) -> Sums:
    questions = Reports(engine.reader, ClosedDays(engine.writer))
    with questions.reading():
        days = questions.days(SITE, within)
        rules = Rules(K, admitter(SiteSettings(id=SITE), ()))
        asked = PairReports(engine.reader, OpenPairs(ShownPairs()))
        return summed(asked.pairs(SITE, days, TABLE, rules, step=step, only={}))


def summed(found: dict[tuple[date | None, str], Counters] | dict[tuple[date | None, str, str], Counters]) -> Sums:
    sums: Sums = {}
    for (_, *values), counters in found.items():
        key = tuple(values)
        sums[key] = plus(sums[key], counters) if key in sums else counters
    return sums


DIMENSIONS = [Dimension.SOURCE, Dimension.PAGE, Dimension.ENTRY_PAGE, Dimension.COUNTRY, Dimension.GOAL]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_months_say_what_their_days_say(closed: Engine, dimension: Dimension) -> None:
    by_day = singles(closed, TWO, Step.DAY, dimension)
    assert by_day
    assert singles(closed, TWO, Step.RANGE, dimension) == singles(closed, TWO, Step.MONTH, dimension) == by_day


def test_pairs_of_months_say_what_their_days_say(closed: Engine) -> None:
    by_day = pairs(closed, TWO, Step.DAY)
    assert by_day
    assert pairs(closed, TWO, Step.RANGE) == pairs(closed, TWO, Step.MONTH) == by_day


def test_each_month_stands_under_its_first_day(closed: Engine) -> None:
    questions = Reports(closed.reader, ClosedDays(closed.writer))
    days = questions.days(SITE, TWO)
    by_month = questions.cells(SITE, days, Dimension.SOURCE, lambda _: False, K, step=Step.MONTH).shown
    of_october = {value: row for (month, value), row in by_month.items() if month == MONTH}
    assert {month for month, _ in by_month} == {MONTH, date(2026, 11, 1)}
    assert {(value,): row for value, row in of_october.items()} == singles(closed, WHOLE, Step.DAY)


def test_whole_closed_months_only_are_read_as_such() -> None:
    of_day = Counters(1, 1, 1, 1, 1, 0, 0)
    totals = {date(2026, month, 15): of_day for month in (8, 9, 10, 11)}
    days = Days(DateRange(date(2026, 8, 2), date(2026, 11, 29)), totals, frozenset({date(2026, 9, 15)}))
    assert days.closed_months() == [MONTH]


def test_the_engine_reads_the_sums_of_whole_months(closed: Engine) -> None:
    where = {"site": SITE, "step": "range", "months": [MONTH]}
    of_values = {"dimension": 22, "prefix": "", "k": K, "named": ["x"]}
    of_pairs = {"dim_a": 33, "dim_b": 38, "prefix_a": "", "prefix_b": "", "values_a": ["x"], "values_b": []}
    for module, name, more in ((reports, "closed_cells", of_values), (pair_reports, "closed_pairs", of_pairs)):
        sql = module._sql(f"{name}.month_sums")
        lines = [row[0] for row in closed.writer.query(f"EXPLAIN {sql}", where | more).rows]
        reads = [line for line in lines if "ReadFromMergeTree" in line]
        assert any("by_month" in line for line in reads), reads


def test_days_that_are_deleted_leave_the_sums_of_their_month(engine: Engine) -> None:
    before = singles(engine, WHOLE, Step.RANGE), pairs(engine, WHOLE, Step.RANGE)
    engine.writer.command("ALTER TABLE cells DELETE WHERE day < {day:Date}", {"day": MONTH + timedelta(days=3)})
    after = singles(engine, WHOLE, Step.RANGE), pairs(engine, WHOLE, Step.RANGE)
    assert after == (singles(engine, WHOLE, Step.DAY), pairs(engine, WHOLE, Step.DAY))
    assert after != before


def test_parts_that_are_merged_keep_the_sums(engine: Engine) -> None:
    before = singles(engine, WHOLE, Step.RANGE), pairs(engine, WHOLE, Step.RANGE)
    engine.writer.command("OPTIMIZE TABLE cells FINAL")
    assert (singles(engine, WHOLE, Step.RANGE), pairs(engine, WHOLE, Step.RANGE)) == before


def test_a_day_that_is_being_closed_is_in_no_sum_before_its_mark(engine: Engine) -> None:
    last = CLOSED[2]
    engine.writer.command("ALTER TABLE closed_days DELETE WHERE day = {day:Date}", {"day": last})
    assert last in {row[0] for row in engine.writer.query("SELECT DISTINCT day FROM cells").rows}
    found = Reports(engine.reader, ClosedDays(engine.writer)).days(SITE, WHOLE)
    assert (found.open, found.closed_months()) == (frozenset({last}), [])
    assert pairs(engine, WHOLE, Step.RANGE) == pairs(engine, WHOLE, Step.DAY)


def test_a_day_that_is_taken_back_leaves_no_cell_of_a_close_that_died(engine: Engine) -> None:
    last = CLOSED[2]
    engine.writer.command("ALTER TABLE closed_days DELETE WHERE day = {day:Date}", {"day": last})
    discard_day(engine.writer, SITE, last)
    assert Reports(engine.reader, ClosedDays(engine.writer)).days(SITE, WHOLE).closed_months() == [MONTH]
    assert pairs(engine, WHOLE, Step.RANGE) == pairs(engine, WHOLE, Step.DAY)
