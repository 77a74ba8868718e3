"""Rows of counters."""

from appliance.dimensions import OTHER
from appliance.stats.contract import Question
from appliance.stats.counters import NOTHING, Counters
from appliance.stats.plan import make_plan
from appliance.stats.reports import Cells
from appliance.stats.rows import Beside, PairCells, as_row, pair_rows, single_rows

FIVE = Counters(5, 6, 7, 7, 6, 2, 9_000)
TWO = Counters(2, 2, 3, 3, 2, 1, 1_000)


def question(*dimensions: str) -> Question:
    return Question("example.org", ["visitors", "pageviews"], "day", dimensions=list(dimensions))


def test_values_beyond_the_limits_and_what_is_left_over_are_one_row() -> None:
    plan = make_plan(question("visit:source"))
    cells = Cells({(None, "a"): FIVE, (None, OTHER): FIVE}, hidden=1, other={None: TWO})
    found = single_rows(plan, cells, Beside(cells.shown, {}), {}, k=5)
    rows = [as_row(plan, row) for row in found.rows]
    assert [(row.dimensions, row.metrics) for row in rows] == [(["a"], [5, 7]), ([OTHER], [7, 10])]


def test_values_beyond_the_limits_keep_their_metrics_where_nothing_is_left_over() -> None:
    plan = make_plan(question("event:page"))
    cells = Cells({(None, OTHER): FIVE}, hidden=0, other={})
    rows = [as_row(plan, row) for row in single_rows(plan, cells, Beside(cells.shown, {}), {}, k=5).rows]
    assert [(row.dimensions, row.metrics) for row in rows] == [([OTHER], [5, 7])]


def test_pairs_with_values_beyond_the_limits_and_what_is_left_over_are_one_row() -> None:
    plan = make_plan(question("visit:source", "visit:utm_campaign"))
    pairs = {(None, "a", OTHER): TWO}
    of_one = Cells({(None, "a"): FIVE}, hidden=0, other={})
    cells = PairCells(pairs, Beside(pairs, {}), lambda: of_one, Cells({}, 0, {}), hidden=0)
    rows = [as_row(plan, row) for row in pair_rows(plan, cells, {None: NOTHING}, k=5).rows]
    assert [(row.dimensions, row.metrics) for row in rows] == [(["a", OTHER], [5, 7])]
