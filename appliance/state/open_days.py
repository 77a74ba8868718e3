"""Which site-days have had a key and are not ended yet, as Redis remembers them.

The key page forgets with the host, and `appliance keys expire` destroys keys without Redis. What stands here is how
the worker learns afterwards that a day is over and was never closed. Names of sites and days only.
"""

from collections.abc import Iterable

from appliance.state import names
from appliance.state.connection import Client, translated


class OpenDays:
    """Names of day keys. Every method may raise UnavailableError."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, key_names: Iterable[str]) -> None:
        """Note keys that are live."""
        members = list(key_names)
        if members:
            with translated():
                self._client.sadd(names.OPEN_DAYS, *members)

    def all(self) -> set[str]:
        """Every day that was noted and is not ended."""
        with translated():
            members = self._client.smembers(names.OPEN_DAYS)
        return {member.decode() for member in members}  # type: ignore[union-attr]

    def remove(self, key_names: Iterable[str]) -> None:
        """Note that these days are ended: closed, their key gone, the file rewritten."""
        with translated():
            self._client.srem(names.OPEN_DAYS, *key_names)
