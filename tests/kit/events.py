"""Clean events for tests."""

from appliance.dimensions import DIRECT, PAGEVIEW
from appliance.events import CleanEvent


def make_event(tag: bytes = b"\x00" * 16, at_ms: int = 0, path: str = "/", **fields: object) -> CleanEvent:
    """A pageview; any field can be given."""
    values: dict[str, object] = {
        "name": PAGEVIEW,
        "interactive": True,
        "event_id": b"",
        "hostname": "example.org",
        "source": DIRECT,
        "referrer": "",
    }
    return CleanEvent(tag=tag, at_ms=at_ms, path=path, **(values | fields))
