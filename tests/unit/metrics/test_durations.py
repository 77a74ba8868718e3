"""Buckets hold what was put in: each duration in every bucket from its own on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.metrics.durations import BOUNDS, Durations, total

SECONDS = st.lists(st.floats(0, 1000) | st.sampled_from(BOUNDS))


def of(several: list[float]) -> Durations:
    durations = Durations()
    for seconds in several:
        durations.add(seconds)
    return durations


@given(SECONDS)
def test_a_bucket_counts_what_is_not_longer_than_its_bound(several: list[float]) -> None:
    buckets = of(several).buckets()
    expected = [sum(seconds <= bound for seconds in several) for bound in (*BOUNDS, float("inf"))]
    assert expected == list(buckets.counts)
    assert buckets.seconds == pytest.approx(sum(several))


@given(SECONDS, SECONDS)
def test_the_total_of_two_is_that_of_all_their_durations(first: list[float], second: list[float]) -> None:
    both = total([of(first).buckets(), of(second).buckets()])
    assert both.counts == of(first + second).buckets().counts
    assert both.seconds == pytest.approx(sum(first) + sum(second))
