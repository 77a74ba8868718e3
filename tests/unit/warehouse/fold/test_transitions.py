"""Ways between pages: none of few visitors is kept, and none follows from the sums of a page."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.warehouse.fold.cells import Pairs, empty
from appliance.warehouse.fold.transitions import fold_transitions

K = 5
PAGES = ("/", "/a", "/b", "/c")
Ways = dict[tuple[str, str], int]


def kept(ways: Ways, pages: tuple[str, ...] = PAGES) -> Ways:
    counters = empty(len(ways))
    counters[:, :4] = np.array(list(ways.values()), dtype=np.int64)[:, np.newaxis]
    cells = fold_transitions(pages, Pairs([to for to, _ in ways], [way[1] for way in ways], counters), K)
    return dict(zip(zip(cells.a, cells.b, strict=True), cells.counters[:, 0].tolist(), strict=True))


def test_ways_that_many_took_are_kept() -> None:
    ways = {("/a", "/"): 9, ("/b", "/"): 7, ("/", "/a"): 6}
    assert kept(ways) == ways


def test_way_of_few_takes_another_way_into_the_page_with_it() -> None:
    ways = {("/a", "/"): 20, ("/a", "/b"): 9, ("/a", "/c"): 2, ("/b", "/"): 30, ("/b", "/c"): 8}
    assert kept(ways) == {("/a", "/"): 20, ("/b", "/"): 30}


def test_way_from_a_page_that_is_not_shown_is_not_kept_and_does_not_follow() -> None:
    assert kept({("/a", "/"): 20, ("/a", "/secret"): 2}) == {}


@given(
    st.dictionaries(
        st.tuples(st.sampled_from((*PAGES, "/x", "/y")), st.sampled_from((*PAGES, "/x", "/y"))), st.integers(1, 20)
    ).filter(bool)
)
def test_what_is_missing_in_the_sum_of_a_page_is_many_or_nothing(ways: Ways) -> None:
    shown = kept(ways)
    assert all(number >= K and {to, previous} <= set(PAGES) for (to, previous), number in shown.items())
    for side in (0, 1):
        hidden: dict[str, list[int]] = defaultdict(list)
        for way, number in ways.items():
            if way not in shown:
                hidden[way[side]].append(number)
        for page, numbers in hidden.items():
            assert max(numbers) >= K or not [way for way in shown if way[side] == page]
