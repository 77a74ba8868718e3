"""Retention: what each limit means today, a run that deletes and proves it, and what goes next.

A run follows midnight UTC and each start. It deletes counters, then shortens the evidence log, and writes down what was
there before and after. A run that fails is tried again after a minute, later after longer; the log, the evidence,
`/health/ready` and the dashboard say so. When the clock leaps, a run waits until it was steady for ten minutes.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

from appliance.clock import STEADY_SECONDS, Clock, LeapWatch, local_day_hour, system_uptime
from appliance.errors import ApplianceError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.settings.time_limits import COUNTERS, limit, limit_of
from appliance.warehouse.client import WriteClient
from appliance.warehouse.retention import Rule, TableReport, delete_expired, expired_by_kind, look

_FIRST_RETRY_SECONDS = 60.0
_LAST_RETRY_SECONDS = 3600.0
_OVERDUE_SECONDS = 48 * 60 * 60.0
_UNSEEN_SECONDS = 31 * 86_400.0
"""The clock of a machine may be wrong until it is set over the network: a start this long after the last sign waits."""


class PlanLine(NamedTuple):
    """One limit, and what it would delete now."""

    kind: str
    sites: str
    """A site, or what is meant by the general limit."""
    limit: str
    first_kept: str
    """First day that is kept, ISO 8601."""
    rows: int
    """Rows that are older."""


class Retention:
    """The limits of one appliance. Use `run_if_due` from the thread that writes to ClickHouse."""

    def __init__(
        self,
        settings: Settings,
        client: WriteClient,
        evidence: EvidenceLog,
        clock: Clock,
        log: Callable[..., None],
        steady: Clock = system_uptime,
    ) -> None:
        """Wire it.

        Args:
            log: takes an event, a level and values, as `supervisor.logs.write`.
            steady: seconds that never leap, to notice when `clock` does.
        """
        self._settings = settings
        self._client = client
        self._evidence = evidence
        self._clock = clock
        self._log = log
        self._watch = LeapWatch(clock, steady, lambda _seconds: self._say_hold())
        self._done_at = clock()
        last_sign = evidence.last_moment()
        if last_sign is not None and self._done_at - last_sign > _UNSEEN_SECONDS:
            self._watch.hold()
            self._say_hold()
        self._done_day: date | None = None
        self._retry_at = 0.0
        self._delay = _FIRST_RETRY_SECONDS
        self._problem = ""
        self.last_at = 0.0
        """When a run last went through, in seconds since 1970; 0: not since the start."""
        self.rows_deleted = self.failures = 0
        """Since the start."""

    @property
    def problem(self) -> str:
        """What is wrong, as a sentence for operators and readers; "" if all is well."""
        if self._problem:
            return self._problem
        if self._clock() - self._done_at > _OVERDUE_SECONDS:
            since = datetime.fromtimestamp(self._done_at, UTC)
            return f"Old data were not deleted since {since:%Y-%m-%d}: the nightly run is missing."
        return ""

    def run_if_due(self) -> bool:
        """Run once after each midnight UTC, and again after a failure, which is kept in `problem`.

        Returns:
            Whether a run was done.
        """
        now = self._clock()
        today = _utc_day(now)
        if not self._watch.is_steady() or today == self._done_day or 0 < self._retry_at - now <= _LAST_RETRY_SECONDS:
            return False
        try:
            self._run(now)
        except ApplianceError as error:
            self._fail(now, str(error))
            return False
        self._done_at, self._done_day = now, today
        self.last_at = now
        self._problem, self._retry_at, self._delay = "", 0.0, _FIRST_RETRY_SECONDS
        return True

    def plan(self) -> list[PlanLine]:
        """Every limit with what it would delete now; changes nothing.

        Raises:
            UnavailableError: ClickHouse is away.
        """
        now = self._clock()
        lines = [self._line(rule) for rule in rules(self._settings, now)]
        first_kept = evidence_first_kept(self._settings, now)
        expired = self._evidence.count_before(_midnight(first_kept))
        text = self._settings.retention.evidence
        return [*lines, PlanLine("evidence", "all sites", text, first_kept.isoformat(), expired)]

    def _say_hold(self) -> None:
        """Deleting by a wrong clock cannot be undone."""
        self._log("retention_waits", level="warning", reason="the clock leapt", seconds=STEADY_SECONDS)

    def _line(self, rule: Rule) -> PlanLine:
        site = self._settings.site(rule.sites[0]) if rule.listed else None
        sites = ", ".join(rule.sites) if rule.listed else ("all other sites" if rule.sites else "all sites")
        words = limit_of(rule.kind, self._settings.retention, site)
        return PlanLine(rule.kind, sites, words, rule.cutoff.isoformat(), expired_by_kind(self._client, rule))

    def _run(self, now: float) -> None:
        todo = rules(self._settings, now)
        before = look(self._client, todo)
        limits = {kind: getattr(self._settings.retention, kind) for kind in (*COUNTERS, "evidence")}
        self._evidence.append("retention_started", now, limits=limits, tables=_as_facts(before))
        done = delete_expired(self._client, todo)
        after = look(self._client, todo)
        self._evidence.append(
            "retention_done", self._clock(), deleted=done, tables=_as_facts(after), parts_with_older_days=0
        )
        shortened = self._evidence.shorten(_midnight(evidence_first_kept(self._settings, now)), self._clock())
        rows = sum(report.expired for report in before.values())
        self.rows_deleted += rows
        self._log("retention_done", rows=rows, evidence_lines=shortened)

    def _fail(self, now: float, reason: str) -> None:
        self._retry_at = now + self._delay
        self._delay = min(2 * self._delay, _LAST_RETRY_SECONDS)
        self.failures += 1
        self._problem = f"Old data could not be deleted: {reason}."
        self._log("retention_failed", level="error", reason=reason)
        try:
            self._evidence.append("retention_failed", now, reason=reason)
        except ApplianceError as error:
            self._log("evidence_unwritten", level="error", reason=str(error))


def rules(settings: Settings, now: float) -> list[Rule]:
    """The limits as of a moment: one rule for each kind and each first day that is kept. Pure.

    The days of a configured site are its own; sites that are not configured any more follow the general limit in UTC.
    """
    known = tuple(sorted(site.id for site in settings.sites))
    found = []
    for kind in COUNTERS:
        sites_by_cutoff: dict[date, list[str]] = {}
        for site in settings.sites:
            today, _ = local_day_hour(now, site.timezone)
            cutoff = limit(limit_of(kind, settings.retention, site)).first_kept(today)
            sites_by_cutoff.setdefault(cutoff, []).append(site.id)
        for cutoff, sites in sorted(sites_by_cutoff.items()):
            found.append(Rule(kind, cutoff, tuple(sorted(sites)), listed=True))
        general = limit(limit_of(kind, settings.retention, None)).first_kept(_utc_day(now))
        found.append(Rule(kind, general, known, listed=False))
    return found


def evidence_first_kept(settings: Settings, now: float) -> date:
    """First day whose evidence is kept."""
    return limit(settings.retention.evidence).first_kept(_utc_day(now))


def _utc_day(now: float) -> date:
    return datetime.fromtimestamp(now, UTC).date()


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _as_facts(reports: dict[str, TableReport]) -> dict[str, dict[str, int | str]]:
    return {table: report._asdict() for table, report in reports.items()}
