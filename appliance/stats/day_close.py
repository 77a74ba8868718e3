"""The question and the answer of `appliance close`, asked of a running warehouse over the stats API."""

from datetime import date
from enum import StrEnum

import msgspec

from appliance.errors import QueryError

CLOSE_PATH = "/api/v1/close"


class DayState(StrEnum):
    """How far the close of a day is."""

    EMPTY = "empty"
    """Nothing of the day is open, and no close is known: it had no visits, or retention has deleted it."""
    OPEN = "open"
    """The day is over, nothing can follow, and nobody has asked for its close."""
    ENDING = "ending"
    """The worker has not ended the day: it does so by itself, an hour after midnight at the latest."""
    CLOSING = "closing"
    CLOSED = "closed"


class CloseQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /api/v1/close`."""

    site_id: str
    day: date


class DayClose(msgspec.Struct, frozen=True):
    """Answer to `POST /api/v1/close`."""

    state: DayState


_decode = msgspec.json.Decoder(CloseQuestion).decode


def read_close_question(body: bytes) -> CloseQuestion:
    """Decode a body; raises QueryError."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise QueryError('the body must be {"site_id": "...", "day": "YYYY-MM-DD"}') from None
