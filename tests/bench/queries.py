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
import msgspec
from msgspec import structs

from appliance.dimensions import Dimension
from appliance.stats.contract import Question
from appliance.stats.contract import Site as StatsSite
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.writer import Writer
from dashboard import questions
from dashboard.filters import Filter
from dashboard.panels import PANELS, Report
from dashboard.periods import Period
from dashboard.view import View
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


def _questions(date_range: str) -> Iterator[tuple[str, Question]]:
    def view(*filters: Filter) -> View:
        days = _DAYS if date_range == "12mo" else 30
        period = Period(date_range, _LAST - timedelta(days=days - 2), _LAST + timedelta(days=1), includes_today=True)
        return View(StatsSite(SITE, "UTC"), period, filters=filters)

    def of(tab: str) -> Report:
        return next(report for panel in PANELS for report in panel.reports if report.tab == tab)

    source, page = Filter("is", "visit:source", "source-3"), Filter("is", "event:page", "/path-3")
    yield "headline", questions.totals(view())
    yield "time line", questions.over_time(view())
    for panel in PANELS:
        for report in panel.reports:
            yield report.tab, questions.values(view(), report)
    yield "Pages of a source", questions.values(view(source), of("Pages"))
    yield "Sources of a page", questions.values(view(page), of("Sources"))
    yield "headline of a page", questions.totals(view(page))
    sources = questions.values(view(), of("Sources"))
    some = [["contains", "visit:country", ["country-1"]]]
    yield "Sources of some countries", structs.replace(sources, filters=some)


def _ask_everything(appliance: ApplianceProcess) -> None:
    headers = {"Authorization": f"Bearer {appliance.keys['reader']}"}
    with httpx.Client(base_url=appliance.stats, headers=headers, trust_env=False, timeout=60) as client:
        for date_range, target in _RANGES.items():
            times = {}
            for name, question in _questions(date_range):
                times[name] = _time(client, msgspec.to_builtins(question))
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
