"""The note that outlives a process and what Redis loses."""

from pathlib import Path

import pytest

from appliance.errors import UnavailableError
from appliance.state.note_file import NoteFile
from appliance.state.outbox import FACTS, PAIRS, FlushNote

NOTE = FlushNote("a", [(0, "1-0"), (3, "2-1")])


def test_the_last_note_is_there_for_the_next_process(tmp_path: Path) -> None:
    NoteFile(tmp_path, FACTS).write(FlushNote("before", []))
    NoteFile(tmp_path, FACTS).write(NOTE)
    assert NoteFile(tmp_path, FACTS).read() == NOTE
    assert NoteFile(tmp_path, PAIRS).read() is None


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    NoteFile(tmp_path, FACTS).write(NOTE)
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]


def test_what_is_no_note_is_none(tmp_path: Path) -> None:
    NoteFile(tmp_path, FACTS).write(NOTE)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert NoteFile(tmp_path, FACTS).read() is None


def test_a_disk_that_does_not_take_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"last-flush cannot be written \(No such file or directory\)"):
        NoteFile(tmp_path / "gone", FACTS).write(NOTE)
