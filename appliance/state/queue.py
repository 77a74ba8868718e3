"""The event queue as ingest sees it: append, and return when Redis has the event on disk.

Commits are grouped without a timer: one round trip with an entry for each shard is under way, and what arrives
meanwhile goes with the next one. With a round trip for each shard, Redis would wait for the disk once for each.
A request that is cancelled does not cancel the commit that it shares with others.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import msgspec

from appliance.errors import ApplianceError, UnavailableError
from appliance.events import CleanEvent
from appliance.state import envelope, names
from appliance.state.appender import Outcome, appender
from appliance.state.connection import AsyncClient, translated
from appliance.state.envelope import Sealer
from appliance.state.memory import HITS_AGAIN_FROM, HITS_UP_TO, share_used

_log = logging.getLogger(__name__)
_COMMIT_EVENTS = 1000
_BACKLOG_EVENTS = 20_000
_KEY_NAMES = 1000
_WATCH_SECONDS = 0.5
_HANG_SECONDS = 1.0
"""A commit that failed after so long got no answer from Redis; one whose connection was closed fails at once."""
_encode = msgspec.msgpack.Encoder().encode

Committed = Callable[[ApplianceError | None], None]
"""Called with None once Redis has the event, else with the reason why it is not known to."""


class _Waiting(NamedTuple):
    """An event for the next commit."""

    shard: int
    key_name: str
    event: CleanEvent
    done: Committed


_Settled = tuple[list[_Waiting], ApplianceError | None]


class EventQueue:
    """Durable queue of sealed events, one stream per shard.

    Privacy: events are sealed under the key of their site and day before they leave the process.
    """

    def __init__(self, client: AsyncClient, sealer: Sealer, shards: int) -> None:
        self._client = client
        self._sealer = sealer
        self._shards = shards
        self._appender = appender(client)
        self._waiting: list[_Waiting] = []
        self._key_names: dict[tuple[str, date], str] = {}
        self._has_come = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_full = False
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Start committing; call inside the running loop."""
        await self.look()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        """Commit what is waiting, then stop."""
        self._stopping.set()
        self._has_come.set()
        await asyncio.gather(*self._tasks)
        await self._appender.close()
        await self._client.aclose()

    async def ping(self) -> bool:
        """Whether Redis answers and has room for hits."""
        if self._is_full:
            return False
        try:
            with translated():
                return bool(await self._client.ping())
        except UnavailableError:
            return False

    async def append(self, site: str, day: date, event: CleanEvent) -> None:
        """Queue one event; returns after Redis acknowledged it.

        Raises:
            UnavailableError: not queued as far as is known; the same event may be sent again under its event id.
            KeyGoneError: the key of that day was destroyed meanwhile.
        """
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def settle(error: ApplianceError | None) -> None:
            if committed.done():
                return  # its request was cancelled; the event is queued all the same
            if error is None:
                committed.set_result(None)
            else:
                committed.set_exception(error)

        self.put(site, day, event, settle)
        await committed

    def put(self, site: str, day: date, event: CleanEvent, done: Committed) -> None:
        """Queue one event; `done` is called once, later, inside the running loop.

        Raises:
            UnavailableError: too many wait; `done` is not called then.
        """
        if self._is_full or len(self._waiting) >= _BACKLOG_EVENTS:
            raise UnavailableError("too many hits wait to be counted")
        shard = names.shard_of(event.tag, self._shards)
        key_name = self._key_names.get((site, day)) or self._key_name(site, day)
        self._waiting.append(_Waiting(shard, key_name, event, done))
        self._has_come.set()

    def _key_name(self, site: str, day: date) -> str:
        if len(self._key_names) >= _KEY_NAMES:
            self._key_names.clear()
        name = self._key_names[site, day] = f"{site}|{day.isoformat()}"
        return name

    async def look(self) -> None:
        """Ask Redis how full it is. Done by itself twice a second; a Redis that is away is noticed by the commits."""
        with contextlib.suppress(UnavailableError), translated():
            share = share_used(await self._client.info("memory"))
            is_full = share >= (HITS_AGAIN_FROM if self._is_full else HITS_UP_TO)
            if is_full != self._is_full:
                _log.warning("redis_is_full" if is_full else "redis_has_room")
            self._is_full = is_full

    async def _watch(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _WATCH_SECONDS)
                return
            await self.look()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._has_come.wait()
            self._has_come.clear()
            done: list[_Settled] = []
            while self._waiting:
                batch, self._waiting = self._waiting[:_COMMIT_EVENTS], self._waiting[_COMMIT_EVENTS:]
                begun = asyncio.get_running_loop().time()
                done = await self._commit(batch, done)
                if asyncio.get_running_loop().time() - begun >= _HANG_SECONDS:
                    done += self._given_up(done)
            _settle(done)

    def _given_up(self, done: list[_Settled]) -> list[_Settled]:
        """Who waited behind a commit that Redis left without an answer does not wait for another."""
        error = next((error for _, error in done if isinstance(error, UnavailableError)), None)
        if error is None:
            return []
        waiting, self._waiting = self._waiting, []
        return [(waiting, error)]

    async def _commit(self, batch: list[_Waiting], before: list[_Settled]) -> list[_Settled]:
        """One round trip. Those of the one before are told as soon as Redis has work again.

        Returns:
            what is to be told: to each of the batch, whatever happened.
        """
        parts: dict[tuple[int, str], list[_Waiting]] = {}
        for one in batch:
            parts.setdefault((one.shard, one.key_name), []).append(one)
        fields: dict[int, dict[str, bytes]] = {}
        failed: list[_Settled] = []
        for (shard, key_name), part in parts.items():
            try:
                sealed = self._sealed(shard, key_name, part)
            except Exception as error:
                failed.append((part, error if isinstance(error, ApplianceError) else _failed(error)))
            else:
                fields.setdefault(shard, {})[key_name] = sealed
        sending = asyncio.create_task(self._appended(fields))
        await asyncio.sleep(0)
        _settle(before)
        outcomes = await sending
        return failed + [
            (part, outcomes[shard]) for (shard, key_name), part in parts.items() if key_name in fields.get(shard, ())
        ]

    def _sealed(self, shard: int, key_name: str, part: list[_Waiting]) -> bytes:
        encoded = _encode([one.event for one in part])
        return envelope.seal(self._sealer, key_name, names.events(shard), encoded, len(part))

    async def _appended(self, fields: dict[int, dict[str, bytes]]) -> dict[int, Outcome]:
        if not fields:
            return {}
        try:
            outcomes = await self._appender.append([(names.events(shard), one) for shard, one in fields.items()])
        except UnavailableError as error:
            return dict.fromkeys(fields, error)
        except Exception as error:
            return dict.fromkeys(fields, _failed(error))
        return dict(zip(fields, outcomes, strict=True))


def _failed(error: Exception) -> UnavailableError:
    return UnavailableError(f"the commit failed ({type(error).__name__})")


def _settle(settled: list[_Settled]) -> None:
    for part, outcome in settled:
        for one in part:
            try:
                one.done(outcome)
            except Exception as error:  # the others must hear of theirs all the same
                _log.error("answer_failed", extra={"error": type(error).__name__})
