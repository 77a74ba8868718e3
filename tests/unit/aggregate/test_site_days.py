"""When a site's day ends."""

from datetime import UTC, datetime

from appliance.aggregate.site_days import SiteDays
from appliance.settings import Settings, SiteSettings

DAYS = SiteDays(Settings(sites=(SiteSettings(id="kathmandu.example", timezone="Asia/Kathmandu"),)))


def test_day_ends_at_site_local_midnight() -> None:
    end = datetime(2026, 1, 1, 18, 15, tzinfo=UTC).timestamp() * 1000
    assert DAYS.of("kathmandu.example|2026-01-01").end_ms == end


def test_key_is_due_an_hour_and_profiles_three_hours_after_midnight() -> None:
    times = DAYS.of("kathmandu.example|2026-01-01")
    assert times.deadline_ms - times.end_ms == 3_600_000
    assert times.expires_ms - times.end_ms == 3 * 3_600_000


def test_site_no_longer_configured_ends_with_the_last_zone() -> None:
    end = datetime(2026, 1, 2, 12, tzinfo=UTC).timestamp() * 1000
    assert DAYS.of("gone.example|2026-01-01").end_ms == end
