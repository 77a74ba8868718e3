"""Each rule of the fold is needed: with it an attack finds nothing, without it the same attack finds something.

And who comes many times, or sends visitors of his own beside a rare value, does not lift it.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest

from appliance.dimensions import Dimension
from appliance.warehouse.fold import day as fold_day_module
from appliance.warehouse.fold import month as month_module
from appliance.warehouse.fold import singles, slices
from appliance.warehouse.fold.cells import VISITORS, VISITS
from tests.kit.attack import bounds_of_hidden_cells
from tests.kit.day_cells import NONE, DayCells, Visit
from tests.kit.month_cells import MonthCells
from tests.unit.warehouse.fold.test_day import crowd, everything, traffic
from tests.unit.warehouse.fold.test_month import derived, random_month

D = Dimension
K = 5
TABLE = (D.SOURCE, D.COUNTRY)
VERSIONS = (D.SOURCE, D.BROWSER_VERSION)


def days(table: tuple[Dimension, Dimension] = TABLE) -> list[DayCells]:
    if table == VERSIONS:
        tables = {table, (D.SOURCE, D.BROWSER)}
        return [DayCells(traffic(random.Random(seed), 30 + 30 * (seed % 3)), tables) for seed in range(12)]
    return [DayCells(two_attributes(random.Random(seed)), {TABLE}) for seed in range(60)]


def two_attributes(drawn: random.Random) -> list[Visit]:
    """A table of few frequent and many rare values, all public."""
    sizes = [drawn.choice((3, 5, 8)) for _ in TABLE]
    visits = []
    for visitor in range(drawn.choice((30, 60, 120))):
        values = [drawn.choices(range(size), [1 / (n + 1) for n in range(size)])[0] for size in sizes]
        attributes = {D.SOURCE: f"s{values[0]}", D.COUNTRY: f"c{values[1]}"}
        visits += [Visit(visitor, attributes)] * drawn.choice((1, 1, 1, 2))
    return visits


def derived_cells(table: tuple[Dimension, Dimension] = TABLE) -> int:
    """Hidden cells of 1 to 4 visitors whose number the solver finds."""
    return sum(
        bounds.is_exact
        for day in days(table)
        for bounds in bounds_of_hidden_cells(day, table, day.folded(K, everything), K)
    )


def small_residuals() -> int:
    """Values whose single cell less their shown pairs leaves 1 to 4 visits."""
    found = 0
    for day in days():
        shown = day.folded(K, everything)
        for cell in [cell for cell in shown if cell[2] is NONE and cell[1]]:
            side = 1 if cell[0] is TABLE[0] else 3 if cell[0] is TABLE[1] else 0
            if side:
                pairs = [row["visits"] for one, row in shown.items() if one[2] is TABLE[1] and one[side] == cell[1]]
                found += bool(pairs) and 0 < day.cells[cell][VISITS] - sum(pairs) < K
    return found


def small_others() -> int:
    """Attributes whose "(other)" certainly stands for fewer than k people."""
    found = 0
    for seed in range(40):
        day = DayCells(traffic(random.Random(seed), 25), set())
        shown = day.folded(K, lambda *_: False)
        sources = {cell[1]: row for cell, row in day.cells.items() if cell[0] is D.SOURCE}
        hidden = [row for value, row in sources.items() if (D.SOURCE, value, NONE, "") not in shown]
        seen = sum(row["visitors"] for cell, row in shown.items() if cell[0] is D.SOURCE and cell[2] is NONE)
        certain = max([row[VISITORS] for row in hidden] + [int(day.totals[VISITORS]) - seen])
        found += bool(hidden) and seen > 0 and certain < K
    return found


def pairs_outside_their_family() -> int:
    """Shown pairs of a version whose pair of the family is hidden."""
    found = 0
    for day in days(VERSIONS):
        shown = day.folded(K, everything)
        families = {(cell[1], cell[3]) for cell in shown if cell[2] is D.BROWSER}
        versions = [cell for cell in shown if cell[2] is D.BROWSER_VERSION and cell[3]]
        found += sum((cell[1], cell[3].rpartition(" ")[0]) not in families for cell in versions)
    return found


def pairs_of_few() -> int:
    return sum(
        row["visitors"] < K for day in days() for cell, row in day.folded(K, everything).items() if cell[2] is not NONE
    )


def months_of_known_days() -> int:
    """Shown cells of a month that come from one or two days."""
    month = MonthCells([DayCells([*BIG, *crowd(4, 60, attributes={D.SOURCE: "s.example"})])] * 2 + [DayCells(BIG)] * 2)
    return len(month.shown)


def carried_names() -> int:
    """Values of one or two visitors a day that outlive their day."""
    day = DayCells([*BIG, *crowd(2, 60, attributes={D.SOURCE: "name.example"})])
    return sum("name.example" in rows.a for rows in MonthCells([day] * 3).carried().values())


def months_with_small_rest() -> int:
    """Months that show what stood beside a rare value in "(other)"."""
    return len(MonthCells([DayCells([*BIG, *crowd(1, 60, attributes={D.SOURCE: "rare.example"})])] * 4).shown)


def derived_of_months() -> int:
    return derived([random_month(random.Random(seed)) for seed in range(10)])[0]


BIG = [
    *crowd(20, 0, attributes={D.SOURCE: "big.example"}),
    *crowd(20, 30, attributes={D.SOURCE: "large.example"}),
    *crowd(6, 50, attributes={D.SOURCE: "rest.example"}),
]


def nothing(*_: Any) -> None:
    return None


def only_few(values: Any, counters: Any, public: Any, everybody: int, k: int) -> Any:
    return public | (counters[:, VISITORS] >= k)


def no_parents(*_: Any) -> Any:
    return iter(())


def with_everything(_table: Any, candidates: Any, _k: int, **_: Any) -> Any:
    return candidates


@pytest.mark.slow
@pytest.mark.parametrize(
    ("attack", "owner", "name", "instead"),
    [
        pytest.param(small_others, singles, "_shown", only_few, id="the rest of an attribute is k people"),
        pytest.param(small_residuals, slices, "_protect_residuals", nothing, id="the rest of a value is k people"),
        pytest.param(derived_cells, slices, "_spread_residuals", nothing, id="the rest lies in two pairs"),
        pytest.param(pairs_outside_their_family, fold_day_module, "_parent_tables", no_parents, id="families first"),
        pytest.param(carried_names, singles, "LEAST_TO_CARRY", 1, id="three people a day outlive it"),
        pytest.param(months_of_known_days, month_module, "LEAST_DAYS", 1, id="three days"),
        pytest.param(derived_of_months, month_module, "fold_table", with_everything, id="the rest of a month's value"),
    ],
)
def test_an_attack_finds_something_only_without_the_rule(
    monkeypatch: pytest.MonkeyPatch, attack: Callable[[], int], owner: object, name: str, instead: object
) -> None:
    assert attack() == 0
    monkeypatch.setattr(owner, name, instead)
    assert attack() > 0


def test_a_month_shows_nothing_beside_a_rare_value() -> None:
    assert months_with_small_rest() == 0


def test_no_pair_of_few_is_shown() -> None:
    assert pairs_of_few() == 0


@pytest.mark.parametrize("visits", [1, 30])
def test_one_visitor_on_many_rare_pages_lifts_none_of_them(visits: int) -> None:
    pages = [{D.PAGE: f"/name/{number}"} for number in range(40)]
    one = [Visit(99, {D.SOURCE: "rare.example", D.COUNTRY: "DE"}, pages) for _ in range(visits)]
    others = [Visit(number, {D.SOURCE: "big.example", D.COUNTRY: "DE"}, ({D.PAGE: "/"},)) for number in range(30)]
    shown = DayCells([*one, *others]).folded()
    assert not [cell for cell in shown if cell[1].startswith("/name/") or "rare.example" in (cell[1], cell[3])]


@pytest.mark.slow
@pytest.mark.parametrize("padding", [5, 50])
def test_visitors_sent_beside_a_rare_value_do_not_lift_it_and_no_solver_finds_it(padding: int) -> None:
    attacked = 0
    for seed in range(10):
        drawn = random.Random(seed)
        real = traffic(drawn, 60)
        sent = [
            Visit(1_000 + number, {D.SOURCE: "s0", D.COUNTRY: "c0", D.BROWSER: "Browser0"}, ({D.PAGE: "/0"},))
            for number in range(padding)
        ]
        day = DayCells([*real, *sent], {TABLE})
        rare = {
            cell for cell, row in DayCells(real, {TABLE}).cells.items() if row[0] < K and cell[1::2] != ("s0", "c0")
        }
        shown = day.folded(K, everything)
        assert not {cell for cell in rare & shown.keys() if cell[2] is not NONE}
        for bounds in bounds_of_hidden_cells(day, TABLE, shown, K):
            attacked += 1
            assert not bounds.is_exact, (seed, bounds)
    assert attacked > 50
