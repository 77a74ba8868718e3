"""The demo as `make run` starts it, without made-up visitors."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Demo(NamedTuple):
    """Where things are, and what opens them."""

    ingest: str
    stats: str
    dashboard: str
    demo_site: str
    user: str
    password: str
    api_key: str


@contextmanager
def running_demo(data_dir: Path) -> Iterator[Demo]:
    """Start it and wait until it says that it is ready."""
    command = [sys.executable, "-P", "-m", "appliance", "demo", "--no-traffic", "--json", "--data-dir", str(data_dir)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        yield Demo(**{name: ready[name] for name in Demo._fields})
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()
