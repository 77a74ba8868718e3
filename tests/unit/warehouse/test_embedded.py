"""What is made ready for the embedded engine before its program is loaded."""

import os
from pathlib import Path

import pytest

from appliance.warehouse.embedded import prepare

ALLOCATOR = "JE_MALLOC_CONF"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOCATOR, "")  # put back afterwards, whatever happens to it


def test_its_allocator_gives_free_memory_back_soon(tmp_path: Path) -> None:
    del os.environ[ALLOCATOR]
    prepare(tmp_path / "clickhouse")
    assert "dirty_decay_ms:300" in os.environ[ALLOCATOR]


def test_what_the_operator_says_of_its_allocator_stays(tmp_path: Path) -> None:
    os.environ[ALLOCATOR] = "dirty_decay_ms:10000"
    prepare(tmp_path / "clickhouse")
    assert os.environ[ALLOCATOR] == "dirty_decay_ms:10000"


def test_its_directory_is_private(tmp_path: Path) -> None:
    prepare(tmp_path / "data" / "clickhouse")
    assert (tmp_path / "data" / "clickhouse").stat().st_mode & 0o777 == 0o700
