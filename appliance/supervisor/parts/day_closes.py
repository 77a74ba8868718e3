"""Days from their end to their close, as the warehouse sees them: closes what the worker handed over, and looks for
days that nobody handed over.

Such a day lost its request with the data of Redis. It is known by what it left: open cells of a day that is over,
whose key is past its deadline and which Redis has not noted. The command `appliance close` asks for a day by hand.
"""

import json
import threading
import time
from collections.abc import Callable, Collection
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from appliance.admission import admitter
from appliance.aggregate.site_days import SiteDays, SiteDayTimes
from appliance.anonymize.keyring import day_key_name
from appliance.clock import Clock
from appliance.errors import ApplianceError, QueryError, UnavailableError
from appliance.metrics.durations import Durations
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings, SiteSettings
from appliance.state.closes import CloseRequest, CloseRequests
from appliance.state.connection import Client
from appliance.state.open_days import OpenDays
from appliance.stats.day_close import DayClose, DayState
from appliance.supervisor import logs
from appliance.warehouse import close
from appliance.warehouse.client import WriteClient
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules

IMPORT_NOTE = "import-day"
"""File in the data directory with the day that an import is counting."""
_LOOK_SECONDS = 3600.0
_TOGETHER = 100
"""Days whose open cells are deleted at once, which costs as much as for one."""

Report = dict[str, int | str | bool]
"""What the evidence log says of a close."""


