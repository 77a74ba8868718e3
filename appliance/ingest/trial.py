"""What would become of a hit: the very functions that take hits, without a queue, without limits and without a count.

A described hit comes in, its outcome goes out, and what would be counted. Nothing is kept; the key that makes a tag is
random for each trial and of no use to anybody.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec

from appliance.clock import Clock
from appliance.errors import UnavailableError
from appliance.events import CleanEvent
from appliance.ingest.anonymizer import HitAnonymizer
from appliance.ingest.event_endpoint import Entry, EventEndpoint, Sorted
from appliance.ingest.outcome_counter import OutcomeCounter
from appliance.outcomes import Outcome
from appliance.settings import Settings, ShieldSettings, SiteSettings

NO_ADDRESS = "192.0.2.1"
"""Of nobody (RFC 5737): stands for an address that was not given."""
SPAM = "spam"
"""Decides where no shield does."""


class Trial(NamedTuple):
    """A hit as somebody describes it. Lives as long as the request that brought it."""

    site: str
    url: str
    event: str = "pageview"
    referrer: str = ""
    user_agent: str = ""
    address: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Others that the browser sends, such as `("sec-gpc", "1")`."""

    def __repr__(self) -> str:
        return "Trial(…)"


class Verdict(NamedTuple):
    """What would become of it."""

    outcome: Outcome
    errors: tuple[str, ...] = ()
    """What is wrong with a hit that is not valid."""
    decided_by: str = ""
    """Which shield blocks it, or `spam`; for `blocked` only."""
    event: CleanEvent | None = None
    """What would be counted; its tag means nothing."""


class Trials:
    """Tries hits.

    Args:
        settings: as ingest has them.
        clock: seconds since 1970.
        anonymizer: as ingest has it.
    """

    def __init__(self, settings: Settings, clock: Clock, anonymizer: HitAnonymizer) -> None:
        without_limits = msgspec.structs.replace(settings.limits, enabled=False)
        self._settings = msgspec.structs.replace(settings, limits=without_limits)
        self._clock = clock
        self._anonymizer = anonymizer

    def run(self, hit: Trial) -> Verdict:
        """Try one hit of a configured site.

        Privacy: what is personal in it ends where it ends in ingest.
        """
        verdict = self._tried(self._settings, hit)
        site = self._settings.site(hit.site)
        if verdict.outcome is not Outcome.BLOCKED or site is None:
            return verdict
        for name, opened in _without_one_shield(site):
            sites = tuple(opened if one is site else one for one in self._settings.sites)
            if self._tried(msgspec.structs.replace(self._settings, sites=sites), hit).outcome is not Outcome.BLOCKED:
                return verdict._replace(decided_by=name)
        return verdict._replace(decided_by=SPAM)

    def _tried(self, settings: Settings, hit: Trial) -> Verdict:
        counted = _Noted()
        endpoint = EventEndpoint(settings, self._clock, _Keys(), self._anonymizer, _Nowhere(), counted)
        entry = endpoint.enter(_scope(hit))
        if not isinstance(entry, Entry):
            return Verdict(counted.outcome)
        body = msgspec.json.encode({"n": hit.event, "u": hit.url, "d": hit.site, "r": hit.referrer or None})
        parsed = endpoint.parse(entry, body)
        if isinstance(parsed, Sorted):
            return Verdict(parsed.drops[0].outcome)
        if isinstance(parsed, tuple):
            return Verdict(counted.outcome, _reasons(parsed.body["body"]))
        found = endpoint.sort(parsed, entry.personal)
        if found.events:
            return Verdict(Outcome.ACCEPTED, event=found.events[0][2])
        errors = tuple(f"{field} {reason}" for field, reasons in found.errors.items() for reason in reasons)
        return Verdict(found.drops[0].outcome, errors)


class _Noted(OutcomeCounter):
    """Remembers the last outcome and counts nothing."""

    def __init__(self) -> None:
        super().__init__(_Nowhere())
        self.outcome = Outcome.ACCEPTED

    def count(self, site: str, day: date, hour: int, outcome: Outcome) -> None:
        self.outcome = outcome


class _Nowhere:
    """Takes nothing: a trial has no queue."""

    async def append(self, *_: object) -> None:
        raise UnavailableError("a trial is not queued")


class _Keys:
    """A key that nobody has, for one trial."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def day_key(self, site: str, day: date, *, create: bool) -> "_Keys":
        return self

    def tag(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, key=self._key, digest_size=16).digest()

    def token(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, key=self._key, digest_size=8).digest()


def _scope(hit: Trial) -> dict[str, Any]:
    headers = [("user-agent", hit.user_agent), *hit.headers]
    return {
        "headers": [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers],
        "client": (hit.address or NO_ADDRESS, 0),
        "query_string": b"",
    }


def _reasons(body: bytes) -> tuple[str, ...]:
    errors = msgspec.json.decode(body, type=dict[str, dict[str, list[str]]])["errors"]
    return tuple(f"{field} {reason}" for field, reasons in errors.items() for reason in reasons)


def _without_one_shield(site: SiteSettings) -> Iterator[tuple[str, SiteSettings]]:
    for name in ShieldSettings.__struct_fields__:
        if getattr(site.shields, name):
            shields = msgspec.structs.replace(site.shields, **{name: ()})
            yield name, msgspec.structs.replace(site, shields=shields)
