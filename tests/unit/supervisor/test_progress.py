"""A loop that stands still is noticed while its process still answers."""

import threading

from appliance.supervisor.parts.flush_loop import FlushLoop
from appliance.supervisor.parts.progress import PATIENCE_SECONDS, Progress


class Hanging:
    """A writer whose flush does not come to an end until it is let go."""

    is_behind = False

    def __init__(self) -> None:
        self.rejections: list[str] = []
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def flush_once(self) -> int:
        self.begun.set()
        self.let_go.wait()
        return 0


def test_flush_that_never_ends_is_noticed_and_one_that_ends_is_not(monkeypatch) -> None:
    monkeypatch.setattr("appliance.supervisor.parts.flush_loop._EVERY_SECONDS", 0)
    now = 0.0
    writer, stop = Hanging(), threading.Event()
    loop = FlushLoop(writer, writer, lambda: False, lambda: 0, lambda: None)
    progress = Progress(lambda: loop.steps, lambda: now)
    running = threading.Thread(target=loop.run, args=(stop,))
    running.start()
    try:
        assert writer.begun.wait(10)
        assert progress.goes_on()
        now += PATIENCE_SECONDS - 1
        assert progress.goes_on()
        now += 1
        assert not progress.goes_on()
        before = loop.steps
        writer.let_go.set()
        while loop.steps == before:
            threading.Event().wait(0.001)
        assert progress.goes_on()
    finally:
        stop.set()
        writer.let_go.set()
        running.join()
