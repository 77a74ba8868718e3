"""The idle clock."""

from appliance.aggregate.open_visits import OpenVisits

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
    assert list(visits.active_since(20)) == [B]


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
    assert list(visits.active_since(0)) == []


def test_active_visitors_are_those_heard_of_since() -> None:
    visits = OpenVisits()
    visits.put(A, 10, is_open=True)
    visits.put(B, 20, is_open=True)
    assert list(visits.active_since(20)) == [B]
