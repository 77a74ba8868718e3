"""Streamlit's settings, forced in code: files and the environment have no say.

Streamlit as ASGI application ignores most `STREAMLIT_*` variables, so statistics for its makers would stay
on. With them off it also leaves the home directory alone.
"""

from typing import Any

from streamlit import config

_LIGHT = {
    "primaryColor": "#2f5d8a",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f1f4f7",
    "textColor": "#1d2733",
    "borderColor": "#e1e6eb",
    "dataframeBorderColor": "#eef1f4",
    "dataframeHeaderBackgroundColor": "#ffffff",
    "chartCategoricalColors": ["#5d8fbf"],
}
_DARK = {
    "primaryColor": "#7fb0de",
    "backgroundColor": "#191f27",
    "secondaryBackgroundColor": "#232b35",
    "textColor": "#e6ebf0",
    "borderColor": "#2b343f",
    "dataframeBorderColor": "#252d37",
    "dataframeHeaderBackgroundColor": "#191f27",
    "chartCategoricalColors": ["#6a9ccb"],
}
FORCED: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "server.showEmailPrompt": False,
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.allowRunOnSave": False,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.scriptHealthCheckEnabled": False,
    "server.enableCORS": True,
    # It guards uploads and Streamlit's own login, which are not reachable, and sets a cookie for that.
    "server.enableXsrfProtection": False,
    "server.corsAllowedOrigins": [],
    "server.baseUrlPath": "",
    "server.maxUploadSize": 1,
    "server.disconnectedSessionTTL": 60,
    "client.allowedOrigins": [],
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.disableDataExport": True,
    "client.showSidebarNavigation": False,
    "runner.magicEnabled": False,
    "global.developmentMode": False,
    "logger.hideWelcomeMessage": True,
    "logger.enableRich": False,
    "theme.baseRadius": "0.6rem",
    **{f"theme.light.{name}": value for name, value in _LIGHT.items()},
    **{f"theme.dark.{name}": value for name, value in _DARK.items()},
}


def force() -> None:
    """Set every option of `FORCED`."""
    for key, value in FORCED.items():
        config.set_option(key, value)
