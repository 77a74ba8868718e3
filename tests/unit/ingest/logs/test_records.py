"""From files to records: packing, ends of lines, records of several lines."""

import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import StartError
from appliance.ingest.logs.line import LeftOut, LogLine
from appliance.ingest.logs.records import MAX_RECORD_BYTES, Records, read_lines

RECORD = {"msec": "1577880000", "uri": "/a", "remote_addr": "203.0.113.9", "status": "200"}


def lines_of(path: Path) -> list[bytes]:
    return [line for lines in read_lines(str(path), lambda _size: None) for line in lines]


def kinds(lines: Iterable[bytes]) -> list[str]:
    records = Records()
    found = [*records.parse(list(lines)), *records.end()]
    return [one.target if isinstance(one, LogLine) else one for one in found]


def test_plain_and_packed_files_hold_the_same_lines(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"one\ntwo\n\nthree")
    (tmp_path / "packed").write_bytes(gzip.compress(b"one\ntwo\n") + gzip.compress(b"\nthree"))
    assert lines_of(tmp_path / "plain") == lines_of(tmp_path / "packed") == [b"one", b"two", b"", b"three"]


def test_the_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b"a\nb"))))
    assert [*read_lines("-", lambda _size: None)] == [[b"a"], [b"b"]]


def test_progress_is_told_every_byte_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "packed").write_bytes(gzip.compress(bytes(1_000_000)))
    read: list[int] = []
    list(read_lines(str(tmp_path / "packed"), read.append))
    assert sum(read) == (tmp_path / "packed").stat().st_size


def test_a_file_that_ends_too_early_or_is_away_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cut").write_bytes(gzip.compress(b"one\n" * 1000)[:-9])
    for name in ("cut", "none"):
        with pytest.raises(StartError, match="nothing was counted"):
            lines_of(tmp_path / name)


@pytest.mark.parametrize("size", [MAX_RECORD_BYTES + 1, 10 * MAX_RECORD_BYTES])
def test_a_line_without_end_is_unreadable_and_the_next_one_is_read(tmp_path: Path, size: int) -> None:
    (tmp_path / "log").write_bytes(b"x" * size + b"\n" + json.dumps(RECORD).encode())
    assert kinds(lines_of(tmp_path / "log")) == [LeftOut.UNREADABLE, "/a"]


def test_records_of_one_line_and_of_several() -> None:
    flat = json.dumps(RECORD).encode()
    wide = json.dumps(RECORD, indent=2).encode().split(b"\n")
    assert kinds([flat, *wide, b"", flat, *wide]) == ["/a"] * 4
    assert kinds([*wide[:-1], *wide]) == [LeftOut.UNREADABLE, "/a"]
    assert kinds(wide[:-1]) == [LeftOut.UNREADABLE]
    assert kinds([b"{}", b"nonsense", flat]) == [LeftOut.UNREADABLE, LeftOut.UNREADABLE, "/a"]


PAGE = b'203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 2326'
ASSET = PAGE.replace(b"/a ", b"/a.css?v=1 ")


def test_files_of_pages_are_counted_and_not_yielded() -> None:
    records = Records()
    lines = [ASSET, PAGE, ASSET, json.dumps(RECORD | {"uri": "/a.css"}).encode()]
    assert [one.target for one in records.parse(lines) if isinstance(one, LogLine)] == ["/a"]
    assert records.assets == 3


def test_a_request_for_a_file_is_known_again_and_its_status_still_counts() -> None:
    records = Records()
    failed = ASSET.replace(b" 200 ", b" 404 ")
    assert list(records.parse([ASSET, failed, ASSET, failed])) == [LeftOut.STATUS] * 2
    assert records.assets == 2


def test_a_quote_within_a_request_does_not_make_a_page_a_file() -> None:
    records = Records()
    quoted = [PAGE.replace(b"/a ", rb"/a\"" + rest) for rest in (b".css ", b"/ ")]
    (page,) = records.parse([*quoted[:1] * 2, *quoted[1:]])
    assert isinstance(page, LogLine)
    assert (page.target, records.assets) == ('/a"/', 2)


def test_no_more_requests_for_files_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.ingest.logs.records._MAX_KNOWN", 3)
    records = Records()
    assert not list(records.parse([ASSET.replace(b"v=1", b"v=%d" % n) for n in range(20)]))
    assert records.assets == 20
    assert len(records._known_assets) <= 3


def test_a_record_without_end_does_not_fill_the_memory() -> None:
    records = Records()
    found = list(records.parse([b"{", *[b'"a": 1,' * 100] * 1000]))
    assert LeftOut.UNREADABLE in found


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from([None, 0, 1]), st.booleans()), max_size=8))
def test_every_whole_record_is_found_once(made: list[tuple[str, int | None, bool]]) -> None:
    lines: list[bytes] = []
    for path, indent, is_ascii in made:
        lines += json.dumps(RECORD | {"uri": f"/{path}/"}, indent=indent, ensure_ascii=is_ascii).encode().split(b"\n")
    assert kinds(lines) == [f"/{path}/" for path, _, _ in made]


@given(st.lists(st.binary(max_size=30), max_size=20), st.integers(1, 40))
def test_ends_of_lines_do_not_depend_on_where_a_file_is_cut(parts: list[bytes], size: int) -> None:
    from appliance.ingest.logs.records import _lines

    content = b"\n".join(parts)
    stream = io.BytesIO(content)
    found = [line for lines in _lines(lambda _size: stream.read(size)) for line in lines]
    assert b"\n".join(found) == content.removesuffix(b"\n")
