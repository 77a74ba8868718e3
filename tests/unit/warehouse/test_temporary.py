"""Temporary files go to a private directory below the runtime directory, which is empty at the start."""

import stat
import tempfile
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.settings import Settings, parse
from appliance.warehouse.temporary import use_memory_for_temporary_files


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())


def settings(directory: Path) -> Settings:
    return parse({"keyring": {"directory": str(directory)}}, base=directory)


def test_the_library_writes_into_the_runtime_directory(tmp_path: Path) -> None:
    directory = use_memory_for_temporary_files(settings(tmp_path))
    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == directory == tmp_path / "tmp"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_leftovers_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir(mode=0o755)
    (tmp_path / "tmp" / "facts.native").write_bytes(b"facts")
    directory = use_memory_for_temporary_files(settings(tmp_path))
    assert list(directory.iterdir()) == []
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_directory_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("a file")
    with pytest.raises(StartError, match="private directory"):
        use_memory_for_temporary_files(settings(tmp_path))
