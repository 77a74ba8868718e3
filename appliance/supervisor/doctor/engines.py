"""The parts and their engines: who answers, which versions, what waits."""

import asyncio
import time
from importlib.metadata import version
from pathlib import Path

import httpx

from appliance.aggregate.site_days import SiteDays
from appliance.errors import StartError, UnavailableError
from appliance.settings import Settings
from appliance.state.backlog import Backlog, RedisState, read_backlog, read_redis_state
from appliance.state.connection import Client, connect
from appliance.state.open_days import OpenDays
from appliance.supervisor import health, redis_server
from appliance.supervisor.doctor.finding import Finding, Level
from appliance.supervisor.parts.process import worker_ready_file

_TIMEOUT_SECONDS = 5.0
_OLD_REDIS = (7, 0)
_MUCH_MEMORY = 0.6
_LATE_SECONDS = 60.0
_LATE_DAY_SECONDS = 3600.0
_STILL_SECONDS = 15.0
"""The longest step of the worker takes seconds."""
_NOT_READY = {"ingest": "Redis does not take hits", "warehouse": "nothing is counted, or ClickHouse does not answer"}
"""What is meant when a part says that and no more."""


def is_running(settings: Settings) -> bool:
    """Whether any part answers."""
    return any(asyncio.run(health.answers(address, "/health/live")) for _, address in _addresses(settings))


def check_parts(settings: Settings) -> list[Finding]:
    """Ask each part whether it is well."""
    found = [_part(part, address) for part, address in _addresses(settings)]
    return [*found, _worker(settings)]


def check_programs(settings: Settings) -> list[Finding]:
    """Versions of what is installed; nothing has to run."""
    found = [Finding(Level.FINE, "ClickHouse", f"embedded, chDB {version('chdb')}")]
    if settings.clickhouse.url != redis_server.EMBEDDED:
        found = [Finding(Level.FINE, "ClickHouse", "external; the warehouse says whether it answers")]
    if not redis_server.is_embedded(settings):
        return found
    try:
        program = redis_server.find()
    except StartError as error:
        return [*found, Finding(Level.FAULT, "Redis", str(error), "apt-get install redis-server")]
    text = f"{program.path}, version {program.version[0]}.{program.version[1]}"
    if program.version < _OLD_REDIS:
        return [*found, Finding(Level.WARNING, "Redis", text, "It is old; install the Debian package redis-server.")]
    return [*found, Finding(Level.FINE, "Redis", text)]


def check_queue(settings: Settings, now: float) -> list[Finding]:
    """Ask Redis about itself and about what waits in it."""
    try:
        client = connect(redis_server.connection_url(settings))
        try:
            state, backlog = read_redis_state(client), read_backlog(client, settings.redis.shards)
            late = overdue_days(client, settings, now)
        finally:
            client.close()
    except UnavailableError as error:
        remedy = "Hits get 503 until it answers. Look at its log and at the disk."
        return [Finding(Level.FAULT, "Redis", str(error), remedy)]
    return [*check_redis(state), *check_backlog(backlog, now), *check_days(late)]


def check_redis(state: RedisState) -> list[Finding]:
    """What Redis says of itself. Pure."""
    found = [Finding(Level.FINE, "Redis", f"{state.version} answers, {state.memory_share:.0%} of its memory in use")]
    if state.memory_share > _MUCH_MEMORY:
        found.append(
            Finding(
                Level.WARNING,
                "Redis",
                "nearly full: from 70 % on hits get 503",
                "See whether worker and warehouse keep up; else raise redis.maxmemory_mb.",
            )
        )
    if not state.is_append_only:
        found.append(
            Finding(
                Level.FAULT, "Redis", "no append-only file", "Set appendonly yes and appendfsync always: hits are lost."
            )
        )
    if state.last_write_failed:
        found.append(Finding(Level.FAULT, "Redis", "its file could not be written", "Make room on its disk."))
    if state.eviction_policy.startswith("allkeys"):
        found.append(
            Finding(
                Level.FAULT,
                "Redis",
                f"maxmemory-policy {state.eviction_policy}",
                "Set it to noeviction: hits are lost.",
            )
        )
    return found


