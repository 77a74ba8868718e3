"""The worker process: Redis and keys on one side, facts for the warehouse on the other."""

import contextlib
import os
import secrets
import threading

from appliance.aggregate.end_of_day import expire_overdue_keys
from appliance.aggregate.site_days import SiteDays
from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.clock import make_clock, make_uptime
from appliance.errors import UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.state import store_mark
from appliance.state.connection import check_eviction_policy, connect
from appliance.supervisor import logs
from appliance.supervisor.checks import FileLock
from appliance.supervisor.metrics.part import expose
from appliance.supervisor.metrics.worker import worker_samples
from appliance.supervisor.parts.process import (
    begin,
    evidence_path,
    leave_long_lived_objects_alone,
    run_until_told,
    station,
    worker_ready_file,
)
from appliance.supervisor.redis_server import connection_url


def run(settings: Settings) -> None:
    """Work until SIGTERM.

    Raises:
        ApplianceError: it cannot start, or another worker took over.
    """
    begin("worker", settings, holds_keys=True)
    lock = FileLock(settings.data_dir / "worker.lock", f"another worker is running on {settings.data_dir}")
    ready_file = worker_ready_file(settings)
    clock, uptime = make_clock(settings.test_clock_file), make_uptime(settings.test_clock_file)
    client = connect(connection_url(settings))
    keys = Keyring.open(settings.runtime_dir, clock, uptime=uptime)
    evidence = EvidenceLog(evidence_path(settings))
    try:
        check_eviction_policy(client)
    except UnavailableError:
        expire_overdue_keys(keys, SiteDays(settings), evidence, clock, uptime)
        raise

    def beat() -> None:
        with contextlib.suppress(FileNotFoundError):  # not ready yet
            os.utime(ready_file)

    mark = store_mark.StoreMark(client, settings.data_dir / store_mark.FILE)

    def look_for_loss() -> None:
        if mark.is_lost():
            logs.write("redis_emptied", level="error")
            evidence.append("redis_emptied", clock())
            mark.renew(lost_at=clock())
        mark.renew()

    worker = Worker(
        settings,
        client,
        keys,
        Keyring.open(settings.runtime_dir, clock, TRANSPORT_KEYS_FILE, uptime),
        evidence,
        clock,
        logs.write,
        station=station(settings),
        owner=secrets.token_hex(8),
        uptime=uptime,
        beat=beat,
        on_redis=look_for_loss,
    )

    expose(settings, "worker", lambda: worker_samples(worker.state(), clock()))

    def say_ready() -> None:
        ready_file.write_text(str(os.getpid()), encoding="ascii")

    leave_long_lived_objects_alone()

    def loop(stop: threading.Event) -> None:
        worker.run(stop, say_ready)

    try:
        run_until_told("worker", loop)
    finally:
        ready_file.unlink(missing_ok=True)
        client.close()
        lock.close()
