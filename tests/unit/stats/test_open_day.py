"""A running day shows at every moment what its close would keep."""

import random

import numpy as np

from appliance.dimensions import Dimension
from appliance.stats.counters import Counters
from appliance.stats.open_day import fold_open_day, thin_from
from appliance.warehouse.fold.cells import COUNTERS, VISITORS, Singles
from appliance.warehouse.fold.singles import fold_singles
from tests.kit.day_cells import NONE, DayCells, Visit

K = 5
D = Dimension


def test_counters_of_answers_are_those_of_the_cells_in_their_order() -> None:
    assert Counters._fields[: len(COUNTERS)] == COUNTERS


def test_somebody_who_asks_after_every_visit_sees_no_small_value_and_no_small_rest() -> None:
    drawn = random.Random(5)
    visits: list[Visit] = []
    appeared: set[str] = set()
    for visitor in range(80):
        source = f"s{drawn.choices(range(9), [1 / (n + 1) for n in range(9)])[0]}.example"
        visits.append(Visit(visitor, {D.SOURCE: source}))
        day = DayCells(visits)
        cells = day.read((D.SOURCE, NONE))
        singles = Singles(cells.a, cells.counters)
        found = fold_open_day(D.SOURCE, singles, Counters(*day.totals.tolist()), lambda _: False, K)
        assert all(counters.visitors >= K for counters in found.shown.values())
        rest = len(visits) - sum(counters.visits for counters in found.shown.values())
        assert rest == 0 or rest >= K or len(visits) < K
        appeared |= found.shown.keys()
    assert len(appeared) > 3


def test_running_day_and_its_close_agree() -> None:
    day = DayCells([Visit(n, {D.COUNTRY: f"c{n % 4}"} if n % 3 else {}) for n in range(40)])
    cells = day.read((D.COUNTRY, NONE))
    singles = Singles(cells.a, cells.counters)
    closed = fold_singles(D.COUNTRY, singles, day.totals, lambda _: True, K).shown
    opened = fold_open_day(D.COUNTRY, singles, Counters(*day.totals.tolist()), lambda _: True, K).shown
    assert {value: list(counters[: len(COUNTERS)]) for value, counters in opened.items()} == dict(
        zip(closed.values, closed.counters.tolist(), strict=True)
    )


def test_visits_of_few_are_marked_except_of_pages_which_keep_their_pageviews() -> None:
    cells = Singles(["x"], np.full((1, len(COUNTERS)), 3))
    totals = Counters(*np.full(len(COUNTERS), 9).tolist())
    for dimension, thin in ((D.COUNTRY, 3), (D.PAGE, 0)):
        assert fold_open_day(dimension, cells, totals, lambda _: True, K).shown["x"].thin_visits == thin
    assert (thin_from(D.PAGE, K), thin_from(D.CITY, K)) == (0, K)
    assert COUNTERS[VISITORS] == "visitors"
