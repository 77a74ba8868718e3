"""What Prometheus reads of a running appliance: every metric of the list, true figures, and who is away."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliance.metrics.names import METRICS
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Agent, Hit, Visitor
from tests.kit.stats_client import await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
PARTS = ("supervisor", "redis", "warehouse", "worker", "ingest", "dashboard")


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    with ApplianceProcess(tmp_path_factory.mktemp("monitoring"), [Site(SITE)], metrics=True) as appliance:
        yield appliance


def scrape(appliance: ApplianceProcess) -> dict[str, float]:
    """Values by name and labels, as `name{label=value,…}`."""
    text = httpx.get(appliance.metrics, trust_env=False, timeout=30).text
    return {
        f"{sample.name}{{{','.join(f'{name}={value}' for name, value in sorted(sample.labels.items()))}}}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def post(appliance: ApplianceProcess, *hits: Hit) -> list[int]:
    with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=10) as client:
        return [client.post("/api/event", json=hit.body(), headers=hit.headers()).status_code for hit in hits]


def pid_of(appliance: ApplianceProcess, part: str) -> int:
    return next(pid for pid, line in appliance.pids().items() if process_tree.part_of(line) == part)


def test_counts_what_became_of_hits_in_every_part(appliance: ApplianceProcess) -> None:
    people = [Hit(SITE, Visitor(f"90.1.{number}.1")) for number in range(3)]
    bot = Hit(SITE, Visitor("90.1.9.1", Agent("Googlebot/2.1 (+http://www.google.com/bot.html)", "", "", "")))
    assert post(appliance, *people, bot, bot, Hit("nobody.example", Visitor("90.1.8.1"))) == [202] * 6
    await_equal(lambda: scrape(appliance).get("appliance_worker_events_total{outcome=accepted,part=worker}"), 3.0)
    await_true(lambda: scrape(appliance)["appliance_outbox_entries{part=redis}"] == 0, "all is counted")
    await_true(lambda: scrape(appliance)["appliance_keys_live{part=worker}"] == 1, "the worker looked at its keys")
    found = scrape(appliance)
    assert found["appliance_ingest_hits_total{outcome=queued,part=ingest}"] == 3
    assert found["appliance_ingest_hits_total{outcome=bot,part=ingest}"] == 2
    assert found["appliance_ingest_hits_total{outcome=unknown_site,part=ingest}"] == 1
    assert found["appliance_http_requests_total{part=ingest,status=202}"] == 6
    assert found["appliance_http_request_seconds_bucket{le=10.0,part=ingest}"] >= 6
    assert found["appliance_worker_open_visits{part=worker}"] == 3
    assert 0 <= found["appliance_keys_oldest_age_seconds{part=worker}"] < 60
    assert found["appliance_keys_overdue{part=worker}"] == 0
    assert found["appliance_warehouse_facts_total{lane=facts,part=warehouse}"] >= 6
    assert found["appliance_warehouse_flush_seconds_count{lane=facts,part=warehouse}"] >= 1
    assert found["appliance_retention_last_seconds{part=warehouse}"] > 0
    assert found["appliance_disk_free_bytes{part=supervisor}"] > 0
    assert found["appliance_redis_memory_used_bytes{part=redis}"] > 0
    assert found["appliance_redis_memory_limit_bytes{part=redis}"] == 256 << 20
    for part in PARTS:
        assert found[f"appliance_part_up{{part={part}}}"] == 1
        assert found[f"appliance_process_resident_bytes{{part={part}}}"] > 1 << 20
        assert found[f"appliance_part_starts_total{{part={part}}}"] == 1


def test_shows_every_metric_of_the_list_and_no_other(appliance: ApplianceProcess) -> None:
    post(appliance, Hit(SITE, Visitor("90.1.1.1")))
    listed = {metric.name for metric in METRICS}
    await_true(lambda: any("worker_events" in name for name in scrape(appliance)), "the worker counted")
    text = httpx.get(appliance.metrics, trust_env=False).text
    typed = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert listed - {"appliance_disk_days_until_full"} == typed  # it takes a week of days


def test_says_that_the_worker_hangs_and_what_waits_for_it(appliance: ApplianceProcess) -> None:
    worker = pid_of(appliance, "worker")
    await_true(lambda: scrape(appliance)["appliance_queue_entries{part=redis}"] == 0, "the worker has nothing to do")
    os.kill(worker, signal.SIGSTOP)
    try:
        post(appliance, Hit(SITE, Visitor("90.2.1.1")))
        found = scrape(appliance)
    finally:
        os.kill(worker, signal.SIGCONT)
    assert found["appliance_part_up{part=worker}"] == 0
    assert "appliance_worker_open_visits{part=worker}" not in found
    assert found["appliance_queue_entries{part=redis}"] == 1
    assert found["appliance_queue_oldest_seconds{part=redis}"] > 0
    await_true(lambda: scrape(appliance)["appliance_queue_entries{part=redis}"] == 0, "the worker goes on")


def test_counts_refusals_while_redis_is_away(appliance: ApplianceProcess) -> None:
    redis = pid_of(appliance, "redis-server")
    os.kill(redis, signal.SIGSTOP)
    try:
        assert post(appliance, Hit(SITE, Visitor("90.3.1.1"))) == [503]
        found = scrape(appliance)
    finally:
        os.kill(redis, signal.SIGCONT)
    assert found["appliance_part_up{part=redis}"] == 0
    assert found["appliance_part_up{part=ingest}"] == 1
    assert found["appliance_http_requests_total{part=ingest,status=503}"] >= 1


def test_a_part_that_died_counts_as_started_again(appliance: ApplianceProcess) -> None:
    os.kill(pid_of(appliance, "dashboard"), signal.SIGKILL)
    await_equal(lambda: scrape(appliance)["appliance_part_starts_total{part=dashboard}"], 2.0)
    await_equal(lambda: scrape(appliance)["appliance_part_up{part=dashboard}"], 1.0, seconds=60)


def test_holds_a_slow_reader_not_against_others_and_stops_in_time(appliance: ApplianceProcess) -> None:
    with httpx.Client(trust_env=False) as client, client.stream("GET", appliance.metrics) as silent:
        assert scrape(appliance)["appliance_part_up{part=supervisor}"] == 1
        assert silent.status_code == 200
        appliance.stop()
    assert "uncaught" not in appliance.log()


def test_nothing_listens_unless_it_is_asked_for(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site(SITE)]) as appliance:
        with pytest.raises(httpx.ConnectError):
            httpx.get(appliance.metrics, trust_env=False)
        assert list(appliance.runtime_dir.glob("metrics-*")) == []
