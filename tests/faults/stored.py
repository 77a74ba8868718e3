"""What a stopped appliance has stored: `python -m tests.faults.stored CONFIG`.

A process of its own, because it holds keys and counters as the appliance does. It ends the visits that have timed
out, counts what waits in Redis, and prints the cells of the days that still run, and all outcomes.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from appliance.aggregate.worker import Worker
from appliance.dimensions import Dimension
from appliance.settings import load
from appliance.supervisor.parts.stopped import Stopped, stopped_appliance

NONE, PAGE, ENTRY, BROWSER = Dimension.NONE, Dimension.PAGE, Dimension.ENTRY_PAGE, Dimension.BROWSER
_CELLS = """
    SELECT site, day, toUInt8(dim_a), a, toUInt8(dim_b), b, sum(visitors), sum(visits), sum(pageviews)
    FROM open_cells WHERE dim_a IN (%(dims)s) AND dim_b IN (%(dims)s, 0)
    GROUP BY ALL HAVING sum(visits) > 0
"""
_TOTALS = "SELECT site, day, 0, '', 0, '', sum(visitors), sum(visits), sum(pageviews) FROM totals_hour GROUP BY ALL"
_OUTCOMES = "SELECT site, outcome, sum(hits) FROM outcomes GROUP BY ALL"
_SECONDS = 120


def read(config: Path) -> dict[str, list[list[Any]]]:
    """Rows of `cells` (site, day, two attributes, visitors, visits, pageviews) and `outcomes` (site, outcome, hits)."""
    command = [sys.executable, "-m", "tests.faults.stored", str(config)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert ended.returncode == 0, f"the stored counters cannot be read: {ended.stderr[-3000:]}"
    found: dict[str, list[list[Any]]] = json.loads(ended.stdout.splitlines()[-1])
    return found


def _end_visits(it: Stopped) -> None:
    worker = Worker(
        *(it.settings, it.redis, it.keys, it.transport, it.evidence, it.clock),
        lambda *_, **__: None,
        *("faults", "owner"),
    )
    stop = threading.Event()
    worker.run(stop, stop.set)


def main(config: Path) -> None:
    """Print one line of JSON."""
    with stopped_appliance("faults", load(config)) as it:
        _end_visits(it)
        it.count_facts()
        cells = _CELLS % {"dims": ", ".join(str(int(one)) for one in (PAGE, ENTRY, BROWSER))}
        found = {
            "cells": [*it.counters.query(cells).rows, *it.counters.query(_TOTALS).rows],
            "outcomes": list(it.counters.query(_OUTCOMES).rows),
        }
    sys.stdout.write(json.dumps(found, default=str) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
