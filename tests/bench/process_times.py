"""Processor time of the parts of an appliance and of the browser that looks at it."""

import os

import psutil

from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess


class ProcessTimes:
    """Counts from `start` on."""

    def __init__(self, appliance: ApplianceProcess) -> None:
        self._appliance = appliance
        self._before: dict[str, float] = {}

    def start(self) -> None:
        """From now on."""
        self._before = self._now()

    def each(self, times: int) -> dict[str, float]:
        """Milliseconds by name since `start`, divided by how often something was done."""
        return {name: 1000 * (spent - self._before.get(name, 0.0)) / times for name, spent in self._now().items()}

    def _now(self) -> dict[str, float]:
        spent: dict[str, float] = {}
        for pid, line in self._appliance.pids().items():
            part = process_tree.part_of(line)
            if part in ("dashboard", "warehouse"):
                spent[part] = spent.get(part, 0.0) + _seconds(psutil.Process(pid))
        # Chromium is started by Playwright's driver, a child of this process.
        browsers = [one for one in psutil.Process(os.getpid()).children(recursive=True) if "chrom" in one.name()]
        return spent | {"browser": sum(_seconds(one) for one in browsers)}


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
