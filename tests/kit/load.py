"""A steady stream of hits in threads. Each is sent again under its event id until it is acknowledged, as a good client
does, so that in the end every hit must be counted exactly once, whatever was killed meanwhile.
"""

import json
import threading
from types import TracebackType

import httpx

from tests.kit.hits import Hit, Visitor


class Load:
    """Hits from several visitors over several connections until told to stop; failures are expected."""

    def __init__(self, ingest: str, site: str, connections: int = 4, pause: float = 0.0) -> None:
        """`pause` is the number of seconds between two hits of one connection."""
        self.acknowledged: list[Hit] = []
        self.unanswered: list[Hit] = []
        """Sent, and not acknowledged when the load was told to stop: perhaps counted, perhaps not."""
        self.failed = 0
        self._ingest = ingest
        self._site = site
        self._pause = pause
        self._stop = threading.Event()
        self._progress = threading.Condition()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(connections)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Let each connection finish its hit."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def await_acknowledged(self, count: int, seconds: float = 30.0) -> None:
        """Wait until so many hits were acknowledged."""
        with self._progress:
            assert self._progress.wait_for(lambda: len(self.acknowledged) >= count, seconds), "too few were taken"

    def await_failure(self, seconds: float = 30.0) -> None:
        """Wait until a hit was refused."""
        with self._progress:
            assert self._progress.wait_for(lambda: self.failed > 0, seconds), "nothing was refused"

    def resend(self) -> None:
        """Send once more what was not acknowledged; now it has to be."""
        with httpx.Client(base_url=self._ingest, trust_env=False, timeout=10) as client:
            for hit in self.unanswered:
                assert _is_taken(client, hit)
                self.acknowledged.append(hit)
        self.unanswered = []

    def _run(self, number: int) -> None:
        with httpx.Client(base_url=self._ingest, trust_env=False, timeout=10) as client:
            sent = 0
            while not self._stop.is_set():
                visitor = Visitor(f"87.128.{number}.{sent % 50 + 1}")
                hit = Hit(self._site, visitor, path=f"/{sent % 3}", event_id=f"{id(self)}-{number}-{sent}")
                self._send_until_taken(client, hit)
                sent += 1
                self._stop.wait(self._pause)

    def _send_until_taken(self, client: httpx.Client, hit: Hit) -> None:
        while not (is_taken := _is_taken(client, hit)):
            with self._progress:
                self.failed += 1
                self._progress.notify_all()
            if self._stop.wait(0.01):  # when nobody listens: do not spin
                break
        with self._progress:
            (self.acknowledged if is_taken else self.unanswered).append(hit)
            self._progress.notify_all()


def _is_taken(client: httpx.Client, hit: Hit) -> bool:
    try:
        answer = client.post("/api/event", content=json.dumps(hit.body()), headers=hit.headers())
    except httpx.TransportError:
        return False
    return answer.status_code == 202 and "x-drop-reason" not in answer.headers
