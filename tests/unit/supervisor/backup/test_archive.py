"""An archive is written as a whole or not at all, and nothing in it leads out of its directory."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.supervisor.backup.archive import Archive, fresh, write_directory, write_file
from appliance.supervisor.backup.manifest import kind_of

COUNTERS = "counters/day_cells/2026-11.native.gz"


def packed(files: dict[str, bytes]) -> Iterator[bytes]:
    """A tar archive in pieces of odd sizes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    content = out.getvalue()
    for at in range(0, len(content), 333):
        yield from (content[at : at + 333], b"")


@pytest.mark.parametrize(
    "name",
    ["../manifest.json", "/manifest.json", "counters/../2026-11.native.gz", "counters/a/b/2026-11.native.gz", "x"],
)
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    assert kind_of(name) is None
    with pytest.raises(StartError, match="no backup has"):
        write_directory(tmp_path / "new", packed({name: b"x"}))
    assert [path.name for path in tmp_path.rglob("*")] == ["new"]


def test_pieces_come_out_one_at_a_time_from_both_forms(tmp_path: Path) -> None:
    pieces = [b"a" * 3_000_000, b"", b"b"]
    files = {COUNTERS: b"".join(gzip.compress(piece) for piece in pieces), "manifest.json": b"{}"}
    write_directory(tmp_path / "directory", packed(files))
    write_file(tmp_path / "file", packed(files))
    for name in ("directory", "file"):
        with Archive(tmp_path / name) as archive:
            assert list(archive.blocks(COUNTERS)) == pieces
            assert archive.read("manifest.json") == b"{}"


def test_an_archive_that_is_cut_off_gets_no_name(tmp_path: Path) -> None:
    half = [b"".join(packed({COUNTERS: b"x" * 9000}))[:4000]]
    with pytest.raises(StartError, match="cut off"), fresh(tmp_path / "backup") as partial:
        write_directory(partial, half)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    write_file(tmp_path / "file", [b"no archive"])
    for name, said in (("file", "is no backup, or one that was cut off"), ("missing", "cannot be read")):
        with pytest.raises(StartError, match=f"{name} {said}"):
            Archive(tmp_path / name)


def test_what_is_there_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    for name in ("file", "full"):
        with pytest.raises(StartError, match="is there already"), fresh(tmp_path / name):
            pass
    (tmp_path / "empty").mkdir()
    with fresh(tmp_path / "empty") as partial:
        write_directory(partial, packed({"manifest.json": b"{}"}))
    assert (tmp_path / "empty" / "manifest.json").exists()
