"""The last 30 minutes over HTTP, for those who see the numbers of the whole site."""

from collections.abc import Callable

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appliance.settings import Settings
from appliance.stats.access import Access
from appliance.stats.live_contract import LIVE_PATH, LiveMinutes
from appliance.stats.readers import Readers
from appliance.stats.replies import as_json


def live_route(settings: Settings, readers: Readers, minutes_of: Callable[[str], LiveMinutes]) -> Route:
    """`GET /api/v1/stats/realtime/minutes?site_id=`."""
    access = Access(settings, readers)

    async def minutes(request: Request) -> Response:
        site = access.named_site(request)
        return as_json(await anyio.to_thread.run_sync(minutes_of, site.id))

    return Route(LIVE_PATH, minutes, methods=["GET"])
