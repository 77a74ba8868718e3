"""What of a changed configuration can be taken, and by which parts."""

from pathlib import Path

import msgspec
import pytest

from appliance.errors import StartError
from appliance.settings import (
    ApiKeySettings,
    KeyringSettings,
    LimitSettings,
    RedisSettings,
    ServerSettings,
    Settings,
    SiteSettings,
    UserSettings,
    load,
)
from appliance.supervisor.reload import PARTS, RunningConfiguration, concerned, unchangeable

OLD = Settings(sites=(SiteSettings(id="example.org"),))


def changed(**sections: object) -> Settings:
    return msgspec.structs.replace(OLD, **sections)


def test_equal_settings_concern_nobody() -> None:
    assert (unchangeable(OLD, changed()), concerned(OLD, changed())) == ([], [])


@pytest.mark.parametrize(
    ("new", "names"),
    [
        (changed(server=ServerSettings(listen="127.0.0.1:1", data_dir="x")), ["server.listen", "server.data_dir"]),
        (changed(redis=RedisSettings(shards=5)), ["redis.shards"]),
        (changed(keyring=KeyringSettings(directory="/run/x")), ["keyring.directory"]),
        (changed(server=ServerSettings(trusted_proxies=("10.0.0.0/8",))), []),
        (changed(sites=(), limits=LimitSettings(enabled=False)), []),
    ],
)
def test_what_is_shared_by_parts_takes_a_restart(new: Settings, names: list[str]) -> None:
    assert unchangeable(OLD, new) == names


@pytest.mark.parametrize(
    ("new", "parts"),
    [
        (changed(users=(UserSettings("anna", password_hash="x"),)), ["dashboard"]),
        (changed(api_keys=(ApiKeySettings("reports", sha256="x"),)), ["warehouse"]),
        (changed(api_keys=(ApiKeySettings("a"),), users=(UserSettings("anna"),)), ["warehouse", "dashboard"]),
        (changed(sites=()), list(PARTS)),
        (changed(limits=LimitSettings(enabled=False), users=(UserSettings("anna"),)), list(PARTS)),
    ],
)
def test_a_section_concerns_the_parts_that_read_it(new: Settings, parts: list[str]) -> None:
    assert concerned(OLD, new) == parts


@pytest.mark.parametrize("then", ["[limits]\nenabled = false\n", ""], ids=["the same file", "the file before"])
async def test_after_a_part_that_did_not_start_every_part_is_started_anew_again(tmp_path: Path, then: str) -> None:
    config = tmp_path / "appliance.toml"
    config.write_text("")
    configuration = RunningConfiguration(load(config), config)
    begun: list[str] = []
    broken = {"worker"}

    async def restart(part: str) -> None:
        begun.append(part)
        if part in broken:
            raise StartError(f"{part} was not ready")

    config.write_text("[limits]\nenabled = false\n")
    with pytest.raises(StartError, match="worker was not ready"):
        await configuration.take(restart)
    assert begun == ["warehouse", "worker"]
    begun.clear()
    broken.clear()
    config.write_text(then)
    await configuration.take(restart)
    assert begun == list(PARTS)
    assert await configuration.take(restart) == f"nothing has changed in {config}"


FIXED = {
    *("server.listen", "server.stats_listen", "server.dashboard_listen", "server.metrics_listen"),
    *("server.data_dir", "server.test_clock_file"),
    *("keyring.directory", "keyring.allow_disk", "keyring.reason"),
    *("redis.url", "redis.shards", "redis.maxmemory_mb", "redis.ca_file"),
    *("clickhouse.url", "clickhouse.ca_file", "clickhouse.timeout_seconds", "clickhouse.kept_reads_mb"),
}
"""Written down a second time: whether a new setting can be taken while everything runs has to be decided."""
KEYS = [
    f"{section}.{field}"
    for section in OLD.__struct_fields__
    if isinstance(getattr(OLD, section), msgspec.Struct)
    for field in getattr(OLD, section).__struct_fields__
]


def another(value: object) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value + "x"
        case tuple():
            return (*value, "x")
        case msgspec.Struct():
            first = value.__struct_fields__[0]
            return msgspec.structs.replace(value, **{first: another(getattr(value, first))})
    raise AssertionError(f"how does one change {value!r}?")


@pytest.mark.parametrize("key", KEYS)
def test_a_changed_key_is_taken_or_named_as_needing_a_restart(key: str) -> None:
    section, _, field = key.partition(".")
    old = getattr(OLD, section)
    new = changed(**{section: msgspec.structs.replace(old, **{field: another(getattr(old, field))})})
    assert unchangeable(OLD, new) == ([key] if key in FIXED else [])
    assert key in FIXED or concerned(OLD, new) != []


@pytest.mark.parametrize("section", [name for name in OLD.__struct_fields__ if name not in {"sites"}])
def test_every_section_concerns_some_part(section: str) -> None:
    value = getattr(OLD, section)
    assert concerned(OLD, changed(**{section: another(value)})) != []
