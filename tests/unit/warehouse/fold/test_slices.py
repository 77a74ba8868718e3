"""Tables of pairs: no small residual in any slice, none that lies in one cell."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.warehouse.fold.slices import Slices, Table, fold_table, residuals

K = 5
Grid = Sequence[Sequence[int]]


def table(grid: Grid, *, rows_add_up: bool = True) -> Table:
    """Everybody came once, so that visitors and visits are the same."""
    numbers = np.array(grid, dtype=np.int64)
    row, column = (positions.astype(np.int64) for positions in np.nonzero(numbers))
    amount = numbers[row, column]
    rest = [0]  # of values that are not shown
    rows = np.concatenate([numbers.sum(axis=1), rest])
    columns = np.concatenate([numbers.sum(axis=0), rest])
    order = np.lexsort((column, row, amount))
    return Table(amount, amount, order, Slices(row, rows, rows, rows_add_up), Slices(column, columns, columns))


def kept(grid: Grid, **more: bool) -> list[list[int]]:
    one = table(grid, **more)
    result = np.zeros((len(grid), len(grid[0])), dtype=np.int64)
    shown = fold_table(one, one.visitors >= K, K)
    result[one.rows.of[shown], one.columns.of[shown]] = one.measure[shown]
    return [[int(number) for number in row] for row in result]


def test_table_without_small_cells_is_shown_whole() -> None:
    grid = [[5, 6], [7, 8]]
    assert kept(grid) == grid


def test_small_cell_takes_more_of_its_row_and_column_with_it() -> None:
    """Seven minus five is two: with every single cell known, a pair that is hidden alone is not hidden."""
    assert kept([[2, 9, 30], [8, 40, 50], [20, 60, 70]]) == [[0, 0, 30], [0, 0, 50], [20, 60, 70]]


def test_residual_that_is_certainly_k_people_needs_no_more() -> None:
    grid = [[4, 3, 4, 30], [4, 4, 3, 50], [3, 4, 4, 40]]
    assert kept(grid) == [[0, 0, 0, 30], [0, 0, 0, 50], [0, 0, 0, 40]]


def test_residual_needs_two_cells_in_which_it_can_lie() -> None:
    """Each residual has five people, but the third column has one of the first row only: 7 - 6 is 1."""
    one = table([[1, 6, 9], [6, 20, 9], [20, 20, 20]])
    shown = fold_table(one, one.visitors >= K, K)
    for slices, crossing in ((one.rows, one.columns), (one.columns, one.rows)):
        remains = residuals(one, slices, shown) > 0
        partners = residuals(one, crossing, shown) > 0
        for number in np.flatnonzero(remains).tolist():
            taken = {int(crossing.of[cell]) for cell in np.flatnonzero(shown & (slices.of == number))}
            assert len(set(np.flatnonzero(partners).tolist()) - taken) >= 2


def test_where_rows_do_not_add_up_nothing_can_be_subtracted_in_them() -> None:
    assert kept([[2, 6], [7, 8]], rows_add_up=False)[0] == [0, 6]


@pytest.mark.parametrize("grid", [[[3], [8]], [[3, 8]]])
def test_pairs_with_the_only_value_of_an_attribute_are_singles_and_need_no_more(grid: Grid) -> None:
    assert kept(grid) == [[number if number >= K else 0 for number in row] for row in grid]


def test_result_does_not_depend_on_the_order_of_the_cells() -> None:
    one = table([[2, 9, 9], [9, 9, 9], [9, 9, 30]])
    shown = fold_table(one, one.visitors >= K, K)
    turned = np.arange(len(shown))[::-1]
    other = Table(
        one.measure[turned],
        one.visitors[turned],
        len(shown) - 1 - one.order,
        one.rows._replace(of=one.rows.of[turned]),
        one.columns._replace(of=one.columns.of[turned]),
    )
    assert fold_table(other, other.visitors >= K, K).tolist() == shown[turned].tolist()


GRIDS = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 14), min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(GRIDS)
def test_no_residual_is_small_where_anything_is_shown(grid: Grid) -> None:
    one = table(grid)
    if any(np.count_nonzero(slices.measure) < 2 for slices in (one.rows, one.columns)):
        return
    shown = fold_table(one, one.visitors >= K, K)
    for slices in (one.rows, one.columns):
        left = residuals(one, slices, shown)
        for number in np.unique(slices.of[shown]).tolist():
            assert left[number] == 0 or left[number] >= K


@given(GRIDS, st.integers(1, 12))
def test_only_candidates_are_shown_and_more_people_hide_nothing_small(grid: Grid, k: int) -> None:
    one = table(grid)
    shown = fold_table(one, one.visitors >= k, k)
    assert not shown[one.visitors < k].any()
