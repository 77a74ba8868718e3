"""What the dashboard needs to start: where the stats API is, its key, the cookie key and who may log in.

Whoever starts the dashboard fills `DashboardOptions`; nothing is read from files or the environment.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from appliance.stats.grants import ANY_SITE, Granted
from dashboard.rights import RIGHTS, Reader, Role

WEEK_SECONDS = 7 * 24 * 3600


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
    cookie_key: bytes = field(repr=False)
    """At least 32 random bytes that sign the session cookies."""
    users: tuple[DashboardUser, ...]
    session_seconds: int = WEEK_SECONDS
    """A login ends after this time, whatever happened meanwhile."""
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if len(self.cookie_key) < 32:
            raise ValueError("cookie_key: at least 32 random bytes are needed")
