"""Where the engines are, and whose certificates are believed there. `checks` uses it."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from appliance.errors import SettingsError
from appliance.settings.sections import ClickHouseSettings, RedisSettings


def checked_redis(redis: RedisSettings, base: Path) -> RedisSettings:
    """With an absolute path. Raises SettingsError."""
    _check_url("redis.url", redis.url, ("redis", "rediss", "unix"))
    _check_authority("redis", redis.url, "rediss", base / redis.ca_file if redis.ca_file else None)
    return msgspec.structs.replace(redis, ca_file=_absolute(base, redis.ca_file))


def checked_clickhouse(clickhouse: ClickHouseSettings, base: Path) -> ClickHouseSettings:
    """With an absolute path. Raises SettingsError."""
    _check_url("clickhouse.url", clickhouse.url, ("http", "https", "chdb"))
    _check_authority("clickhouse", clickhouse.url, "https", base / clickhouse.ca_file if clickhouse.ca_file else None)
    return msgspec.structs.replace(clickhouse, ca_file=_absolute(base, clickhouse.ca_file))


def _check_url(key: str, url: str, schemes: tuple[str, ...]) -> None:
    if url != "embedded" and urlsplit(url).scheme not in schemes:
        allowed = ", ".join(f"{scheme}://…" for scheme in schemes)
        # The URL may hold a password: name the scheme only.
        raise SettingsError(f"{key}: scheme '{urlsplit(url).scheme}' is not one of 'embedded', {allowed}")


def _check_authority(section: str, url: str, scheme: str, file: Path | None) -> None:
    if file is None:
        return
    if urlsplit(url).scheme != scheme:
        raise SettingsError(f"{section}.ca_file is for {section}.url = '{scheme}://…' only")
    try:
        ssl.create_default_context(cafile=str(file))
    except OSError as error:
        reason = "it holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
        raise SettingsError(f"{section}.ca_file = '{file}' cannot be used: {reason}") from None


def _absolute(base: Path, path: str) -> str:
    return str((base / path).resolve()) if path else ""
