"""Secrets are made once, for their owner alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.supervisor import secrets


def test_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = secrets.read_or_make(tmp_path, "key")
    assert first == secrets.read_or_make(tmp_path, "key")
    assert len(first) == 43


def test_secrets_differ(tmp_path: Path) -> None:
    assert secrets.read_or_make(tmp_path, "a") != secrets.read_or_make(tmp_path, "b")


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    secrets.read_or_make(tmp_path, "key")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "key").stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_beside_the_secret(tmp_path: Path) -> None:
    secrets.read_or_make(tmp_path, "key")
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["key"]


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: secrets.read_or_make(tmp_path, "key"), range(64)))
    assert len(set(made)) == 1


def test_emptied_secret_is_refused(tmp_path: Path) -> None:
    secrets.read_or_make(tmp_path, "key")
    (tmp_path / "secrets" / "key").write_text("\n")
    with pytest.raises(StartError, match="too short"):
        secrets.read_or_make(tmp_path, "key")


def test_unusable_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets").touch()
    with pytest.raises(StartError, match="secrets/key cannot be read or made"):
        secrets.read_or_make(tmp_path, "key")


def test_writing_replaces_an_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old and open to all")
    (tmp_path / "file").chmod(0o666)
    secrets.write(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
