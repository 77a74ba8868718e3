"""Moments as the reader's own clock shows them."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st


def moment(seconds: float) -> str:
    """A moment to the minute, in the time zone of the browser; of UTC, which is said, where that is not known.

    Args:
        seconds: since 1970.
    """
    zone = _zone()
    at = datetime.fromtimestamp(seconds, zone)
    return f"{at.day} {at:%b %Y, %H:%M}" + (" UTC" if zone is UTC else "")


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ValueError, KeyError, OSError):  # the browser sends the name
        return UTC
