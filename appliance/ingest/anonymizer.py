"""What ingest needs of `anonymize`: a key for a site's day, and a way from a raw hit to a clean event."""

from datetime import date
from typing import Protocol

from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.outcomes import Outcome
from appliance.settings import SiteSettings


class DayKey(Protocol):
    """`appliance.anonymize.keyring.DayKey`."""

    def tag(self, message: bytes) -> bytes:
        """16 bytes."""

    def token(self, message: bytes) -> bytes:
        """8 bytes."""


class Keys(Protocol):
    """`appliance.anonymize.keyring.Keyring`."""

    def day_key(self, site: str, day: date, *, create: bool) -> DayKey:
        """Raises KeyGoneError."""


class HitAnonymizer(Protocol):
    """`appliance.anonymize.pipeline.Anonymizer`."""

    def anonymize(self, hit: RawHit, site: SiteSettings, key: DayKey, at_ms: int) -> CleanEvent | Outcome:
        """A clean event, or why there is none."""