def check_backlog(backlog: Backlog, now: float) -> list[Finding]:
    """What waits. Pure."""
    text = f"{backlog.events} commits and {backlog.facts} batches of facts wait"
    found = []
    for what, oldest_ms, remedy in (
        ("commits", backlog.oldest_events_ms, "The worker is away or too slow: look at its last lines in the log."),
        (
            "facts",
            backlog.oldest_facts_ms,
            "ClickHouse is away or slow: the log of the warehouse says flush_failed with the reason.",
        ),
    ):
        age = 0.0 if oldest_ms is None else now - oldest_ms / 1000
        if age > _LATE_SECONDS:
            said = f"{text}, the oldest {what} for {age / 60:.0f} minutes"
            found.append(Finding(Level.WARNING, "backlog", said, remedy))
    found = found or [Finding(Level.FINE, "backlog", text)]
    if backlog.set_aside:
        found.append(
            Finding(
                Level.FAULT,
                "backlog",
                f"{backlog.set_aside} batches were set aside",
                "ClickHouse refuses them; the log says facts_set_aside with the reason. See the runbook.",
            )
        )
    return found


def check_days(late: list[str]) -> list[Finding]:
    """Days that should be closed by now. Pure."""
    if not late:
        return [Finding(Level.FINE, "days", "none is overdue")]
    remedy = "appliance close --site ID --day YYYY-MM-DD says what it waits for."
    return [Finding(Level.FAULT, "days", f"over and not closed: {', '.join(late)}", remedy)]


def _addresses(settings: Settings) -> list[tuple[str, str]]:
    server = settings.server
    return [("ingest", server.listen), ("warehouse", server.stats_listen), ("dashboard", server.dashboard_listen)]


def _part(part: str, address: str) -> Finding:
    path = "/health/live" if part == "dashboard" else "/health/ready"
    where = health.url(address)
    try:
        answer = httpx.get(where + path, timeout=_TIMEOUT_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        remedy = "Start it, or look at its last lines in the log."
        return Finding(Level.FAULT, part, f"does not answer at {where} ({type(error).__name__})", remedy)
    if answer.status_code == httpx.codes.OK:
        return Finding(Level.FINE, part, f"ready at {where}")
    said = answer.text.strip().splitlines() or [str(answer.status_code)]
    if said == ["not ready"]:
        return Finding(Level.FAULT, part, f"not ready: {_NOT_READY[part]}", f"The log of the {part} says why.")
    text = "; ".join(sentence for sentence in said if sentence != "not ready")
    return Finding(Level.FAULT, part, f"not ready: {text}", "The runbook explains each sentence.")


def _worker(settings: Settings) -> Finding:
    file = worker_ready_file(settings)
    try:
        pid = file.read_text(encoding="ascii").strip()
        alive = b"worker" in Path("/proc", pid, "cmdline").read_bytes()
        still_seconds = time.time() - file.stat().st_mtime
    except OSError:
        alive = False
    if alive and still_seconds > _STILL_SECONDS:
        remedy = "The appliance replaces a part that stands still; if you started it alone, start it anew."
        return Finding(Level.FAULT, "worker", f"has stood still for {still_seconds:.0f} seconds", remedy)
    if alive:
        return Finding(Level.FINE, "worker", "runs")
    return Finding(Level.FAULT, "worker", "does not run", "Start it: hits wait in Redis and are not counted.")


def overdue_days(client: Client, settings: Settings, now: float) -> list[str]:
    """Days that should be closed by now, as `site day`; raises UnavailableError."""
    days = SiteDays(settings)
    times = [days.of(name) for name in OpenDays(client).all()]
    late = [one for one in times if now * 1000 > one.deadline_ms + _LATE_DAY_SECONDS * 1000]
    return sorted(f"{one.site} {one.day}" for one in late)
