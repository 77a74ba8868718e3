"""Puts together what the stats API says of privacy: from the settings, the evidence log and the counters' tables."""

from datetime import UTC, date, datetime, timedelta

from appliance.clock import Clock
from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.inventory import CLICKHOUSE, inventory
from appliance.privacy.kept_proceedings import KeptProceedings
from appliance.privacy.proceedings import lines_for
from appliance.privacy.promises import promises, relaxed_defaults
from appliance.privacy.retention import Retention
from appliance.settings import Settings
from appliance.stats import privacy_contract as contract
from appliance.stats.contract import RetentionLine
from appliance.stats.privacy_api import Sites
from appliance.warehouse.client import WriteClient
from appliance.warehouse.retention import look

_MOST = 100
"""Entries, runs and destroyed keys that are listed; the download has all."""


class PrivacyDesk:
    """Answers to the questions of `appliance.stats.privacy_api`."""

    def __init__(
        self, settings: Settings, evidence: EvidenceLog, retention: Retention, client: WriteClient, clock: Clock
    ) -> None:
        self._settings = settings
        self._evidence = evidence
        self._proceedings = KeptProceedings(evidence, _MOST)
        self._retention = retention
        self._client = client
        self._clock = clock

    def facts(self, sites: Sites) -> contract.PrivacyFacts:
        """Everything that may be said about some sites.

        Raises:
            UnavailableError: ClickHouse is away.
        """
        now = self._clock()
        today = datetime.fromtimestamp(now, UTC).date()
        told = self._proceedings.of(sites)
        rows = {table: report.rows for table, report in look(self._client, ()).items()} if sites is None else {}
        return contract.PrivacyFacts(
            now,
            [contract.Promise(*one) for one in promises(self._settings) if not one.site or _sees(sites, one.site)],
            [contract.RelaxedDefault(*one) for one in relaxed_defaults(self._settings, today)],
            [
                contract.Holding(*one, rows.get(one.name) if one.store == CLICKHOUSE else None)
                for one in inventory(self._settings)
            ],
            [RetentionLine(*line) for line in self._retention.plan()] if sites is None else [],
            self._retention.problem,
            self._next_run(now, today),
            [contract.RetentionRun(*one) for one in told.runs],
            [contract.ClosedDay(*one) for one in told.closes],
            [contract.KeyAge(*one) for one in told.keys],
            [contract.EvidenceEntry(*one) for one in told.entries],
            told.n_entries,
            is_of_all_sites=sites is None,
        )

    def verify(self) -> contract.ChainVerdict:
        """Walk the whole chain."""
        return contract.ChainVerdict(*self._evidence.verify())

    def evidence(self, sites: Sites) -> list[bytes]:
        """Lines of the log about some sites."""
        return list(lines_for(self._evidence.lines(), sites))

    def _next_run(self, now: float, today: date) -> float:
        """A run follows midnight UTC; the one of today comes at once if it has not been yet."""
        if self._retention.last_at and not self._retention.problem:
            return datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC).timestamp()
        return now


def _sees(sites: Sites, site: str) -> bool:
    return sites is None or site in sites
