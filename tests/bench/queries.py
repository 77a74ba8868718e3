"""How fast the report's questions are answered over a year of a large site while hits arrive: `make bench-queries`.

The year is that of `large_year`. Then the appliance starts on it, hits arrive, and every question is asked over HTTP,
one after the other, first once to warm up: warm as the appliance is, then cold, with an appliance that keeps nothing of
what it has read. Beside the milliseconds until the answer stands the processor time that the warehouse process took
meanwhile, with what counting the hits cost it.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
from msgspec import structs

from appliance.stats.contract import Comparisons, Question
from appliance.stats.contract import Site as StatsSite
from appliance.warehouse.embedded import ENGINE_OPTIONS
from dashboard import questions
from dashboard.filters import Filter
from dashboard.panels import PANELS, Kind, why_not
from dashboard.periods import Period
from dashboard.view import View
from tests.bench import large_year
from tests.bench.figures import p95, say
from tests.bench.large_site import SITE
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.engine import Engine, running_engine
from tests.kit.load import Load
from tests.kit.process_tree import part_of

VISITS = 50_000
_WARM, _ASKED = 1, 10
_NO_MERGE_SECONDS = 20.0
_KEEPS_NOTHING = "[clickhouse]\nkept_reads_mb = 0\n"
_CONNECTIONS, _HITS_PER_SECOND = 4, 100
_SHOWN = 12
_MEMORY_OF_MAKING = 4_000_000_000
"""Months are inserted at once, which the appliance never does."""
_RANGES = {"30d": (30, 100), "12mo": (358, 300)}
"""Named ranges with their days and the milliseconds within which 95 % of the answers of each question should come."""
_FILTERS = {
    "": (),
    "of a source": (Filter("is", "visit:source", "Source 1"),),
    "of a page": (Filter("is", "event:page", "/articles/2026/number-1-of-many"),),
    "of a country": (Filter("is", "visit:country", "C1"),),
}


@dataclass(frozen=True)
class Times:
    """Of one question, in milliseconds."""

    name: str
    p50: float
    p95: float
    cpu: float
    """Of the warehouse process for one answer."""


def main(arguments: list[str]) -> None:
    """Without arguments: make a year in another process, start the appliance on it, ask."""
    if arguments:
        ENGINE_OPTIONS["max_server_memory_usage"] = _MEMORY_OF_MAKING
        with running_engine(Path(arguments[0])) as engine:
            _make_year(engine, int(arguments[1]))
            _settle(engine)
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        make(Path(name))
        ask(Path(name))


def make(directory: Path) -> None:
    """Make the year, in a process of its own: one engine per process."""
    subprocess.run([sys.executable, "-m", "tests.bench.queries", str(directory), str(VISITS)], check=True)


def ask(directory: Path) -> None:
    """Start the appliance on a made year, ask everything, and print how long it took."""
    noon = (large_year.DAY + 1) * 86_400.0 + 43_200
    with ApplianceProcess(directory, [Site(SITE.id, pages=SITE.pages)], at=noon) as appliance:
        _ask_all(appliance, "warm")
        appliance.stop()
        appliance.config.write_text(appliance.config.read_text() + _KEEPS_NOTHING)
        appliance.start()
        _ask_all(appliance, "cold")


def _ask_all(appliance: ApplianceProcess, kind: str) -> None:
    with Load(appliance.ingest, SITE.id, _CONNECTIONS, _CONNECTIONS / _HITS_PER_SECOND):
        for date_range, (days, target) in _RANGES.items():
            times = [_time(appliance, *one) for one in _questions(date_range, days)]
            _print(f"{date_range}, {kind}", target, times)


def _make_year(engine: Engine, visits: int) -> None:
    started = time.monotonic()
    large_year.make(engine, visits)
    seconds = time.monotonic() - started
    parts = "SELECT sum(rows), sum(bytes_on_disk) FROM {table} WHERE active AND table = 'cells'"
    rows, size = engine.writer.query(parts.format(table="system.parts")).rows[0]
    sums, size_of_sums = engine.writer.query(parts.format(table="system.projection_parts")).rows[0]
    n_visits = visits * ((large_year.LAST - large_year.FIRST).days + 1)
    say(
        f"a year of {visits:,} visits a day, made in {seconds:.0f} s: {rows / 1e6:.1f} million cells, "
        f"{size / 1e9:.2f} GB ({sums / 1e6:.1f} million sums of months, {size_of_sums / 1e9:.2f} GB of these); "
        f"{size / n_visits:.1f} kB per 1,000 visits"
    )


def _settle(engine: Engine) -> None:
    """Wait until the engine has merged what there is."""
    started = last = time.monotonic()
    while time.monotonic() < last + _NO_MERGE_SECONDS:
        time.sleep(1)
        if engine.writer.query("SELECT 1 FROM system.merges LIMIT 1").rows:
            last = time.monotonic()
    say(f"merged {last - started:.0f} s later")


def _questions(date_range: str, days: int) -> Iterator[tuple[str, Question]]:
    today = large_year.LAST + timedelta(days=1)
    period = Period(date_range, today - timedelta(days=days), today, includes_today=True)
    for words, filters in _FILTERS.items():
        view = View(StatsSite(SITE.id, "UTC"), period, filters=filters)
        yield f"headline {words}", questions.totals(view)
        yield f"headline beside the period before {words}", questions.totals(replace(view, compare=_BEFORE))
        for interval in ("Days", "Months"):
            yield f"{interval} {words}", questions.over_time(replace(view, interval=interval))
        for panel in PANELS:
            for report in panel.reports:
                if report.kind is Kind.VALUES and not why_not(report, filters):
                    yield f"{report.tab} {words}", questions.values(view, report)
        if not filters:
            sources = questions.values(view, PANELS[0].reports[0])
            yield "Sources of some countries", structs.replace(sources, filters=[["contains", "visit:country", ["C1"]]])


_BEFORE = Comparisons("previous_period")


def _time(appliance: ApplianceProcess, name: str, question: Question) -> Times:
    headers = {"Authorization": f"Bearer {appliance.keys['reader']}"}
    (warehouse,) = (pid for pid, line in appliance.pids().items() if part_of(line) == "warehouse")
    took = []
    with httpx.Client(base_url=appliance.stats, headers=headers, trust_env=False, timeout=60) as client:
        for number in range(_WARM + _ASKED):
            if number == _WARM:
                cpu = _cpu_ms(warehouse)
            started = time.monotonic()
            answer = client.post("/api/v2/query", json=msgspec.to_builtins(question))
            took.append(1000 * (time.monotonic() - started))
            if not answer.is_success:
                raise RuntimeError(answer.text)
        cpu = (_cpu_ms(warehouse) - cpu) / _ASKED
    asked = took[_WARM:]
    return Times(name.strip(), statistics.median(asked), p95(asked), cpu)


def _print(heading: str, target: int, times: list[Times]) -> None:
    within = sum(one.p95 <= target for one in times)
    say(
        f"{heading}: {within} of {len(times)} questions are answered within {target} ms in 95 of 100 cases; of all "
        f"questions the median is {statistics.median(one.p50 for one in times):.0f} ms, processor time "
        f"{statistics.median(one.cpu for one in times):.0f} ms. Slowest, 50 % / 95 % / processor:"
    )
    for one in sorted(times, key=lambda one: one.p95, reverse=True)[:_SHOWN]:
        say(f"  {one.p50:6.0f} {one.p95:6.0f} {one.cpu:6.0f} ms  {one.name}")


def _cpu_ms(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(sys.argv[1:])
