"""Numbers read as people write them."""

import pytest

from dashboard import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (1000, "1,000"), (999_999, "999,999"), (1_200_000, "1.2M"), (3.2e9, "3.2B")],
)
def test_counts_have_separators_and_are_short_from_a_million_on(value: float, text: str) -> None:
    assert numbers.count(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.4, "59s"), (59.6, "1m 00s"), (61, "1m 01s"), (3599, "59m 59s"), (7260, "2h 01m")],
)
def test_durations_are_minutes_and_seconds(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize("text", [numbers.count, numbers.ratio, numbers.percent, numbers.duration])
def test_what_cannot_be_divided_is_a_dash(text: object) -> None:
    assert callable(text)
    assert text(None) == "–"
