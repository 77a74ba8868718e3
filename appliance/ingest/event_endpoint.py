"""`POST /api/event`: from the request to the acknowledged queue, one hit at a time. The hot path."""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from appliance.clock import Clock, local_day_hour
from appliance.errors import KeyGoneError, UnavailableError
from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.ingest import answers, plausible
from appliance.ingest.answers import Answer
from appliance.ingest.body import BodyTooLargeError, ClientGoneError, Receive, read_body
from appliance.ingest.boundary import Personal, strip
from appliance.ingest.client_address import Address, TrustedProxies
from appliance.ingest.gate import refuse
from appliance.ingest.outcome_counter import OutcomeCounter
from appliance.outcomes import Outcome
from appliance.settings import Settings, SiteSettings

_log = logging.getLogger(__name__)
_IDENTITY = (b"", b"identity")
NO_SITE = ""
"""Under this id hits are counted that belong to no configured site: one counter, nothing per unknown name."""


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


class Queue(Protocol):
    """`appliance.state.queue.EventQueue`."""

    async def append(self, site: str, day: date, event: CleanEvent) -> None:
        """Returns once the event is durable; raises UnavailableError, KeyGoneError."""


class EventEndpoint:
    """Takes hits of all configured sites."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        anonymizer: HitAnonymizer,
        queue: Queue,
        outcomes: OutcomeCounter,
    ) -> None:
        self._sites = {site.id: site for site in settings.sites}
        self._sites |= {site.id.removeprefix("www."): site for site in settings.sites}
        self._proxies = TrustedProxies(settings.server.trusted_proxies)
        self._clock = clock
        self._keys = keys
        self._anonymizer = anonymizer
        self._queue = queue
        self._outcomes = outcomes
        self._over: set[tuple[str, date]] = set()

    async def answer(self, scope: dict[str, Any], receive: Receive) -> Answer | None:
        """Take one request. None: the client went away, nobody to answer.

        Privacy: the scope is stripped first; address and agent are read from what was taken out only after the gate.
        """
        refusal = refuse(scope["headers"])
        personal = strip(scope)
        declared, encoding = _entity(scope["headers"])
        if encoding not in _IDENTITY:
            return self._dropped_unparsed(Outcome.UNSUPPORTED, answers.UNSUPPORTED)
        try:
            hit = plausible.parse(await read_body(receive, declared))
        except BodyTooLargeError:
            return self._dropped_unparsed(Outcome.TOO_LARGE, answers.TOO_LARGE)
        except ClientGoneError:
            return None
        except plausible.InvalidHitError as error:
            return self._dropped_unparsed(Outcome.INVALID, answers.invalid(error.errors))
        return await self._take(hit, refusal, personal)

    async def _take(self, hit: plausible.ParsedHit, refusal: Outcome | None, personal: Personal) -> Answer:
        address: Address | None = None
        dropped: Outcome | None = None
        accepted = False
        for site_id in hit.sites:
            site = self._sites.get(site_id)
            now = self._clock()
            day, hour = local_day_hour(now, site.timezone if site else "UTC")
            if site is None:
                outcome: Outcome | None = Outcome.UNKNOWN_SITE
            elif refusal is not None:
                outcome = refusal
            else:
                if address is None:
                    address = self._proxies.client_address(personal.peer, personal.forwarded)
                raw = RawHit(
                    site=site.id,
                    name=hit.name,
                    url=hit.url,
                    referrer=hit.referrer,
                    address=address,
                    user_agent=personal.user_agent,
                    interactive=hit.interactive,
                    event_id=hit.event_id,
                )
                try:
                    outcome = await self._queue_hit(raw, site, day, int(now * 1000))
                except (UnavailableError, KeyGoneError):
                    return answers.UNAVAILABLE
            if outcome is None:
                accepted = True
            else:
                dropped = dropped or outcome
                self._outcomes.count(site.id if site else NO_SITE, day, hour, outcome)
        return answers.ACCEPTED if accepted or dropped is None else _answer_to(dropped)

    async def _queue_hit(self, raw: RawHit, site: SiteSettings, day: date, at_ms: int) -> Outcome | None:
        try:
            key = self._keys.day_key(site.id, day, create=True)
        except KeyGoneError:
            self._say_day_is_over(site.id, day)
            return Outcome.LATE
        event = self._anonymizer.anonymize(raw, site, key, at_ms)
        if isinstance(event, Outcome):
            return event
        del raw, key  # neither may outlive the wait for Redis
        await self._queue.append(site.id, day, event)
        return None

    def _say_day_is_over(self, site: str, day: date) -> None:
        """Once per day: the clock went back behind a midnight, and no key comes back."""
        if (site, day) not in self._over:
            self._over.add((site, day))
            _log.warning("day_is_over", extra={"site": site, "day": day.isoformat()})

    def _dropped_unparsed(self, outcome: Outcome, answer: Answer) -> Answer:
        day, hour = local_day_hour(self._clock(), "UTC")
        self._outcomes.count(NO_SITE, day, hour, outcome)
        return answer


def _answer_to(outcome: Outcome) -> Answer:
    if outcome is Outcome.INVALID:
        return answers.invalid({"url": ["is invalid"]})
    return answers.DROPPED[outcome]


def _entity(headers: Sequence[tuple[bytes, bytes]]) -> tuple[int | None, bytes]:
    """Declared length and encoding of the body."""
    declared: int | None = None
    encoding = b""
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            declared = int(value[:20])
        elif name == b"content-encoding":
            encoding = (encoding + b"," + value if encoding else value).strip().lower()
    return declared, encoding
