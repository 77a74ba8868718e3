"""Answers as CSV: who gets them, and what they hold."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.stats.contract import (
    Answer,
    Compared,
    Funnel,
    Funnels,
    FunnelStep,
    Meta,
    Row,
    Transition,
    Transitions,
)
from appliance.stats.csv_answers import funnels_csv, meta_header, query_csv, transitions_csv, wants_csv


def answer(rows: list[Row], metrics: list[str], dimensions: list[str]) -> Answer:
    meta = Meta("exact", "2026-11-23T12:00:00+00:00", True, time_labels=["2026-11-23"], partial=True)
    return Answer(rows, meta, {"metrics": metrics, "dimensions": dimensions})


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv", True),
        ("TEXT/CSV; charset=utf-8", True),
        ("text/*", True),
        ("application/json;q=0.5, text/csv;q=0.9", True),
        ("text/csv, */*;q=0.1", True),
        ("", False),
        ("*/*", False),
        ("application/json, text/csv", False),
        ("text/csv;q=0.5, application/json", False),
        ("text/csv;q=0.5, */*", False),
        ("text/csv;q=0, text/*", False),
        ("text/csv;q=2", False),
        ("text/csv;q=nan", False),
        ("image/png", False),
        (",;=,", False),
    ],
)
def test_client_gets_what_it_likes_best(accept: str, expected: bool) -> None:
    assert wants_csv(accept) is expected


def test_table_has_names_with_units_and_empty_cells_for_what_is_unknown() -> None:
    rows = [Row(["/a, b", 'say "x"'], [3, None]), Row(["/é", "(other)"], [2, 50])]
    found = query_csv(answer(rows, ["visitors", "bounce_rate"], ["event:page", "visit:source"]))
    assert found.decode() == (
        'event:page,visit:source,visitors,bounce_rate (percent)\r\n"/a, b","say ""x""",3,\r\n/é,(other),2,50\r\n'
    )


def test_comparison_has_columns_of_its_own() -> None:
    row = Row(["2026-11-23"], [6], Compared(["2026-11-22"], [8], [-25]))
    assert query_csv(answer([row], ["visits"], ["time:day"])) == (
        b"time:day,visits,visits before,visits change\r\n2026-11-23,6,8,-25\r\n"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1"])
def test_cell_that_looks_like_a_formula_is_text(text: str) -> None:
    (_, (cell, _)) = read(query_csv(answer([Row([text], [1])], ["visitors"], ["visit:source"])))
    assert cell == "'" + text


def test_steps_of_funnels_and_ways_have_tables_without_formulas() -> None:
    meta = Meta("exact", "2026-11-23T12:00:00+00:00", True)
    steps = [FunnelStep("=Visit", 9, False, 100.0, 0, None), FunnelStep("Buy", 6, True, 66.67, 3, 33.33)]
    assert funnels_csv(Funnels([Funnel("+Buy", steps)], meta)).decode() == (
        "funnel,label,visitors,at_least,conversion_rate,drop_off,drop_off_rate\r\n"
        "'+Buy,'=Visit,9,false,100.0,0,\r\n'+Buy,Buy,6,true,66.67,3,33.33\r\n"
    )
    assert transitions_csv(Transitions([Transition("/", "@page", 7, 8, 9)], meta)) == (
        b"previous,page,visitors,visits,pageviews\r\n/,'@page,7,8,9\r\n"
    )


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=5))
def test_every_value_comes_back_from_a_reader(values: list[str]) -> None:
    rows = [Row([value], [1]) for value in values]
    _, *lines = read(query_csv(answer(rows, ["visitors"], ["visit:source"])))
    assert [cell.removeprefix("'") for cell, _ in lines] == [value.removeprefix("'") for value in values]
    assert not any(cell.lstrip(" ")[:1] in tuple("=+-@\t\r\n") for cell, _ in lines if cell.lstrip(" "))


def test_meta_comes_in_a_header_without_labels() -> None:
    found = meta_header(answer([], ["visitors"], []).meta)
    assert '"partial": true' in found
    assert "time_labels" not in found
    assert found.isascii()


def read(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline="")))
