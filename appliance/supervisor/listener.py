"""A listening socket that outlives the process that serves it: the supervisor keeps it, the part inherits it.

While the part starts again, connections wait in the kernel instead of being refused. `accept` goes on where it was.
"""

import os
import socket

from appliance.supervisor.checks import bind

_VARIABLE = "APPLIANCE_LISTENER"


def environment(listener: socket.socket) -> dict[str, str]:
    """What tells a child which of its descriptors is the socket."""
    return {_VARIABLE: str(listener.fileno())}


def inherited_or_bound(key: str, address: str) -> socket.socket:
    """The socket of the supervisor, or a new one in a part that runs alone.

    Raises:
        StartError: see `bind`.
    """
    number = os.environ.pop(_VARIABLE, "")
    if not number:
        return bind(key, address)
    listener = socket.socket(fileno=int(number))
    listener.setblocking(False)
    listener.set_inheritable(False)
    return listener
