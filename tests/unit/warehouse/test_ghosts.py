"""Entries of parts that are not there are withdrawn, all others stay."""

from pathlib import Path

import pytest

from appliance.warehouse.ghosts import is_covered, withdraw_ghosts


@pytest.mark.parametrize(
    ("part", "present", "covered"),
    [
        ("202611_7_7_1", ["202611_7_7_1"], True),
        ("202611_7_7_1", ["202611_1_9_3"], True),
        ("202611_7_7_1", ["202611_1_9_3_12"], True),
        ("202611_7_7_1", ["202611_1_6_3", "202611_8_8_1"], False),
        ("202611_7_7_1", ["202612_7_7_1"], False),
        ("202611_7_7_1", ["tmp_insert_202611_7_7_0", "detached", "format_version.txt"], False),
        ("nonsense", ["nonsense"], False),
    ],
)
def test_a_part_is_covered_by_itself_or_what_it_was_merged_into(part: str, present: list[str], covered: bool) -> None:
    assert is_covered(part, present) is covered


@pytest.fixture
def table(tmp_path: Path) -> Path:
    table = tmp_path / "store" / "abc" / "abcdef"
    (table / "deduplication_logs").mkdir(parents=True)
    return table


def write_log(table: Path, number: int, text: str) -> Path:
    path = table / "deduplication_logs" / f"deduplication_log_{number}.txt"
    path.write_text(text)
    return path


def test_the_last_entry_without_its_part_is_withdrawn(table: Path, tmp_path: Path) -> None:
    (table / "m_1_1_1").mkdir()
    log = write_log(table, 1, "1\tm_1_1_1\tx\n1\tm_2_2_1\ty\n")
    assert withdraw_ghosts(tmp_path) == 1
    assert log.read_text() == "1\tm_1_1_1\tx\n1\tm_2_2_1\ty\n2\tm_2_2_1\ty\n"
    assert withdraw_ghosts(tmp_path) == 0


def test_a_log_that_matches_the_parts_stays_as_it_is(table: Path, tmp_path: Path) -> None:
    (table / "m_1_2_2").mkdir()
    log = write_log(table, 1, "1\tm_1_1_1\tx\n1\tm_2_2_1\ty\n")
    assert withdraw_ghosts(tmp_path) == 0
    assert log.read_text() == "1\tm_1_1_1\tx\n1\tm_2_2_1\ty\n"


def test_the_newest_log_with_an_entry_counts(table: Path, tmp_path: Path) -> None:
    write_log(table, 9, "1\tm_1_1_1\tx\n")
    tenth = write_log(table, 10, "1\tm_2_2_1\ty\n")
    write_log(table, 11, "")
    assert withdraw_ghosts(tmp_path) == 1
    assert tenth.read_text().endswith("2\tm_2_2_1\ty\n")


def test_a_torn_last_line_is_cut_off(table: Path, tmp_path: Path) -> None:
    (table / "m_1_1_1").mkdir()
    log = write_log(table, 1, "1\tm_1_1_1\tx\n1\tm_2")
    assert withdraw_ghosts(tmp_path) == 0
    assert log.read_text() == "1\tm_1_1_1\tx\n"


def test_a_directory_without_an_engine_has_no_ghosts(tmp_path: Path) -> None:
    assert withdraw_ghosts(tmp_path / "missing") == 0
