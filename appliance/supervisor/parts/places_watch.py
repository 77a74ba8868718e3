"""Keeps the place database fresh while ingest runs, and says in the log which one is in use."""

import asyncio
import logging
from datetime import UTC, date, datetime

from appliance.anonymize.places import Places
from appliance.clock import Clock

OLD_DAYS = 365
"""Networks change hands, and their owners move."""
_LOOK_SECONDS = 5.0
_DAY_SECONDS = 86_400

_log = logging.getLogger(__name__)


def age(built: int, now: float) -> tuple[date, int]:
    """Day on which a database was made, and how many days ago that is."""
    return datetime.fromtimestamp(built, UTC).date(), max(0, int(now - built) // _DAY_SECONDS)


class PlacesWatch:
    """Looks at the operator's file every few seconds, in a thread, because a large one takes a second."""

    def __init__(self, places: Places, clock: Clock, seconds: float = _LOOK_SECONDS) -> None:
        self._places = places
        self._clock = clock
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Say what is in use, and watch from now on; call inside the running loop."""
        self._say()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            if await asyncio.to_thread(self._places.refresh):
                self._say()

    def _say(self) -> None:
        places = self._places
        built, days = age(places.built, self._clock())
        known: dict[str, object] = {"kind": places.kind, "built": built.isoformat(), "days": days}
        if places.problem:
            _log.warning("places_unusable", extra={"why": places.problem, "in_use": known})
        elif days > OLD_DAYS:
            _log.warning("places_old", extra=known)
        else:
            _log.info("places", extra=known)
