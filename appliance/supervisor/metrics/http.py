"""What an HTTP part measures of itself: answers by status, their time, open connections."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from appliance.metrics.durations import Durations
from appliance.metrics.samples import Sample, histogram, number
from appliance.supervisor.connections import Connections

_Message = dict[str, Any]
_App = Callable[[Any, Any, Any], Awaitable[None]]


class HttpMeasures:
    """Of one server."""

    def __init__(self) -> None:
        self.connections = Connections()
        self._statuses: dict[int, int] = {}
        self._durations = Durations()

    def add(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self._statuses[status] = self._statuses.get(status, 0) + 1
        self._durations.add(seconds)

    def samples(self) -> Iterator[Sample]:
        """The present state."""
        statuses = Counter(self._statuses.copy())
        statuses.update(self.connections.refusals.copy())
        for status, answers in sorted(statuses.items()):
            yield number("appliance_http_requests_total", answers, str(status))
        yield histogram("appliance_http_request_seconds", self._durations.buckets())
        yield number("appliance_http_connections", self.connections.n_open)
        yield number("appliance_http_connections_limit", self.connections.most)

    def measured(self, app: _App) -> _App:
        """The application, with each of its answers counted."""

        async def around(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            started = time.perf_counter()

            async def sending(message: _Message) -> None:
                if message["type"] == "http.response.start":
                    self.add(message["status"], time.perf_counter() - started)
                await send(message)

            await app(scope, receive, sending)

        return around
