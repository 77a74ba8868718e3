"""Choices of the period picker become days of the site's calendar."""

from datetime import date

import pytest

from dashboard.periods import Choice, Comparison, Period, comparison, period, usual

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice.TODAY, Period("day", TODAY, TODAY, True)),
        (
            Choice.YESTERDAY,
            Period((date(2026, 11, 22), date(2026, 11, 22)), date(2026, 11, 22), date(2026, 11, 22), False),
        ),
        (Choice.LAST_7_DAYS, Period("7d", date(2026, 11, 17), TODAY, True)),
        (Choice.LAST_30_DAYS, Period("30d", date(2026, 10, 25), TODAY, True)),
        (Choice.LAST_28_DAYS, Period("28d", date(2026, 10, 27), TODAY, True)),
        (Choice.LAST_91_DAYS, Period("91d", date(2026, 8, 25), TODAY, True)),
        (Choice.THIS_YEAR, Period("year", date(2026, 1, 1), TODAY, True)),
        (Choice.LAST_12_MONTHS, Period("12mo", date(2025, 12, 1), TODAY, True)),
        (
            Choice.LAST_MONTH,
            Period((date(2026, 10, 1), date(2026, 10, 31)), date(2026, 10, 1), date(2026, 10, 31), False),
        ),
        (Choice.THIS_MONTH, Period("month", date(2026, 11, 1), TODAY, True)),
        (Choice.ALL_TIME, Period("all", None, TODAY, True)),
        (Choice.CUSTOM, Period("day", TODAY, TODAY, True)),
    ],
)
def test_each_choice_has_its_days(choice: Choice, expected: Period) -> None:
    assert period(choice, TODAY) == expected


def test_a_custom_range_that_ends_before_today_does_not_include_it() -> None:
    chosen = period(Choice.CUSTOM, TODAY, (date(2026, 11, 1), date(2026, 11, 5)))
    assert chosen == Period((date(2026, 11, 1), date(2026, 11, 5)), date(2026, 11, 1), date(2026, 11, 5), False)


def test_only_a_range_of_one_day_has_hours() -> None:
    assert period(Choice.YESTERDAY, TODAY).one_day
    assert not period(Choice.LAST_7_DAYS, TODAY).one_day
    assert not period(Choice.ALL_TIME, TODAY).one_day


def test_the_first_of_a_month_is_one_day_long() -> None:
    assert period(Choice.THIS_MONTH, date(2026, 11, 1)).one_day


def test_twelve_months_begin_with_january_in_december() -> None:
    assert period(Choice.LAST_12_MONTHS, date(2026, 12, 24)).first == date(2026, 1, 1)


def test_all_time_is_compared_with_nothing() -> None:
    assert comparison(Comparison.PREVIOUS, period(Choice.ALL_TIME, TODAY)) is None
    assert comparison(Comparison.NONE, period(Choice.TODAY, TODAY)) is None
    assert comparison(Comparison.PREVIOUS, period(Choice.TODAY, TODAY)) is not None


@pytest.mark.parametrize(
    ("visits", "choice"),
    [
        pytest.param({}, Choice.TODAY, id="nobody yet"),
        pytest.param({"2026-11-01": 90}, Choice.TODAY, id="no month is over"),
        pytest.param({"2026-10-01": 31 * 499, "2026-11-01": 90_000}, Choice.LAST_12_MONTHS, id="small last month"),
        pytest.param({"2026-10-01": 31 * 500}, Choice.TODAY, id="large last month"),
        pytest.param({"2026-08-01": 90_000}, Choice.LAST_12_MONTHS, id="nobody last month"),
    ],
)
def test_small_sites_open_on_months_once_a_month_is_over(visits: dict[str, float], choice: Choice) -> None:
    assert usual(visits, date(2026, 11, 23)) is choice
