"""Pairs of a running day change in steps of k visitors."""

import random
from datetime import date
from pathlib import Path

import pytest

from appliance.dimensions import Dimension
from appliance.stats.open_pairs import OpenPairs, needed
from appliance.stats.shown_pairs import ShownPairs
from appliance.warehouse.fold.cells import VISITORS, Pairs
from appliance.warehouse.fold.day import Rules, TableName
from tests.kit.day_cells import DayCells, Visit
from tests.unit.warehouse.fold.test_day import traffic

D = Dimension
K = 5
DAY = date(2026, 11, 23)
RULES = Rules(K, lambda *_: True)
TABLE = (D.SOURCE, D.BROWSER_VERSION)


def ask(pairs: OpenPairs, visits: list[Visit], table: TableName = TABLE, day: date = DAY) -> dict[tuple[str, str], int]:
    cells = DayCells(visits, needed(table))
    found: Pairs = pairs.fold("example.org", day, table, cells.totals, cells.read, RULES)
    return dict(zip(zip(found.a, found.b, strict=True), found.counters[:, VISITORS].tolist(), strict=True))


def test_pairs_of_a_running_day_are_those_that_its_close_would_keep() -> None:
    visits = traffic(random.Random(2), 300)
    kept = DayCells(visits, needed(TABLE)).folded(K, RULES.admits)
    expected = {(c[1], c[3]): row["visitors"] for c, row in kept.items() if (c[0], c[2]) == TABLE}
    assert expected
    assert ask(OpenPairs(ShownPairs()), visits) == expected


@pytest.mark.slow
@pytest.mark.parametrize("table", [TABLE, (D.SOURCE, D.BROWSER)])
def test_somebody_who_asks_again_and_again_sees_steps_of_k_visitors(table: TableName) -> None:
    steps, returned = [], 0
    for seed in range(4):
        pairs, visits = OpenPairs(ShownPairs()), traffic(random.Random(seed), 160)
        seen: dict[tuple[str, str], int] = {}
        before: set[tuple[str, str]] = set()
        for end in range(1, len(visits), 2):
            now = ask(pairs, visits[:end], table)
            returned += len(now.keys() & seen.keys() - before)
            steps += [now[pair] - seen[pair] for pair in now.keys() & seen.keys() if now[pair] != seen[pair]]
            seen |= now
            before = set(now)
    assert returned  # some were hidden for another's sake, and came back
    assert steps
    assert min(steps) >= K


@pytest.mark.slow
def test_a_restart_after_every_answer_begins_no_new_steps(tmp_path: Path) -> None:
    steps = []
    for seed in range(4):
        visits = traffic(random.Random(seed), 160)
        seen: dict[tuple[str, str], int] = {}
        for end in range(1, len(visits), 2):
            shown = ShownPairs(tmp_path / f"shown-{seed}")
            now = ask(OpenPairs(shown), visits[:end])
            shown.close()
            steps += [now[pair] - seen[pair] for pair in now.keys() & seen.keys() if now[pair] != seen[pair]]
            seen |= now
    assert steps
    assert min(steps) >= K


def test_days_do_not_mix() -> None:
    pairs, visits = OpenPairs(ShownPairs()), traffic(random.Random(4), 200)
    some = ask(pairs, visits)
    more = traffic(random.Random(4), 203)
    assert ask(pairs, more, day=date(2026, 11, 24)) == ask(OpenPairs(ShownPairs()), more)
    assert ask(pairs, visits) == some


def test_a_version_needs_the_tables_of_its_family() -> None:
    order = needed((D.BROWSER_VERSION, D.OS_VERSION))
    assert set(order[-4:]) == {
        (D.BROWSER, D.OS),
        (D.BROWSER, D.OS_VERSION),
        (D.BROWSER_VERSION, D.OS),
        (D.BROWSER_VERSION, D.OS_VERSION),
    }
