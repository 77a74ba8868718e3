"""Which site-days are closed, and the lock that keeps an answer from straddling a close.

A day is read from `open_cells` until its mark stands in `closed_days`, and from `cells` afterwards; the rows of a month
are read from its mark on. Readers hold `reading()` while they ask; the close marks only when no reader is in between,
so no answer sees a day twice or not at all. The mark is the only moment of a close that readers wait for: milliseconds.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from appliance.warehouse.client import Columns, WriteClient

_TYPES = {"site": "String", "day": "Date"}
_MONTH_TYPES = {"site": "String", "month": "Date", "proven": "UInt8"}
_MARKED = "SELECT 1 FROM closed_days WHERE site = {site:String} AND day = {day:Date} LIMIT 1"
_MONTH_MARKED = "SELECT 1 FROM closed_months WHERE site = {site:String} AND month = {month:Date} LIMIT 1"


class ClosedDays:
    """Closed days and months of every site, shared by the close and all readers of one process."""

    def __init__(self, client: WriteClient) -> None:
        """Read the marks; raises UnavailableError."""
        self._client = client
        self._gate = _Gate()
        self._days: dict[str, frozenset[date]] = {}
        for site, day in client.query("SELECT DISTINCT site, day FROM closed_days").rows:
            self._remember(site, day)

    @contextmanager
    def reading(self) -> Iterator[Mapping[str, frozenset[date]]]:
        """Closed days by site, which stay as they are until the block ends. Keep the block short."""
        with self._gate.shared():
            yield self._days

    @property
    def changes(self) -> int:
        """Grows with everything that may change what is read of closed days; see `WriteClient.changes`."""
        return self._client.changes

    def is_closed(self, site: str, day: date) -> bool:
        """Whether the day is read from `cells`."""
        return day in self._days.get(site, frozenset())

    def through(self, site: str) -> date | None:
        """The last closed day of a site, None if there is none."""
        return max(self._days.get(site, frozenset()), default=None)

    def refresh(self, site: str, day: date) -> bool:
        """Whether ClickHouse has the mark, also one whose writing seemed to fail; raises UnavailableError."""
        if not self.is_closed(site, day) and self._client.query(_MARKED, {"site": site, "day": day}).rows:
            with self._gate.exclusive():
                self._remember(site, day)
        return self.is_closed(site, day)

    def mark(self, site: str, day: date) -> None:
        """Turn readers over to `cells` for this day, once and for all; raises UnavailableError."""
        with self._gate.exclusive():
            self._client.insert("closed_days", _TYPES, {"site": [site], "day": [day]}, token=f"{site}|{day}")
            self._remember(site, day)

    def refresh_month(self, site: str, month: date) -> bool:
        """Whether a month, given by its first day, has its mark; raises UnavailableError."""
        return bool(self._client.query(_MONTH_MARKED, {"site": site, "month": month}).rows)

    def mark_month(self, site: str, month: date) -> None:
        """Let readers see the rows of a month, once and for all; raises UnavailableError."""
        with self._gate.exclusive():
            row: Columns = {"site": [site], "month": [month], "proven": [0]}
            self._client.insert("closed_months", _MONTH_TYPES, row, token=f"{site}|{month}")

    def _remember(self, site: str, day: date) -> None:
        self._days = {**self._days, site: self._days.get(site, frozenset()) | {day}}


class _Gate:
    """Many readers or one writer; a waiting writer goes before readers that come later."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._writers = 0
        self._writing = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._writers)
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with self._changed:
            self._writers += 1
            self._changed.wait_for(lambda: not self._readers and not self._writing)
            self._writing = True
        try:
            yield
        finally:
            with self._changed:
                self._writers -= 1
                self._writing = False
                self._changed.notify_all()
