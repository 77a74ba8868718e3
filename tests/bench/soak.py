"""`python -m tests.bench.soak [MINUTES [RATE]]`: a steady load; memory, open files, bytes and parts by the minute.

The same visitors come again and again, because new ones of one day would need room until its end. Of each minute the
greatest of six looks is taken. Ends with 1 when something grew from the second quarter of the time to the last.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench.end_to_end import LIMITS
from tests.bench.figures import say
from tests.bench.paced_client import PacedClient
from tests.bench.visit_traffic import VisitTraffic
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.stats_client import StatsClient, await_equal

SITE = "soaked.example"
DEFAULT_MINUTES, DEFAULT_RATE = 30, 300
_NOON = 1_930_478_400
_VISITORS = 3_000
_CONNECTIONS = 16
_MINUTE_SECONDS, _LOOKS = 60.0, 6
_GROWTH = 1.10
"""By which the last quarter may be above the second."""
_NEXT_VISIT_SECONDS = 26 * 60
"""By which the appliance's clock moves forward every other minute, so that visits end and begin anew."""
_MB = 1e6


class Sample(NamedTuple):
    """What is held at one moment."""

    memory_mb: float
    """Of all processes, without the program files that they map: these count less while others map them too."""
    open_files: int
    redis_mb: float
    """Of the append-only file."""
    part_directories: int
    """Of the embedded ClickHouse: parts on disk, those that wait for their end included."""


_FEWEST_SAMPLES = 8
_UP_AND_DOWN = ("redis_mb", "part_directories")
"""The file is rewritten when it has doubled, parts are merged when there are some."""


def main(minutes: float = DEFAULT_MINUTES, rate: float = DEFAULT_RATE) -> int:
    """Load one appliance; returns the exit code."""
    traffic = VisitTraffic([SITE])
    samples: list[Sample] = []
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as directory,
        ApplianceProcess(Path(directory), [Site(SITE)], at=_NOON, limits=LIMITS) as appliance,
        PacedClient(appliance.ingest, _CONNECTIONS) as client,
        StatsClient(appliance.stats, appliance.keys["reader"]) as stats,
    ):
        hits = _again_and_again(traffic)
        taken = 0
        ends = time.monotonic() + minutes * 60
        while (left := ends - time.monotonic()) > 1:
            looks = []
            for _ in range(_LOOKS):
                sent = client.run(hits, rate, min(_MINUTE_SECONDS, left) / _LOOKS)
                assert not sent.refused, f"{sent.refused} hits were refused"
                taken += sent.taken
                looks.append(look(appliance))
            samples.append(Sample(*map(max, zip(*looks, strict=True))))
            if len(samples) % 2:
                appliance.clock.advance(_NEXT_VISIT_SECONDS)
            say(_line(len(samples), taken, samples[-1]))
        await_equal(lambda: stats.totals(SITE)["pageviews"], taken, "pageviews", seconds=60)
        await_equal(lambda: stats.totals(SITE)["visitors"], min(traffic.started, _VISITORS), "visitors", seconds=60)
    grown = grew(samples)
    say(f"{taken:,} hits, all counted exactly: visitors and pageviews are what was sent")
    if len(samples) < _FEWEST_SAMPLES:
        say(f"too short to say what grows: it takes {_FEWEST_SAMPLES} minutes")
        return 0
    for name in Sample._fields:
        early, late = of_quarters(samples, name)
        say(f"  {name:16}  second quarter {early:7.1f}, last {late:7.1f}")
    say(f"grew by more than {_GROWTH - 1:.0%}: {', '.join(grown) or 'nothing'}")
    return int(bool(grown))


def look(appliance: ApplianceProcess) -> Sample:
    """One moment of one appliance."""
    return Sample(
        sum(process_tree.own_bytes(pid) for pid in appliance.pids()) / _MB,
        sum(_open_files(pid) for pid in process_tree.members(appliance.session)),
        _bytes_below(appliance.data_dir / "redis") / _MB,
        sum(path.name == "columns.txt" for path in _files_below(appliance.data_dir / "clickhouse")),
    )


def grew(samples: list[Sample]) -> list[str]:
    """Names of what grew; needs eight samples to say anything."""
    if len(samples) < _FEWEST_SAMPLES:
        return []
    quarters = {name: of_quarters(samples, name) for name in Sample._fields}
    return [name for name, (early, late) in quarters.items() if late > early * _GROWTH]


def of_quarters(samples: list[Sample], name: str) -> tuple[float, float]:
    """The second and the last quarter: the greatest of what goes up and down, of all else the median."""
    quarter = len(samples) // 4
    of_quarter = max if name in _UP_AND_DOWN else statistics.median
    return (
        of_quarter(getattr(sample, name) for sample in samples[quarter : 2 * quarter]),
        of_quarter(getattr(sample, name) for sample in samples[-quarter:]),
    )


def _again_and_again(traffic: VisitTraffic) -> Iterator[bytes]:
    while True:
        traffic.visitors = 0
        yield from traffic.bursts(_VISITORS)


def _open_files(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:  # it has ended meanwhile
        return 0


def _files_below(directory: Path) -> Iterator[Path]:
    """Not rglob: parts come and go meanwhile, and one that is gone is no error."""
    return (Path(place) / name for place, _, files in os.walk(directory) for name in files)


def _bytes_below(directory: Path) -> int:
    total = 0
    for path in _files_below(directory):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # rewritten meanwhile
            continue
    return total


def _line(minute: int, taken: int, sample: Sample) -> str:
    return (
        f"{minute:3}  {taken:9,} hits; memory {sample.memory_mb:5.0f} MB, open files {sample.open_files:4}, "
        f"append-only file {sample.redis_mb:6.1f} MB, parts {sample.part_directories:4}"
    )


if __name__ == "__main__":
    sys.exit(main(*(float(number) for number in sys.argv[1:3])))
