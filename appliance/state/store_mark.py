"""Whether Redis is still the one that holds what it was given: a mark in it goes only with all its data.

The same mark stands in a file. A Redis that comes back without it, or with another, has lost the queue, the profiles of
the running day and what was on its way to ClickHouse. An append-only file that was cut keeps the mark: it is at its
beginning.
"""

import secrets
from pathlib import Path

from appliance.errors import StartError
from appliance.state import names
from appliance.state.connection import Client, translated

FILE = "redis-mark"
"""Name of the file in the data directory."""
_REMEMBERED_SECONDS = 24 * 3600


class StoreMark:
    """One Redis and the file that knows its mark."""

    def __init__(self, client: Client, file: Path) -> None:
        self._client = client
        self._file = file

    def is_lost(self) -> bool:
        """Whether Redis had the mark and has it no more. Raises UnavailableError."""
        known = self._known()
        return bool(known) and known != self._stored()

    def renew(self, lost_at: float | None = None) -> None:
        """Mark Redis, unless it has its mark.

        Args:
            lost_at: when it was found without its data, in seconds since 1970; `lost_at` tells it for a day.

        Raises:
            UnavailableError: Redis is away.
            StartError: the file cannot be written.
        """
        if self._known() and self._known() == self._stored():
            return
        mark = self._stored() or secrets.token_hex(16)
        with translated():
            self._client.set(names.STORE_MARK, mark)
            if lost_at is not None:
                self._client.set(names.EMPTIED, int(lost_at), ex=_REMEMBERED_SECONDS)
        try:
            fresh = self._file.with_suffix(".fresh")
            fresh.write_text(mark, encoding="ascii")
            fresh.replace(self._file)
        except OSError as error:
            raise StartError(f"{self._file} cannot be written ({error.strerror})") from None

    def _known(self) -> str:
        try:
            return self._file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    def _stored(self) -> str:
        with translated():
            found = self._client.get(names.STORE_MARK)
        return bytes(found).decode("ascii", "replace") if isinstance(found, bytes) else ""


def emptied_at(client: Client) -> float:
    """When Redis was last found without its data, if within a day; in seconds since 1970, else 0.

    Raises:
        UnavailableError: Redis is away.
    """
    with translated():
        found = client.get(names.EMPTIED)
    return float(found) if isinstance(found, bytes) else 0.0
