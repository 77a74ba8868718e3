"""Kills parts of a running appliance and looks that they come back."""

import random
import time
from collections import Counter
from collections.abc import Callable

from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess

PARTS = {
    "ingest": "ingest",
    "worker": "worker",
    "warehouse": "warehouse",
    "dashboard": "dashboard",
    "redis-server": "redis",
}
"""Name of a part by that of its program."""
SUPERVISOR, EVERYTHING = "supervisor", "everything"
_WEIGHTS = {
    **{"ingest": 4, "worker": 6, "warehouse": 5, "redis": 4, "dashboard": 1},
    **{SUPERVISOR: 1, EVERYTHING: 2},
}
_BACK_SECONDS = 60.0
"""A part that was killed runs again within this time; the supervisor waits five seconds of it at most."""
_LOOK_AGAIN_SECONDS = 0.02


class Killer:
    """Every kill is SIGKILL, without any word before."""

    def __init__(self, appliance: ApplianceProcess, source: random.Random, say: Callable[[str], None]) -> None:
        self.kills: Counter[str] = Counter()
        self._appliance = appliance
        self._source = source
        self._say = say

    def kill_at_random(self, longest_pause: float) -> None:
        """Wait for a random time, then kill what chance says."""
        time.sleep(self._source.uniform(0.0, longest_pause))  # the moment is the experiment
        names = list(_WEIGHTS)
        self.kill(self._source.choices(names, [_WEIGHTS[name] for name in names])[0])

    def kill(self, what: str) -> None:
        """Kill one part, the supervisor, or every process; what nobody watches is started again."""
        if what == SUPERVISOR:
            self._appliance.kill_supervisor()
            self.await_end()
        elif what == EVERYTHING:
            self._appliance.kill()
        else:
            process_tree.kill(self.await_running(what))
        self.note(what)
        self.start_if_ended()

    def await_end(self) -> None:
        """Wait until a killed supervisor has taken everything with it."""
        assert self._appliance.process is not None
        self._appliance.process.wait(_BACK_SECONDS)
        left = process_tree.await_empty(self._appliance.session, _BACK_SECONDS)
        assert not left, f"outlived their supervisor: {left}"

    def note(self, what: str) -> None:
        """Count a kill."""
        self.kills[what] += 1
        self._say(f"kill {self.kills.total()}: {what}")

    def start_if_ended(self) -> None:
        """A plain start after the death of the supervisor."""
        assert self._appliance.process is not None
        if self._appliance.process.poll() is not None:
            self._appliance.start()

    def await_running(self, part: str) -> int:
        """Pid of a part, once it runs."""
        deadline = time.monotonic() + _BACK_SECONDS
        while (pid := self._running().get(part)) is None:
            assert time.monotonic() < deadline, (
                f"{part} does not run again within {_BACK_SECONDS:.0f} s of its end: {self._appliance.log()[-4000:]}"
            )
            time.sleep(_LOOK_AGAIN_SECONDS)  # a stranger to us: nothing tells of its start
        return pid

    def _running(self) -> dict[str, int]:
        found = {}
        for pid, line in self._appliance.pids().items():
            if line and (part := PARTS.get(process_tree.part_of(line))):
                found[part] = pid
        return found
