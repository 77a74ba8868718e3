"""What a run of the page's script reaches: the options, the sessions and the client of the stats API.

Streamlit runs the script in this process but hands it nothing, hence module state: `install` is called
once, before the first run. The user comes from the cookie of the WebSocket's handshake, which is verified
again on each run, so that a log-out or an expiry ends what an open page can read.
"""

from dataclasses import dataclass

import streamlit as st

from dashboard.client import StatsClient, StatsConnection
from dashboard.login.sessions import COOKIE_NAME, Login, Sessions
from dashboard.options import DashboardOptions
from dashboard.rights import NOBODY, Reader


@dataclass(frozen=True)
class _Installed:
    options: DashboardOptions
    sessions: Sessions
    connection: StatsConnection


_installed: _Installed | None = None


def install(options: DashboardOptions, sessions: Sessions) -> None:
    """Set what all runs of the script use."""
    global _installed
    close()
    connection = StatsConnection(options.stats_url, options.grant_key, options.clock)
    _installed = _Installed(options, sessions, connection)


def close() -> None:
    """Close the connections, if there are any."""
    if _installed is not None:
        _installed.connection.close()


def _require() -> _Installed:
    if _installed is None:
        raise RuntimeError("the page's script runs only inside dashboard.app.create_app")
    return _installed


def reader(*, is_use: bool = False) -> Reader | None:
    """Who looks at this page; None if the login has ended.

    Args:
        is_use: somebody did something, it is not a page that refreshes itself.
    """
    user = _require().sessions.read(_token(), is_use=is_use)
    return user.reader if user else None


def logins() -> list[Login]:
    """All logins of everybody."""
    return _require().sessions.logins()


def own_login() -> str:
    """Which of them looks at this page."""
    return _require().sessions.id_of(_token())


def end_login(login: str) -> None:
    """End one."""
    _require().sessions.end_login(login)


def reader_named(name: str) -> Reader | None:
    """What somebody of the configuration may."""
    return next((user.reader for user in _require().options.users if user.name == name), None)


def _token() -> str:
    return st.context.cookies.get(COOKIE_NAME, "")


def client() -> StatsClient:
    """Asks the stats API for who looks at this page; nothing once the login has ended."""
    return _require().connection.client(reader() or NOBODY)


def now() -> float:
    """Seconds since 1970 by the clock of the options."""
    return _require().options.clock()
