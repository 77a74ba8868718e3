"""Microseconds of each step from the request to the acknowledged write, in this process, on the traffic of the bench.

Steps are timed one by one, so that together they cost a little more than a hit does; the clock itself takes 0.1 µs.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from appliance.anonymize.keyring import Keyring
from appliance.anonymize.pipeline import Anonymizer, Draft, steps_of
from appliance.anonymize.site_rules import SiteRules
from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.ingest import plausible
from appliance.ingest.boundary import take_plain
from appliance.ingest.client_address import TrustedProxies
from appliance.ingest.gate import TELLING
from appliance.ingest.limits import Limits
from appliance.outcomes import Outcome
from appliance.settings import LimitSettings, SiteSettings
from appliance.state.connection import connect_async
from appliance.state.queue import EventQueue
from tests.bench import cores, traffic
from tests.kit.redis_server import running_redis

SITE = "site0.example"
_DAY = date(2030, 1, 1)
_AT_MS = 1_900_000_000_000
_TOGETHER = 64
"""Hits that wait at once."""
_PASSES = 3
"""Over all visitors, after one that fills the memos."""


class Steps:
    """Everything a hit passes, with a stopwatch in between."""

    def __init__(self, keys: Keyring) -> None:
        self.seconds: Counter[str] = Counter()
        self.hits = 0
        self._key = keys.day_key(SITE, _DAY, create=True)
        self._tools = Anonymizer()
        self._rules = SiteRules(SiteSettings(id=SITE, hostnames=(SITE,), pages=("/*",)))
        self._steps = steps_of(self._rules, self._tools.privacy)
        self._proxies = TrustedProxies(("127.0.0.1/32",))
        self._limits = Limits(LimitSettings(), [SITE], self._proxies.trusts)

    def take(self, headers: list[tuple[bytes, bytes]], body: bytes, now: float) -> CleanEvent:
        """One hit up to its clean event."""
        self.hits += 1
        fields = dict(headers)
        assert self._timed("gate", TELLING.isdisjoint, fields)
        personal = self._timed("boundary", take_plain, fields, ("127.0.0.1", 1))
        parsed = self._timed("parse body", plausible.parse, body)
        address = self._timed("client address", self._proxies.client_address, personal.peer, personal.forwarded)
        assert self._timed("limit of network", self._limits.take_network, address, now)
        self._timed("limit of site", self._limits.take_site, SITE, now)
        said = {name: getattr(parsed, name) for name in parsed.__struct_fields__ if name != "sites"}
        hit = RawHit(
            site=SITE,
            address=address,
            user_agent=personal.user_agent,
            language=personal.language,
            hints=personal.hints,
            **said,
        )
        draft = Draft(hit, self._rules, self._key, _AT_MS, self._tools)
        for step in self._steps:
            dropped = self._timed(f"  {step.__name__}", step, draft)
            assert dropped in (None, Outcome.BLOCKED), dropped
        event: CleanEvent = self._timed("clean event", draft.event)
        assert self._timed("limit of visitors", self._limits.take_visitor, address, event.tag, now)
        return event

    def _timed(self, name: str, step: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        result = step(*arguments)
        self.seconds[name] += time.perf_counter() - started
        return result


def measure(say: Callable[[str], None]) -> None:
    """Print the steps."""
    cores.pin(0, cores.HTTP_CORE)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as keys, tempfile.TemporaryDirectory() as directory:
        ring = Keyring.open(Path(keys), time.time)
        steps = Steps(ring)
        requests = [_split(request) for request in traffic.requests([SITE])]
        for headers, body in requests:
            steps.take(list(headers), body, time.time())
        steps.seconds.clear()
        steps.hits = 0
        events = [
            steps.take(list(headers), body, time.time() + number)
            for number in range(_PASSES)
            for headers, body in requests
        ]
        for name, seconds in steps.seconds.items():
            say(f"  {seconds / steps.hits * 1e6:6.2f} µs  {name}")
        say(f"  {sum(steps.seconds.values()) / steps.hits * 1e6:6.2f} µs  together")
        _seal(ring, events[:_TOGETHER], say)
        with running_redis(Path(directory)) as url:
            cores.pin(0, cores.HTTP_CORE)
            asyncio.run(_queue(url, ring, events, say))
    cores.pin(0, cores.OTHER_CORES)


def _split(request: traffic.Request) -> tuple[list[tuple[bytes, bytes]], bytes]:
    body = request.body + traffic.end(1)
    headers = [(name.lower().encode(), value.encode()) for name, value in request.headers]
    return [(b"host", b"x"), (b"content-length", str(len(body)).encode()), *headers], body


def _seal(ring: Keyring, events: list[CleanEvent], say: Callable[[str], None]) -> None:
    name, rounds = f"{SITE}|{_DAY}", 500
    started = time.perf_counter()
    for _ in range(rounds):
        encoded = msgspec.msgpack.encode(events)
    between = time.perf_counter()
    for _ in range(rounds):
        ring.seal(name, encoded, b"place")
    ended = time.perf_counter()
    each = 1e6 / rounds / len(events)
    say(f"  {(between - started) * each:6.2f} µs  encode, of {len(events)} hits in one commit")
    say(f"  {(ended - between) * each:6.2f} µs  seal, the same")


async def _queue(url: str, ring: Keyring, events: list[CleanEvent], say: Callable[[str], None]) -> None:
    """Processor time of this process, its wait for the disk not counted."""
    queue = EventQueue(connect_async(url), ring, 4)
    await queue.start()
    started = time.process_time()
    for first in range(0, len(events), _TOGETHER):
        await asyncio.gather(*(queue.append(SITE, _DAY, event) for event in events[first : first + _TOGETHER]))
    used = time.process_time() - started
    await queue.stop()
    say(f"  {used / len(events) * 1e6:6.2f} µs  queue: encode, seal, write, acknowledge, {_TOGETHER} hits at once")
