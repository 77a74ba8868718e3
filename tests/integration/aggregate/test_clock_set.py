"""The worker on a machine whose clock is set: what waits, what does not, and which keys die when."""

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.aggregate.end_of_day import expire_overdue_keys, transport_key_name
from appliance.aggregate.site_days import SiteDays
from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring, day_key_name
from appliance.clock import STEADY_SECONDS, day_end
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, Settings, SiteSettings
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client
from tests.kit.stats_client import await_true

SITE, DAY = "example.org", date(2026, 11, 23)
SETTINGS = Settings(sites=(SiteSettings(id=SITE),), redis=RedisSettings(shards=1))
NOON = day_end(DAY, "UTC") - 12 * 3600
HOUR, A_DAY = 3600.0, 86_400.0


class Machine:
    """A worker on a machine whose clock can be set and whose uptime only passes."""

    def __init__(self, client: Client, directory: Path) -> None:
        self.uptime, self.ahead = 5000.0, NOON - 5000
        self.log: list[str] = []
        self.closes = CloseRequests(client, 1)
        self.evidence = EvidenceLog(directory / "evidence.jsonl")
        self.keys = Keyring.open(directory, self.now, uptime=self.up)
        self.transport = Keyring.open(directory, self.now, TRANSPORT_KEYS_FILE, self.up)
        self.worker = Worker(
            *(SETTINGS, client, self.keys, self.transport, self.evidence, self.now, self._note, "here", "owner"),
            uptime=self.up,
        )
        self.keys.day_key(SITE, DAY, create=True)
        self.run()

    def now(self) -> float:
        return self.uptime + self.ahead

    def up(self) -> float:
        return self.uptime

    def _note(self, event: str, **_facts: Any) -> None:
        self.log.append(event)

    def run(self, passes: float = 0.0, leap: float = 0.0) -> None:
        """Let time pass, set the clock, and let the worker do one round."""
        self.uptime += passes
        self.ahead += leap
        stop = threading.Event()
        self.worker.run(stop, stop.set)

    def await_to_close(self, *days: date) -> None:
        """A rewrite of Redis' file that runs already is waited for, round by round."""

        def asked() -> bool:
            self.run()
            return [request.day for request in self.closes.pending()] == list(days)

        await_true(asked, f"{days} are to be closed")

    def live(self) -> list[str]:
        return [slot.name for slot in self.keys.live()]

    def to_close(self) -> list[date]:
        return [request.day for request in self.closes.pending()]


@pytest.fixture
def machine(redis_client: Client, tmp_path: Path) -> Machine:
    return Machine(redis_client, tmp_path)


@pytest.mark.parametrize("leap", [13 * HOUR, 36 * HOUR, 400 * A_DAY])
def test_no_day_ends_by_a_clock_that_has_just_been_set(machine: Machine, leap: float) -> None:
    machine.run(leap=leap)
    machine.run(passes=STEADY_SECONDS - 1)
    assert machine.live() == [day_key_name(SITE, DAY)]
    assert machine.log.count("clock_leapt") == 1
    machine.run(passes=1)
    assert machine.live() == []
    machine.await_to_close(DAY)


def test_a_clock_that_is_set_right_again_has_ended_nothing(machine: Machine) -> None:
    machine.run(leap=A_DAY)
    machine.run(passes=60, leap=-A_DAY)
    machine.run(passes=STEADY_SECONDS)
    assert (machine.live(), machine.to_close()) == ([day_key_name(SITE, DAY)], [])
    machine.run(passes=12 * HOUR)
    assert machine.live() == []
    machine.await_to_close(DAY)


@pytest.mark.parametrize("leap", [-3 * HOUR, -A_DAY, -40 * A_DAY])
def test_a_key_dies_by_uptime_although_the_clock_was_set_back(machine: Machine, leap: float) -> None:
    machine.run(leap=leap)
    machine.run(passes=13 * HOUR - 1)
    assert machine.live() == [day_key_name(SITE, DAY)]
    machine.run(passes=1)
    assert machine.live() == []
    assert machine.to_close() == []  # by the clock the day is not over
    machine.run(passes=-leap)
    machine.await_to_close(DAY)


def test_a_key_dies_by_uptime_although_the_clock_is_set_again_and_again(machine: Machine) -> None:
    for number in range(27 * 6):
        machine.run(passes=STEADY_SECONDS, leap=HOUR if number % 2 else -HOUR)
    assert machine.live() == []


def test_keys_expire_by_uptime_without_redis_and_not_by_a_clock_that_is_not_believed(machine: Machine) -> None:
    def expire() -> list[str]:
        watch = machine.worker._end_of_day.watch
        return expire_overdue_keys(machine.keys, SiteDays(SETTINGS), machine.evidence, machine.now, machine.up, watch)

    machine.ahead += A_DAY
    assert expire() == []
    machine.ahead -= 3 * A_DAY
    machine.uptime += 13 * HOUR
    assert expire() == [day_key_name(SITE, DAY)]


def test_a_transport_key_of_a_day_that_never_came_lives_no_longer_than_others(machine: Machine) -> None:
    machine.transport.key(transport_key_name(machine.now() + 365 * A_DAY), create=True)
    machine.transport.key(transport_key_name(machine.now()), create=True)
    for _ in range(4):
        machine.run(passes=A_DAY)
        machine.transport.key(transport_key_name(machine.now()), create=True)
    machine.run()
    assert [slot.name for slot in machine.transport.live()] == [transport_key_name(machine.now())]
