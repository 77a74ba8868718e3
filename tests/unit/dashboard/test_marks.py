"""Readers are told how fresh the numbers are and which days a loss has damaged."""

from datetime import UTC, datetime

import pytest

from appliance.stats.contract import DamagedDay, Meta
from dashboard import marks

AS_OF = datetime(2026, 11, 23, 13, 3, 20, tzinfo=UTC)
LOST = DamagedDay("2026-11-12", "Redis lost its data on 2026-11-12: numbers of that day are too low")
META = Meta(
    "exact",
    AS_OF.isoformat(),
    includes_today=True,
    warnings=["the disk is full", LOST.meaning],
    damaged_days=[LOST],
)
OVER = Meta("exact", AS_OF.isoformat(), includes_today=False)
IMPORTED = Meta(
    "daily_sum",
    AS_OF.isoformat(),
    includes_today=False,
    imported_days=[["2026-11-10", "2026-11-12"], ["2026-11-20", "2026-11-20"]],
)


def test_freshness_is_said_by_the_clock_of_the_site_while_a_day_runs() -> None:
    assert marks.freshness(META, "Europe/Berlin") == "Counted up to 14:03."
    assert marks.freshness(OVER, "Europe/Berlin") == ""


@pytest.mark.parametrize(
    ("seconds", "said"), [(60, ""), (61, "1 minute"), (17 * 60, "17 minutes"), (5 * 3600, "5 hours")]
)
def test_numbers_that_stay_behind_are_an_alarm(seconds: int, said: str) -> None:
    alarm = marks.lateness(META, AS_OF.timestamp() + seconds)
    assert alarm == (said and f"The numbers are {said} behind: later hits are on their way and not counted yet.")
    assert marks.lateness(OVER, AS_OF.timestamp() + seconds) == ""


def test_a_damaged_day_is_named_as_people_do_and_is_no_fault_of_today() -> None:
    assert marks.damage(META) == ["Redis lost its data on Thu 12 Nov 2026: numbers of that day are too low."]
    assert marks.other_warnings(META) == ["the disk is full"]


@pytest.mark.parametrize(
    ("label", "following", "marked"),
    [
        ("2026-11-12", "2026-11-13", True),
        ("2026-11-11", "2026-11-12", False),
        ("2026-11-09", "2026-11-16", True),
        ("2026-11-01", None, True),
        ("2026-11-13", None, False),
        ("2026-11-12 00:00:00", "2026-11-12 01:00:00", True),
        ("2026-11-12 09:00:00", "2026-11-12 10:00:00", False),
        ("2026-11-11 23:00:00", "2026-11-12 00:00:00", False),
    ],
)
def test_the_moment_of_the_line_that_holds_a_damaged_day_is_marked(
    label: str, following: str | None, marked: bool
) -> None:
    assert bool(marks.mark_of_moment(META, label, following)) is marked


def test_days_that_came_from_a_log_are_named_in_stretches() -> None:
    assert marks.from_logs(OVER) == ""
    assert marks.from_logs(IMPORTED).startswith("Counted from logs: 10 Nov – 12 Nov 2026, 20 Nov 2026. A log ")
    many = Meta("daily_sum", AS_OF.isoformat(), includes_today=False, imported_days=[["2026-11-10", "2026-11-10"]] * 6)
    assert ", 10 Nov 2026 and 2 more stretches. " in marks.from_logs(many)


@pytest.mark.parametrize(
    ("label", "following", "marked"),
    [
        ("2026-11-09", "2026-11-10", False),
        ("2026-11-10", "2026-11-11", True),
        ("2026-11-12", None, True),
        ("2026-11-13", "2026-11-20", False),
        ("2026-11-13", None, True),
        ("2026-11-16", "2026-11-23", True),
        ("2026-11-09", "2026-11-16", True),
        ("2026-11-21", None, False),
        ("2026-11-12 23:00:00", "2026-11-13 00:00:00", True),
        ("2026-11-09 23:00:00", "2026-11-10 00:00:00", False),
    ],
)
def test_every_moment_that_holds_a_day_from_a_log_is_known(label: str, following: str | None, marked: bool) -> None:
    assert marks.is_from_logs(IMPORTED, label, following) is marked
    assert not marks.is_from_logs(OVER, label, following)
