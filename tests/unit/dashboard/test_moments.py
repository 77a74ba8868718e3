"""The time line has a bar for each hour or day, also where nothing happened."""

from datetime import date

from dashboard import moments


def test_hours_without_visitors_are_zero() -> None:
    names, values = moments.hours({"2026-11-23 02:00:00": 5}, until=3)
    assert names == ["00:00", "01:00", "02:00", "03:00"]
    assert values == [0, 0, 5, 0]


def test_days_without_visitors_are_zero() -> None:
    names, values = moments.days({"2026-11-22": 7}, date(2026, 11, 21), date(2026, 11, 23))
    assert names == ["21 Nov", "22 Nov", "23 Nov"]
    assert values == [0, 7, 0]


def test_an_open_start_begins_with_the_first_day_that_has_a_number() -> None:
    names, values = moments.days({"2026-11-22": 7}, None, date(2026, 11, 23))
    assert (names, values) == (["22 Nov", "23 Nov"], [7, 0])


def test_days_of_several_years_name_the_year() -> None:
    names, _ = moments.days({}, date(2025, 12, 31), date(2026, 1, 1))
    assert names == ["31 Dec 2025", "1 Jan 2026"]


def test_an_open_start_without_any_number_is_one_day() -> None:
    assert moments.days({}, None, date(2026, 11, 23)) == (["23 Nov"], [0])
