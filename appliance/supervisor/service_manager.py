"""Tells systemd that the appliance is ready, and goes on telling it that the supervisor works; see sd_notify(3).

With `WatchdogSec=` in the unit, systemd kills and starts a supervisor that has fallen silent. It watches the parts,
and nobody else watches it. Without `NOTIFY_SOCKET` nothing is said.
"""

import asyncio
import os
import socket

READY, WATCHDOG, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"
_PATIENCE_SECONDS = 1.0
"""For a manager that is busy: it must not miss that the appliance is ready."""
_OF_INTERVAL = 3
"""Signs of life in the time after which systemd gives up."""


def tell(state: str) -> None:
    """Send one state; a manager that is gone or does not listen is none of our business."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        try:
            line.settimeout(_PATIENCE_SECONDS)
            line.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
        except OSError:
            return


async def keep_telling() -> None:
    """Signs of life for as long as the event loop of the supervisor turns; returns at once if nobody waits for any."""
    interval = int(os.environ.get("WATCHDOG_USEC", "0")) / 1_000_000
    while interval:
        tell(WATCHDOG)
        await asyncio.sleep(interval / _OF_INTERVAL)
