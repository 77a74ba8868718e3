"""What the dashboard needs to start: where the stats API is, the key of its grants, its records and who may log in.

Whoever starts the dashboard fills `DashboardOptions`; nothing is read from files or the environment.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.stats.grants import ANY_SITE, Granted
from dashboard.rights import RIGHTS, Reader, Role

DAY_SECONDS = 24 * 3600
WEEK_SECONDS = 7 * DAY_SECONDS


@dataclass(frozen=True)
class DashboardUser:
    """Somebody who may log in, and what they are for which sites."""

    name: str
    password_hash: str = field(repr=False)
    """Argon2id, in its usual text form."""
    roles: tuple[tuple[Role, tuple[str, ...]], ...] = ((Role.VIEWER, (ANY_SITE,)),)
    """Each with site ids; `*` for all."""

    @property
    def reader(self) -> Reader:
        """What pages know of the user."""
        return Reader(self.name, tuple(Granted(RIGHTS[role], sites) for role, sites in self.roles))


@dataclass(frozen=True)
class DashboardOptions:
    """Everything that `dashboard.app.create_app` needs."""

    stats_url: str
    """Base address of the stats API, such as `http://127.0.0.1:8001`."""
    grant_key: str = field(repr=False)
    """Signs what is asked of the stats API for somebody."""
    users: tuple[DashboardUser, ...]
    records: Path | None = None
    """File of logins; None: in memory, as long as the process lives."""
    session_seconds: int = WEEK_SECONDS
    """A login ends after this time, whatever happened meanwhile."""
    idle_seconds: int = DAY_SECONDS
    """A login ends after this time without use. A page that refreshes itself is not used."""
    embed_origins: tuple[str, ...] = ()
    """Origins whose pages may show shared links in a frame."""
    clock: Callable[[], float] = time.time
    network_of: Callable[[Mapping[str, Any]], str] = lambda _scope: ""
    """Network of a request's client, to slow down guessing; empty: not known."""
