"""What of the configuration the dashboard is started with, for its process and for commands about its logins."""

from collections.abc import Mapping
from typing import Any

from appliance.anonymize.network import truncate
from appliance.clock import make_clock
from appliance.ingest.client_address import TrustedProxies
from appliance.settings import Settings
from appliance.supervisor import secrets
from appliance.supervisor.health import url
from dashboard.options import DashboardOptions, DashboardUser
from dashboard.rights import Role

RECORDS = "dashboard.sqlite"
"""File of logins and shared links in the data directory."""


def options_of(settings: Settings) -> DashboardOptions:
    """What the dashboard is started with.

    Raises:
        StartError: a secret cannot be read.
    """
    proxies = TrustedProxies(settings.server.trusted_proxies)

    def network_of(scope: Mapping[str, Any]) -> str:
        """/24 or /48. A proxy of this machine that nobody named stands for everybody: then it is not known."""
        peer = (scope.get("client") or (None,))[0]
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        address = proxies.client_address(peer, forwarded)
        return "" if address.is_loopback else str(truncate(address))

    return DashboardOptions(
        stats_url=url(settings.server.stats_listen),
        grant_key=secrets.read_or_make(settings.data_dir, secrets.GRANT_KEY),
        users=tuple(
            DashboardUser(user.name, user.password_hash, tuple((Role(role), sites) for role, sites in user.all_roles))
            for user in settings.users
        ),
        records=settings.data_dir / RECORDS,
        session_seconds=settings.dashboard.session_hours * 3600,
        idle_seconds=settings.dashboard.idle_hours * 3600,
        embed_origins=settings.dashboard.embed_origins,
        clock=make_clock(settings.test_clock_file),
        network_of=network_of,
    )
