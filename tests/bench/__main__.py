"""`python -m tests.bench`: boot time, idle memory, delay from hit to answer, speed of each part and of all."""

import random
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from scripts import tracker
from tests.bench import end_to_end, log_import, steps, throughput
from tests.bench.figures import say
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient

SITE = "example.org"
_NOON = 1_930_478_400
"""Far from midnight."""
_DELAYS = 60
_FLUSH_PERIOD_SECONDS = 0.8
_IDLE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.02
_SITES = (1, 100)
_MB = 1e6


def main() -> None:
    """Measure one appliance from its first start to its end."""
    for line in tracker.sizes():
        say(f"tracker, {line}")
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        appliance = ApplianceProcess(Path(directory), [Site(SITE)], at=_NOON)
        try:
            _boot(appliance)
            _memory(appliance, "idle after the start")
            _delay(appliance)
            _memory(appliance, "idle after use")
            say(f"stop: {appliance.stop():.1f} s")
        finally:
            appliance.clean_up()
    _speed()


def _boot(appliance: ApplianceProcess) -> None:
    for which in ("first start", "second start"):
        started = time.monotonic()
        appliance.start()
        say(f"{which}: ready after {time.monotonic() - started:.1f} s")
        if which == "first start":
            appliance.stop()


def _memory(appliance: ApplianceProcess, when: str) -> None:
    time.sleep(_IDLE_SECONDS)
    say(f"memory (PSS), {when}:")
    total = 0
    for pid, line in sorted(appliance.pids().items()):
        size = process_tree.pss_bytes(pid)
        total += size
        say(f"  {size / _MB:6.0f} MB  {process_tree.part_of(line)}")
    say(f"  {total / _MB:6.0f} MB  together (target: at most 900 MB)")


def _delay(appliance: ApplianceProcess) -> None:
    """Single hits at random moments: asking at once after the last answer would keep in step with the writer."""
    source = random.Random(1)
    sender = Sender(appliance.ingest, appliance.clock)
    delays = []
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        httpx.get(appliance.dashboard, follow_redirects=True, trust_env=False)
        for number in range(_DELAYS):
            time.sleep(source.uniform(0, _FLUSH_PERIOD_SECONDS))
            hit = Hit(SITE, Visitor(f"87.129.1.{number + 1}"))
            sender.send([hit])
            while stats.table(SITE, "day", metrics=["events"])[()]["events"] <= number:
                time.sleep(_LOOK_AGAIN_SECONDS)
            delays.append(appliance.clock.now() - hit.answered_at)
    cut = statistics.quantiles(delays, n=20)
    say(
        f"hit to stats API, {_DELAYS} single hits: p50 {cut[9]:.2f} s, p95 {cut[18]:.2f} s, "
        f"max {max(delays):.2f} s (target: p95 at most 2 s)"
    )


def _speed() -> None:
    say("microseconds of each step:")
    steps.measure(say)
    for sites in _SITES:
        say(f"ingest, each hit acknowledged by Redis on disk, beside an application that does nothing; sites: {sites}")
        throughput.measure(sites, say)
    say("  (target: ratio at least 0.5 at 64 connections)")
    for sites in end_to_end.SITES:
        end_to_end.measure(sites, say)
    log_import.measure(say)


if __name__ == "__main__":
    main()
