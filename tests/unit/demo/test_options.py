"""The demo finds free ports, keeps its secrets, and writes a configuration that is valid."""

import os
from pathlib import Path

import pytest

from appliance.demo import options
from appliance.settings import load


@pytest.fixture(autouse=True)
def free_ports(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    taken: set[int] = set()
    monkeypatch.setattr(options, "is_free", lambda port: port not in taken)
    return taken


def test_configuration_is_valid(tmp_path: Path) -> None:
    chosen = options.write(tmp_path)
    settings = load(chosen.config)
    assert tmp_path == settings.data_dir
    assert settings.server.listen == "127.0.0.1:8000"
    assert [site.id for site in settings.sites] == [options.SITE_ID]
    assert chosen.moved == []


def test_password_and_key_stay_the_same(tmp_path: Path) -> None:
    first, second = options.write(tmp_path), options.write(tmp_path)
    assert (first.password, first.api_key) == (second.password, second.api_key)


def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    options.write(tmp_path)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()}
    assert {0o600} == modes


def test_taken_port_is_replaced_and_said(tmp_path: Path, free_ports: set[int]) -> None:
    free_ports |= {8000, 8002}
    chosen = options.write(tmp_path)
    assert chosen.moved == ["Port 8000 is taken, so ingest is at port 8003."]
    assert load(chosen.config).server.listen == "127.0.0.1:8003"


def test_no_clear_password_in_the_configuration(tmp_path: Path) -> None:
    chosen = options.write(tmp_path)
    text = chosen.config.read_text()
    assert chosen.password not in text
    assert chosen.api_key not in text
    assert os.stat(chosen.config).st_mode & 0o077 == 0
