"""The dashboard process: Streamlit behind our own login, a client of the stats API and of nothing else."""

import logging
import sqlite3

from streamlit import logger as streamlit_logger

from appliance.errors import StartError
from appliance.settings import Settings
from appliance.supervisor.dashboard_options import RECORDS, options_of
from appliance.supervisor.metrics.http import HttpMeasures
from appliance.supervisor.metrics.part import expose
from appliance.supervisor.parts.process import begin
from appliance.supervisor.serve import serve
from dashboard.app import create_app


def run(settings: Settings) -> None:
    """Serve until SIGTERM.

    Raises:
        StartError: the address is taken, or a secret cannot be read.
    """
    begin("dashboard", settings, holds_keys=False)
    _take_over_logs()
    try:
        app = create_app(options_of(settings))
    except (sqlite3.Error, OSError) as error:
        raise StartError(
            f"{settings.data_dir / RECORDS} cannot be used ({type(error).__name__}); without the file everybody logs "
            "in again"
        ) from None
    # Browsers keep a socket open as long as the page is shown: nothing to wait for at the end.
    address = settings.server.dashboard_listen
    measures = HttpMeasures()
    expose(settings, "dashboard", measures.samples)
    serve(
        app,
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
