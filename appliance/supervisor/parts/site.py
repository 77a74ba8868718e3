"""`appliance site remove` and `appliance site reset`: erase a site while the appliance is stopped.

Stopped, because events, open visits and facts of all sites are on their way together while it runs. Redis and the
embedded ClickHouse are started for the time it takes.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.clock import make_clock
from appliance.errors import StartError, UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.site_erasure import Held, SiteErasure
from appliance.settings import Settings
from appliance.state.connection import Client, check_eviction_policy, connect
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.supervisor import health, launch, redis_server
from appliance.supervisor.checks import FileLock, lock_data_dir
from appliance.supervisor.parts.process import begin, evidence_path
from appliance.warehouse.client import WriteClient, open_writer
from appliance.warehouse.migrations import migrate
from appliance.warehouse.temporary import use_memory_for_temporary_files
from appliance.warehouse.writer import Writer

_REDIS_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.05


def remove(settings: Settings, site: str, *, really: bool) -> str:
    """Erase a site that is not configured any more; returns what to tell the operator.

    Raises:
        ApplianceError: still configured, the appliance runs, or not all of it is gone.
    """
    if settings.site(site) is not None:
        raise StartError(
            f"site '{site}' is still configured, so it would begin anew; take its section out of the configuration "
            "first, or use 'appliance site reset'"
        )
    return _erase(settings, site, really=really)


def reset(settings: Settings, site: str, *, really: bool) -> str:
    """Erase what is kept of a configured site, which begins anew; see `remove`."""
    if settings.site(site) is None:
        raise StartError(f"there is no site '{site}' in the configuration")
    return _erase(settings, site, really=really)


def _erase(settings: Settings, site: str, *, really: bool) -> str:
    begin("site", settings, holds_keys=True)
    with contextlib.ExitStack() as held:
        _require_stopped(settings, held)
        use_memory_for_temporary_files(settings)
        redis = held.enter_context(_running_redis(settings))
        counters = open_writer(settings)
        held.callback(counters.close)
        migrate(counters)
        clock = make_clock(settings.test_clock_file)
        keys = Keyring.open(settings.runtime_dir, clock)
        evidence = EvidenceLog(evidence_path(settings))
        erasure = SiteErasure(site, settings.redis.shards, counters, redis, keys, evidence, clock)
        if not really:
            return _listed(site, erasure.held(), "would be erased; nothing was changed, --yes does it")
        return _listed(site, erasure.erase(lambda: _count_facts(settings, redis, counters)), "were erased")


def _require_stopped(settings: Settings, held: contextlib.ExitStack) -> None:
    held.callback(lock_data_dir(settings.data_dir).close)
    for part in ("worker", "warehouse"):
        lock = FileLock(
            settings.data_dir / f"{part}.lock", f"the {part} is running on {settings.data_dir}; stop it first"
        )
        held.callback(lock.close)
    if asyncio.run(health.answers(settings.server.listen, "/health/live")):
        raise StartError(f"something takes hits at {settings.server.listen}; stop it first")


def _count_facts(settings: Settings, redis: Client, counters: WriteClient) -> None:
    clock = make_clock(settings.test_clock_file)
    transport = Keyring.open(settings.runtime_dir, clock, TRANSPORT_KEYS_FILE)
    for lane in (FACTS, PAIRS):
        outbox = Outbox(redis, transport, settings.redis.shards, lane)
        writer = Writer(counters, outbox, FlushNote, clock)
        while outbox.waiting():
            writer.flush_once()


@contextlib.contextmanager
def _running_redis(settings: Settings) -> Iterator[Client]:
    client = connect(redis_server.connection_url(settings))
    try:
        if not redis_server.is_embedded(settings):
            check_eviction_policy(client)
            yield client
            return
        program = redis_server.find()
        configuration = redis_server.write_configuration(settings, program)
        quiet = subprocess.DEVNULL
        tie = (sys.executable, "-I", "-S", launch.__file__, str(os.getpid()))
        command = (*tie, str(program.path), str(configuration))
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        try:
            _await_redis(client, process)
            yield client
        finally:
            process.terminate()
            process.wait()
    finally:
        client.close()


def _await_redis(client: Client, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _REDIS_SECONDS
    while True:
        try:
            return check_eviction_policy(client)
        except UnavailableError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise StartError("the embedded Redis does not start; 'appliance up' says why") from None
            time.sleep(_LOOK_AGAIN_SECONDS)


def _listed(site: str, found: Held, what: str) -> str:
    if found.is_empty:
        return f"nothing is kept of site '{site}'\n"
    counts = {**{f"rows of {table}": rows for table, rows in found.rows.items()}, **found.redis, "keys": found.keys}
    lines = [f"{count:>12}  {name}" for name, count in counts.items() if count]
    return "\n".join([f"of site '{site}' {what}:", *lines]) + "\n"
