"""When a day key has lived long enough: by the calendar, and by the time that has really passed. Pure.

The wall clock may be set back by a day, and the calendar with it. The machine's uptime goes on, so a key never lives
longer than it was to live when it was made.
"""

from appliance.aggregate.site_days import LONGEST_KEY_LIFE_MS
from appliance.anonymize.key_page import Slot


def is_overdue(slot: Slot, deadline_ms: int, now_ms: int | None, uptime: float) -> bool:
    """Whether a key has to go now.

    Args:
        deadline_ms: when it has to be gone by the wall clock, in milliseconds since 1970.
        now_ms: the present by the wall clock; None while that is not believed.
        uptime: seconds that the machine has run.
    """
    deadline_ms = min(deadline_ms, slot.created_ms + LONGEST_KEY_LIFE_MS)
    if now_ms is not None and now_ms >= deadline_ms:
        return True
    return slot.created_uptime > 0 and (uptime - slot.created_uptime) * 1000 >= deadline_ms - slot.created_ms
