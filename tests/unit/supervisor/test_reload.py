"""What of a changed configuration can be taken, and by which parts."""

import msgspec
import pytest

from appliance.settings import (
    ApiKeySettings,
    KeyringSettings,
    LimitSettings,
    RedisSettings,
    ServerSettings,
    Settings,
    SiteSettings,
    UserSettings,
)
from appliance.supervisor.reload import PARTS, concerned, unchangeable

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
