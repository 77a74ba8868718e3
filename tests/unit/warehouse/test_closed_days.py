"""Closed days are known after a start, and nobody reads while one is marked."""

import threading
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from appliance.warehouse.client import Answer, WriteClient
from appliance.warehouse.closed_days import ClosedDays

FIRST, SECOND = date(2026, 11, 22), date(2026, 11, 23)


class Marks:
    """Stands for ClickHouse: keeps the marks."""

    def __init__(self, *marks: tuple[str, date]) -> None:
        self.marks = list(marks)
        self.writing = threading.Event()
        self.may_write = threading.Event()
        self.may_write.set()

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        if parameters:
            mark = (parameters["site"], parameters["day"])
            return Answer(("1",), [(1,)] if mark in self.marks else [])
        return Answer(("site", "day"), list(self.marks))

    def insert(self, table: str, types: Any, columns: Mapping[str, Any], token: str) -> None:
        self.writing.set()
        assert self.may_write.wait(10)
        self.marks.append((columns["site"][0], columns["day"][0]))


def closed_days(marks: Marks) -> ClosedDays:
    return ClosedDays(cast(WriteClient, marks))


def test_marks_are_read_at_the_start() -> None:
    days = closed_days(Marks(("a", FIRST), ("a", SECOND), ("b", FIRST)))
    assert days.is_closed("a", SECOND)
    assert not days.is_closed("b", SECOND)
    assert (days.through("a"), days.through("b"), days.through("c")) == (SECOND, FIRST, None)


def test_a_mark_is_written_and_known() -> None:
    marks = Marks()
    days = closed_days(marks)
    days.mark("a", FIRST)
    with days.reading() as closed:
        assert dict(closed) == {"a": frozenset({FIRST})}
    assert marks.marks == [("a", FIRST)]


def test_refresh_finds_a_mark_whose_writing_seemed_to_fail() -> None:
    marks = Marks()
    days = closed_days(marks)
    assert not days.refresh("a", FIRST)
    marks.marks.append(("a", FIRST))
    assert days.refresh("a", FIRST)
    assert days.through("a") == FIRST


def test_a_mark_waits_for_readers_and_new_readers_wait_for_it() -> None:
    marks = Marks()
    days = closed_days(marks)
    order: list[str] = []
    marker = threading.Thread(target=lambda: (days.mark("a", FIRST), order.append("marked")))

    def read_late() -> None:
        with days.reading() as closed:
            order.append(f"late reader sees {len(closed)}")

    late = threading.Thread(target=read_late)
    with days.reading() as closed:
        marker.start()
        assert not marks.writing.wait(0.05)
        marks.may_write.clear()
        assert closed == {}
    assert marks.writing.wait(10)
    late.start()
    marks.may_write.set()
    marker.join(10)
    late.join(10)

    assert "late reader sees 1" in order
    assert not marker.is_alive()


def test_readers_do_not_wait_for_each_other() -> None:
    days = closed_days(Marks())
    both = threading.Barrier(2, timeout=10)

    def read() -> None:
        with days.reading():
            both.wait()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not both.broken
