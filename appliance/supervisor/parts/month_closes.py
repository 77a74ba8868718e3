"""Closes months of sites, in the process and the thread that close their days: after the last, also after downtime.

A month waits for its days, those that Redis knows to be open or asked to be closed and those of ClickHouse, and for an
import of logs, which may bring more. A day that turns up later than that leaves nothing for the month.
"""

import math
from collections.abc import Callable
from datetime import date, timedelta

from appliance.aggregate.site_days import SiteDays
from appliance.anonymize.keyring import day_key_name, split_key_name
from appliance.clock import Clock
from appliance.errors import ApplianceError, UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client
from appliance.state.open_days import OpenDays
from appliance.supervisor import logs
from appliance.warehouse.client import WriteClient
from appliance.warehouse.close_month import close_month, has_unclosed_days, months_waiting, note_proven
from appliance.warehouse.closed_days import ClosedDays

_AFTER_LAST_KEY_MS = 60 * 60 * 1000
"""Nothing of the last day can be counted anew once its key is gone; its request to be closed may take a while."""
_LOOK_SECONDS = 60.0


class MonthCloses:
    """What is due at the end of months. Use it from the thread that closes days."""

    def __init__(
        self,
        settings: Settings,
        counters: WriteClient,
        closed_days: ClosedDays,
        redis: Client,
        evidence: EvidenceLog,
        clock: Clock,
        is_importing: Callable[[], bool],
    ) -> None:
        """`is_importing` says whether an import of logs runs."""
        self._k = settings.privacy.k
        self._days = SiteDays(settings)
        self._counters = counters
        self._closed_days = closed_days
        self._requests = CloseRequests(redis, settings.redis.shards)
        self._open_days = OpenDays(redis)
        self._evidence = evidence
        self._clock = clock
        self._is_importing = is_importing
        self._looked_at = -math.inf

    def run(self, *, now: bool = False) -> int:
        """Close every month that is over and has no open day.

        Args:
            now: look at once, though the last look is less than a minute ago.

        Returns:
            How many were closed.

        Raises:
            UnavailableError: not all of them are closed; call it again.
        """
        if not now and abs(self._clock() - self._looked_at) < _LOOK_SECONDS:
            return 0
        ready = self._ready()
        try:
            for site, month in ready:
                self._close(site, month)
        except ApplianceError as error:
            raise UnavailableError(f"a month is not closed: {error}") from None
        self._looked_at = self._clock()
        return len(ready)

    def _ready(self) -> list[tuple[str, date]]:
        over = [(site, month) for site, month in months_waiting(self._counters) if self._is_over(site, month)]
        if not over or self._is_importing():
            return []
        waiting = self._months_with_open_days()
        return [one for one in over if one not in waiting and not has_unclosed_days(self._counters, *one)]

    def _close(self, site: str, month: date) -> None:
        report = close_month(self._counters, self._closed_days, site, month, self._k)
        self._evidence.append("month_closed", self._clock(), site=site, month=f"{month:%Y-%m}", **report)
        note_proven(self._counters, site, month)
        logs.write("month_closed", site=site, month=f"{month:%Y-%m}")

    def _is_over(self, site: str, month: date) -> bool:
        last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        last_day = self._days.of(day_key_name(site, last))
        return self._clock() * 1000 >= last_day.deadline_ms + _AFTER_LAST_KEY_MS

    def _months_with_open_days(self) -> set[tuple[str, date]]:
        """The worker asks for a close before it forgets that the day is open, so this order misses none."""
        days = [split_key_name(name) for name in self._open_days.all()]
        days += [(request.site, request.day) for request in self._requests.pending()]
        return {(site, day.replace(day=1)) for site, day in days}
