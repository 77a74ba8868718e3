"""`appliance links`: shared links of the dashboard, made, listed and ended by the operator.

Works on the dashboard's file, whether or not the dashboard runs; a running one asks that file each time.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from appliance.errors import SettingsError, StartError
from appliance.settings import Settings
from appliance.supervisor.columns import columns
from appliance.supervisor.dashboard_options import RECORDS, options_of
from dashboard import filters
from dashboard.records import Records
from dashboard.sharing.address import SHARED, LinkAddress
from dashboard.sharing.links import Link, LinkError, Links

_DAY_SECONDS = 86_400
_OPERATOR = "(operator)"


class Wanted(NamedTuple):
    """A link to be made."""

    site: str
    name: str
    filters: tuple[str, ...] = ()
    """Each as `is,visit:source,Google`."""
    days: int | None = None
    password: str = ""


def listed(settings: Settings) -> str:
    """One line for each link, with moments in UTC.

    Raises:
        StartError: the file cannot be used.
    """
    with _opened(settings) as links:
        found = links.all()
    if not found:
        return "there is no shared link\n"
    head = ("id", "site", "name", "shows", "password", "made by", "ends")
    return columns([head, *(_line(link) for link in found)])


def revoke(settings: Settings, link: str) -> str:
    """End one.

    Raises:
        StartError: there is no such link, or the file cannot be used.
    """
    with _opened(settings) as links:
        if not links.end(link):
            raise StartError(f"there is no shared link '{link}'; see 'appliance links list'")
    return "ended 1 link\n"


def end_links_of(settings: Settings, site: str) -> int:
    """End all links of a site; returns how many there were.

    Raises:
        StartError: the file cannot be used.
    """
    if not (settings.data_dir / RECORDS).exists():
        return 0
    with _opened(settings) as links:
        return sum(links.end(link.id) for link in links.all() if link.site == site)


def create(settings: Settings, wanted: Wanted) -> str:
    """Make one; returns the path that opens it, which cannot be read again.

    Raises:
        SettingsError: there is no such site, or something of it is not allowed.
        StartError: the file cannot be used.
    """
    only = filters.read(wanted.filters)
    if settings.site(wanted.site) is None:
        raise SettingsError(f"there is no site '{wanted.site}'")
    if len(only) < len(wanted.filters):
        raise SettingsError(
            "a filter is written as is,visit:source,Google or is_not,event:page,/ and two attributes are the most"
        )
    if wanted.days is not None and not 1 <= wanted.days <= 3650:
        raise SettingsError("days: 1 to 3650")
    seconds = None if wanted.days is None else wanted.days * _DAY_SECONDS
    try:
        with _opened(settings) as links:
            token = links.create(wanted.site, wanted.name, _OPERATOR, only, wanted.password, seconds)
    except LinkError as error:
        raise SettingsError(str(error)) from None
    return f"{LinkAddress(SHARED, token).base}\n"


def _line(link: Link) -> tuple[str, ...]:
    shown = " ".join(one.text for one in link.only) or "everything"
    ends = f"{datetime.fromtimestamp(link.ends_at, UTC):%Y-%m-%d %H:%M}" if link.ends_at else "never"
    return (link.id, link.site, link.label, shown, "yes" if link.password_hash else "no", link.created_by, ends)


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Links]:
    options = options_of(settings)
    path = settings.data_dir / RECORDS
    if not path.exists():
        raise StartError(f"{path} is not there yet: start the dashboard once, so that the file is made by its own user")
    try:
        with contextlib.closing(Records(path)) as records:
            yield Links(records, options.grant_key, options.clock)
    except (sqlite3.Error, OSError) as error:
        raise StartError(f"{path} cannot be used ({type(error).__name__})") from None
