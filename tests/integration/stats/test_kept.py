"""Answers that were made before are made of what was kept, and of nothing that has changed since."""

from datetime import timedelta
from typing import Any

import pytest

from appliance.errors import UnavailableError
from appliance.stats.contract import OTHER
from appliance.warehouse import retention
from appliance.warehouse.site_rows import delete_rows
from tests.integration.stats.conftest import DAY, DAY_NUMBER, Stats
from tests.integration.stats.test_query import visit

pytestmark = pytest.mark.clickhouse

QUESTIONS: list[dict[str, Any]] = [
    {"dimensions": ["visit:source"]},
    {"dimensions": ["visit:source"], "filters": [["is", "visit:country", ["DE"]]]},
    {"dimensions": ["time:day"], "filters": [["is", "visit:source", ["a.example"]]]},
    {"dimensions": ["event:page"], "metrics": ["visitors", "entries", "exits", "time_on_page", "bounce_rate"]},
]


class CountingReader:
    def __init__(self, stats: Stats) -> None:
        self._reader = stats.engine.reader
        self.of_closed = 0

    def query(self, sql: str, parameters: Any = None) -> Any:
        return self._reader.query(sql, parameters)

    def query_columns(self, sql: str, parameters: Any = None) -> Any:
        self.of_closed += "FROM cells\n" in sql
        return self._reader.query_columns(sql, parameters)


def fill(stats: Stats, *ago: int) -> None:
    for days in ago:
        for number in range(12):
            visit(stats, "/", source="a.example" if number < 6 else "b.example", day=DAY_NUMBER - days)


def asked(stats: Stats) -> list[Any]:
    return [stats.rows(**{"date_range": "7d"} | question) for question in QUESTIONS]


def as_if_new(stats: Stats) -> list[Any]:
    found = asked(stats)
    stats.read_from(stats.engine.reader)
    assert found == asked(stats)
    return found


def test_hits_that_arrive_are_seen_and_closed_days_are_not_read_again(stats: Stats) -> None:
    fill(stats, 1, 0)
    stats.close_day(DAY - timedelta(days=1))
    reader = CountingReader(stats)
    stats.read_from(reader)
    before = asked(stats)
    reads = reader.of_closed
    assert reads > 0
    fill(stats, 0)
    after = asked(stats)
    assert reader.of_closed == reads
    assert before != after == as_if_new(stats)
    assert after[0] == {("a.example",): [18], ("b.example",): [18]}


def test_a_day_that_closes_is_neither_missing_nor_twice(stats: Stats) -> None:
    fill(stats, 2, 1)
    stats.close_day(DAY - timedelta(days=2))
    before = asked(stats)
    stats.close_day(DAY - timedelta(days=1))
    assert as_if_new(stats) == before


def test_what_retention_deletes_is_in_no_later_answer(stats: Stats) -> None:
    fill(stats, 3, 1)
    for days in (3, 1):
        stats.close_day(DAY - timedelta(days=days))
    asked(stats)
    rules = [retention.Rule("day_cells", DAY - timedelta(days=2), ("example.org",), listed=True)]
    retention.delete_expired(stats.engine.writer, rules)
    assert as_if_new(stats)[0][("a.example",)] == [6]


def test_a_site_that_is_erased_is_in_no_later_answer(stats: Stats) -> None:
    fill(stats, 1)
    stats.close_day(DAY - timedelta(days=1))
    assert asked(stats)[0]
    delete_rows(stats.engine.writer, "example.org")
    assert not as_if_new(stats)[0]


def test_rights_are_looked_at_before_anything_kept(stats: Stats) -> None:
    fill(stats, 1)
    stats.close_day(DAY - timedelta(days=1))
    question = {"dimensions": ["visit:source"], "date_range": "7d"}
    assert stats.ask(**question).status_code == 200
    assert stats.kept.bytes > 0
    kept = len(stats.kept)
    assert stats.ask(key="k3", **question).status_code == 404
    assert stats.ask(key="nobody", **question).status_code == 401
    assert stats.rows(key="k2", site_id="other.example", **question) == {}
    assert len(stats.kept) == kept + 1


def test_every_statement_of_the_writer_counts_as_a_change_but_new_hits(stats: Stats) -> None:
    writer = stats.engine.writer
    before = writer.changes
    fill(stats, 1)
    assert writer.changes == before
    stats.close_day(DAY - timedelta(days=1))
    assert writer.changes > before
    before = writer.changes
    writer.insert_blocks("closed_days", writer.read_blocks("SELECT * FROM closed_days", {}))
    assert writer.changes > before
    before = writer.changes
    with pytest.raises(UnavailableError):
        writer.command("ALTER TABLE nowhere DELETE WHERE true")
    assert writer.changes > before


def test_a_filtered_list_with_a_rest_reads_its_pairs_and_the_filtered_values_alone(stats: Stats) -> None:
    fill(stats, 1)
    for _ in range(5):
        visit(stats, "/", source="c.example", country="AT", day=DAY_NUMBER - 1)
    for _ in range(3):
        visit(stats, "/", source="few.example", day=DAY_NUMBER - 1)
    stats.close_day(DAY - timedelta(days=1))
    reader = CountingReader(stats)
    stats.read_from(reader)
    question = {"date_range": "7d", "dimensions": ["visit:source"], "filters": [["is", "visit:country", ["DE"]]]}
    assert (OTHER,) in stats.rows(**question)
    assert reader.of_closed == 2
