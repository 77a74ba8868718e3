"""How long engines are away in tests: a moment, or with LONG_OUTAGES as long as the name of the test says."""

import os
import time
from collections.abc import Iterator

_LONG = bool(os.environ.get("LONG_OUTAGES"))


def seconds_of_outage(seconds: int) -> Iterator[int]:
    """Numbers of the seconds from 0, one a second; without LONG_OUTAGES only the first, at once."""
    began = time.monotonic()
    yield 0
    while _LONG and (passed := int(time.monotonic() - began)) < seconds:
        yield passed + 1
        time.sleep(1)
