"""Makes a small data directory with the running version, and writes down what it answers: `scripts/stored_data.sh`.

Three closed days of which a month is made, if the version closes months, and a day that runs. Kept are the counters and
the evidence log; keys and Redis do not outlive a machine, so an upgrade has to do without them.
"""

import json
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance.warehouse.migrations import shipped
from tests.kit.appliance_process import ApplianceProcess, Key, Site
from tests.kit.hits import AGENTS, Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_true

SITE = Site("example.org", timezone="Europe/Berlin", pages=("/",))
KEY = Key("reader", secret="k" * 43)
DAYS = ("2031-03-29", "2031-03-30", "2031-03-31", "2031-04-01")
NOON = datetime(2031, 3, 29, 11, tzinfo=UTC).timestamp()
DAY_SECONDS = 86_400
PER_DAY = 24
_KEPT = ("clickhouse", "evidence.jsonl")
_DIMENSIONS = ((), ("event:page",), ("visit:entry_page",), ("visit:country",), ("visit:browser",), ("visit:source",))
_METRICS = ["visitors", "visits", "pageviews"]


def send_a_day(appliance: ApplianceProcess, number: int) -> None:
    """Visitors of two countries and two browsers, some of whom see a second page."""
    hits = []
    for host in range(PER_DAY):
        network, agent = (("87.128.1", AGENTS[0]), ("90.1.2", AGENTS[2]))[host % 3 == 0]
        visitor = Visitor(f"{network}.{10 * number + host}", agent)
        referrer = "https://www.google.com/" if host % 4 == 0 else ""
        hits += [Hit(SITE.id, visitor, path="/" if host % 8 else "/rare", referrer=referrer)]
        hits += [Hit(SITE.id, visitor, path="/second")] if host % 2 else []
    Sender(appliance.ingest, appliance.clock).send(hits)


def pageviews(appliance: ApplianceProcess, day: str) -> int:
    """Of the one site."""
    with StatsClient(appliance.stats, KEY.secret) as stats:
        return int(stats.totals(SITE.id, (day, day))["pageviews"])


def questions() -> list[dict[str, Any]]:
    """Each day by itself, and the days together."""
    ranges = [*([day, day] for day in DAYS), [DAYS[0], DAYS[2]], ["2031-03-01", "2031-03-31"]]
    return [
        {"site_id": SITE.id, "date_range": dates, "metrics": _METRICS, "dimensions": list(dimensions)}
        for dates in ranges
        for dimensions in _DIMENSIONS
    ]


def answers(appliance: ApplianceProcess) -> list[dict[str, Any]]:
    """Rows of every question, in no order."""
    found = []
    with StatsClient(appliance.stats, KEY.secret) as stats:
        for question in questions():
            answer = stats.ask(question)
            assert answer.status_code == 200, answer.text
            found.append({"question": question, "rows": in_order(answer.json()["results"])})
    return found


def in_order(rows: list[dict[str, Any]]) -> list[list[Any]]:
    """Rows that can be compared."""
    return sorted([*row["dimensions"], *row["metrics"]] for row in rows)


def make(out: Path) -> None:
    """Write `schema-NNNN.tar.gz` and `schema-NNNN.json` of the running version."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        ApplianceProcess(Path(scratch), [SITE], [KEY], at=NOON) as appliance,
    ):
        for number, day in enumerate(DAYS):
            send_a_day(appliance, number)
            await_true(lambda: pageviews(appliance, day) == PER_DAY + PER_DAY // 2, f"{day} is counted")  # noqa: B023
            if day != DAYS[-1]:
                appliance.clock.advance(DAY_SECONDS)
                await_true(lambda: _is_closed(appliance, day), f"{day} is closed", 30)  # noqa: B023
        if any("closed_months" in migration.name for migration in shipped()):
            await_true(lambda: "month_closed" in _evidence(appliance), "the month is closed", 90)
        said = answers(appliance)
        now = appliance.clock.now()
        appliance.stop()
        name = f"schema-{shipped()[-1].name[:4]}"
        lines = ",\n".join(json.dumps(answer) for answer in said)
        (out / f"{name}.json").write_text(f'{{"now": {now}, "answers": [\n{lines}\n]}}\n')
        with tarfile.open(out / f"{name}.tar.gz", "w:gz") as archive:
            for kept in _KEPT:
                archive.add(appliance.data_dir / kept, kept, filter=_nobodys)


def _is_closed(appliance: ApplianceProcess, day: str) -> bool:
    entries = map(json.loads, _evidence(appliance).splitlines())
    return any(entry["kind"] == "day_closed" and entry["day"] == day for entry in entries)


def _evidence(appliance: ApplianceProcess) -> str:
    return (appliance.data_dir / "evidence.jsonl").read_text()


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    make(Path(sys.argv[1]))
