"""One warehouse for each Redis: it holds a lease on the outboxes, and a second one ends with a clear message."""

import contextlib
import secrets
import time
from collections.abc import Iterator
from typing import NamedTuple

from appliance.errors import ApplianceError, StartError, UnavailableError
from appliance.settings import Settings
from appliance.state.connection import Client
from appliance.state.lease import LEASE_SECONDS, LeaseKeeper, WriterLease
from appliance.supervisor.parts.process import station

_RETRY_SECONDS = 0.5


class Ownership(NamedTuple):
    """Of the outboxes of one Redis."""

    lease: WriterLease

    def hold(self) -> None:
        """Take the lease, or find that it is ours.

        Raises:
            StartError: another warehouse has it.
            UnavailableError: Redis is away.
        """
        if (holder := self.lease.acquire()) is not None:
            raise StartError(f"another warehouse ({holder}) counts what is in this Redis; stop it first")


@contextlib.contextmanager
def owned_outboxes(settings: Settings, client: Client) -> Iterator[Ownership]:
    """Hold the outboxes until the block ends. With Redis away they are taken as soon as it is back.

    Raises:
        StartError: another warehouse keeps them for longer than a dead one could.
    """
    ownership = Ownership(WriterLease(client, station(settings), secrets.token_hex(8)))
    deadline = time.monotonic() + LEASE_SECONDS + 1
    while True:
        try:
            ownership.hold()
            break
        except UnavailableError:
            break
        except StartError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)  # the lease of a dead one expires by itself
    keeper = LeaseKeeper([ownership.lease])
    keeper.start()
    try:
        yield ownership
    finally:
        keeper.stop()
        with contextlib.suppress(ApplianceError):
            ownership.lease.release()
