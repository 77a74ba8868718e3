"""Facts that ClickHouse can never take keep nothing else from being counted, and nobody can overlook them."""

import contextlib
from pathlib import Path

import httpx
import msgspec
import pytest

from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.facts import FactBatch, OutcomeFact
from appliance.settings import load
from appliance.state import envelope, names
from appliance.state.connection import connect
from appliance.state.outbox import FACTS
from appliance.supervisor.redis_server import connection_url
from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.hits import Hit, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE, NOON = "one.example", 1_930_478_400
UNFIT = FactBatch(outcomes=[OutcomeFact(SITE, 22_343, 300, "accepted", 1)])
"""There is no hour 300."""


def put(appliance: ApplianceProcess, batch: FactBatch) -> None:
    """Put facts where the worker does, under the key that it uses."""
    settings = load(appliance.config)
    transport = Keyring.open(settings.runtime_dir, lambda: float(NOON), TRANSPORT_KEYS_FILE)
    place = FACTS.place(1)
    sealed = envelope.seal(transport, transport.live()[-1].name, place, msgspec.msgpack.encode(batch))
    with contextlib.closing(connect(connection_url(settings))) as redis:
        redis.xadd(place, {"facts": sealed})


def test_facts_that_fit_no_column_are_set_aside_and_hits_go_on_being_counted(tmp_path: Path) -> None:
    with (
        ApplianceProcess(tmp_path, [Site(SITE)], at=NOON, metrics=True) as appliance,
        StatsClient(appliance.stats, appliance.keys["reader"]) as stats,
        httpx.Client(base_url=appliance.ingest, trust_env=False) as client,
    ):

        def send(number: int) -> None:
            hit = Hit(SITE, Visitor(f"90.1.{number}.1"))
            assert client.post("/api/event", json=hit.body(), headers=hit.headers()).status_code == 202

        send(1)
        await_equal(lambda: stats.totals(SITE)["events"], 1)
        put(appliance, UNFIT)
        send(2)
        await_equal(lambda: stats.totals(SITE)["events"], 2)
        await_true(lambda: "facts_set_aside" in appliance.log(), "the log says so")
        ready = stats.get("/health/ready")
        assert (ready.status_code, "set aside" in ready.text) == (503, True)
        with contextlib.closing(connect(connection_url(load(appliance.config)))) as redis:
            assert redis.xlen(names.SET_ASIDE) == 1
        assert appliance.log().count("facts_set_aside") == 1
        metrics = httpx.get(appliance.metrics, trust_env=False, timeout=30).text
        assert 'appliance_set_aside_entries{part="redis"} 1' in metrics
        assert "1 batches were set aside" in run("doctor", appliance.config).stdout
