"""The text that Prometheus reads, over HTTP, of samples that a real part handed over its socket."""

import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliance.errors import StartError
from appliance.metrics.durations import Durations
from appliance.metrics.samples import Sample, histogram, number
from appliance.settings import KeyringSettings, ServerSettings, Settings
from appliance.supervisor.metrics.exposition import serve_metrics
from appliance.supervisor.metrics.gather import ask
from appliance.supervisor.metrics.part import expose, socket_path
from tests.kit.ports import free_ports


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{free_ports(1)[0]}"


@pytest.fixture
def settings(tmp_path: Path, address: str) -> Settings:
    return Settings(server=ServerSettings(metrics_listen=address), keyring=KeyringSettings(directory=str(tmp_path)))


def scrape(address: str, samples: list[tuple[str, Sample]]) -> dict[tuple[str, str], float]:
    server = serve_metrics(address, lambda: samples)
    try:
        text = httpx.get(f"http://{address}/metrics", trust_env=False).text
    finally:
        server.shutdown()
        server.server_close()
    return {
        (found.name, ",".join(f"{name}={value}" for name, value in sorted(found.labels.items()))): found.value
        for family in text_string_to_metric_families(text)
        for found in family.samples
    }


def test_shows_counters_gauges_and_histograms_by_part(address: str) -> None:
    durations = Durations()
    durations.add(0.004)
    durations.add(70)
    found = scrape(
        address,
        [
            ("ingest", number("appliance_http_connections", 3)),
            ("warehouse", number("appliance_http_connections", 1)),
            ("ingest", number("appliance_ingest_hits_total", 7, "queued")),
            ("ingest", histogram("appliance_http_request_seconds", durations.buckets())),
        ],
    )
    assert found["appliance_http_connections", "part=ingest"] == 3
    assert found["appliance_http_connections", "part=warehouse"] == 1
    assert found["appliance_ingest_hits_total", "outcome=queued,part=ingest"] == 7
    assert found["appliance_http_request_seconds_bucket", "le=0.005,part=ingest"] == 1
    assert found["appliance_http_request_seconds_bucket", "le=60.0,part=ingest"] == 1
    assert found["appliance_http_request_seconds_bucket", "le=+Inf,part=ingest"] == 2
    assert found["appliance_http_request_seconds_count", "part=ingest"] == 2
    assert found["appliance_http_request_seconds_sum", "part=ingest"] == pytest.approx(70.004)


def test_says_who_has_the_address(address: str) -> None:
    host, _, port = address.partition(":")
    with socket.create_server((host, int(port))), pytest.raises(StartError, match=r"server\.metrics_listen"):
        serve_metrics(address, list)


def test_a_part_hands_its_samples_to_the_supervisor(settings: Settings) -> None:
    samples = [number("appliance_worker_open_visits", 5)]
    expose(settings, "worker", lambda: samples)
    assert ask(socket_path(settings, "worker")) == samples
    samples.append(number("appliance_keys_live", 1))
    assert ask(socket_path(settings, "worker")) == samples


def test_a_part_whose_samples_fail_is_as_one_that_is_away(settings: Settings) -> None:
    fails = True

    def samples() -> Iterator[Sample]:
        if fails:
            raise RuntimeError
        yield number("appliance_keys_live", 1)

    expose(settings, "worker", samples)
    assert ask(socket_path(settings, "worker")) is None
    fails = False
    assert ask(socket_path(settings, "worker")) is not None  # and it answers the next time


def test_a_part_that_never_ran_is_away(settings: Settings) -> None:
    assert ask(socket_path(settings, "worker")) is None


def test_a_part_of_another_version_is_as_one_that_is_away(settings: Settings) -> None:
    expose(settings, "worker", lambda: [Sample("appliance_unheard_of", (), 1.0)])
    assert ask(socket_path(settings, "worker")) is None


def test_nothing_listens_without_an_address(settings: Settings) -> None:
    expose(Settings(keyring=settings.keyring), "worker", list)
    assert not socket_path(settings, "worker").exists()


def test_signals_are_left_to_the_main_thread(settings: Settings) -> None:
    blocked: set[int] = set()
    asked = threading.Event()

    def samples() -> list[Sample]:
        blocked.update(signal.pthread_sigmask(signal.SIG_BLOCK, set()))
        asked.set()
        return []

    expose(settings, "worker", samples)
    ask(socket_path(settings, "worker"))
    assert asked.wait(5)
    assert {signal.SIGTERM, signal.SIGINT, signal.SIGHUP} <= blocked
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
