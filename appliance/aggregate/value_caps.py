"""At most so many different values of one attribute at one site on one day; what comes later is counted as "(other)".

Which values came first is remembered by the worker for all shards, as numbers that Python hashes them to under a key
of the process. A restart forgets it and begins anew with what comes then: a day has at most so many values for each
start of the worker, and a value that was counted once may turn into "(other)" later, never in another visitor's past.
"""

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from appliance.dimensions import DIRECT, ENGAGEMENT, OTHER, PAGEVIEW, Dimension
from appliance.events import CleanEvent, property_value
from appliance.settings import Settings

_MAX_VALUES = 500_000
"""Of all sites and days together, about 50 MB."""
_FIELDS = (
    (Dimension.PAGE, "path"),
    (Dimension.SOURCE, "source"),
    (Dimension.REFERRER, "referrer"),
    (Dimension.UTM_SOURCE, "utm_source"),
    (Dimension.UTM_MEDIUM, "utm_medium"),
    (Dimension.UTM_CAMPAIGN, "utm_campaign"),
    (Dimension.UTM_CONTENT, "utm_content"),
    (Dimension.UTM_TERM, "utm_term"),
    (Dimension.CITY, "city"),
)
"""Attributes whose values come from outside. Entry and exit pages are pages; the rest has a vocabulary of ours."""
_values = attrgetter(*(field for _, field in _FIELDS))
_OWN_NAMES = frozenset({PAGEVIEW, ENGAGEMENT})
_OWN_SOURCES = frozenset({DIRECT})


class _SiteDay:
    """Values of one site-day by dimension, as hashes."""

    __slots__ = ("_of_fields", "always", "seen")

    def __init__(self, pages: frozenset[str]) -> None:
        self.always = {Dimension.PAGE: pages, Dimension.SOURCE: _OWN_SOURCES}
        self.seen: dict[Dimension, set[int]] = {
            dimension: set() for dimension in (*(d for d, _ in _FIELDS), Dimension.NAME, Dimension.PROPS)
        }
        self._of_fields = [(self.seen[dimension], self.always.get(dimension, ())) for dimension, _ in _FIELDS]

    def has_all(self, values: tuple[str, ...]) -> bool:
        """Whether all these values, in the order of `_FIELDS`, have come before: so it is nearly always."""
        for value, (seen, always) in zip(values, self._of_fields, strict=True):
            if value and hash(value) not in seen and value not in always:
                return False
        return True


class ValueCaps:
    """Replaces values beyond the limits. Used by the one thread that counts."""

    def __init__(self, settings: Settings, max_values: int = _MAX_VALUES) -> None:
        self._max_pages = settings.limits.page_values_per_day
        self._max_others = settings.limits.other_values_per_day
        self._pages = {site.id: frozenset(site.pages) for site in settings.sites}
        self._days: dict[str, _SiteDay] = {}
        self._left = max_values
        self.replaced = 0
        """Events with a value that was replaced, since this number was last set to 0."""

    def apply(self, key_name: str, site: str, event: CleanEvent) -> CleanEvent:
        """The event as it may be counted: mostly the same object.

        Args:
            key_name: the site-day. Pages that the site declares one by one are never replaced.
        """
        day = self._days.get(key_name)
        if day is None:
            day = self._days[key_name] = _SiteDay(self._pages.get(site, frozenset()))
        changes: dict[str, object] = {}
        if not day.has_all(_values(event)):
            changes = {
                field: OTHER
                for dimension, field in _FIELDS
                if (value := getattr(event, field)) and not self._admit(day, dimension, value)
            }
        if event.name not in _OWN_NAMES and not self._admit(day, Dimension.NAME, event.name):
            changes["name"] = OTHER
        if event.props:
            kept = tuple(self._property(day, key, value) for key, value in event.props)
            if kept != event.props:
                changes["props"] = kept
        if not changes:
            return event
        self.replaced += 1
        return msgspec.structs.replace(event, **changes)

    def keep(self, key_names: Iterable[str]) -> None:
        """Forget all days but these."""
        kept = set(key_names)
        for name in [name for name in self._days if name not in kept]:
            self._left += sum(len(seen) for seen in self._days.pop(name).seen.values())

    def _property(self, day: _SiteDay, key: str, value: str) -> tuple[str, str]:
        return (key, value if self._admit(day, Dimension.PROPS, property_value(key, value)) else OTHER)

    def _admit(self, day: _SiteDay, dimension: Dimension, value: str) -> bool:
        seen = day.seen[dimension]
        hashed = hash(value)
        if hashed in seen or value in day.always.get(dimension, ()):
            return True
        if self._left <= 0 or len(seen) >= (self._max_pages if dimension is Dimension.PAGE else self._max_others):
            return False
        seen.add(hashed)
        self._left -= 1
        return True
