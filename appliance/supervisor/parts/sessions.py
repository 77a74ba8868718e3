"""`appliance sessions`: who is logged in to the dashboard, and how a login is ended by the operator.

Works on the dashboard's file of logins, whether or not the dashboard runs; a running one asks that file each time.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from appliance.errors import StartError
from appliance.settings import Settings
from appliance.supervisor.columns import columns
from appliance.supervisor.dashboard_options import RECORDS, options_of
from dashboard.login.sessions import Sessions
from dashboard.records import Records


def listed(settings: Settings) -> str:
    """One line for each login, with moments in UTC.

    Raises:
        StartError: the file cannot be used.
    """
    with _opened(settings) as sessions:
        logins = sessions.logins() if sessions else []
    if not logins:
        return "nobody is logged in\n"
    lines: list[tuple[str, ...]] = [("id", "user", "began", "last used", "ends at the latest")]
    lines += [(one.id, one.name, *map(_moment, (one.started_at, one.used_at, one.ends_at))) for one in logins]
    return columns(lines)


def revoke(settings: Settings, login: str | None, user: str | None) -> str:
    """End one login, those of one person, or all if neither is given; returns how many were ended.

    Raises:
        StartError: there is no such login, or the file cannot be used.
    """
    ended = 0
    with _opened(settings) as sessions:
        if sessions is not None:
            chosen = [one for one in sessions.logins() if login in (None, one.id) and user in (None, one.name)]
            ended = sum(sessions.end_login(one.id) for one in chosen)
    if login is not None and not ended:
        raise StartError(f"there is no login '{login}'; see 'appliance sessions list'")
    return f"ended {ended} login{'' if ended == 1 else 's'}\n"


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Sessions | None]:
    """None where there is no file: it is the dashboard that makes it, as its own user."""
    options = options_of(settings)
    path = settings.data_dir / RECORDS
    if not path.exists():
        yield None
        return
    try:
        with contextlib.closing(Records(path)) as records:
            yield Sessions(records, options.users, options.session_seconds, options.idle_seconds, options.clock)
    except (sqlite3.Error, OSError) as error:
        raise StartError(f"{path} cannot be used ({type(error).__name__})") from None


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
