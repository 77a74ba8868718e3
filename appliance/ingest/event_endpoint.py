"""`POST /api/event`: from the request to the acknowledged queue, one hit at a time. The hot path.

A request comes in; its answer goes out after Redis has the event, and every site of the hit gets one outcome. What is
personal is read after the gate, made clean without waiting for anything, and gone before the wait for Redis begins.
"""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from appliance.clock import Clock, local_day_hour
from appliance.errors import KeyGoneError, UnavailableError
from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.ingest import answers, plausible
from appliance.ingest.anonymizer import HitAnonymizer, Keys
from appliance.ingest.answers import Answer
from appliance.ingest.body import BodyTooLargeError, ClientGoneError, Receive, read_body
from appliance.ingest.boundary import NOBODY, Personal, strip, take, take_plain
from appliance.ingest.client_address import Address, TrustedProxies
from appliance.ingest.gate import TELLING, refuse
from appliance.ingest.limits import Limits
from appliance.ingest.outcome_counter import OutcomeCounter
from appliance.ingest.parsed_hit import Errors, InvalidHitError, ParsedHit, blame
from appliance.outcomes import Outcome
from appliance.settings import Settings, SiteSettings

_log = logging.getLogger(__name__)
_IDENTITY = (b"", b"identity")
NO_SITE = ""
"""Under this id hits are counted that belong to no configured site: one counter, nothing per unknown name."""


class Queue(Protocol):
    """`appliance.state.queue.EventQueue`."""

    async def append(self, site: str, day: date, event: CleanEvent) -> None:
        """Returns once the event is durable; raises UnavailableError, KeyGoneError."""


class _Drop(NamedTuple):
    """What `OutcomeCounter.count` wants."""

    site: str
    day: date
    hour: int
    outcome: Outcome


class Sorted:
    """A hit made clean: events for the sites that take it, drops for the others. Holds nothing personal."""

    __slots__ = ("drops", "errors", "events", "try_again")

    def __init__(self) -> None:
        self.events: list[tuple[str, date, CleanEvent]] = []
        self.drops: list[_Drop] = []
        self.errors: Errors = {}
        self.try_again = False
        """A limit was hit, and the sender would not be counted twice."""


class Entry(NamedTuple):
    """What the head of a request says. Lives as long as the request."""

    refusal: Outcome | None
    personal: Personal
    """Of nobody, if refused."""
    declared_bytes: int | None

    def __repr__(self) -> str:
        return "Entry(…)"


