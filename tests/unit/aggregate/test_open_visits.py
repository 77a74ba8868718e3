"""The idle clock."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from appliance.aggregate.open_visits import SLICE_MS, OpenVisits

A, B = ("site|2026-01-01", b"a"), ("site|2026-01-01", b"b")


def test_idle_lists_longest_silence_first_and_stops_at_the_limit() -> None:
    visits = OpenVisits()
    visits.put(A, 10, is_open=True)
    visits.put(B, 20, is_open=True)
    visits.put(A, 30, is_open=True)
    assert visits.idle(100, 10) == [B, A]
    assert visits.idle(100, 1) == [B]


def test_writing_a_profile_that_did_not_move_on_keeps_the_visit_in_its_place() -> None:
    visits = OpenVisits()
    visits.put(A, 10, is_open=True)
    visits.put(B, 20, is_open=True)
    visits.put(A, 10, is_open=True)
    assert visits.idle(15, 10) == [A]


def test_visit_heard_of_at_the_border_is_not_idle() -> None:
    visits = OpenVisits()
    visits.put(A, 10, is_open=True)
    assert visits.idle(10, 5) == []


def test_closed_visit_is_not_idle_but_its_profile_belongs_to_the_day() -> None:
    visits = OpenVisits()
    visits.put(A, 10, is_open=False)
    assert visits.idle(100, 5) == []
    assert visits.tags_of_day(A[0]) == [b"a"]


def test_forgotten_day_leaves_nothing() -> None:
    visits = OpenVisits()
    visits.put(A, 10, is_open=True)
    visits.put(B, 10, is_open=True)
    visits.forget_day(A[0], [b"a", b"b"])
    assert visits.tags_of_day(A[0]) == []
    assert not visits.heard_of_since(0)


def test_idle_of_several_days_comes_in_the_order_of_silence() -> None:
    visits = OpenVisits()
    other = ("other|2026-01-01", b"c")
    visits.put(A, 10, is_open=True)
    visits.put(other, 15, is_open=True)
    visits.put(B, 20, is_open=True)
    assert visits.idle(100, 10) == [A, other, B]
    assert visits.idle(100, 2) == [A, other]


def test_visitors_there_now_are_those_heard_of_since_the_slice_of_the_moment() -> None:
    visits = OpenVisits()
    visits.put(A, SLICE_MS - 1, is_open=True)
    visits.put(B, SLICE_MS, is_open=True)
    assert visits.heard_of_since(2 * SLICE_MS - 1) == {A[0]: 1}
    assert visits.heard_of_since(SLICE_MS - 1) == {A[0]: 2}


Put = tuple[str, bytes, int, bool]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a|2026-01-01", "b|2026-01-01"]),
            st.sampled_from([b"1", b"2", b"3"]),
            st.integers(0, 4).map(lambda slices: slices * SLICE_MS),
            st.booleans(),
        )
    )
)
def test_numbers_are_those_of_the_profiles_as_they_were_last_written(puts: list[Put]) -> None:
    visits = OpenVisits()
    last: dict[tuple[str, bytes], tuple[int, bool]] = {}
    for key_name, tag, last_ms, is_open in puts:
        visits.put((key_name, tag), last_ms, is_open=is_open)
        last[key_name, tag] = last_ms, is_open
    for since in range(0, 6 * SLICE_MS, SLICE_MS):
        expected = Counter(key for (key, _), (ms, is_open) in last.items() if is_open and ms >= since)
        assert visits.heard_of_since(since) == expected
    open_ones = {visitor for visitor, (_, is_open) in last.items() if is_open}
    assert len(visits) == len(open_ones)
    assert set(visits.idle(6 * SLICE_MS, 100)) == open_ones
    for key_name in {key for key, _ in last}:
        tags = visits.tags_of_day(key_name)
        assert tags == sorted(tag for key, tag in last if key == key_name)
        visits.forget_day(key_name, tags)
    assert not visits.heard_of_since(0)
    assert not len(visits)
