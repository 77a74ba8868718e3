"""Which client a configuration opens, without any engine."""

from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from appliance.errors import StartError, UnavailableError
from appliance.settings import Settings, parse
from appliance.warehouse.client import open_reader, open_writer


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(clickhouse_connect, "get_client", lambda **options: calls.append(options) or object())
    return calls


def settings(directory: Path, url: str = "embedded") -> Settings:
    return parse({"server": {"data_dir": str(directory)}, "clickhouse": {"url": url}}, base=directory)


def test_embedded_means_a_directory_below_the_data(tmp_path: Path, opened: list[dict[str, Any]]) -> None:
    open_writer(settings(tmp_path))
    [call] = opened
    assert (call["interface"], call["path"]) == ("chdb", str(tmp_path / "clickhouse"))
    assert call["chdb_options"]["max_server_memory_usage"] == 700_000_000
    assert (tmp_path / "clickhouse").stat().st_mode & 0o777 == 0o700


def test_a_chdb_address_names_another_directory(tmp_path: Path, opened: list[dict[str, Any]]) -> None:
    open_writer(settings(tmp_path, f"chdb://{tmp_path}/elsewhere"))
    assert opened[0]["path"] == str(tmp_path / "elsewhere")


def test_a_server_gets_the_same_session_and_no_engine_options(tmp_path: Path, opened: list[dict[str, Any]]) -> None:
    url = "https://writer:secret@clickhouse.example:8443/appliance"
    open_writer(settings(tmp_path, url))
    [call] = opened
    assert call["dsn"] == url
    assert call["settings"]["deduplicate_blocks_in_dependent_materialized_views"] == 1
    assert "chdb_options" not in call
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["embedded", "http://clickhouse.example:8123/appliance"])
def test_every_reading_connection_is_readonly_and_limited(
    tmp_path: Path, opened: list[dict[str, Any]], url: str
) -> None:
    open_reader(settings(tmp_path, url), connections=3)
    assert len(opened) == 3
    for call in opened:
        assert list(call["settings"].items())[-1] == ("readonly", 1)
        assert call["settings"]["max_execution_time"] > 0
        assert call["settings"]["max_memory_usage"] > 0
        assert call["settings"]["log_queries"] == 0


def test_a_server_that_is_away_is_unavailable_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**options: Any) -> None:
        raise OperationalError(f"cannot reach {options['dsn']}")

    monkeypatch.setattr(clickhouse_connect, "get_client", away)
    with pytest.raises(UnavailableError) as caught:
        open_writer(settings(tmp_path, "http://writer:secret@clickhouse.example:8123/"))
    assert "secret" not in str(caught.value)


def test_a_data_directory_that_is_a_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StartError, match="cannot be used"):
        open_writer(settings(tmp_path / "data"))
