"""`appliance check` says what a configuration means and makes nothing."""

from pathlib import Path

import pytest

from appliance.settings import parse
from appliance.supervisor.report import report


def test_says_what_would_run_and_ok(tmp_path: Path) -> None:
    raw = {"sites": [{"id": "example.org", "timezone": "Europe/Berlin"}], "server": {"listen": "0.0.0.0:8000"}}
    text = report(parse(raw, base=tmp_path))
    assert "site        example.org (time zone Europe/Berlin; example.org)\n" in text
    assert "ingest      http://127.0.0.1:8000\n" in text
    assert text.endswith("\nok\n")


def test_makes_nothing(tmp_path: Path) -> None:
    report(parse({}, base=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param({"redis": {"url": "redis://u:secret@queue:6379/1"}}, "redis://queue:6379/1", id="redis"),
        pytest.param(
            {"clickhouse": {"url": "http://u:secret@db:8123/a?password=secret"}}, "http://db:8123/a", id="clickhouse"
        ),
    ],
)
def test_passwords_are_left_out(tmp_path: Path, raw: dict[str, object], shown: str) -> None:
    text = report(parse(raw, base=tmp_path))
    assert f"{shown} (external)" in text
    assert "secret" not in text


def test_notes_that_nothing_would_be_counted(tmp_path: Path) -> None:
    assert "no [[sites]]: every hit will be refused" in report(parse({}, base=tmp_path))
