"""Checks what types cannot: addresses, host names, time zones, names that stand twice, secrets in files.

Decoded settings come in, settings with absolute paths and read secrets go out. Messages name the key, the value and
what is allowed; they never repeat a secret.
"""

import hashlib
import ipaddress
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from appliance.errors import SettingsError
from appliance.settings.engine_urls import checked_clickhouse, checked_redis
from appliance.settings.goals import check_page, check_unique, checked_funnels, checked_goals
from appliance.settings.sections import ANY_SITE, ApiKeySettings, Settings, UserSettings
from appliance.settings.sites import PropertySettings, ShieldSettings, SiteSettings
from appliance.settings.time_limits import check_retention
from appliance.targets import OWN_KEYS

_SITE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,126}")
_HOSTNAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[?[0-9a-f:]+\]?")

_PROPERTY_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MAX_PROPERTIES = 30


def host_port(address: str) -> tuple[str, int]:
    """Split `host:port`; IPv6 hosts stand in brackets.

    Raises:
        SettingsError: not of that form, or the port is not 1–65535.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise SettingsError(f"'{address}' is not host:port with a port from 1 to 65535")
    return host.strip("[]"), int(port)


def checked(settings: Settings, base: Path) -> Settings:
    """The settings made complete: secrets read, paths absolute, hosts in lower case.

    Raises:
        SettingsError: with one sentence that names key, value and what is allowed.
    """
    server = settings.server
    for key in ("listen", "stats_listen", "dashboard_listen"):
        _named(f"server.{key}", host_port, getattr(server, key))
    if server.metrics_listen:
        _named("server.metrics_listen", _check_loopback, server.metrics_listen)
    for network in server.trusted_proxies:
        _check_proxy(network)
    if settings.keyring.allow_disk and not settings.keyring.reason.strip():
        raise SettingsError("keyring.allow_disk = true needs keyring.reason: why may keys touch a disk here?")
    _check_relaxations(settings)
    check_retention(settings)
    check_unique("sites.id", [site.id for site in settings.sites])
    # Hits name a site without "www.", as Plausible's do.
    check_unique("sites.id without www.", [site.id.removeprefix("www.") for site in settings.sites])
    for origin in settings.dashboard.embed_origins:
        _check_origin(origin)
    check_unique("api_keys.name", [key.name for key in settings.api_keys])
    check_unique("users.name", [user.name for user in settings.users])
    known = {site.id for site in settings.sites}
    for name, sites in (
        *((key.name, key.sites) for key in settings.api_keys),
        *((user.name, sites) for user in settings.users for _, sites in user.all_roles),
    ):
        for site_id in sites:
            if site_id != ANY_SITE and site_id not in known:
                raise SettingsError(f"sites of '{name}': there is no site '{site_id}'")
    return msgspec.structs.replace(
        settings,
        server=msgspec.structs.replace(
            server,
            data_dir=_absolute(base, server.data_dir),
            test_clock_file=_absolute(base, server.test_clock_file),
        ),
        redis=checked_redis(settings.redis, base),
        clickhouse=checked_clickhouse(settings.clickhouse, base),
        places=msgspec.structs.replace(settings.places, database=_absolute(base, settings.places.database)),
        keyring=msgspec.structs.replace(settings.keyring, directory=_absolute(base, settings.keyring.directory)),
        shields=_checked_shields("shields", settings.shields),
        sites=tuple(_checked_site(site, settings.shields, base) for site in settings.sites),
        api_keys=tuple(_checked_key(key, base) for key in settings.api_keys),
        users=tuple(_checked_user(user, base) for user in settings.users),
    )


def _named(key: str, check: Any, value: str) -> None:
    try:
        check(value)
    except (SettingsError, ValueError) as error:
        raise SettingsError(f"{key} = '{value}': {error}") from None


def _check_loopback(address: str) -> None:
    """Nobody logs in there, so it is for this machine."""
    host, _ = host_port(address)
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise SettingsError("only this machine may ask for metrics: 127.0.0.1:PORT, [::1]:PORT or localhost:PORT")


def _check_proxy(network: str) -> None:
    try:
        parsed = ipaddress.ip_network(network)
    except ValueError as error:
        raise SettingsError(f"server.trusted_proxies: '{network}' is not a network: {error}") from None
    if parsed.prefixlen == 0:
        raise SettingsError(
            f"server.trusted_proxies: '{network}' trusts everybody, so anybody could choose the address "
            "that is counted; name your proxies"
        )


def _check_origin(origin: str) -> None:
    try:
        parts = urlsplit(origin)
        is_origin = f"{parts.scheme}://{parts.netloc}" == origin and parts.port != 0 and parts.username is None
    except ValueError:
        is_origin = False
    # It becomes part of a header.
    if not is_origin or not re.fullmatch(r"https?://(\*\.)?[a-z0-9._:\[\]-]+", origin):
        raise SettingsError(
            f"dashboard.embed_origins: '{origin}' is not an origin such as https://www.example.org, without path"
        )


def _check_relaxations(settings: Settings) -> None:
    """Every relaxed default has a reason that reports can show, and no reason stands there for nothing."""
    relaxed = [name for name, value in (("privacy.referrer_path", settings.privacy.referrer_path),) if value]
    explained = [relaxation.setting for relaxation in settings.privacy.relaxations]
    for name in relaxed:
        if name not in explained:
            raise SettingsError(
                f"{name} relaxes a default: add [[privacy.relaxations]] with setting = '{name}', reason, "
                "approved_by and review_by"
            )
    for relaxation in settings.privacy.relaxations:
        where = f"privacy.relaxations '{relaxation.setting}'"
        if relaxation.setting not in relaxed:
            raise SettingsError(f"{where}: this setting is not relaxed")
        if not relaxation.reason.strip() or not relaxation.approved_by.strip():
            raise SettingsError(f"{where}: reason and approved_by must not be empty")
        try:
            date.fromisoformat(relaxation.review_by)
        except ValueError:
            raise SettingsError(f"{where}: review_by = '{relaxation.review_by}' is not a day (YYYY-MM-DD)") from None


def _checked_site(site: SiteSettings, shields: ShieldSettings, base: Path) -> SiteSettings:
    if not _SITE_ID.fullmatch(site.id):
        raise SettingsError(
            f"sites.id = '{site.id}': letters, digits and . _ : / - only, at most 127, starting with a letter or digit"
        )
    try:
        ZoneInfo(site.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"timezone of site '{site.id}' = '{site.timezone}': not an IANA time zone such as Europe/Berlin"
        ) from None
    hostnames = tuple(name.lower() for name in site.hostnames) or (site.id.partition("/")[0].lower(),)
    for hostname in hostnames:
        if not _HOSTNAME.fullmatch(hostname):
            raise SettingsError(
                f"hostnames of site '{site.id}': '{hostname}' is not a host name without scheme and port"
            )
    for page in site.pages:
        check_page(f"pages of site '{site.id}'", page)
    own = _checked_shields(f"shields of site '{site.id}'", site.shields)
    both = ShieldSettings(
        **{name: getattr(shields, name) + getattr(own, name) for name in ShieldSettings.__struct_fields__}
    )
    return msgspec.structs.replace(
        site,
        hostnames=hostnames,
        sitemap=_checked_sitemap(site, base),
        goals=checked_goals(site),
        funnels=checked_funnels(site),
        properties=_checked_properties(site),
        shields=both,
    )


def _checked_sitemap(site: SiteSettings, base: Path) -> str:
    if "://" not in site.sitemap:
        return _absolute(base, site.sitemap)
    where = f"sitemap of site '{site.id}'"
    try:
        parts = urlsplit(site.sitemap)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or parts.scheme != "https" or parts.username is not None:
        raise SettingsError(f"{where}: '{site.sitemap}' must be a file or an https:// address without user")
    return site.sitemap


def _checked_properties(site: SiteSettings) -> tuple[PropertySettings, ...]:
    where = f"properties of site '{site.id}'"
    check_unique(where, [declared.key for declared in site.properties])
    for declared in site.properties:
        if not _PROPERTY_KEY.fullmatch(declared.key):
            raise SettingsError(f"{where}: '{declared.key}' must be 1 to 40 letters, digits, _ and - only")
        if declared.key in OWN_KEYS:
            raise SettingsError(f"{where}: '{declared.key}' is counted by itself; choose another key")
    if len(site.properties) > _MAX_PROPERTIES:
        raise SettingsError(f"{where}: {_MAX_PROPERTIES} at most")
    return site.properties


def _checked_shields(where: str, shields: ShieldSettings) -> ShieldSettings:
    for network in shields.addresses:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise SettingsError(f"{where}: addresses: '{network}' is no address and no network: {error}") from None
    for country in shields.countries:
        if not re.fullmatch(r"[A-Z]{2}", country):
            raise SettingsError(f"{where}: countries: '{country}' must be two capital letters, as DE")
    for page in shields.pages:
        check_page(f"{where}: pages", page)
    hostnames = tuple(name.lower() for name in shields.hostnames)
    for hostname in hostnames:
        if not _HOSTNAME.fullmatch(hostname.removeprefix("*.")):
            raise SettingsError(f"{where}: hostnames: '{hostname}' is not a host name without scheme and port")
    return msgspec.structs.replace(shields, hostnames=hostnames)


def _checked_key(key: ApiKeySettings, base: Path) -> ApiKeySettings:
    if bool(key.sha256) == bool(key.key_file):
        raise SettingsError(f"api_keys '{key.name}': exactly one of sha256 and key_file must be set")
    if key.key_file:
        secret = _secret(f"api_keys '{key.name}' key_file", base, key.key_file)
        return msgspec.structs.replace(key, sha256=hashlib.sha256(secret.encode()).hexdigest(), key_file="")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", key.sha256):
        raise SettingsError(f"api_keys '{key.name}' sha256: must be 64 hex digits")
    return msgspec.structs.replace(key, sha256=key.sha256.lower())


def _checked_user(user: UserSettings, base: Path) -> UserSettings:
    if not user.name:
        raise SettingsError("users.name must not be empty")
    if bool(user.password_hash) == bool(user.password_hash_file):
        raise SettingsError(f"users '{user.name}': exactly one of password_hash and password_hash_file must be set")
    encoded = user.password_hash or _secret(f"users '{user.name}' password_hash_file", base, user.password_hash_file)
    if not encoded.startswith("$argon2id$"):
        raise SettingsError(
            f"users '{user.name}': the password hash must be Argon2id; 'appliance hash-password' makes one"
        )
    return msgspec.structs.replace(user, password_hash=encoded, password_hash_file="")


def _secret(key: str, base: Path, path: str) -> str:
    try:
        lines = (base / path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{key} = '{path}': cannot be read ({error})") from None
    if not lines or not lines[0].strip():
        raise SettingsError(f"{key} = '{path}': the first line is empty")
    return lines[0].strip()


def _absolute(base: Path, path: str) -> str:
    return str((base / path).resolve()) if path else ""
