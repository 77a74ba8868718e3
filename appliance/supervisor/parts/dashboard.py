"""The dashboard process: Streamlit behind our own login, a client of the stats API and of nothing else."""

import logging

from streamlit import logger as streamlit_logger

from appliance.clock import make_clock
from appliance.settings import Settings
from appliance.supervisor import secrets
from appliance.supervisor.health import url
from appliance.supervisor.metrics.http import HttpMeasures
from appliance.supervisor.metrics.part import expose
from appliance.supervisor.parts.process import begin
from appliance.supervisor.serve import serve
from dashboard.app import create_app
from dashboard.options import DashboardOptions, DashboardUser
from dashboard.rights import Role


def run(settings: Settings) -> None:
    """Serve until SIGTERM.

    Raises:
        StartError: the address is taken, or a secret cannot be read.
    """
    begin("dashboard", settings, holds_keys=False)
    _take_over_logs()
    options = DashboardOptions(
        stats_url=url(settings.server.stats_listen),
        grant_key=secrets.read_or_make(settings.data_dir, secrets.GRANT_KEY),
        cookie_key=secrets.read_or_make(settings.data_dir, secrets.COOKIE_KEY).encode(),
        users=tuple(
            DashboardUser(user.name, user.password_hash, tuple((Role(role), sites) for role, sites in user.all_roles))
            for user in settings.users
        ),
        clock=make_clock(settings.test_clock_file),
    )
    # Browsers keep a socket open as long as the page is shown: nothing to wait for at the end.
    address = settings.server.dashboard_listen
    measures = HttpMeasures()
    expose(settings, "dashboard", measures.samples)
    serve(
        create_app(options),
        "server.dashboard_listen",
        address,
        graceful_seconds=1,
        websockets=True,
        measures=measures,
    )


def _take_over_logs() -> None:
    """Streamlit gives each of its loggers, and uvicorn's, a handler that prints texts; ours write JSON lines."""

    def hand_over(logger: logging.Logger) -> None:
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)

    streamlit_logger.setup_formatter = hand_over
    streamlit_logger.update_formatter()
