"""The supervisor's side: asks every part for its samples, and adds what is seen from outside.

A part that does not answer in time is left out, and `appliance_part_up` says so; a scrape takes a few seconds at most.
"""

import os
import platform
import socket
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec

from appliance.clock import Clock
from appliance.errors import ApplianceError
from appliance.metrics.samples import Sample, decode, number
from appliance.settings import Settings
from appliance.supervisor import logs
from appliance.supervisor.metrics.disk import DiskSamples
from appliance.supervisor.metrics.part import socket_path
from appliance.supervisor.metrics.queues import queue_samples

SUPERVISOR, REDIS = "supervisor", "redis"
_ANSWER_SECONDS = 2.0
_CHUNK_BYTES = 65_536


class Running(NamedTuple):
    """A part as the supervisor knows it."""

    part: str
    pid: int | None
    starts: int


def gather(
    settings: Settings, clock: Clock, disk: DiskSamples, running: Callable[[], list[Running]]
) -> Iterator[tuple[str, Sample]]:
    """All samples with the part that each tells of."""
    for sample in (*_own(), *disk.samples()):
        yield SUPERVISOR, sample
    for process in (Running(SUPERVISOR, os.getpid(), 1), *running()):
        for sample in _of_process(process):
            yield process.part, sample
    for part in [process.part for process in running() if process.part != REDIS]:
        samples = ask(socket_path(settings, part))
        yield part, number("appliance_part_up", samples is not None)
        for sample in samples or ():
            yield part, sample
    try:
        queues = list(queue_samples(settings, clock()))
    except ApplianceError:
        queues = []
    yield REDIS, number("appliance_part_up", bool(queues))
    for sample in queues:
        yield REDIS, sample


def ask(path: Path) -> list[Sample] | None:
    """The samples of a part; None if it does not give any."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.connect(str(path))
            content = b""
            while chunk := connection.recv(_CHUNK_BYTES):
                content += chunk
        return decode(content)
    except OSError:
        return None
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        logs.write("metrics_unreadable", level="error", of=path.name, error=type(error).__name__)
        return None


def _own() -> Iterator[Sample]:
    yield number("appliance_build_info", 1, version("appliance"), platform.python_version())
    yield number("appliance_part_up", 1)


def _of_process(process: Running) -> Iterator[Sample]:
    yield number("appliance_part_starts_total", process.starts)
    try:
        # Behind the name, which may hold anything: see proc(5).
        fields = Path(f"/proc/{process.pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return
    ticks = int(fields[11]) + int(fields[12])
    yield number("appliance_process_cpu_seconds_total", ticks / os.sysconf("SC_CLK_TCK"))
    yield number("appliance_process_resident_bytes", int(fields[21]) * os.sysconf("SC_PAGE_SIZE"))
