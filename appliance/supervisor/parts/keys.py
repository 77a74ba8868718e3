"""`appliance keys expire`: destroys overdue day keys when nothing else runs, for a timer of the system."""

from appliance.aggregate.end_of_day import expire_overdue_keys
from appliance.aggregate.site_days import SiteDays
from appliance.anonymize.keyring import Keyring
from appliance.clock import make_clock, make_uptime
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.supervisor.parts.process import begin, evidence_path


def expire(settings: Settings) -> list[str]:
    """Names of the keys that were destroyed; each destruction is in the evidence log.

    Raises:
        ApplianceError: a key or the evidence log cannot be written.
    """
    begin("keys", settings, holds_keys=True)
    clock, uptime = make_clock(settings.test_clock_file), make_uptime(settings.test_clock_file)
    keys = Keyring.open(settings.runtime_dir, clock, uptime=uptime)
    return expire_overdue_keys(keys, SiteDays(settings), EvidenceLog(evidence_path(settings)), clock, uptime)
