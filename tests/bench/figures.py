"""How benches write what they have measured."""

import statistics
import sys
from collections.abc import Sequence


def say(line: str) -> None:
    """Write a line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def p95(times: Sequence[float]) -> float:
    """Within which 95 of 100 lie."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]