class DayCloses:
    """All closes of one warehouse. `state` and `ask` may be called from any thread, the rest from the writer's."""

    def __init__(
        self,
        settings: Settings,
        counters: WriteClient,
        closed_days: ClosedDays,
        redis: Client,
        evidence: EvidenceLog,
        clock: Clock,
        listed: Callable[[str], Collection[str]],
    ) -> None:
        """`listed` gives the pages of a site's sitemap."""
        self._settings = settings
        self._counters = counters
        self._closed_days = closed_days
        self._requests = CloseRequests(redis, settings.redis.shards)
        self._open_days = OpenDays(redis)
        self._evidence = evidence
        self._clock = clock
        self._listed = listed
        self._days = SiteDays(settings)
        self._looked_at = float("-inf")
        self._one_close = threading.Lock()
        self._kept: dict[tuple[str, date], tuple[CloseRequest, Report]] = {}
        """Days that are marked as closed and wait for their open cells to be deleted."""
        self.durations = Durations()
        """Of the closes since the start."""
        self.failures = 0
        self.last_at = 0.0
        """When a day was last closed, in seconds since 1970; 0: not since the start."""

    def waiting(self) -> bool:
        """Whether some day is to be closed; raises UnavailableError."""
        return bool(self._requests.pending())

    def close_ready(self, limit: int | None = None) -> int:
        """Close days whose facts are all counted, with evidence; returns the number of those that it folded.

        Open cells of all of them are deleted together, when no more wait.

        Args:
            limit: fold no more than so many.

        Raises:
            UnavailableError: some are not closed, the others are; call it again.
        """
        folded = 0
        are_more = False
        problems = []
        for request in self._requests.pending():
            if not request.ready or (request.site, request.day) in self._kept:
                continue
            if folded == limit:
                are_more = True
                continue
            try:
                self._kept[request.site, request.day] = request, self._fold(request.site, request.day)
                folded += 1
            except ApplianceError as error:
                self.failures += 1
                problems.append(f"{request.day} of '{request.site}' is not closed: {error}")
        if self._kept and (not are_more or len(self._kept) >= _TOGETHER):
            try:
                self._forget_kept()
            except ApplianceError as error:
                self.failures += 1
                problems.append(f"open counters of {len(self._kept)} closed days are not deleted: {error}")
        if problems:
            raise UnavailableError("; ".join(problems))
        return folded

    def ask_for_forgotten(self) -> list[tuple[str, date]]:
        """Ask for the close of every day that is over and would stay open; raises ApplianceError."""
        noted = self._open_days.all()
        asked = {(request.site, request.day) for request in self._requests.pending()}
        found = []
        importing = self._importing()
        for site, day in self._with_open_cells():
            site_day = self._day(site, day)
            if (
                (site, day) != importing
                and self._is_late(site_day)
                and (site, day) not in asked
                and day_key_name(site, day) not in noted
            ):
                self._ask(site_day, by="appliance")
                logs.write("day_was_forgotten", level="warning", site=site, day=day.isoformat())
                found.append((site, day))
        return found

    def ask_for_forgotten_if_due(self) -> None:
        """The same, at the start and once an hour."""
        now = self._clock()
        if 0 <= now - self._looked_at < _LOOK_SECONDS:
            return
        try:
            self.ask_for_forgotten()
        except ApplianceError as error:
            raise UnavailableError(f"days that stayed open were not looked for: {error}") from None
        self._looked_at = now

    def ask(self, site: str, day: date) -> DayClose:
        """Ask for the close of one day, unless it is closed, asked for or about to come by itself.

        Raises:
            QueryError: no such site, or the day is not over.
            UnavailableError: Redis or ClickHouse is away.
        """
        found = self.state(site, day)
        if found.state is DayState.OPEN:
            self._ask(self._day(site, day), by="operator")
            return DayClose(DayState.CLOSING)
        return found

    def state(self, site: str, day: date) -> DayClose:
        """How far the close of one day is; raises as `ask`."""
        site_day = self._day(site, day)
        require_over(self._settings, site_day, self._clock())
        if any((request.site, request.day) == (site, day) for request in self._requests.pending()):
            return DayClose(DayState.CLOSING)
        if day_key_name(site, day) in self._open_days.all() or self._importing() == (site, day):
            return DayClose(DayState.ENDING)
        if (site, day) in self._with_open_cells():
            # Also of a day that is marked as closed: closing it again drops what came afterwards.
            return DayClose(DayState.OPEN if self._is_late(site_day) else DayState.ENDING)
        return DayClose(DayState.CLOSED if self._closed_days.refresh(site, day) else DayState.EMPTY)

    def is_closed(self, site: str, day: date) -> bool:
        """Whether a day is marked as closed; raises UnavailableError."""
        return self._closed_days.refresh(site, day)

    def close_imported(self, site: str, day: date) -> None:
        """Close a day whose facts all came from a log, with evidence; raises ApplianceError. From any thread."""
        report = self._fold(site, day)
        with self._one_close:
            close.forget_days(self._counters, [(site, day)])
        self._say(site, day, report)

    def _is_late(self, site_day: SiteDayTimes) -> bool:
        """Whether no key of the day can be left, so that nothing can follow."""
        return self._clock() * 1000 >= site_day.deadline_ms

    def _ask(self, site_day: SiteDayTimes, by: str) -> None:
        self._evidence.append("close_requested", self._clock(), site=site_day.site, day=site_day.day.isoformat(), by=by)
        self._requests.request(site_day.site, site_day.day)

    def _forget_kept(self) -> None:
        with self._one_close:
            close.forget_days(self._counters, list(self._kept))
        for (site, day), (request, report) in list(self._kept.items()):
            self._say(site, day, report)
            self._requests.done(request)
            del self._kept[site, day]
            logs.write("day_closed", site=site, day=day.isoformat())

    def _fold(self, site_id: str, day: date) -> Report:
        # A site that was removed has nothing public.
        site = self._settings.site(site_id) or SiteSettings(id=site_id)
        rules = Rules(self._settings.privacy.k, admitter(site, self._listed(site.id)))
        started = time.perf_counter()
        with self._one_close:
            report = close.keep_day(self._counters, self._closed_days, site_id, day, rules)
        self.durations.add(time.perf_counter() - started)
        return report

    def _say(self, site: str, day: date, report: Report) -> None:
        self._evidence.append("day_closed", self._clock(), site=site, day=day.isoformat(), **report)
        self.last_at = self._clock()

    def _day(self, site: str, day: date) -> SiteDayTimes:
        return self._days.of(day_key_name(site, day))

    def _importing(self) -> tuple[str, date] | None:
        return noted(self._settings.data_dir / IMPORT_NOTE)

    def _with_open_cells(self) -> list[tuple[str, date]]:
        return [(str(site), day) for site, day in self._counters.query(_sql("open_days")).rows]


def noted(path: Path) -> tuple[str, date] | None:
    """The day that an import is counting, or was when it was interrupted."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        return str(entry["site"]), date.fromisoformat(entry["day"])
    except FileNotFoundError:
        return None


def require_over(settings: Settings, site_day: SiteDayTimes, now: float) -> None:
    """Refuse what can never be closed; raises QueryError."""
    if settings.site(site_day.site) is None:
        raise QueryError(f"there is no site '{site_day.site}' in the configuration")
    if now * 1000 < site_day.end_ms:
        raise QueryError(f"{site_day.day} is not over at '{site_day.site}' ({site_day.timezone})")


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"close.{name}.sql").read_text(encoding="utf-8")
