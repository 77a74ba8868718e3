"""All checks in one order. Running or stopped; nothing is changed, started or made."""

from datetime import UTC, datetime

from appliance.clock import make_clock
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.settings.time_limits import limit
from appliance.supervisor.checks import require_open
from appliance.supervisor.doctor import disk, engines, history
from appliance.supervisor.doctor.finding import Finding, Level
from appliance.supervisor.doctor.machine import check_machine
from appliance.supervisor.parts.process import evidence_path


def examine(settings: Settings) -> list[Finding]:
    """Everything that can be seen of an appliance from outside.

    Raises:
        StartError: its data are closed to this user.
    """
    require_open(settings.data_dir)
    now = make_clock(settings.test_clock_file)()
    found = [*engines.check_programs(settings), *check_machine(settings)]
    if settings.data_dir.is_dir():
        log = EvidenceLog(evidence_path(settings))
        past = history.read_history(log.lines(), now)
        kept = limit(settings.retention.hour_totals).n_days
        found += disk.check_disk(disk.measure(settings.data_dir), past.counted_days, kept)
        found += [history.check_evidence(log), *history.check_history(past, settings, now)]
    found += history.check_promises(settings, datetime.fromtimestamp(now, UTC).date())
    if not engines.is_running(settings):
        return [*found, Finding(Level.NOTE, "parts", "the appliance is stopped; what waits in Redis was not looked at")]
    return [*found, *engines.check_parts(settings), *engines.check_queue(settings, now)]
