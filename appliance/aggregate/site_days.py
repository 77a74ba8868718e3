"""What the name of a day key means: site, zone, when the day ends, when its key has to be gone."""

from datetime import date
from typing import NamedTuple

from appliance.anonymize.keyring import split_key_name
from appliance.clock import day_end
from appliance.settings import Settings

KEY_LIFE_AFTER_DAY_MS = 60 * 60 * 1000
"""A day key is destroyed at the latest this long after site-local midnight."""

_PROFILE_LIFE_AFTER_KEY_MS = 2 * 60 * 60 * 1000
LONGEST_KEY_LIFE_MS = 26 * 60 * 60 * 1000
"""A day of 25 hours and its hour of grace: also of a day whose site moved to a zone in which it ends later."""
LONGEST_PROFILE_LIFE_MS = LONGEST_KEY_LIFE_MS + _PROFILE_LIFE_AFTER_KEY_MS
_LAST_ZONE = "Etc/GMT+12"
_EPOCH = date(1970, 1, 1)


class SiteDayTimes(NamedTuple):
    """One site-local day. Times in milliseconds since 1970."""

    site: str
    day: date
    day_number: int
    timezone: str
    end_ms: int

    @property
    def deadline_ms(self) -> int:
        """When the key must be gone."""
        return self.end_ms + KEY_LIFE_AFTER_DAY_MS

    @property
    def expires_ms(self) -> int:
        """When profiles expire by themselves, should the close not have deleted them."""
        return self.deadline_ms + _PROFILE_LIFE_AFTER_KEY_MS


class SiteDays:
    """Site-days by key name, for the configured sites. A site no longer configured ends with the last zone."""

    def __init__(self, settings: Settings) -> None:
        self._timezones = {site.id: site.timezone for site in settings.sites}
        self._known: dict[str, SiteDayTimes] = {}

    def of(self, key_name: str) -> SiteDayTimes:
        """Meaning of a key name."""
        found = self._known.get(key_name)
        if found is None:
            site, day = split_key_name(key_name)
            timezone = self._timezones.get(site, _LAST_ZONE)
            end_ms = int(day_end(day, timezone) * 1000)
            found = self._known[key_name] = SiteDayTimes(site, day, (day - _EPOCH).days, timezone, end_ms)
        return found
