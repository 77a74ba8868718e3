"""`appliance check` says what a configuration means and makes nothing."""

from pathlib import Path

import pytest

from appliance.settings import parse
from appliance.supervisor.report import report
from tests.kit import mmdb

NOW = 1_795_000_000.0


def test_says_what_would_run_and_ok(tmp_path: Path) -> None:
    raw = {"sites": [{"id": "example.org", "timezone": "Europe/Berlin"}], "server": {"listen": "0.0.0.0:8000"}}
    text = report(parse(raw, base=tmp_path), NOW)
    assert "site        example.org (time zone Europe/Berlin; example.org)\n" in text
    assert "ingest      http://127.0.0.1:8000\n" in text
    assert text.endswith("\nok\n")


def test_makes_nothing(tmp_path: Path) -> None:
    report(parse({}, base=tmp_path), NOW)
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
    text = report(parse(raw, base=tmp_path), NOW)
    assert f"{shown} (external)" in text
    assert "secret" not in text


def test_notes_that_nothing_would_be_counted(tmp_path: Path) -> None:
    assert "no [[sites]]: every hit will be refused" in report(parse({}, base=tmp_path), NOW)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (None, "is not there: countries by a table of the appliance, no regions and cities"),
        (b"broken", "is damaged, or no database in MaxMind's format: countries by a table of the appliance"),
        (
            mmdb.encode({"87.128.0.0/14": mmdb.city("DE", "BE", "Berlin")}),
            "(Test-City of 2026-09-21, 57 days ago), up to: city",
        ),
        (
            mmdb.encode({"87.128.0.0/14": {"country_code": "DE"}}, built=1_700_000_000),
            "(Test-City of 2023-11-14, 1099 days ago, which is old)",
        ),
    ],
)
def test_place_database_is_looked_at(tmp_path: Path, content: bytes | None, shown: str) -> None:
    if content is not None:
        (tmp_path / "places.mmdb").write_bytes(content)
    text = report(parse({"places": {"database": "places.mmdb"}}, base=tmp_path), NOW)
    assert f"places      {tmp_path}/places.mmdb {shown}" in text


def test_without_a_place_database_countries_are_known_all_the_same(tmp_path: Path) -> None:
    assert "places      countries by a table of the appliance\n" in report(parse({}, base=tmp_path), NOW)


def test_says_how_long_data_are_kept_and_what_is_fetched(tmp_path: Path) -> None:
    sites = [
        {"id": "a.example", "sitemap": "https://a.example/s.xml"},
        {"id": "b.example", "retention": {"outcomes": "90 days"}},
    ]
    text = report(parse({"sites": sites}, base=tmp_path), NOW)
    limits = "totals 25 months, days 25 months, outcomes 13 months, evidence 60 months; other limits at 1 of 2 sites"
    assert f"kept        {limits}\n" in text
    assert "sitemap     https://a.example/s.xml (of a.example)\n" in text
