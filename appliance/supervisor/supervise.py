"""`appliance up`: starts the processes in order, keeps them running, stops them in reverse order.

Engines first, then what moves data, then what takes hits and shows numbers. Stopping takes 18 s at most (the sum
of the parts' own limits), and a supervisor that is killed takes all its children with it.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from appliance.clock import make_clock
from appliance.errors import ApplianceError, StartError
from appliance.settings import Settings
from appliance.supervisor import checks, redis_server, secrets, service_manager
from appliance.supervisor.child import Child, Plan
from appliance.supervisor.metrics.disk import DiskSamples
from appliance.supervisor.metrics.gather import Running, gather
from appliance.supervisor.plans import await_external_redis, part_plans, redis_plan
from appliance.supervisor.reload import Notice, RunningConfiguration

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

_READY_SECONDS = 90.0
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log = logging.getLogger("appliance.supervisor")


def take_data_dir(data_dir: Path) -> checks.FileLock:
    """Make the data directory and lock it; keep the lock until the end.

    Raises:
        StartError: not writable, or another appliance runs on it.
    """
    checks.make_data_dir(data_dir)
    return checks.lock_data_dir(data_dir)


def prepare(settings: Settings) -> None:
    """Make the runtime directory and the secrets, and check the machine.

    Raises:
        StartError: one sentence about what is in the way.
    """
    checks.require_whole(settings.data_dir)
    checks.make_runtime_dir(settings)
    server = settings.server
    checks.require_free(
        {
            "server.listen": server.listen,
            "server.stats_listen": server.stats_listen,
            "server.dashboard_listen": server.dashboard_listen,
            **({"server.metrics_listen": server.metrics_listen} if server.metrics_listen else {}),
        }
    )
    checks.drop_orphaned_keys(settings)
    for name in (secrets.OWN_API_KEY, secrets.GRANT_KEY):
        secrets.read_or_make(settings.data_dir, name)


class Supervisor:
    """All processes of one appliance."""

    def __init__(self, settings: Settings, config: Path, output: TextIO = sys.stderr) -> None:
        """`output` takes the log lines of the parts."""
        self._settings = settings
        self._config = config
        self._output = output
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._running = RunningConfiguration(settings, config)
        self._has_terminal = _has_terminal()
        self._error: Exception | None = None
        self._children: list[tuple[Child, asyncio.Task[None]]] = []
        self._metrics: WSGIServer | None = None

    async def run(self, on_ready: Callable[[], None]) -> None:
        """Start everything, call `on_ready`, take the configuration anew at SIGHUP, and stop everything at SIGTERM,
        SIGINT or when the terminal is closed.

        Raises:
            ApplianceError: the start failed; everything is stopped by then.
        """
        loop = asyncio.get_running_loop()
        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        running = asyncio.create_task(self._start_and_reload(on_ready))
        running.add_done_callback(self._note_failure)
        living = asyncio.create_task(service_manager.keep_telling())
        try:
            await self._stop.wait()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            service_manager.tell(service_manager.STOPPING)
            await self._stop_all()
            living.cancel()
        if self._error is not None:
            raise self._error

    def _hang_up(self) -> None:
        """SIGHUP is also what is left of a terminal that was closed."""
        if self._has_terminal and not _has_terminal():
            self._stop.set()
        else:
            self._reload.set()

    async def _start_and_reload(self, on_ready: Callable[[], None]) -> None:
        with contextlib.closing(Notice(self._settings.data_dir)) as notice:
            await self._start(on_ready)
            while True:
                await self._reload.wait()
                self._reload.clear()
                try:
                    said = await self._running.take(self._restart)
                except ApplianceError as error:
                    _log.error("reload_failed", extra={"reason": str(error)})
                    notice.say(str(error), taken=False)
                else:
                    _log.info("reloaded", extra={"what": said})
                    notice.say(said, taken=True)

    async def _restart(self, part: str) -> None:
        await next(child for child, _ in self._children if child.plan.part == part).restart(_READY_SECONDS)

    async def _start(self, on_ready: Callable[[], None]) -> None:
        started = time.monotonic()
        self._expose_metrics()
        if redis_server.is_embedded(self._settings):
            await self._start_stage([redis_plan(self._settings)])
        else:
            await await_external_redis(self._settings)
        for plans in part_plans(self._settings, self._config):
            await self._start_stage(plans)
        _log.info("ready", extra={"seconds": round(time.monotonic() - started, 2)})
        service_manager.tell(service_manager.READY)
        on_ready()

    def _expose_metrics(self) -> None:
        if address := self._settings.server.metrics_listen:
            from appliance.supervisor.metrics.exposition import serve_metrics  # 5 MB, for those who scrape

            clock, disk = make_clock(self._settings.test_clock_file), DiskSamples(self._settings)
            self._metrics = serve_metrics(address, lambda: gather(self._settings, clock, disk, self._processes))

    def _processes(self) -> list[Running]:
        return [Running(child.plan.part, child.pid, child.starts) for child, _ in self._children]

    async def _start_stage(self, plans: list[Plan]) -> None:
        children = [Child(plan, self._output) for plan in plans]
        for child in children:
            task = asyncio.create_task(child.run())
            task.add_done_callback(self._note_failure)
            self._children.append((child, task))
        for child in children:
            try:
                async with asyncio.timeout(_READY_SECONDS):
                    await child.ready.wait()
            except TimeoutError:
                part = child.plan.part
                raise StartError(f"{part} was not ready within {_READY_SECONDS:.0f} seconds") from None

    async def _stop_all(self) -> None:
        started = time.monotonic()
        if self._metrics is not None:
            await asyncio.to_thread(self._metrics.shutdown)
            self._metrics.server_close()
        for child, task in reversed(self._children):
            await child.stop()
            await asyncio.gather(task, return_exceptions=True)
        _log.info("stopped", extra={"seconds": round(time.monotonic() - started, 2)})

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        """Whatever ends a start or a child with an error ends the whole appliance."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        if self._error is None and isinstance(error, Exception):
            self._error = error
        self._stop.set()


def _has_terminal() -> bool:
    """Whether this process has a controlling terminal that is still there; see tty(4)."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
