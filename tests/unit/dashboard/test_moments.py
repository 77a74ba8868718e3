"""The time line has a bar for each hour or day that has begun, also where nothing happened."""

from dashboard.moments import bars

DAYS = ["2026-11-21", "2026-11-22", "2026-11-23"]


def test_hours_without_a_number_are_zero() -> None:
    labels = [f"2026-11-23 {hour:02d}:00:00" for hour in range(3)]
    assert bars(labels, {"2026-11-23 01:00:00": 5}, "2026-11-23 02:00:00") == (
        ["00:00", "01:00", "02:00"],
        [0, 5, 0],
    )


def test_hours_to_come_have_no_bar() -> None:
    labels = [f"2026-11-23 {hour:02d}:00:00" for hour in range(24)]
    names, _ = bars(labels, {}, "2026-11-23 01:00:00")
    assert names == ["00:00", "01:00"]


def test_all_hours_of_an_earlier_day_have_a_bar() -> None:
    labels = [f"2026-11-22 {hour:02d}:00:00" for hour in range(24)]
    assert len(bars(labels, {}, "2026-11-23 01:00:00")[0]) == 24


def test_days_without_a_number_are_zero() -> None:
    assert bars(DAYS, {"2026-11-22": 7}, "2026-11-23") == (["21 Nov", "22 Nov", "23 Nov"], [0, 7, 0])


def test_days_to_come_have_no_bar() -> None:
    assert bars(DAYS, {}, "2026-11-22")[0] == ["21 Nov", "22 Nov"]


def test_days_of_several_years_name_the_year() -> None:
    assert bars(["2025-12-31", "2026-01-01"], {}, "2026-01-01")[0] == ["31 Dec 2025", "1 Jan 2026"]


def test_without_labels_there_is_no_bar() -> None:
    assert bars([], {"2026-11-22": 7}, "2026-11-22") == ([], [])
