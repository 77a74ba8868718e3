"""Events that wait in a file: sealed, without a name, back in order."""

from pathlib import Path

import pytest

from appliance.aggregate import spill as module
from appliance.aggregate.spill import Bucket, LogEvent, Spill
from tests.kit.events import make_event


class Sealed:
    """Turns bits round; remembers what went through."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def seal(self, name: str, plaintext: bytes, associated: bytes) -> bytes:
        self.names.append(name)
        return bytes(255 - byte for byte in plaintext)

    def unseal(self, name: str, sealed: bytes, associated: bytes) -> bytes:
        return bytes(255 - byte for byte in sealed)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUFFERED_EVENTS", 7)


def test_buckets_come_back_in_the_order_in_which_they_were_filled(tmp_path: Path) -> None:
    spill = Spill(tmp_path, Sealed())
    made = {Bucket("a|2026-01-01"): [], Bucket("a|2026-01-02"): [], Bucket("a|2026-01-02", 3, 1): []}
    for number in range(100):
        bucket = list(made)[number % 3]
        made[bucket].append(LogEvent(make_event(at_ms=number), is_new_visit=number % 2 == 0))
        spill.put(bucket, made[bucket][-1])
    assert spill.buckets() == {bucket: len(events) for bucket, events in made.items()}
    for bucket, events in made.items():
        assert [one for chunk in spill.take(bucket) for one in chunk] == events
    assert spill.buckets() == {}
    spill.close()


def test_nothing_readable_is_on_the_disk_and_nothing_at_all_afterwards(tmp_path: Path) -> None:
    spill, bucket = Spill(tmp_path, sealed := Sealed()), Bucket("a|2026-01-01")
    for _ in range(20):
        spill.put(bucket, LogEvent(make_event(path="/canary")))
    spill.buckets()
    assert b"canary" not in Path(f"/proc/self/fd/{spill._file.fileno()}").read_bytes()
    assert set(sealed.names) == {"a|2026-01-01"}
    assert not list(tmp_path.iterdir())
    spill.close()
