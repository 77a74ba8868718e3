"""What the appliance says on stdout when everything answers: one JSON line for programs."""

import html
import json
import sys
from typing import Any

from appliance.settings import Settings
from appliance.supervisor.health import url


def script_tag(settings: Settings, site_id: str) -> str:
    """The tag that a page of the site carries, for browsers on this machine."""
    source = f"{url(settings.server.listen)}/js/script.js"
    return f'<script defer data-domain="{html.escape(site_id)}" src="{source}"></script>'


def ready(settings: Settings) -> dict[str, Any]:
    """Addresses of all parts, and the tag of the first site ("" if there is none)."""
    server = settings.server
    return {
        "event": "ready",
        "ingest": url(server.listen),
        "stats": url(server.stats_listen),
        "dashboard": url(server.dashboard_listen),
        "script": script_tag(settings, settings.sites[0].id) if settings.sites else "",
        "sites": [site.id for site in settings.sites],
    }


def print_line(facts: dict[str, Any]) -> None:
    """One line on stdout, at once."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    sys.stdout.flush()
