"""A key dies when its calendar or the time that has really passed says so, however the clock is set meanwhile."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.aggregate.key_life import is_overdue
from appliance.aggregate.site_days import SiteDays
from appliance.anonymize.key_page import Slot
from appliance.anonymize.keyring import day_key_name
from appliance.clock import day_end, local_day_hour
from appliance.settings import Settings, SiteSettings

ZONES = ("Europe/London", "America/Detroit", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati")
MOMENTS = st.floats(1_735_689_600, 1_830_000_000)  # 2025 to 2027
LONGEST_SECONDS = 26 * 3600


def made(at: float, uptime: int, timezone: str) -> tuple[Slot, int]:
    """A key that a hit makes at a moment of the clock, and its deadline."""
    day, _ = local_day_hour(at, timezone)
    name = day_key_name("example.org", day)
    days = SiteDays(Settings(sites=(SiteSettings(id="example.org", timezone=timezone),)))
    return Slot(0, name, int(at * 1000), False, uptime), days.of(name).deadline_ms


@given(MOMENTS, st.integers(1, 10**8), st.sampled_from(ZONES), MOMENTS, st.floats(0, 10**6))
def test_no_setting_of_the_clock_lets_a_key_live_longer(
    at: float, uptime: int, timezone: str, clock_says: float, passed: float
) -> None:
    slot, deadline_ms = made(at, uptime, timezone)
    promised = deadline_ms / 1000 - at
    assert 0 < promised <= LONGEST_SECONDS
    now_ms = int(clock_says * 1000)
    gone = is_overdue(slot, deadline_ms, now_ms, uptime + passed)
    assert gone is (passed * 1000 >= deadline_ms - slot.created_ms or now_ms >= deadline_ms)
    believed_not = is_overdue(slot, deadline_ms, None, uptime + passed)
    assert believed_not is (passed * 1000 >= deadline_ms - slot.created_ms)
    if passed > LONGEST_SECONDS:
        assert gone
        assert believed_not


@given(MOMENTS, st.sampled_from(ZONES), st.floats(0, 30 * 3600))
def test_while_nobody_sets_the_clock_both_ways_say_the_same(at: float, timezone: str, passed: float) -> None:
    slot, deadline_ms = made(at, 1000, timezone)
    now_ms = int((at + passed) * 1000)
    close = abs(now_ms - deadline_ms) <= 2  # the page keeps whole milliseconds
    assert close or is_overdue(slot, deadline_ms, now_ms, 0.0) is is_overdue(slot, deadline_ms, None, 1000 + passed)


@given(MOMENTS, st.floats(0, 10**6))
def test_a_key_whose_uptime_is_not_known_goes_by_the_clock_alone(at: float, uptime: float) -> None:
    slot, deadline_ms = made(at, 0, "UTC")
    assert not is_overdue(slot, deadline_ms, None, uptime)
    assert is_overdue(slot, deadline_ms, deadline_ms, uptime)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.sampled_from(ZONES))
def test_days_follow_each_other_without_a_gap_and_have_23_to_25_hours(day: date, timezone: str) -> None:
    before, end = day_end(day - timedelta(days=1), timezone), day_end(day, timezone)
    assert 23 * 3600 <= end - before <= 25 * 3600
    assert local_day_hour(before, timezone) == (day, 0)
    assert local_day_hour(end - 1, timezone) == (day, 23)
    assert local_day_hour(before - 1, timezone)[0] == day - timedelta(days=1)


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_a_site_that_moves_to_another_zone_does_not_lengthen_the_life_of_a_key(
    at: float, timezone: str, moved_to: str
) -> None:
    slot, _ = made(at, 1000, timezone)
    days = SiteDays(Settings(sites=(SiteSettings(id="example.org", timezone=moved_to),)))
    deadline_ms = days.of(slot.name).deadline_ms
    longest = slot.created_ms + LONGEST_SECONDS * 1000
    assert is_overdue(slot, deadline_ms, min(longest, deadline_ms), 0.0)
    assert is_overdue(slot, deadline_ms, None, 1000 + LONGEST_SECONDS)
