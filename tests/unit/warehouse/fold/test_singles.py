"""Values of one attribute: who is shown, what is left, and what a public value of few keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.dimensions import Dimension
from appliance.warehouse.fold.cells import COUNTERS, NOT_SET, VISITORS, VISITS, Singles
from appliance.warehouse.fold.singles import FoldedSingles, fold_singles

K = 5


def cells(visitors: dict[str, int], *, visits: dict[str, int] | None = None) -> Singles:
    rows = np.zeros((len(visitors), len(COUNTERS)), dtype=np.int64)
    for row, (value, number) in enumerate(visitors.items()):
        rows[row] = 10 * number
        rows[row, VISITORS] = number
        rows[row, VISITS] = (visits or {}).get(value, number)
    return Singles(list(visitors), rows)


def folded(
    visitors: dict[str, int],
    everybody: int,
    public: tuple[str, ...] = (),
    dimension: Dimension = Dimension.PAGE,
    **more: dict[str, int],
) -> FoldedSingles:
    totals = np.full(len(COUNTERS), 10 * everybody, dtype=np.int64)
    totals[[VISITORS, VISITS]] = everybody
    return fold_singles(dimension, cells(visitors, **more), totals, public.__contains__, K)


def shown(*args: object, **more: object) -> list[str]:
    return list(folded(*args, **more).shown.values)  # type: ignore[arg-type]


def test_day_of_fewer_than_k_visitors_keeps_nothing_not_even_public_values() -> None:
    assert shown({"/": 4}, 4, ("/",)) == []
    assert shown({"/": 5}, 5, ("/",)) == ["/"]


def test_value_needs_k_visitors_unless_it_is_public() -> None:
    # Both small ones together are certainly five people: nobody of the total had another page.
    assert shown({"/": 9, "/a": 2, "/b": 3, "/public": 1}, 15, ("/public",)) == ["/", "/public"]


def test_rest_that_may_be_one_person_takes_the_smallest_shown_value_with_it() -> None:
    assert shown({"/": 9, "/b": 6, "/c": 7, "/rare": 1}, 12) == ["/", "/c"]


def test_rest_counts_people_and_not_the_sum_of_their_values() -> None:
    """One person on five rare pages is one person."""
    rare = {f"/rare/{n}": 1 for n in range(5)}
    assert shown({"/": 9, "/b": 6, **rare}, 9) == ["/"]


def test_of_equal_values_the_first_by_visits_then_by_name_is_hidden() -> None:
    assert shown({"/b": 6, "/a": 6, "/c": 6, "/rare": 1}, 12) == ["/b", "/c"]
    assert shown({"/b": 6, "/a": 6, "/rare": 1}, 12, visits={"/b": 7, "/a": 8}) == ["/a"]


def test_public_values_are_never_hidden_to_make_the_rest_greater() -> None:
    assert shown({"/": 9, "/rare": 1}, 10, ("/",)) == ["/"]


def test_number_of_hidden_values_is_told() -> None:
    assert folded({"/": 9, "/a": 1, "/b": 2}, 20).hidden == 2


def test_visits_without_a_value_get_a_row_if_k_visitors_had_none() -> None:
    assert shown({"news": 6}, 11, dimension=Dimension.UTM_SOURCE) == [NOT_SET, "news"]
    assert shown({"news": 6, "mail": 8}, 16, dimension=Dimension.UTM_SOURCE) == ["mail"]


def test_visits_without_a_value_have_what_the_values_have_not() -> None:
    result = folded({"news": 6}, 11, dimension=Dimension.UTM_SOURCE)
    assert result.shown.counters[0].tolist() == [5, 5, *[50] * (len(COUNTERS) - 2)]


def test_visitors_without_a_value_are_those_who_are_certain() -> None:
    """Who came with the campaign and without it is in the row of the campaign already."""
    totals = np.full(len(COUNTERS), 100, dtype=np.int64)
    totals[[VISITORS, VISITS]] = (10, 20)
    some = cells({"news": 9}, visits={"news": 12})
    assert list(fold_singles(Dimension.UTM_SOURCE, some, totals, lambda _: True, K).shown.values) == ["news"]


def test_attribute_that_no_visit_had_has_a_row_for_all_of_them() -> None:
    assert shown({}, 5, dimension=Dimension.UTM_SOURCE) == [NOT_SET]


def test_events_have_no_row_for_what_they_lack() -> None:
    assert shown({"plan=a": 6}, 20, dimension=Dimension.PROPS) == ["plan=a"]


@pytest.mark.parametrize(
    ("dimension", "kept"),
    [
        (Dimension.COUNTRY, ()),
        (Dimension.HOSTNAME, ()),
        (Dimension.ENTRY_PAGE, ()),
        (Dimension.PAGE, ("pageviews",)),
        (Dimension.GOAL, ("events",)),
        (Dimension.NAME, ("events",)),
        (Dimension.CURRENCY, ("events", "revenue_minor")),
    ],
)
def test_public_value_of_few_keeps_no_counter_that_could_join_its_cells(
    dimension: Dimension, kept: tuple[str, ...]
) -> None:
    row = folded({"a": 2, "b": 9}, 11, ("a", "b"), dimension).shown.counters[0].tolist()
    assert {name for name, number in zip(COUNTERS, row, strict=True) if number} == {"visitors", "visits", *kept}


def test_value_of_k_visitors_keeps_everything() -> None:
    assert folded({"a": 5}, 5, ("a",), Dimension.COUNTRY).shown.counters[0].tolist()[2:] == [50] * (len(COUNTERS) - 2)


@given(
    st.dictionaries(st.sampled_from([f"/{n}" for n in range(12)]), st.integers(1, 12), min_size=1),
    st.integers(1, 40),
    st.sets(st.sampled_from([f"/{n}" for n in range(12)])),
)
def test_what_is_hidden_together_is_k_people_or_cannot_be_more(
    visitors: dict[str, int], more: int, public: set[str]
) -> None:
    everybody = max(visitors.values()) + more
    names = set(shown(visitors, everybody, tuple(public)))
    hidden = {value: number for value, number in visitors.items() if value not in names}
    for value, number in visitors.items():
        assert number >= K or value in public or value in hidden
    assert not names or public & visitors.keys() <= names
    if everybody < K:
        assert not names
    elif hidden and names - public:
        certain = max(*hidden.values(), everybody - sum(visitors[value] for value in names), 0)
        assert certain >= K
