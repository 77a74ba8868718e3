"""How many visitors there were in each of the last minutes."""

import msgspec

LIVE_PATH = "/api/v1/stats/realtime/minutes"
MINUTES = 30


class LiveMinutes(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/stats/realtime/minutes?site_id=`."""

    current: int
    """Visitors with a hit in the last five minutes."""
    minutes: list[int | None]
    """The greatest such number in each of the last 30 minutes, the oldest first; null: not known, because the
    appliance started later. The last one is not over."""
