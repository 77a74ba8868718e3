"""What a start applies, and what makes it refuse."""

import re

import pytest

from appliance.errors import StartError
from appliance.warehouse.migrations import Migration, pending, shipped

ONE, TWO, THREE = (Migration(f"000{n}_create_{n}.sql", f"SELECT {n}") for n in (1, 2, 3))


def record(*migrations: Migration) -> list[tuple[str, str]]:
    return [(migration.name, migration.checksum) for migration in migrations]


def test_new_data_gets_everything_in_order() -> None:
    assert pending([ONE, TWO], []) == [ONE, TWO]


def test_only_what_is_missing_runs() -> None:
    assert pending([ONE, TWO, THREE], record(ONE, TWO)) == [THREE]


def test_refuses_a_changed_file() -> None:
    with pytest.raises(StartError, match=r"0001_create_1\.sql was changed"):
        pending([Migration(ONE.name, "SELECT 7"), TWO], record(ONE))


def test_refuses_data_of_a_newer_version() -> None:
    with pytest.raises(StartError, match="newer version"):
        pending([ONE], record(ONE, TWO))


def test_refuses_a_file_put_in_between() -> None:
    with pytest.raises(StartError, match=r"0002_create_2\.sql comes before"):
        pending([ONE, TWO, THREE], record(ONE, THREE))


def test_shipped_files_are_numbered_without_gaps() -> None:
    names = [migration.name for migration in shipped()]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z]+_[a-z_]+\.sql", name) for name in names)


def test_shipped_statements_may_run_twice() -> None:
    assert all("IF NOT EXISTS" in migration.sql for migration in shipped() if "CREATE" in migration.sql)
