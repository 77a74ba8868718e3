"""`python -m tests.bench.end_to_end`: the highest rate that the whole appliance holds on this machine.

All parts and the client share the cores. Visits have three pageviews; the appliance's clock moves forward by almost a
visit's timeout before the measured time, so that visits end, and their pairs are counted, as fast as new ones begin.
A rate is held when what waits gets no older during the measured time and every hit is counted exactly afterwards.
Short trials go up from the target until one is not held; the highest that was is then proved for a minute, or the next
below it that needs no more memory than is meant: each minute brings new visitors, whom Redis remembers. At last all
hits of each visitor are sent at once over 16 connections, as fast as they are answered: these must be counted exactly.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from appliance.settings import load
from appliance.state import names
from appliance.state.connection import Client, connect
from appliance.supervisor.redis_server import connection_url
from tests.bench import cores
from tests.bench.paced_client import PacedClient, Sent
from tests.bench.visit_traffic import PAGEVIEWS, VisitTraffic
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.stats_client import StatsClient

SITES = (1, 100)
TARGET, AIM, MEMORY_MB = 3_000, 6_000, 900
RATES = (250, 500, 1_000, 2_000, 2_500, TARGET, 3_500, 4_000, 4_500, 5_000, 5_500, AIM, 6_500, 7_000)
"""Tried upwards from the target, downwards from it if it is not held."""
_NOON = 1_930_478_400
_CONNECTIONS = 32
_TIMEOUT_SECONDS = 1500
"""The shortest that the configuration allows."""
_LAG = 0.05
"""Between two pages of a visit, as a share of the time before the measured time."""
_TRY_SECONDS, _PROOF_SECONDS = 20.0, 60.0
_BURST_VISITORS, _BURST_CONNECTIONS, _BURST_SECONDS = 10_000, 16, 60.0
_OLDER_SECONDS = 2.0
"""What waits may be older by this at the end of the measured time than at its beginning: more is growth."""
_PAIRS_WAIT_SECONDS = 10.0
"""Pairs of attributes are collected that long by the appliance, so that this age says nothing."""
_LATE_SECONDS = 1.0
"""By which the client may be behind its schedule at the end."""
_COUNTED_SECONDS = 120.0
_MB = 1e6
LIMITS = "network_hits_per_second = 100000\nsite_hits_per_second = 100000\nsite_burst = 1000000\n"
_EXTRA = f"[redis]\nmaxmemory_mb = 1024\n[visits]\ntimeout_seconds = {_TIMEOUT_SECONDS}\n"

Say = Callable[[str], None]


class Trial(NamedTuple):
    """One rate on a fresh appliance."""

    rate: float
    seconds: float
    """Of the measured time."""
    sent: Sent
    older: float
    """Seconds by which what waits got older during the measured time."""
    counted_after: float | None
    """Seconds from the last answer until all was counted exactly; None if it never was."""
    memory: dict[str, float]
    """Proportional set size of each process at the end of the measured time, MB."""
    cpu: dict[str, float]
    """Microseconds of processor time for each hit of the measured time, of each process and the client."""

    @property
    def is_held(self) -> bool:
        """Whether the appliance can go on like this for ever."""
        return (
            not self.sent.refused
            and self.sent.late_seconds <= _LATE_SECONDS
            and self.older <= _OLDER_SECONDS
            and self.counted_after is not None
        )


def measure(sites: int, say: Say) -> bool:
    """Print everything about so many sites; returns whether some rate was held and the bursts were counted exactly."""
    say(
        f"end to end, {PAGEVIEWS} pageviews a visit, all parts and the client on {len(cores.ALL_CORES)} cores; "
        f"sites: {sites}"
    )
    proof = prove(sites, RATES, say)
    if proof is None:
        say("  no rate was held")
    else:
        report(proof, say)
    return try_bursts(sites, say) and proof is not None


def prove(sites: int, rates: Sequence[float], say: Say) -> Trial | None:
    """The highest of some rates held for a minute in the memory meant, found by short trials; None if none is."""
    held = [rate for rate in rates if rate < TARGET]
    for rate in rates[len(held) :]:
        if not _said(try_rate(sites, rate, _TRY_SECONDS), say).is_held:
            break
        held.append(rate)
    for rate in reversed(held):
        trial = _said(try_rate(sites, rate, _PROOF_SECONDS), say)
        if trial.is_held and sum(trial.memory.values()) <= MEMORY_MB:
            return trial
    return None


def try_rate(sites: int, rate: float, seconds: float) -> Trial:
    """One fresh appliance under a steady rate: some time to get under way, then the measured time."""
    site_names = [f"site{number}.example" for number in range(sites)]
    traffic = VisitTraffic(site_names)
    stream = traffic.stream(lag=max(1, int(rate / PAGEVIEWS * _LAG * seconds)))
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        ApplianceProcess(
            Path(directory), [Site(name) for name in site_names], at=_NOON, limits=LIMITS, extra=_EXTRA
        ) as appliance,
        PacedClient(appliance.ingest, _CONNECTIONS) as client,
    ):
        client.run(stream, rate, seconds)
        # The first visits are complete after two lags; they end when the measured time begins.
        appliance.clock.advance(_TIMEOUT_SECONDS - seconds * (1 - 2 * _LAG))
        with Watch(appliance) as watch:
            sent = client.run(stream, rate, seconds)
        memory = memory_mb(appliance)
        counted_after = await_counted(appliance, traffic)
        return Trial(rate, seconds, sent, watch.older(), counted_after, memory, watch.cpu(sent.taken))


def try_bursts(sites: int, say: Say) -> bool:
    """All hits of each visitor at once; returns whether they are counted exactly."""
    traffic = VisitTraffic([f"site{number}.example" for number in range(sites)])
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        ApplianceProcess(
            Path(directory), [Site(name) for name in traffic.sites], at=_NOON, limits=LIMITS, extra=_EXTRA
        ) as appliance,
        PacedClient(appliance.ingest, _BURST_CONNECTIONS) as client,
    ):
        sent = client.run(traffic.bursts(_BURST_VISITORS), float("inf"), _BURST_SECONDS)
        counted_after = await_counted(appliance, traffic)
    is_exact = counted_after is not None and not sent.refused
    say(
        f"  bursts, all {PAGEVIEWS} hits of a visitor at once over {_BURST_CONNECTIONS} connections: "
        f"{traffic.started:,} visitors and {traffic.sent:,} hits at {sent.per_second:.0f}/s, {sent.refused} refused, "
        f"visitors, visits and pageviews {'exact' if is_exact else 'NOT exact'}"
    )
    return is_exact


class Watch:
    """Looks at the age of what waits in Redis once a second, and at the processor time that is used meanwhile."""

    def __init__(self, appliance: ApplianceProcess) -> None:
        settings = load(appliance.config)
        self._redis = connect(connection_url(settings))
        self._shards = settings.redis.shards
        self._parts = {pid: process_tree.part_of(line) for pid, line in appliance.pids().items()} | {0: "client"}
        self.ages: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._before = self._cpu_seconds()
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop.set()
        self._thread.join()
        after = self._cpu_seconds()
        self._used = {part: after[part] - self._before.get(part, 0.0) for part in after}
        self._redis.close()

    def older(self) -> float:
        """Mean age in the last third of the time, less that in the first."""
        third = max(1, len(self.ages) // 3)
        return sum(self.ages[-third:]) / third - sum(self.ages[:third]) / third

    def cpu(self, hits: int) -> dict[str, float]:
        """Microseconds a hit, of each part."""
        return {part: seconds / hits * 1e6 for part, seconds in self._used.items()}

    def _look(self) -> None:
        while not self._stop.wait(1.0):
            self.ages.append(oldest_seconds(self._redis, self._shards))

    def _cpu_seconds(self) -> dict[str, float]:
        used: dict[str, float] = {}
        for pid, part in self._parts.items():
            used[part] = used.get(part, 0.0) + (time.process_time() if not pid else cores.cpu_seconds([pid]))
        return used


def oldest_seconds(redis: Client, shards: int) -> float:
    """Age of the oldest event or fact that waits, 0 if nothing does; of pairs, what is beyond their usual wait."""
    waits = {names.events: 0.0, names.outbox: 0.0, names.pairs: _PAIRS_WAIT_SECONDS}
    places = [(place(shard), wait) for shard in range(shards) for place, wait in waits.items()]
    pipeline = redis.pipeline(transaction=False)
    for place, _ in places:
        pipeline.xrange(place, count=1)
    oldest, now = 0.0, time.time()
    for (_, wait), entries in zip(places, pipeline.execute(), strict=True):
        for entry_id, _ in entries:
            oldest = max(oldest, now - int(entry_id.partition(b"-")[0]) / 1e3 - wait)
    return oldest


def await_counted(appliance: ApplianceProcess, traffic: VisitTraffic) -> float | None:
    """Seconds until visitors, visits and pageviews of all sites are exactly what was sent; None if they never are."""
    started = time.monotonic()
    expected = (traffic.started, traffic.started, traffic.sent)
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        while time.monotonic() < started + _COUNTED_SECONDS:
            rows = [stats.totals(site) for site in traffic.sites]
            found = tuple(sum(row[metric] for row in rows) for metric in ("visitors", "visits", "pageviews"))
            if found == expected:
                return time.monotonic() - started
            time.sleep(0.2)
    return None


def memory_mb(appliance: ApplianceProcess) -> dict[str, float]:
    """Proportional set size of each process."""
    sizes: dict[str, float] = {}
    for pid, line in appliance.pids().items():
        part = process_tree.part_of(line)
        sizes[part] = sizes.get(part, 0.0) + process_tree.pss_bytes(pid) / _MB
    return sizes


def _said(trial: Trial, say: Say) -> Trial:
    verdict = "held" if trial.is_held else "not held"
    counted = "never" if trial.counted_after is None else f"{trial.counted_after:.1f} s later"
    say(
        f"  {trial.rate:6.0f} hits/s for {trial.seconds:.0f} s: {verdict}; sent {trial.sent.per_second:.0f}/s, "
        f"{trial.sent.refused} refused, client late by {trial.sent.late_seconds:.1f} s, "
        f"what waits {trial.older:+.1f} s older, all counted exactly: {counted}; "
        f"{sum(trial.memory.values()):.0f} MB, {sum(trial.cpu.values()):.0f} µs a hit"
    )
    return trial


def report(trial: Trial, say: Say) -> None:
    """What a rate costs that was held."""
    say(f"  highest rate held for {trial.seconds:.0f} s: {trial.rate:.0f} hits/s (target {TARGET}, aim {AIM})")
    held = ", ".join(f"{part} {size:.0f}" for part, size in sorted(trial.memory.items()))
    say(f"  memory at that rate: {sum(trial.memory.values()):.0f} MB (target {MEMORY_MB}): {held}")
    cost = ", ".join(f"{part} {each:.0f}" for part, each in sorted(trial.cpu.items()))
    say(f"  µs of processor a hit: {sum(trial.cpu.values()):.0f}: {cost}")
    say(f"  {trial.sent.taken:,} hits of the measured time, all counted: visitors, visits and pageviews are exact")


def main() -> int:
    """All numbers of sites; 1 if no rate is held or bursts are not exact."""
    results = [measure(sites, _write) for sites in SITES]
    return 0 if all(results) else 1


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
