"""The doctor's view of the machine."""

import os
import resource
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance.settings import Settings, parse
from appliance.supervisor.doctor import machine
from appliance.supervisor.doctor.finding import Level

NO_SWAP = "Filename\tType\tSize\tUsed\tPriority\n"


def settings(base: Path, keys: Path) -> Settings:
    return parse({"keyring": {"directory": str(keys)}}, base=base)


def test_a_clock_that_nobody_sets_is_a_warning() -> None:
    assert machine.check_clock(is_synchronised=False).level is Level.WARNING
    assert machine.check_clock(is_synchronised=True).level is Level.FINE


@pytest.mark.parametrize(
    ("total", "available", "level"),
    [(8_000_000, 4_000_000, Level.FINE), (8_000_000, 100_000, Level.WARNING), (500_000, 400_000, Level.WARNING)],
)
def test_little_memory_is_a_warning(total: int, available: int, level: Level) -> None:
    assert machine.check_memory(f"MemTotal: {total} kB\nMemAvailable: {available} kB\n").level is level


def test_swap_on_a_disk_is_a_warning_and_in_compressed_memory_is_none() -> None:
    assert machine.check_swap(NO_SWAP).level is Level.FINE
    assert machine.check_swap(NO_SWAP + "/dev/zram0 partition 1 0 100\n").level is Level.FINE
    found = machine.check_swap(NO_SWAP + "/dev/zram0 partition 1 0 100\n/swap.img file 1 0 -2\n")
    assert (found.level, found.text) == (Level.WARNING, "on /swap.img")


@pytest.mark.parametrize(
    ("limit", "level"), [(1024, Level.WARNING), (4096, Level.FINE), (resource.RLIM_INFINITY, Level.FINE)]
)
def test_few_open_files_are_a_warning(limit: int, level: Level) -> None:
    assert machine.check_open_files(limit).level is level


def test_directories_that_others_may_read_are_named(tmp_path: Path) -> None:
    data, keys = tmp_path / "data", tmp_path / "keys"
    data.mkdir(mode=0o755)
    keys.mkdir(mode=0o700)
    found = machine.check_directories(settings(tmp_path, keys))
    assert found[0].level is Level.WARNING
    assert "(0755)" in found[0].text
    assert found[1].level is Level.FINE


def test_a_file_system_that_can_only_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel mounts one so after errors; then the owner may not write either."""
    (tmp_path / "data").mkdir(mode=0o700)
    monkeypatch.setattr(machine.os, "access", lambda _path, _mode: False)
    monkeypatch.setattr(
        machine.os, "statvfs", lambda _path: SimpleNamespace(f_flag=os.ST_RDONLY, f_bavail=1 << 30, f_frsize=1)
    )
    found = machine.check_directories(settings(tmp_path, tmp_path / "keys"))[0]
    assert found.level is Level.FAULT
    assert "can only be read" in found.text


def test_keys_on_a_disk_are_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "file_system", lambda _path: "ext4")
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    found = machine.check_directories(settings(tmp_path, keys))[-1]
    assert (found.level, found.text) == (Level.FAULT, f"{keys} is on ext4, not in memory")


def test_little_room_in_memory_for_keys_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    monkeypatch.setattr(machine, "file_system", lambda _path: "tmpfs")
    monkeypatch.setattr(machine.os, "statvfs", lambda _path: SimpleNamespace(f_bavail=1, f_frsize=1 << 20))
    found = machine.check_directories(settings(tmp_path, keys))[-1]
    assert (found.level, found.text) == (Level.WARNING, f"only 1.0 MB are free in {keys}")
    assert found.remedy


def test_what_was_never_started_has_no_fault(tmp_path: Path) -> None:
    found = machine.check_directories(settings(tmp_path, tmp_path / "keys"))
    assert {one.level for one in found} == {Level.NOTE, Level.FINE}


def test_this_machine_can_be_looked_at(tmp_path: Path) -> None:
    about = [one.about for one in machine.check_machine(settings(tmp_path, tmp_path / "keys"))]
    assert about[:4] == ["clock", "memory", "swap", "open files"]
