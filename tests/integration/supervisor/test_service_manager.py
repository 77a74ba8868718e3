"""What systemd hears of the appliance: ready when everything answers, alive until it stops."""

import os
import queue
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.supervisor import service_manager
from tests.kit.appliance_process import ApplianceProcess, Site

INTERVAL_SECONDS = 3.0
_PATIENCE_SECONDS = 90.0
READY, ALIVE, STOPPING = b"READY=1", b"WATCHDOG=1", b"STOPPING=1"


class Manager:
    """Listens as systemd does."""

    def __init__(self, line: socket.socket) -> None:
        self._heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._line = line
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while said := self._line.recv(64):
            self._heard.put(said)

    def hears(self, seconds: float = _PATIENCE_SECONDS) -> bytes:
        """The next word; empty if none comes in time."""
        try:
            return self._heard.get(timeout=seconds)
        except queue.Empty:
            return b""

    def await_word(self, wanted: bytes) -> None:
        """Wait for a word; other words that come before are signs of life."""
        while (said := self.hears()) != wanted:
            assert said == ALIVE, said


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        yield Manager(line)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", str(tmp_path / "notify"))


@pytest.mark.blackbox
def test_manager_hears_of_readiness_life_and_end(tmp_path: Path, manager: Manager) -> None:
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": str(int(INTERVAL_SECONDS * 1_000_000))}
    with ApplianceProcess(tmp_path, [Site("example.org")], environment=environment) as appliance:
        manager.await_word(READY)
        manager.await_word(ALIVE)
        os.kill(appliance.session, signal.SIGSTOP)
        while manager.hears(INTERVAL_SECONDS):  # what was on its way; then nothing for as long as a manager waits
            pass
        os.kill(appliance.session, signal.SIGCONT)
        manager.await_word(ALIVE)
        os.kill(appliance.session, signal.SIGTERM)
        manager.await_word(STOPPING)


async def test_without_a_manager_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC"):
        monkeypatch.delenv(name, raising=False)
    await service_manager.keep_telling()
    service_manager.tell(service_manager.READY)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    service_manager.tell(service_manager.READY)


def test_abstract_address_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0appliance-test-{os.getpid()}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@appliance-test-{os.getpid()}")
        service_manager.tell(service_manager.READY)
        assert line.recv(64) == READY
