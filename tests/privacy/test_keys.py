"""When a day is over, its key is nowhere: not in the page, not in a file, not in the memory of any process.

The test reads the live key from the page as only the same user can, and looks for it afterwards.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.privacy.evidence import EvidenceLog
from tests.kit import evidence_file, process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
DAY = "2031-03-05"
NOON = 1_930_478_400
# The layout of appliance/anonymize/key_page.py, written down a second time: a change of it has to be looked at.
HEADER_BYTES, SLOT_BYTES, FIELDS_AT, FIELD_BYTES = 4096, 256, 160, 32
LIVE, DESTROYED = 1, 2


class Slot(NamedTuple):
    state: int
    name: str
    fields: tuple[bytes, bytes, bytes]


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON) as appliance:
        yield appliance


def slots(page: Path) -> list[Slot]:
    content = page.read_bytes()
    found = []
    for at in range(HEADER_BYTES, len(content), SLOT_BYTES):
        state, length = content[at], struct.unpack_from("<H", content, at + 2)[0]
        if state:
            name = content[at + 16 : at + 16 + length].decode()
            starts = [at + FIELDS_AT + n * FIELD_BYTES for n in range(3)]
            tag, token, seal = (content[start : start + FIELD_BYTES] for start in starts)
            found.append(Slot(state, name, (tag, token, seal)))
    return found


def key_of_day(appliance: ApplianceProcess) -> Slot:
    return next(slot for slot in slots(appliance.runtime_dir / "day-keys") if slot.name == f"{SITE}|{DAY}")


def send_hits(appliance: ApplianceProcess, count: int = 20) -> None:
    hits = [Hit(SITE, Visitor(f"87.128.1.{n + 1}"), path=f"/{n % 3}", event_id=f"e{n}") for n in range(count)]
    Sender(appliance.ingest, appliance.clock).send(hits)
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        await_equal(lambda: stats.totals(SITE)["pageviews"], count)


def end_day(appliance: ApplianceProcess) -> None:
    appliance.clock.advance(12 * 3600 + 60)
    await_true(lambda: (SITE, DAY) in evidence_file.closed_days(appliance.data_dir), "the day is closed", 30)


def files_with(appliance: ApplianceProcess, fields: tuple[bytes, ...]) -> list[str]:
    """Files of the data and runtime directories that hold a part of the key, as it is or in hexadecimal."""
    paths = [path for directory in (appliance.directory, appliance.runtime_dir) for path in directory.rglob("*")]
    return [path.name for path in paths if path.is_file() and holds(path.read_bytes(), fields)]


def holds(content: bytes, fields: tuple[bytes, ...]) -> bool:
    return any(field in content or field.hex().encode() in content for field in fields)


def processes_with(appliance: ApplianceProcess, fields: tuple[bytes, ...]) -> list[str]:
    """Names of the processes in whose memory there is a part of the key. Those that may not be read are left out."""
    found = []
    for pid, line in appliance.pids().items():
        try:
            is_there = process_tree.find_in_memory(pid, lambda chunk: holds(chunk, fields), 2 * FIELD_BYTES)
        except PermissionError:
            continue
        if is_there:
            found.append(process_tree.part_of(line))
    return found


def test_key_is_on_tmpfs_and_in_the_memory_of_ingest_and_worker_only(appliance: ApplianceProcess) -> None:
    send_hits(appliance)
    key = key_of_day(appliance)
    assert key.state == LIVE
    assert len({*key.fields, bytes(FIELD_BYTES)}) == 4
    assert files_with(appliance, key.fields) == ["day-keys"]
    holders = set(processes_with(appliance, key.fields))
    if os.geteuid() == 0:
        assert holders == {"ingest", "worker"}
    else:
        assert not holders  # nobody but root may look into those two, and the others have nothing


def test_key_of_a_closed_day_is_in_no_file_and_in_no_memory(appliance: ApplianceProcess) -> None:
    send_hits(appliance)
    fields = key_of_day(appliance).fields
    end_day(appliance)
    destroyed = key_of_day(appliance)
    assert (destroyed.state, set(destroyed.fields)) == (DESTROYED, {bytes(FIELD_BYTES)})
    assert files_with(appliance, fields) == []
    assert processes_with(appliance, fields) == []
    assert evidence_of(appliance, "key_destroyed")["unacknowledged"] == []


def test_key_survives_a_restart_on_the_same_day_and_dies_if_the_day_ends_meanwhile(
    appliance: ApplianceProcess,
) -> None:
    send_hits(appliance)
    key = key_of_day(appliance)
    appliance.restart()
    assert key_of_day(appliance) == key
    appliance.stop()
    appliance.clock.advance(36 * 3600)
    appliance.start()
    await_true(lambda: (SITE, DAY) in evidence_file.closed_days(appliance.data_dir), "the day is closed", 30)
    assert key_of_day(appliance).state == DESTROYED
    assert files_with(appliance, key.fields) == []
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        await_equal(lambda: stats.totals(SITE, [DAY, DAY])["pageviews"], 20)


def test_evidence_names_every_step_in_an_unbroken_chain(appliance: ApplianceProcess) -> None:
    send_hits(appliance)
    end_day(appliance)
    log = appliance.data_dir / "evidence.jsonl"
    assert EvidenceLog(log).verify().broken_at is None
    kinds = [entry["kind"] for entry in evidence_file.entries(appliance.data_dir) if entry.get("day") == DAY]
    assert [kind for kind in kinds if not kind.startswith("transport")] == [
        "key_created",
        "visits_closed",
        "key_destroyed",
        "day_closed",
    ]
    created, destroyed = (evidence_of(appliance, kind) for kind in ("key_created", "key_destroyed"))
    assert created["commitment"] == destroyed["commitment"]
    assert evidence_of(appliance, "day_closed")["parts_left"] == 0
    edited = log.read_text().replace('"profiles_deleted":20', '"profiles_deleted":19')
    log.write_text(edited)
    assert EvidenceLog(log).verify().broken_at is not None


def evidence_of(appliance: ApplianceProcess, kind: str) -> dict[str, object]:
    return next(entry for entry in evidence_file.entries(appliance.data_dir) if entry["kind"] == kind)
