"""The lease of a shard: who may advance it. Checked inside every transaction, so a stale owner writes nothing."""

from typing import Any

from appliance.errors import LeaseLostError
from appliance.state import names
from appliance.state.connection import Client, translated

LEASE_SECONDS = 10
_LIFE_MS = LEASE_SECONDS * 1000


class Lease:
    """Ownership of one shard by one worker process.

    The owner is `<station>#<random>`: a station (host and data directory) runs at most one worker, which holds a
    file lock, so a lease left behind by a killed worker of the same station is taken over at once.
    """

    def __init__(self, client: Client, shard: int, station: str, owner: str) -> None:
        self._client = client
        self._key = names.lease(shard)
        self._station = f"{station}#".encode()
        self._owner = f"{station}#{owner}".encode()
        self._shard = shard

    def acquire(self) -> str | None:
        """Take the lease. Returns None when it is ours, else the station that holds it."""
        with translated():
            if self._client.set(self._key, self._owner, nx=True, px=_LIFE_MS):
                return None
            holder: Any = self._client.get(self._key) or b""
            if holder.startswith(self._station):
                self._client.set(self._key, self._owner, px=_LIFE_MS)
                return None
        return str(holder.rpartition(b"#")[0].decode(errors="replace"))

    def keep(self) -> None:
        """Renew outside a batch; call at least every few seconds.

        Raises:
            LeaseLostError: the lease expired or belongs to another worker.
        """
        with translated():
            self._require(self._client.get(self._key))
            self._client.pexpire(self._key, _LIFE_MS)

    def require(self, transaction: Any) -> None:
        """Inside a watched transaction: refuse unless the lease is ours."""
        self._require(transaction.get(self._key))

    def renew(self, transaction: Any) -> None:
        """Inside a transaction: prolong the lease with the batch."""
        transaction.pexpire(self._key, _LIFE_MS)

    def release(self) -> None:
        """Give the shard up at a clean end."""
        with translated():
            if self._client.get(self._key) == self._owner:
                self._client.delete(self._key)

    def _require(self, holder: Any) -> None:
        if holder != self._owner:
            raise LeaseLostError(f"this worker does not hold shard {self._shard} any more")
