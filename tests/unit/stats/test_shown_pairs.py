"""What was shown of running days outlives the process, and goes with the days and with its site."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from appliance.dimensions import Dimension
from appliance.stats.shown_pairs import ShownPairs

TABLE = (Dimension.SOURCE, Dimension.COUNTRY)
OTHER_TABLE = (Dimension.SOURCE, Dimension.BROWSER)
DAY = date(2026, 11, 23)
PAIR = {("a.example", "DE"): [5, 6, 7]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shown-pairs"


def test_another_process_reads_what_was_shown(path: Path) -> None:
    one = ShownPairs(path)
    one.add("example.org", DAY, TABLE, PAIR)
    one.add("example.org", DAY, TABLE, {("a.example", "DE"): [10, 11, 12], ("b.example", "DE"): [5, 5, 5]})
    one.close()
    other = ShownPairs(path)
    found = other.read("example.org", DAY, TABLE)
    assert found == {("a.example", "DE"): [10, 11, 12], ("b.example", "DE"): [5, 5, 5]}
    assert other.read("example.org", DAY, OTHER_TABLE) == {}
    assert other.read("example.net", DAY, TABLE) == {}
    assert other.read("example.org", DAY + timedelta(days=1), TABLE) == {}


def test_days_are_forgotten_two_days_later_and_leave_no_byte(path: Path) -> None:
    shown = ShownPairs(path)
    shown.add("example.org", DAY, TABLE, {("canary.example", "DE"): [5]})
    shown.add("example.net", DAY, TABLE, PAIR)
    shown.add("example.org", DAY + timedelta(days=2), TABLE, PAIR)
    assert shown.read("example.org", DAY, TABLE)
    shown.add("example.org", DAY + timedelta(days=3), TABLE, PAIR)
    assert not shown.read("example.org", DAY, TABLE)
    assert shown.read("example.net", DAY, TABLE) == PAIR
    shown.close()
    assert b"canary" not in path.read_bytes()


def test_a_site_is_forgotten_alone(path: Path) -> None:
    shown = ShownPairs(path)
    for site in ("example.org", "example.net"):
        shown.add(site, DAY, TABLE, PAIR)
    shown.forget("example.org")
    assert shown.read("example.org", DAY, TABLE) == {}
    assert shown.read("example.net", DAY, TABLE) == PAIR


def test_a_damaged_file_is_begun_anew(path: Path) -> None:
    path.write_bytes(b"not a database, " * 1000)
    shown = ShownPairs(path)
    shown.add("example.org", DAY, TABLE, PAIR)
    assert shown.read("example.org", DAY, TABLE) == PAIR
