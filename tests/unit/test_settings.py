"""The configuration is refused loudly: key, value and what is allowed."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import SettingsError
from appliance.settings import host_port, load, parse

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g"


def test_empty_configuration_has_working_defaults(tmp_path: Path) -> None:
    settings = parse({}, base=tmp_path)
    assert settings.data_dir == tmp_path / "data"
    assert settings.redis.url == settings.clickhouse.url == "embedded"
    assert settings.server.trusted_proxies == ()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param({"server": {"listn": "x"}}, ["server", "listn"], id="unknown key"),
        pytest.param({"sever": {}}, ["unknown section", "sever"], id="unknown section"),
        pytest.param({"server": {"listen": "8000"}}, ["server.listen", "8000", "host:port"], id="no port"),
        pytest.param({"server": {"listen": "h:70000"}}, ["65535"], id="port out of range"),
        pytest.param({"visits": {"timeout_seconds": 60}}, ["visits.timeout_seconds", "60", "1500"], id="timeout"),
        pytest.param({"privacy": {"k": 1}}, ["privacy.k", "1", "5"], id="threshold of one"),
        pytest.param({"server": {"trusted_proxies": ["0.0.0.0/0"]}}, ["trusts everybody"], id="everybody"),
        pytest.param({"server": {"trusted_proxies": ["proxy"]}}, ["trusted_proxies", "proxy"], id="no network"),
        pytest.param({"redis": {"url": "http://user:pw@host"}}, ["redis.url", "'http'"], id="redis scheme"),
        pytest.param({"clickhouse": {"url": "x://y"}}, ["clickhouse.url", "'x'"], id="clickhouse scheme"),
        pytest.param({"keyring": {"allow_disk": True}}, ["allow_disk", "reason"], id="disk without reason"),
        pytest.param({"sites": [{"id": "a b"}]}, ["sites.id", "a b"], id="site id"),
        pytest.param({"sites": [{}]}, ["sites[0]", "id"], id="site without id"),
        pytest.param({"sites": [{"id": "a"}, {"id": "a"}]}, ["sites.id", "twice"], id="site twice"),
        pytest.param({"sites": [{"id": "www.a"}, {"id": "a"}]}, ["www.", "'a'", "twice"], id="site twice by www."),
        pytest.param({"sites": [{"id": "a", "timezone": "Mars/X"}]}, ["timezone", "Mars/X"], id="zone"),
        pytest.param({"sites": [{"id": "a", "hostnames": ["http://a"]}]}, ["hostnames", "http://a"], id="host"),
        pytest.param({"sites": [{"id": "a", "pages": ["blog/*"]}]}, ["pages", "blog/*", "/"], id="page"),
        pytest.param({"api_keys": [{"name": "k"}]}, ["k", "sha256", "key_file"], id="no key"),
        pytest.param({"api_keys": [{"name": "k", "sha256": "12"}]}, ["64 hex"], id="short hash"),
        pytest.param({"api_keys": [{"name": "k", "sha256": "0" * 64, "sites": ["x"]}]}, ["'x'"], id="key site"),
        pytest.param({"users": [{"name": "u", "password_hash": "plain"}]}, ["Argon2id"], id="plain password"),
        pytest.param({"users": [{"name": "", "password_hash": HASH}]}, ["users.name"], id="no name"),
    ],
)
def test_wrong_value_is_named_with_what_is_allowed(raw: dict[str, Any], words: list[str], tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse(raw, base=tmp_path)
    message = str(refusal.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


@pytest.mark.parametrize(
    "raw",
    [
        {"api_keys": [{"name": "k", "sha256": "notforyoureyes"}]},
        {"users": [{"name": "u", "password_hash": "notforyoureyes"}]},
        {"redis": {"url": "ftp://u:notforyoureyes@host"}},
        {"clickhouse": {"url": "ftp://u:notforyoureyes@host"}},
    ],
)
def test_message_never_shows_a_secret(raw: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse(raw, base=tmp_path)
    assert "notforyoureyes" not in str(refusal.value)


def test_host_name_defaults_to_the_id_of_the_site(tmp_path: Path) -> None:
    settings = parse({"sites": [{"id": "Example.org/shop"}]}, base=tmp_path)
    assert settings.sites[0].hostnames == ("example.org",)


def test_key_file_is_read_and_kept_as_hash(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    settings = parse({"api_keys": [{"name": "k", "key_file": "key"}]}, base=tmp_path)
    assert settings.api_keys[0].sha256 == hashlib.sha256(b"s3cret").hexdigest()
    assert settings.api_keys[0].key_file == ""


def test_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    with pytest.raises(SettingsError, match="first line is empty"):
        parse({"api_keys": [{"name": "k", "key_file": "key"}]}, base=tmp_path)


def test_key_opens_its_sites_only(tmp_path: Path) -> None:
    raw = {"sites": [{"id": "a"}, {"id": "b"}], "api_keys": [{"name": "k", "sha256": "0" * 64, "sites": ["a"]}]}
    (key,) = parse(raw, base=tmp_path).api_keys
    assert key.may_read("a")
    assert not key.may_read("b")


def test_two_data_directories_never_share_a_runtime_directory(tmp_path: Path) -> None:
    one, two = (parse({"server": {"data_dir": name}}, base=tmp_path) for name in ("one", "two"))
    assert one.runtime_dir != two.runtime_dir


def test_missing_file_and_bad_toml_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such configuration file"):
        load(tmp_path / "missing.toml")
    (tmp_path / "bad.toml").write_text("[server\n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load(tmp_path / "bad.toml")


@pytest.mark.parametrize(("address", "expected"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8000", ("::1", 8000))])
def test_address_is_split_at_its_port(address: str, expected: tuple[str, int]) -> None:
    assert host_port(address) == expected
