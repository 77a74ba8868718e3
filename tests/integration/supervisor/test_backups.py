"""One backup at a time; while it is taken nothing may be deleted, and one that is left alone ends."""

from pathlib import Path

import pytest

from appliance.errors import UnavailableError
from appliance.privacy.chain import read_entry
from appliance.privacy.evidence import EvidenceLog
from appliance.supervisor.backup import take
from appliance.supervisor.backup.archive import Archive, write_file
from appliance.supervisor.backup.take import Backups
from tests.kit.engine import running_engine

pytestmark = pytest.mark.clickhouse


def test_a_backup_is_alone_and_says_how_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = EvidenceLog(tmp_path / "evidence.jsonl")
    with running_engine(tmp_path) as engine:
        backups = Backups(engine.writer, evidence, lambda: 0.0, tmp_path, lambda look: look())
        whole = b"".join(backups.take())
        assert not backups.is_running

        left = backups.take()
        assert not backups.is_running  # it has not begun
        next(left)
        assert backups.is_running
        with pytest.raises(UnavailableError, match="another backup"):
            next(backups.take())
        assert backups.is_running
        left.close()
        assert not backups.is_running

        monkeypatch.setattr(take, "_MAX_SECONDS", -1.0)
        engine.writer.command("INSERT INTO closed_days VALUES ('example.org', '2026-11-23')")
        with pytest.raises(UnavailableError, match="too long"):
            list(backups.take())
        assert not backups.is_running
    said = [read_entry(line)["kind"] for line in evidence.lines()]
    assert said == ["backup_begun", "backup_taken", "backup_begun", "backup_begun"]
    write_file(tmp_path / "whole.tar", [whole])
    with Archive(tmp_path / "whole.tar") as archive:
        assert archive.verify().evidence.entries == 1
