"""No two steps that are kept tell of fewer than k visitors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.events import funnel_step
from appliance.warehouse.fold.cells import Singles, empty
from appliance.warehouse.fold.funnels import certain_so_far, fold_funnels

K = 5


def kept(*reached: int, name: str = "Buy") -> dict[str, int]:
    counters = empty(len(reached))
    counters[:, 0] = counters[:, 1] = reached
    cells = Singles([funnel_step(name, number) for number in range(1, len(reached) + 1)], counters)
    folded = fold_funnels(cells, K)
    assert np.array_equal(folded.counters[:, 0], folded.counters[:, 1])
    return dict(zip(folded.values, folded.counters[:, 0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("reached", "shown"),
    [
        pytest.param((50, 30, 10), {"Buy=1": 50, "Buy=2": 30, "Buy=3": 10}, id="far apart"),
        pytest.param((50, 50, 50), {"Buy=1": 50, "Buy=2": 50, "Buy=3": 50}, id="nobody left"),
        pytest.param((50, 48, 45), {"Buy=1": 50, "Buy=3": 45}, id="two left"),
        pytest.param((50, 4), {"Buy=1": 50}, id="four reached the end"),
        pytest.param((4, 4), {}, id="four began"),
        pytest.param((), {}, id="nobody"),
    ],
)
def test_steps_that_are_kept(reached: tuple[int, ...], shown: dict[str, int]) -> None:
    assert kept(*reached) == shown


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.text(max_size=5))
def test_kept_steps_differ_by_nothing_or_by_k_visitors(reached: list[int], name: str) -> None:
    shown = sorted(kept(*sorted(reached, reverse=True), name=name).values())
    assert all(number >= K for number in shown)
    assert all(a == b or abs(a - b) >= K for a in shown for b in shown)


@given(st.integers(0, 100), st.integers(0, 100))
def test_what_is_said_of_a_running_day_differs_by_nothing_or_by_k_visitors(a: int, b: int) -> None:
    difference = abs(certain_so_far(a, K) - certain_so_far(b, K))
    assert difference == 0 or difference >= K
    assert 0 <= a - certain_so_far(a, K) < K
