"""How well the fold protects, and how long it takes. `make bench-folding`; docs/privacy.md explains the rules.

The first table is the attack of tests/kit/attack.py on random tables of two attributes whose values are all shown, with
every rule and with one left out. The second is the time to fold a day of all pairs.
"""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from appliance.dimensions import Dimension
from appliance.warehouse.fold import slices
from tests.kit.attack import bounds_of_hidden_cells
from tests.kit.day_cells import DayCells, Visit

D = Dimension
K = 5
TABLE = (D.SOURCE, D.COUNTRY)


def main() -> None:
    """Print both tables; an argument is the number of random tables."""
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 250
    print(f"{'rules':<28} {'cells of 1-4':>12} {'derived':>8} {'small residuals':>16} {'visits shown':>13}")  # noqa: T201
    for name, without in (
        ("hide cells under k only", ("_protect_residuals", "_spread_residuals")),
        ("without residuals of k", ("_protect_residuals",)),
        ("without two partners", ("_spread_residuals",)),
        ("all", ()),
    ):
        with _switched_off(without):
            cells, derived, small, residuals, shown = _attack(tables)
        print(f"{name:<28} {cells:>12,} {derived / cells:>8.1%} {f'{small} of {residuals}':>16} {shown:>13.0%}")  # noqa: T201
    for visits in (500, 5_000):
        day = DayCells(_day(random.Random(visits), visits))
        tables_of_day = {table: day.read(table) for table in day.tables()}
        with mock.patch.object(day, "read", tables_of_day.__getitem__):
            started = time.perf_counter()
            kept = day.folded(K)
            seconds = time.perf_counter() - started
        print(f"{visits:,} visits: {len(day.cells):,} cells before, {len(kept):,} after, {seconds:.2f} s")  # noqa: T201


@contextmanager
def _switched_off(rules: tuple[str, ...]) -> Iterator[None]:
    with mock.patch.multiple(slices, **{rule: lambda *_: None for rule in rules}) if rules else mock.MagicMock():
        yield


def _attack(tables: int) -> tuple[int, int, int, int, float]:
    cells = derived = small = residuals = shown_visits = visits = 0
    for seed in range(tables):
        drawn = random.Random(seed)
        size = drawn.choice((30, 60, 120, 300))
        day = DayCells(_table(drawn, size, drawn.choice((3, 5, 8)), drawn.choice((3, 5, 8))), {TABLE})
        shown = day.folded(K, lambda *_: True)
        for bounds in bounds_of_hidden_cells(day, TABLE, shown, K):
            cells += 1
            derived += bounds.is_exact
        for few in _residuals(day, shown):
            residuals += 1
            small += few
        visits += sum(row[1] for cell, row in day.cells.items() if (cell[0], cell[2]) == TABLE)
        shown_visits += sum(row["visits"] for cell, row in shown.items() if (cell[0], cell[2]) == TABLE)
    return cells, derived, small, residuals, shown_visits / visits


def _residuals(day: DayCells, shown: dict[Any, dict[str, int]]) -> Iterator[bool]:
    """For every slice with something shown and something hidden: whether fewer than k visits are hidden."""
    for side in (1, 3):
        for value in {cell[side] for cell in shown if (cell[0], cell[2]) == TABLE}:
            whole = shown[(TABLE[side // 2], value, D.NONE, "")]["visits"]
            split = sum(r["visits"] for c, r in shown.items() if (c[0], c[2]) == TABLE and c[side] == value)
            if whole > split:
                yield whole - split < K


def _zipf(drawn: random.Random, count: int) -> int:
    return drawn.choices(range(count), [1 / (number + 1) for number in range(count)])[0]


def _table(drawn: random.Random, visitors: int, rows: int, columns: int) -> list[Visit]:
    visits = []
    for visitor in range(visitors):
        attributes = {D.SOURCE: f"s{_zipf(drawn, rows)}", D.COUNTRY: f"c{_zipf(drawn, columns)}"}
        visits += [Visit(visitor, attributes)] * (1 if drawn.random() < 0.8 else 2)
    return visits


def _day(drawn: random.Random, visits: int) -> list[Visit]:
    made = []
    for visitor in range(visits):
        family, system = f"Browser{_zipf(drawn, 8)}", f"System{_zipf(drawn, 6)}"
        attributes = {
            D.SOURCE: f"s{_zipf(drawn, 300)}.example",
            D.CHANNEL: f"channel{_zipf(drawn, 8)}",
            D.COUNTRY: f"c{_zipf(drawn, 80)}",
            D.BROWSER: family,
            D.BROWSER_VERSION: f"{family} {drawn.randint(90, 110)}",
            D.OS: system,
            D.OS_VERSION: f"{system} {drawn.randint(8, 18)}",
            D.DEVICE: f"device{_zipf(drawn, 4)}",
            D.LANGUAGE: f"l{_zipf(drawn, 30)}",
            D.SCREEN: f"screen{_zipf(drawn, 4)}",
            D.ENTRY_PAGE: f"/{_zipf(drawn, 500)}",
            D.EXIT_PAGE: f"/{_zipf(drawn, 500)}",
        }
        pages = tuple({D.PAGE: f"/{_zipf(drawn, 500)}", D.HOSTNAME: "example.org"} for _ in range(3))
        made.append(Visit(visitor, attributes, pages))
    return made


if __name__ == "__main__":
    main()
