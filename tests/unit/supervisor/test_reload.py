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
    assert await configuration.take(restart) == "nothing has changed"
