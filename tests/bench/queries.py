"""How fast the dashboard's questions are answered over a year of a large site while hits arrive.

`make bench-queries`. Three days of 50,000 visits are counted and closed as always, and their rows copied under the
dates of a year: making 365 days would take an hour. Then the appliance starts, and every question is asked over HTTP.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from appliance.dimensions import Dimension
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.writer import Writer
from dashboard.widgets.headline import METRICS
from dashboard.widgets.panel import MAX_ROWS, PANELS
from tests.bench import made_day
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.engine import Engine, running_engine
from tests.kit.load import Load
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

SITE = "example.org"
VISITS = 50_000
_KINDS = 3
_DAYS = 365
_BATCH = 500
_WARM, _ASKED = 2, 20
_CONNECTIONS, _HITS_PER_SECOND = 4, 100
_RANGES = {"30d": 0.100, "12mo": 0.300}
"""Named ranges with their targets in seconds."""
_LAST = date(1970, 1, 1) + timedelta(days=made_day.DAY)
_RULES = Rules(5, lambda dimension, _: dimension in (Dimension.COUNTRY, Dimension.BROWSER, Dimension.OS))


def main(arguments: list[str]) -> None:
    """Without arguments: make a year in another process, start the appliance on it, ask."""
    if arguments:
        with running_engine(Path(arguments[0])) as engine:
            _make_year(engine, int(arguments[1]))
        return
    noon = (made_day.DAY + 1) * 86_400.0 + 43_200
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        subprocess.run([sys.executable, "-m", "tests.bench.queries", name, str(VISITS)], check=True)
        with ApplianceProcess(directory, [Site(SITE)], at=noon) as appliance:
            pause = _CONNECTIONS / _HITS_PER_SECOND
            with Load(appliance.ingest, SITE, _CONNECTIONS, pause):
                _ask_everything(appliance)


def _make_year(engine: Engine, visits: int) -> None:
    started = time.monotonic()
    days = ClosedDays(engine.writer)
    for kind in range(_KINDS):
        for number, batch in enumerate(made_day.batches(f"made-{kind}", visits, _BATCH, seed=kind)):
            entry = MemoryEntry(0, f"{kind}-{number}", batch)
            Writer(engine.writer, MemoryOutbox([entry]), MemoryNote, time.time).flush_once()
        close_day(engine.writer, days, f"made-{kind}", _LAST, _RULES)
    for table in ("cells", "totals_hour"):
        for number in range(_DAYS):
            engine.writer.command(
                f"INSERT INTO {table} SELECT * REPLACE ({{site:String}} AS site, {{day:Date}} AS day) FROM {table} "  # noqa: S608
                f"WHERE {table}.site = {{kind:String}} AND {table}.day = {{last:Date}}",
                {
                    "site": SITE,
                    "day": _LAST - timedelta(days=number),
                    "kind": f"made-{number % _KINDS}",
                    "last": _LAST,
                },
            )
    marks: dict[str, list[Any]] = {"site": [SITE] * _DAYS, "day": [_LAST - timedelta(days=n) for n in range(_DAYS)]}
    engine.writer.insert("closed_days", {"site": "String", "day": "Date"}, marks, token="marks")
    for table in ("cells", "totals_hour"):
        engine.writer.command(f"OPTIMIZE TABLE {table} FINAL")
    rows, size = engine.writer.query(
        "SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'cells'"
    ).rows[0]
    per_visits = size / (visits * (_DAYS + _KINDS) / 1000)
    _say(
        f"a year of {visits:,} visits a day, made in {time.monotonic() - started:.0f} s: {rows / 1e6:.1f} million "
        f"cells, {size / 1e6:.0f} MB, {per_visits / 1e3:.1f} kB per 1,000 visits"
    )


def _questions() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "headline", {"metrics": list(METRICS)}
    yield "time line", {"metrics": ["visitors"], "dimensions": ["time:day"], "include": {"time_labels": True}}
    for _, reports in PANELS:
        for report in reports:
            filters = [["is", report.only[0], [report.only[1]]]] if report.only else []
            yield report.tab, _panel(report.dimension, filters)
    yield "Pages of a source", _panel("event:page", [["is", "visit:source", ["source-3"]]])
    yield "Sources of a page", _panel("visit:source", [["is", "event:page", ["/path-3"]]])
    yield "Sources of some countries", _panel("visit:source", [["contains", "visit:country", ["country-1"]]])
    yield (
        "headline of a page",
        {"metrics": ["visitors", "visits", "pageviews"], "filters": [["is", "event:page", ["/path-3"]]]},
    )


def _panel(dimension: str, filters: list[Any]) -> dict[str, Any]:
    return {"metrics": ["visitors"], "dimensions": [dimension], "filters": filters, "pagination": {"limit": MAX_ROWS}}


def _ask_everything(appliance: ApplianceProcess) -> None:
    headers = {"Authorization": f"Bearer {appliance.keys['reader']}"}
    with httpx.Client(base_url=appliance.stats, headers=headers, trust_env=False, timeout=60) as client:
        for date_range, target in _RANGES.items():
            times = {}
            for name, question in _questions():
                times[name] = _time(client, question | {"site_id": SITE, "date_range": date_range})
            every = [took for of_one in times.values() for took in of_one]
            _say(
                f"{date_range}: 95 % of {len(times)} questions within {_p95(every) * 1000:.0f} ms "
                f"(target {target * 1000:.0f}), median {statistics.median(every) * 1000:.0f} ms; by question, 95 %:"
            )
            slowest = sorted(times, key=lambda name: _p95(times[name]), reverse=True)
            _say("  " + ", ".join(f"{name} {_p95(times[name]) * 1000:.0f}" for name in slowest))


def _time(client: httpx.Client, question: dict[str, Any]) -> list[float]:
    took = []
    for number in range(_WARM + _ASKED):
        started = time.monotonic()
        answer = client.post("/api/v2/query", json=question)
        if number >= _WARM:
            took.append(time.monotonic() - started)
        if not answer.is_success:
            raise RuntimeError(answer.text)
    return took


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
