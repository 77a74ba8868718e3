"""The event queue as ingest sees it: append, and return when Redis has the event on disk.

Commits are grouped without a timer: one command per shard is in flight, and what arrives meanwhile goes with the
next one. A request that is cancelled does not cancel the commit that it shares with others.
"""

import asyncio
import contextlib
import logging
from datetime import date

import msgspec

from appliance.errors import ApplianceError, UnavailableError
from appliance.events import CleanEvent
from appliance.state import envelope, names
from appliance.state.connection import AsyncClient, translated
from appliance.state.envelope import Sealer
from appliance.state.memory import HITS_AGAIN_FROM, HITS_UP_TO, share_used

_log = logging.getLogger(__name__)
_ENTRY_EVENTS = 1000
_BACKLOG_EVENTS = 20_000
_WATCH_SECONDS = 0.5
_encode = msgspec.msgpack.Encoder().encode


class _Lane:
    """Events of one shard that wait for the next commit."""

    __slots__ = ("event", "waiting")

    def __init__(self) -> None:
        self.waiting: list[tuple[str, CleanEvent, asyncio.Future[None]]] = []
        self.event = asyncio.Event()


class EventQueue:
    """Durable queue of sealed events, one stream per shard.

    Privacy: events are sealed under the key of their site and day before they leave the process.
    """

    def __init__(self, client: AsyncClient, sealer: Sealer, shards: int) -> None:
        self._client = client
        self._sealer = sealer
        self._lanes = [_Lane() for _ in range(shards)]
        self._tasks: list[asyncio.Task[None]] = []
        self._is_full = False
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Start committing; call inside the running loop."""
        await self.look()
        self._tasks = [asyncio.create_task(self._run(shard)) for shard in range(len(self._lanes))]
        self._tasks.append(asyncio.create_task(self._watch()))

    async def stop(self) -> None:
        """Commit what is waiting, then stop."""
        self._stopping.set()
        for lane in self._lanes:
            lane.event.set()
        await asyncio.gather(*self._tasks)
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
        shard = names.shard_of(event.tag, len(self._lanes))
        lane = self._lanes[shard]
        if self._is_full or len(lane.waiting) >= _BACKLOG_EVENTS:
            raise UnavailableError("too many hits wait to be counted")
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.waiting.append((f"{site}|{day.isoformat()}", event, committed))
        lane.event.set()
        await committed

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

    async def _run(self, shard: int) -> None:
        lane = self._lanes[shard]
        while not self._stopping.is_set():
            await lane.event.wait()
            lane.event.clear()
            while lane.waiting:
                await self._commit(shard)

    async def _commit(self, shard: int) -> None:
        lane = self._lanes[shard]
        batch, lane.waiting = lane.waiting[:_ENTRY_EVENTS], lane.waiting[_ENTRY_EVENTS:]
        error: ApplianceError | None = None
        try:
            with translated():
                await self._client.xadd(names.events(shard), self._sealed_fields(shard, batch))  # type: ignore[arg-type]
        except ApplianceError as raised:
            error = raised
        except Exception as raised:
            error = UnavailableError(f"the commit failed ({type(raised).__name__})")
        for _, _, committed in batch:
            if committed.done():
                continue  # its request was cancelled; the event is queued all the same
            if error is None:
                committed.set_result(None)
            else:
                committed.set_exception(error)

    def _sealed_fields(self, shard: int, batch: list[tuple[str, CleanEvent, asyncio.Future[None]]]) -> dict[str, bytes]:
        by_key: dict[str, list[CleanEvent]] = {}
        for key_name, event, _ in batch:
            by_key.setdefault(key_name, []).append(event)
        place = names.events(shard)
        return {
            key_name: envelope.seal(self._sealer, key_name, place, _encode(events), len(events))
            for key_name, events in by_key.items()
        }
