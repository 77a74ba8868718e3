"""Arms fail points of the processes of an appliance, and tells when they were reached."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.faults.doom.fail_points import POINTS, Point

_LOOK_AGAIN_SECONDS = 0.02


class FailPoints:
    """A directory with a file for each armed point."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self._directory = directory
        path = [str(Path(__file__).parent / "doom"), os.environ.get("PYTHONPATH", "")]
        self.environment = {"PYTHONPATH": os.pathsep.join(filter(None, path)), "APPLIANCE_DOOM": str(directory)}
        """What makes the processes of an appliance heed them."""

    def arm(self, points: Iterable[Point], skip: int = 0, *, everything: bool = False) -> None:
        """Whoever passes a point dies there, or, with `everything`, takes all processes with it.

        Args:
            skip: calls of each process that pass unharmed.
        """
        for point in points:
            fresh = self._directory / "fresh"
            fresh.write_text(f"{skip} {'everything' if everything else 'itself'}")
            fresh.rename(self._directory / point.name)

    def await_fired(self, points: Iterable[Point], seconds: float, meanwhile: Callable[[], None]) -> None:
        """Wait until each point was reached; fails with the names of those that were not.

        Args:
            meanwhile: called again and again.
        """
        deadline = time.monotonic() + seconds
        while left := [point.name for point in points if (self._directory / point.name).exists()]:
            meanwhile()
            assert time.monotonic() < deadline, f"not passed within {seconds:.0f} s: {', '.join(left)}"
            time.sleep(_LOOK_AGAIN_SECONDS)  # other processes: nothing tells of their end

    def is_passed(self, point: Point, seconds: float) -> bool:
        """Wait whether a point is reached; if not in time, whoever comes later passes unharmed."""
        armed = self._directory / point.name
        deadline = time.monotonic() + seconds
        while armed.exists() and time.monotonic() < deadline:
            time.sleep(_LOOK_AGAIN_SECONDS)  # as above
        try:
            armed.unlink()
        except FileNotFoundError:
            return True
        return False


def of_phase(phase: str) -> list[Point]:
    """The points that are passed in one phase, in this order."""
    return [point for point in POINTS if point.phase == phase]
