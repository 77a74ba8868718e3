"""Which processes make up the appliance, in which order they start, and how each one says that it is ready."""

import asyncio
import sys
from pathlib import Path

from appliance.errors import ApplianceError, StartError, UnavailableError
from appliance.settings import Settings
from appliance.state.connection import check_eviction_policy, connect
from appliance.supervisor import health, redis_server
from appliance.supervisor.checks import bind
from appliance.supervisor.child import Plan
from appliance.supervisor.liveness import WORKER_QUESTIONS, beats
from appliance.supervisor.parts.process import worker_ready_file

_EXTERNAL_SECONDS = 10.0
_RETRY_SECONDS = 0.5


def redis_plan(settings: Settings) -> Plan:
    """The embedded Redis.

    Raises:
        StartError: there is no usable program, or its files cannot be written.
    """
    program = redis_server.find()
    configuration = redis_server.write_configuration(settings, program)
    url = redis_server.connection_url(settings)

    async def is_ready(_pid: int) -> bool:
        return await asyncio.to_thread(_pings, url)

    command = (str(program.path), str(configuration))
    return Plan("redis", command, is_ready, 3.0, prints_text=True, is_alive=is_ready)


def part_plans(settings: Settings, config: Path) -> list[list[Plan]]:
    """Our own parts in stages: each stage starts when the one before is ready, and stops before it.

    Raises:
        StartError: the address of ingest is taken.
    """
    server = settings.server
    listener = bind("server.listen", server.listen)
    return [
        [
            _http_plan("warehouse", config, server.stats_listen, "/health/started", 4.0),
            _worker_plan(settings, config),
        ],
        [
            _http_plan("ingest", config, server.listen, "/health/ready", 5.0)._replace(listener=listener),
            _http_plan("dashboard", config, server.dashboard_listen, "/health/live", 2.0),
        ],
    ]


async def await_external_redis(settings: Settings) -> None:
    """Wait up to ten seconds for a Redis that somebody else runs, and refuse one that evicts.

    Raises:
        StartError: it does not answer, or its eviction policy would drop queued hits.
    """
    deadline = asyncio.get_running_loop().time() + _EXTERNAL_SECONDS
    while True:
        try:
            return await asyncio.to_thread(_check_policy, redis_server.connection_url(settings))
        except UnavailableError as error:
            if asyncio.get_running_loop().time() > deadline:
                raise StartError(f"redis.url: {error}") from None
            await asyncio.sleep(_RETRY_SECONDS)


def _command(part: str, config: Path) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", "appliance", part, "--config", str(config))


def _http_plan(part: str, config: Path, address: str, path: str, stop_seconds: float) -> Plan:
    async def is_ready(_pid: int) -> bool:
        return await health.answers(address, path)

    async def is_alive(_pid: int) -> bool:
        return await health.answers(address, "/health/live")

    return Plan(part, _command(part, config), is_ready, stop_seconds, is_alive=is_alive)


def _worker_plan(settings: Settings, config: Path) -> Plan:
    signal_file = worker_ready_file(settings)

    async def is_ready(pid: int) -> bool:
        try:
            return signal_file.read_text(encoding="ascii") == str(pid)
        except OSError:
            return False

    command = _command("worker", config)
    return Plan("worker", command, is_ready, 4.0, is_alive=beats(signal_file), questions=WORKER_QUESTIONS)


def _check_policy(url: str) -> None:
    client = connect(url)
    try:
        check_eviction_policy(client)
    finally:
        client.close()


def _pings(url: str) -> bool:
    try:
        _check_policy(url)
    except ApplianceError:
        return False
    return True
