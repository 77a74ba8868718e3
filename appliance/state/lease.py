"""Leases: who may advance a shard, and who may empty the outboxes.

They are checked inside every transaction, so a stale owner writes nothing.
`LeaseKeeper` renews leases in a thread, so that a step that takes long, such as the end of a large day, does not lose
them. A process that stands still loses them, and finds out before it writes.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from appliance.errors import ApplianceError, LeaseLostError
from appliance.state import names
from appliance.state.connection import Client, translated

LEASE_SECONDS = 10
_LIFE_MS = LEASE_SECONDS * 1000
_KEEP_SECONDS = 2.0


class Lease:
    """Ownership of one shard by one worker process. Every method may raise UnavailableError.

    The owner is `<station>#<random>`: a station (host and data directory) runs at most one worker, which holds a
    file lock, so a lease left behind by a killed worker of the same station is taken over at once.
    """

    def __init__(self, client: Client, shard: int, station: str, owner: str) -> None:
        self._client = client
        self._key = names.lease(shard)
        self._station = f"{station}#".encode()
        self._owner = f"{station}#{owner}".encode()
        self._what = f"shard {shard}"
        self._changing = threading.Lock()

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
        with translated(), self._changing:
            self._require(self._client.get(self._key))
            self._client.pexpire(self._key, _LIFE_MS)

    @contextmanager
    def fence(self, transaction: Any) -> Iterator[None]:
        """Begin a transaction that is refused unless the lease is ours, and stays ours until it is executed.

        Execute it inside the block: a renewal by another thread waits for its end, because Redis takes any change of
        the lease for one of its owner.
        """
        with self._changing:
            transaction.watch(self._key)
            self._require(transaction.get(self._key))
            transaction.multi()
            yield

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
            raise LeaseLostError(f"this process does not hold {self._what} any more")


class WriterLease(Lease):
    """Ownership of both outboxes by one warehouse: a second one, with counters of its own, would get a part of them."""

    def __init__(self, client: Client, station: str, owner: str) -> None:
        super().__init__(client, 0, station, owner)
        self._key, self._what = names.WRITER, "the outboxes"


class LeaseKeeper(threading.Thread):
    """Renews leases until told to stop. What it cannot renew it leaves to whoever writes under it."""

    def __init__(self, leases: Sequence[Lease], every_seconds: float = _KEEP_SECONDS) -> None:
        super().__init__(name="leases", daemon=True)
        self._leases = leases
        self._every_seconds = every_seconds
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Renew; called by `start`."""
        while not self._stop_asked.wait(self._every_seconds):
            for lease in self._leases:
                try:
                    lease.keep()
                except ApplianceError:
                    continue

    def stop(self) -> None:
        """End, and wait for a renewal that is under way, so that nothing is renewed after a release."""
        self._stop_asked.set()
        self.join()
