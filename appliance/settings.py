"""The configuration: one TOML file, read by people, refused loudly when it is wrong.

`load` turns the file into a frozen `Settings`; every section has working defaults. Messages name the key,
the value and what is allowed. Secrets can stand in files of their own (`*_file`).
"""

import hashlib
import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from appliance.errors import SettingsError

_ANY_SITE = "*"
_SITE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,126}")
_HOSTNAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[?[0-9a-f:]+\]?")
_Section = TypeVar("_Section", bound=msgspec.Struct)


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A section in which an unknown key is an error."""


class ServerSettings(_Strict, frozen=True):
    """`[server]`: addresses, the data directory and the proxies whose headers are believed."""

    listen: str = "127.0.0.1:8000"
    """Ingest, to which the tag sends its hits: `host:port`."""
    stats_listen: str = "127.0.0.1:8001"
    """Stats API: `host:port`."""
    dashboard_listen: str = "127.0.0.1:8501"
    """Dashboard: `host:port`."""
    data_dir: str = "data"
    """Directory of counters, queue and evidence. A relative path starts at the configuration file."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) whose `X-Forwarded-For` is read, right to left. Empty: the peer's address counts."""
    test_clock_file: str = ""
    """Tests only: file with a number of seconds that every process adds to its clock."""


class LimitSettings(_Strict, frozen=True):
    """`[limits]`: protection against floods."""

    enabled: bool = True
    """Reserved: this version has no limit on the number of hits."""


class VisitSettings(_Strict, frozen=True):
    """`[visits]`: when a visit ends."""

    timeout_seconds: Annotated[int, msgspec.Meta(ge=1500, le=14_400)] = 1800
    """A gap longer than this ends a visit. At least 25 minutes, so that a day has at most 60 visits."""


class RedisSettings(_Strict, frozen=True):
    """`[redis]`: the queue and the profiles."""

    url: str = "embedded"
    """`embedded`, or `redis://`, `rediss://`, `unix://`."""
    shards: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    """Parts into which visitors are split."""
    maxmemory_mb: Annotated[int, msgspec.Meta(ge=32, le=65_536)] = 256
    """Memory of the embedded Redis. When it is full, ingest answers 503; nothing is evicted."""


class ClickHouseSettings(_Strict, frozen=True):
    """`[clickhouse]`: the counters."""

    url: str = "embedded"
    """`embedded`, or the DSN of a server: `http://user:password@host:8123/database`."""


class KeyringSettings(_Strict, frozen=True):
    """`[keyring]`: where the key of the day lives. Never on a disk."""

    directory: str = ""
    """Directory on tmpfs; empty: one per data directory below /run/appliance or /dev/shm."""
    allow_disk: bool = False
    """Accept a directory that is not on tmpfs. Needs `reason`, which every privacy report shows."""
    reason: str = ""
    """Why keys may touch a disk here, in words for the data protection officer."""


class PrivacySettings(_Strict, frozen=True):
    """`[privacy]`: the threshold below which values that nobody declared stay hidden."""

    k: Annotated[int, msgspec.Meta(ge=5, le=1000)] = 5
    """A value that is not admitted is shown from this many visitors a day on."""


class SiteSettings(_Strict, frozen=True):
    """`[[sites]]`: one measured site."""

    id: str
    """What the tag sends as `data-domain`; usually the host name."""
    timezone: str = "UTC"
    """IANA name; days and hours of the site follow it."""
    hostnames: tuple[str, ...] = ()
    """Hosts whose pages count. Empty: the id is the host name."""
    pages: tuple[str, ...] = ()
    """Paths known to be public, `*` for any run of characters: shown whatever their number of visitors."""


class ApiKeySettings(_Strict, frozen=True):
    """`[[api_keys]]`: a bearer key of the stats API. The key itself never stands in the configuration."""

    name: str
    """Who uses the key; for people only."""
    sha256: str = ""
    """SHA-256 of the key, 64 hex digits; or `key_file`."""
    key_file: str = ""
    """File whose first line is the key."""
    sites: tuple[str, ...] = (_ANY_SITE,)
    """Site ids that the key opens; `*` for all."""

    def may_read(self, site: str) -> bool:
        """Whether the key opens this site."""
        return _ANY_SITE in self.sites or site in self.sites


class UserSettings(_Strict, frozen=True):
    """`[[users]]`: somebody who may log in to the dashboard."""

    name: str
    """Name at the login."""
    password_hash: str = ""
    """Argon2id hash as `appliance hash-password` prints it; or `password_hash_file`."""
    password_hash_file: str = ""
    """File whose first line is the hash."""
    sites: tuple[str, ...] = (_ANY_SITE,)
    """Site ids that the user sees; `*` for all."""

    def may_read(self, site: str) -> bool:
        """Whether the user sees this site."""
        return _ANY_SITE in self.sites or site in self.sites


