"""`appliance retention plan`: what the limits would delete now, asked of the running appliance or of the counters.

The embedded engine belongs to one process at a time, so a running warehouse is asked over its stats API, with the
dashboard's key. Nothing is changed either way.
"""

import asyncio

import httpx
import msgspec

from appliance.clock import make_clock
from appliance.errors import UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.retention import Retention
from appliance.settings import Settings
from appliance.stats.contract import RETENTION_PATH, RetentionLine, RetentionPlan
from appliance.supervisor import health, logs, secrets
from appliance.supervisor.checks import FileLock
from appliance.supervisor.parts.process import begin, evidence_path
from appliance.warehouse.client import open_writer
from appliance.warehouse.temporary import use_memory_for_temporary_files

_TIMEOUT_SECONDS = 60.0


def plan(settings: Settings) -> str:
    """The plan as text.

    Raises:
        ApplianceError: the counters cannot be read, or the running appliance does not answer.
    """
    address = settings.server.stats_listen
    running = asyncio.run(health.answers(address, "/health/live"))
    return as_text(_ask(settings) if running else _read(settings))


def as_answer(retention: Retention) -> RetentionPlan:
    """What the stats API answers."""
    return RetentionPlan([RetentionLine(*line) for line in retention.plan()], retention.problem)


def as_text(answer: RetentionPlan) -> str:
    """A table for a terminal."""
    rows = [(line.kind, line.sites, line.limit, line.first_kept, str(line.rows)) for line in answer.plan]
    table = [("kind", "sites", "limit", "kept from", "rows to go"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([*lines, *([answer.problem] if answer.problem else [])]) + "\n"


def _ask(settings: Settings) -> RetentionPlan:
    key = secrets.read_or_make(settings.data_dir, secrets.OWN_API_KEY)
    try:
        answer = httpx.get(
            health.url(settings.server.stats_listen) + RETENTION_PATH,
            headers={"authorization": f"Bearer {key}"},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=RetentionPlan)
    except (httpx.HTTPError, msgspec.DecodeError) as error:
        reason = type(error).__name__
        raise UnavailableError(f"the running appliance did not say what its limits would delete ({reason})") from None


def _read(settings: Settings) -> RetentionPlan:
    begin("retention", settings, holds_keys=False)
    lock = FileLock(settings.data_dir / "warehouse.lock", f"a warehouse is starting on {settings.data_dir}; ask again")
    try:
        use_memory_for_temporary_files(settings)
        client = open_writer(settings)
        try:
            evidence = EvidenceLog(evidence_path(settings))
            clock = make_clock(settings.test_clock_file)
            return as_answer(Retention(settings, client, evidence, clock, logs.write))
        finally:
            client.close()
    finally:
        lock.close()
