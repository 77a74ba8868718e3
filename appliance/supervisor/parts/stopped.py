"""The engines of an appliance that is stopped, for commands that need all of them at rest.

The locks of all parts are held meanwhile. Redis and the embedded ClickHouse are started for the time it takes.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.clock import Clock, make_clock, make_uptime
from appliance.errors import StartError, UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.state.connection import Client, check_eviction_policy, connect
from appliance.state.note_file import NoteFile
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.supervisor import health, launch, redis_server
from appliance.supervisor.checks import FileLock, lock_data_dir
from appliance.supervisor.parts.process import begin, evidence_path
from appliance.supervisor.parts.schema import bring_up_to_date
from appliance.warehouse.client import WriteClient, open_writer
from appliance.warehouse.temporary import use_memory_for_temporary_files
from appliance.warehouse.writer import Writer

_REDIS_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.05


class Stopped(NamedTuple):
    """What a command works with."""

    settings: Settings
    redis: Client
    counters: WriteClient
    keys: Keyring
    transport: Keyring
    evidence: EvidenceLog
    clock: Clock
    uptime: Clock

    def count_facts(self) -> None:
        """Bring every fact that waits in Redis into ClickHouse; raises UnavailableError."""
        for lane in (FACTS, PAIRS):
            outbox = Outbox(self.redis, self.transport, self.settings.redis.shards, lane)
            writer = Writer(self.counters, outbox, FlushNote, self.clock, NoteFile(self.settings.data_dir, lane))
            while outbox.waiting():
                writer.flush_once()


@contextlib.contextmanager
def stopped_appliance(part: str, settings: Settings) -> Iterator[Stopped]:
    """Start the engines and stop them afterwards.

    Args:
        part: name of the command, for the log.

    Raises:
        StartError: the appliance runs, or an engine does not start.
        UnavailableError: an engine of your own is away.
    """
    begin(part, settings, holds_keys=True)
    with contextlib.ExitStack() as held:
        _require_stopped(settings, held)
        use_memory_for_temporary_files(settings)
        redis = held.enter_context(_running_redis(settings))
        counters = open_writer(settings)
        held.callback(counters.close)
        clock, uptime = make_clock(settings.test_clock_file), make_uptime(settings.test_clock_file)
        keys = Keyring.open(settings.runtime_dir, clock, uptime=uptime)
        transport = Keyring.open(settings.runtime_dir, clock, TRANSPORT_KEYS_FILE, uptime)
        bring_up_to_date(counters, redis, transport, settings, clock)
        evidence = EvidenceLog(evidence_path(settings))
        yield Stopped(settings, redis, counters, keys, transport, evidence, clock, uptime)


def _require_stopped(settings: Settings, held: contextlib.ExitStack) -> None:
    held.callback(lock_data_dir(settings.data_dir).close)
    for part in ("worker", "warehouse"):
        lock = FileLock(
            settings.data_dir / f"{part}.lock", f"the {part} is running on {settings.data_dir}; stop it first"
        )
        held.callback(lock.close)
    if asyncio.run(health.answers(settings.server.listen, "/health/live")):
        raise StartError(f"something takes hits at {settings.server.listen}; stop it first")


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