class Settings(_Strict, frozen=True):
    """The whole configuration, checked; `*_file` secrets are already read."""

    server: ServerSettings = ServerSettings()
    limits: LimitSettings = LimitSettings()
    visits: VisitSettings = VisitSettings()
    redis: RedisSettings = RedisSettings()
    clickhouse: ClickHouseSettings = ClickHouseSettings()
    keyring: KeyringSettings = KeyringSettings()
    privacy: PrivacySettings = PrivacySettings()
    sites: tuple[SiteSettings, ...] = ()
    api_keys: tuple[ApiKeySettings, ...] = ()
    users: tuple[UserSettings, ...] = ()

    def site(self, site_id: str) -> SiteSettings | None:
        """The site with this id, if configured."""
        return next((site for site in self.sites if site.id == site_id), None)

    @property
    def data_dir(self) -> Path:
        """Absolute data directory."""
        return Path(self.server.data_dir)

    @property
    def test_clock_file(self) -> Path | None:
        """Absolute path of the test clock file, None in production."""
        return Path(self.server.test_clock_file) if self.server.test_clock_file else None

    @property
    def runtime_dir(self) -> Path:
        """Directory on tmpfs for key pages, sockets and temporary files; one per data directory."""
        if self.keyring.directory:
            return Path(self.keyring.directory)
        label = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        run = Path("/run/appliance")
        return (run if run.is_dir() else Path("/dev/shm/appliance")) / label  # noqa: S108  tmpfs on purpose


def host_port(address: str) -> tuple[str, int]:
    """Split `host:port`; IPv6 hosts stand in brackets.

    Raises:
        SettingsError: not of that form, or the port is not 1–65535.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise SettingsError(f"'{address}' is not host:port with a port from 1 to 65535")
    return host.strip("[]"), int(port)


def load(path: Path) -> Settings:
    """Read and check the configuration file.

    Raises:
        SettingsError: with one sentence that names key, value and what is allowed.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such configuration file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None
    return parse(raw, base=path.resolve().parent, name=str(path))


def parse(raw: dict[str, Any], *, base: Path, name: str = "configuration") -> Settings:
    """Check a decoded configuration; relative paths start at `base`.

    Raises:
        SettingsError: see `load`.
    """
    try:
        settings = msgspec.convert(raw, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}: {_with_value(str(error), raw)}") from None
    try:
        return _checked(settings, base)
    except SettingsError as error:
        raise SettingsError(f"{name}: {error}") from None


def _with_value(message: str, raw: dict[str, Any]) -> str:
    """Turn msgspec's JSON path into a configuration key and add the value that stands there."""
    text, separator, path = message.partition(" - at `$.")
    if not separator:
        return text.replace("Object contains unknown field", "unknown section")
    path = path.rstrip("`")
    value: Any = raw
    for part in re.findall(r"\w+", path):
        try:
            value = value[int(part)] if part.isdigit() else value[part]
        except (KeyError, IndexError, TypeError):
            value = None
            break
    secret = any(word in path for word in ("sha256", "password"))
    shown = "" if isinstance(value, dict | list | None.__class__) or secret else f" = {value!r}"
    text = text.replace("Object contains unknown field", "unknown key").replace("Object missing", "missing")
    return f"{path}{shown}: {text}"


def _checked(settings: Settings, base: Path) -> Settings:
    server = settings.server
    for key in ("listen", "stats_listen", "dashboard_listen"):
        _named(f"server.{key}", host_port, getattr(server, key))
    for network in server.trusted_proxies:
        _check_proxy(network)
    _check_url("redis.url", settings.redis.url, ("redis", "rediss", "unix"))
    _check_url("clickhouse.url", settings.clickhouse.url, ("http", "https", "chdb"))
    if settings.keyring.allow_disk and not settings.keyring.reason.strip():
        raise SettingsError("keyring.allow_disk = true needs keyring.reason: why may keys touch a disk here?")
    _check_unique("sites.id", [site.id for site in settings.sites])
    # Hits name a site without "www.", as Plausible's do.
    _check_unique("sites.id without www.", [site.id.removeprefix("www.") for site in settings.sites])
    _check_unique("api_keys.name", [key.name for key in settings.api_keys])
    _check_unique("users.name", [user.name for user in settings.users])
    known = {site.id for site in settings.sites}
    readers: tuple[ApiKeySettings | UserSettings, ...] = (*settings.api_keys, *settings.users)
    for owner in readers:
        for site_id in owner.sites:
            if site_id != _ANY_SITE and site_id not in known:
                raise SettingsError(f"sites of '{owner.name}': there is no site '{site_id}'")
    return msgspec.structs.replace(
        settings,
        server=msgspec.structs.replace(
            server,
            data_dir=_absolute(base, server.data_dir),
            test_clock_file=_absolute(base, server.test_clock_file),
        ),
        keyring=msgspec.structs.replace(settings.keyring, directory=_absolute(base, settings.keyring.directory)),
        sites=tuple(_checked_site(site) for site in settings.sites),
        api_keys=tuple(_checked_key(key, base) for key in settings.api_keys),
        users=tuple(_checked_user(user, base) for user in settings.users),
    )


def _named(key: str, check: Any, value: str) -> None:
    try:
        check(value)
    except (SettingsError, ValueError) as error:
        raise SettingsError(f"{key} = '{value}': {error}") from None


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


def _check_url(key: str, url: str, schemes: tuple[str, ...]) -> None:
    if url != "embedded" and urlsplit(url).scheme not in schemes:
        allowed = ", ".join(f"{scheme}://…" for scheme in schemes)
        # The URL may hold a password: name the scheme only.
        raise SettingsError(f"{key}: scheme '{urlsplit(url).scheme}' is not one of 'embedded', {allowed}")


def _check_unique(key: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{key} = '{name}' stands there twice")


def _checked_site(site: SiteSettings) -> SiteSettings:
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
        if not page.startswith("/") or len(page) > 256:
            raise SettingsError(
                f"pages of site '{site.id}': '{page}' must start with / and have 256 characters at most"
            )
    return msgspec.structs.replace(site, hostnames=hostnames)


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
