"""The close of a month shows what its days hid together, drops the rest, and survives a failure anywhere."""

from typing import Any

import pytest

from appliance.errors import QueryError, UnavailableError
from appliance.warehouse import closed_cells
from appliance.warehouse.client import WriteClient
from appliance.warehouse.close import close_day
from appliance.warehouse.close_month import close_month, has_unclosed_days, months_waiting, note_proven
from appliance.warehouse.closed_days import ClosedDays
from tests.kit.closed_month import (
    DAYS,
    MONTH,
    OTHER,
    RULES,
    SITE,
    close_days,
    count,
    expected,
    n_carried,
    stored,
)
from tests.kit.day_cells import Cell
from tests.kit.engine import Engine

pytestmark = pytest.mark.clickhouse

K = 5


@pytest.fixture
def right(engine: Engine) -> dict[Cell, dict[str, int]]:
    """What the month must show; all its days are closed."""
    count(engine)
    found = expected(engine)
    close_days(engine)
    return found


def close(engine: Engine) -> dict[str, int | str | bool]:
    return close_month(engine.writer, ClosedDays(engine.writer), SITE, MONTH, K)


@pytest.mark.external
def test_a_month_shows_what_the_fold_of_its_days_says(engine: Engine, right: dict[Cell, dict[str, int]]) -> None:
    waiting, of_others = n_carried(engine), n_carried(engine, OTHER)
    assert min(waiting, of_others) > 0
    report = close(engine)
    assert len(right) > 50
    assert stored(engine) == right
    assert (report["cells"], report["carry_dropped"], report["parts_left"]) == (len(right), waiting, 0)
    assert (n_carried(engine), n_carried(engine, OTHER)) == (0, of_others)
    assert stored(engine, OTHER) == {}


def test_a_month_of_many_cells_is_written_in_pieces(
    engine: Engine, right: dict[Cell, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, sizes = WriteClient.insert, []

    def measured(self: WriteClient, table: str, types: Any, columns: Any, token: str) -> None:
        if table == "cells":
            sizes.append(len(columns["a"]))
        insert(self, table, types, columns, token)

    monkeypatch.setattr(closed_cells, "INSERT_ROWS", 100)
    monkeypatch.setattr(WriteClient, "insert", measured)
    report = close(engine)
    assert max(sizes) == 100
    assert sum(sizes) == report["cells"] == len(right)
    assert stored(engine) == right


def test_a_second_close_changes_nothing(engine: Engine, right: dict[Cell, dict[str, int]]) -> None:
    close(engine)
    report = close(engine)
    assert report["already_closed"] is True
    assert stored(engine) == right


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["insert cells", "insert closed_months", "drop carry"])
def test_a_close_can_be_repeated_after_a_failure_at_any_step(
    engine: Engine, right: dict[Cell, dict[str, int]], monkeypatch: pytest.MonkeyPatch, step: str, committed: bool
) -> None:
    with monkeypatch.context() as patched:
        for name in ("command", "insert"):
            patched.setattr(WriteClient, name, failing(getattr(WriteClient, name), step, committed))
        with pytest.raises(UnavailableError, match="made to fail"):
            close(engine)
    close(engine)
    assert stored(engine) == right
    assert n_carried(engine) == 0


def failing(method: Any, step: str, committed: bool) -> Any:
    def run(self: WriteClient, text: str, *args: Any, **kwargs: Any) -> None:
        verb, _, table = step.partition(" ")
        mine = text == table if verb == "insert" else "DROP PARTITION" in text and args[0]["table"] == table
        if committed or not mine:
            method(self, text, *args, **kwargs)
        if mine:
            raise UnavailableError("made to fail")

    return run


def test_it_is_known_which_months_wait_for_what(engine: Engine) -> None:
    assert months_waiting(engine.writer) == []
    count(engine)
    assert has_unclosed_days(engine.writer, SITE, MONTH)
    close_days(engine, DAYS[:4])
    assert months_waiting(engine.writer) == [(SITE, MONTH), (OTHER, MONTH)]
    assert has_unclosed_days(engine.writer, SITE, MONTH)
    close_days(engine, DAYS[4:])
    assert not has_unclosed_days(engine.writer, SITE, MONTH)
    close(engine)
    assert (SITE, MONTH) in months_waiting(engine.writer)  # until its evidence is written
    note_proven(engine.writer, SITE, MONTH)
    assert months_waiting(engine.writer) == [(OTHER, MONTH)]


def test_a_day_that_is_closed_after_its_month_leaves_nothing_for_it(engine: Engine) -> None:
    count(engine)
    close_days(engine, DAYS[:4])
    close(engine)
    before = stored(engine)
    close_day(engine.writer, ClosedDays(engine.writer), SITE, DAYS[4], RULES)
    assert n_carried(engine) == 0
    assert stored(engine) == before


def test_no_answer_can_be_made_from_what_waits(engine: Engine) -> None:
    for table in ("carry", "carry_open"):
        with pytest.raises(QueryError, match="must not contain 'carry"):
            engine.reader.query(f"SELECT count() FROM {table}")  # noqa: S608
