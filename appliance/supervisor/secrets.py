"""Secrets that the appliance makes for itself at its first start, one file each in `data_dir/secrets/`.

Directory 0700, files 0600. A secret is made once and then read; nothing here is ever logged.
"""

import os
import secrets
from pathlib import Path

from appliance.errors import StartError

OWN_API_KEY = "dashboard-api-key"
"""Bearer key of the appliance's commands at the stats API; once it was the dashboard's."""
GRANT_KEY = "grant-key"
"""Signs what the dashboard asks of the stats API for somebody."""
IMPORT_KEY = "import-key"
"""Bearer key with which `appliance import-log` hands facts to a running warehouse."""
BACKUP_KEY = "backup-key"
"""Bearer key with which `appliance backup` asks a running warehouse for its counters."""
REDIS_PASSWORD = "redis-password"  # noqa: S105  the name of a file
"""Password of the user `appliance` of the embedded Redis."""

_N_BYTES = 32


def read_or_make(data_dir: Path, name: str) -> str:
    """The secret of that name: 32 random bytes in URL-safe base64, made if it is not there.

    Raises:
        StartError: it can be neither read nor made.
    """
    path = data_dir / "secrets" / name
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        if not path.exists():
            _make(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"the secret {path} cannot be read or made ({_reason(error)})") from None
    if len(secret) < _N_BYTES:
        raise StartError(f"the secret {path} is too short; remove the file and a new one is made")
    return secret


def write(path: Path, text: str) -> None:
    """Put a text into a file that only its owner may read; an old file of that name is replaced at once."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _make(path: Path) -> None:
    """Two processes may get here at once: a link never replaces, so the first one's secret stays."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write(fresh, secrets.token_urlsafe(_N_BYTES) + "\n")
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _reason(error: Exception) -> str:
    return error.strerror or "unknown" if isinstance(error, OSError) else "not text"
