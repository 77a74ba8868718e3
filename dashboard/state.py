"""What a run of the page's script reaches: the options, the sessions and the client of the stats API.

Streamlit runs the script in this process but hands it nothing, hence module state: `install` is called
once, before the first run. Who looks follows from the cookie or the shared link of the WebSocket's handshake,
which is looked up again on each run, so that a log-out or an expiry ends what an open page can read.
"""

from dataclasses import dataclass

import streamlit as st

from dashboard.client import StatsClient, StatsConnection
from dashboard.login.sessions import COOKIE_NAME, Login, Sessions
from dashboard.options import DashboardOptions, DashboardUser
from dashboard.rights import NOBODY, Reader
from dashboard.sharing.address import COOKIE_NAME as LINK_COOKIE_NAME
from dashboard.sharing.address import EMBEDDED, HEADER, LinkAddress, of_header
from dashboard.sharing.links import Links


@dataclass(frozen=True)
class _Installed:
    options: DashboardOptions
    sessions: Sessions
    links: Links
    connection: StatsConnection


_installed: _Installed | None = None


def install(options: DashboardOptions, sessions: Sessions, links: Links) -> None:
    """Set what all runs of the script use."""
    global _installed
    close()
    connection = StatsConnection(options.stats_url, options.grant_key, options.clock)
    _installed = _Installed(options, sessions, links, connection)


def close() -> None:
    """Close the connections, if there are any."""
    if _installed is not None:
        _installed.connection.close()


def _require() -> _Installed:
    if _installed is None:
        raise RuntimeError("the page's script runs only inside dashboard.app.create_app")
    return _installed


def reader(*, is_use: bool = False) -> Reader | None:
    """Who looks at this page; None if the login or the shared link has ended.

    Args:
        is_use: somebody did something, it is not a page that refreshes itself.
    """
    if address := _link():
        link, links = _require().links.find(address.token), _require().links
        proof = st.context.cookies.get(LINK_COOKIE_NAME, "")
        return link.reader if link and links.is_open(link, proof) else None
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


def people() -> tuple[DashboardUser, ...]:
    """Everybody who may log in."""
    return _require().options.users


def links() -> Links:
    """All shared links."""
    return _require().links


def embed_origins() -> tuple[str, ...]:
    """Origins whose pages may show shared links in a frame."""
    return _require().options.embed_origins


def is_shared() -> bool:
    """Whether this page was opened by a shared link."""
    return _link() is not None


def is_embedded() -> bool:
    """Whether this page stands within the page of another site."""
    address = _link()
    return address is not None and address.kind == EMBEDDED


def _link() -> LinkAddress | None:
    """The shared link of this page. The header is ours: what comes from outside is taken away."""
    return of_header(st.context.headers.get(HEADER, ""))


def _token() -> str:
    return st.context.cookies.get(COOKIE_NAME, "")


def client() -> StatsClient:
    """Asks the stats API for who looks at this page; nothing once the login has ended."""
    return _require().connection.client(reader() or NOBODY)


def client_of(reader: Reader) -> StatsClient:
    """Asks the stats API for somebody who is no reader of a page."""
    return _require().connection.client(reader)


def now() -> float:
    """Seconds since 1970 by the clock of the options."""
    return _require().options.clock()