class EventEndpoint:
    """Takes hits of all configured sites: Plausible's by `answer`, those of other protocols by `sort` and `finish`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        anonymizer: HitAnonymizer,
        queue: Queue,
        outcomes: OutcomeCounter,
    ) -> None:
        self._sites = {site.id.removeprefix("www."): site for site in settings.sites}
        self._sites |= {site.id: site for site in settings.sites}
        self._proxies = TrustedProxies(settings.server.trusted_proxies)
        self._limits = None
        if settings.limits.enabled:
            self._limits = Limits(settings.limits, [site.id for site in settings.sites], self._proxies.trusts)
        self._clock = clock
        self._keys = keys
        self._anonymizer = anonymizer
        self._queue = queue
        self._outcomes = outcomes
        self._over: set[tuple[str, date]] = set()

    async def answer(self, scope: dict[str, Any], receive: Receive) -> Answer | None:
        """Take one request. None: the client went away, nobody to answer."""
        entry = self.enter(scope)
        if not isinstance(entry, Entry):
            return entry
        try:
            body = await read_body(receive, entry.declared_bytes)
        except BodyTooLargeError:
            return self.unread(Outcome.TOO_LARGE, answers.TOO_LARGE)
        except ClientGoneError:
            return None
        parsed = self.parse(entry, body)
        hit = self.sort(parsed, entry.personal) if isinstance(parsed, ParsedHit) else parsed
        del body, entry, parsed
        return await self.finish(hit) if isinstance(hit, Sorted) else hit

    def enter(self, scope: dict[str, Any]) -> Entry | Answer:
        """Look at the head of a request.

        Privacy: of a request that the gate refuses, address and agent are removed unread, and the body will be read
        as far as its sites.
        """
        refusal = refuse(scope["headers"])
        if refusal is None:
            personal = take(scope)
        else:
            personal = NOBODY
            strip(scope)
        declared, encoding = _entity(scope["headers"])
        if encoding not in _IDENTITY:
            return self.unread(Outcome.UNSUPPORTED, answers.UNSUPPORTED)
        return Entry(refusal, personal, declared)

    def enter_plain(self, fields: dict[bytes, bytes], client: tuple[str, int] | None) -> Entry | Answer:
        """The same for a head in which no header comes twice; `fields` are empty afterwards."""
        refusal = None if TELLING.isdisjoint(fields) else refuse(fields.items())
        personal = NOBODY if refusal else take_plain(fields, client)
        encoding = fields.get(b"content-encoding", b"")
        fields.clear()
        if encoding.strip().lower() not in _IDENTITY:
            return self.unread(Outcome.UNSUPPORTED, answers.UNSUPPORTED)
        return Entry(refusal, personal, None)

    def parse(self, entry: Entry, body: bytes) -> ParsedHit | Sorted | Answer:
        """Read the body of a request: a hit that is to be sorted, or what has come of it already."""
        try:
            if entry.refusal is not None:
                return self.sort_refused(plausible.parse_sites(body), entry.refusal)
            return plausible.parse(body)
        except InvalidHitError as error:
            return self.unread(Outcome.INVALID, answers.invalid(error.errors))

    async def finish(self, hit: Sorted) -> Answer:
        """Queue what is to be counted, and say so."""
        try:
            for site, day, event in hit.events:
                await self._queue.append(site, day, event)
        except (UnavailableError, KeyGoneError):
            return answers.UNAVAILABLE
        return self.settle(hit)

    def settle(self, hit: Sorted) -> Answer:
        """Count the drops, once nothing can ask for the hit to be sent again."""
        self._outcomes.queued += len(hit.events)
        if not hit.drops:
            return answers.ACCEPTED
        for drop in hit.drops:
            self._outcomes.count(*drop)
        if hit.errors and not hit.events:
            return answers.invalid(hit.errors)
        if hit.try_again and not hit.events:
            return answers.RATE_LIMITED
        return answers.taken(None if hit.events else hit.drops[0].outcome, len(hit.drops))

    def sort_refused(self, site_ids: tuple[str, ...], refusal: Outcome) -> Sorted:
        """Drops for all sites of a hit that the gate refused."""
        hit, now = Sorted(), self._clock()
        for site_id in site_ids:
            site = self._sites.get(site_id)
            hit.drops.append(_drop(site, now, refusal if site else Outcome.UNKNOWN_SITE))
        return hit

    def sort(self, parsed: ParsedHit, personal: Personal) -> Sorted:
        """Make a hit clean for each of its sites, or say why not. What comes back holds nothing personal."""
        hit, now = Sorted(), self._clock()
        address = self._proxies.client_address(personal.peer, personal.forwarded)
        limits = self._limits
        is_flood = limits is not None and not limits.take_network(address, now)
        for site_id in parsed.sites:
            site = self._sites.get(site_id)
            if site is None:
                hit.drops.append(_drop(None, now, Outcome.UNKNOWN_SITE))
                continue
            if is_flood or (limits is not None and not limits.take_site(site.id, now)):
                hit.drops.append(_drop(site, now, Outcome.RATE_LIMITED))
                hit.try_again = bool(parsed.event_id)
                continue
            day, _ = local_day_hour(now, site.timezone)
            event = self._anonymized(parsed, personal, address, site, day, int(now * 1000))
            if not isinstance(event, Outcome):
                if limits is None or limits.take_visitor(address, event.tag, now):
                    hit.events.append((site.id, day, event))
                else:
                    hit.drops.append(_drop(site, now, Outcome.RATE_LIMITED))
                continue
            hit.drops.append(_drop(site, now, event))
            if event is Outcome.INVALID:
                hit.errors = blame(parsed)
        return hit

    def _anonymized(
        self,
        parsed: ParsedHit,
        personal: Personal,
        address: Address,
        site: SiteSettings,
        day: date,
        at_ms: int,
    ) -> CleanEvent | Outcome:
        try:
            key = self._keys.day_key(site.id, day, create=True)
        except KeyGoneError:
            self._say_day_is_over(site.id, day)
            return Outcome.LATE
        raw = RawHit(
            site=site.id,
            name=parsed.name,
            url=parsed.url,
            referrer=parsed.referrer,
            address=address,
            user_agent=personal.user_agent,
            interactive=parsed.interactive,
            event_id=parsed.event_id,
            language=personal.language,
            hints=personal.hints,
            width=parsed.width,
            props=parsed.props,
            currency=parsed.currency,
            amount=parsed.amount,
            engaged_ms=parsed.engaged_ms,
            scroll_depth=parsed.scroll_depth,
            hash_mode=parsed.hash_mode,
        )
        return self._anonymizer.anonymize(raw, site, key, at_ms)

    def _say_day_is_over(self, site: str, day: date) -> None:
        """Once per day: the clock went back behind a midnight, and no key comes back."""
        if (site, day) not in self._over:
            self._over.add((site, day))
            _log.warning("day_is_over", extra={"site": site, "day": day.isoformat()})

    def unread(self, outcome: Outcome, answer: Answer) -> Answer:
        """Count a request of which nothing can be known; its answer is handed through."""
        self._outcomes.count(*_drop(None, self._clock(), outcome))
        return answer


def _drop(site: SiteSettings | None, now: float, outcome: Outcome) -> _Drop:
    day, hour = local_day_hour(now, site.timezone if site else "UTC")
    return _Drop(site.id if site else NO_SITE, day, hour, outcome)


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
