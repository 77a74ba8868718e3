"""Flushing and closing take turns; an absent engine is waited for."""

import threading

import pytest

from appliance.errors import UnavailableError
from appliance.supervisor.parts import flush_loop
from appliance.supervisor.parts.flush_loop import FlushLoop


class Pairs:
    """Counts how often pairs are flushed."""

    is_behind = False

    def __init__(self) -> None:
        self.flushes = 0
        self.rejections: list[str] = []

    def flush_once(self) -> int:
        self.flushes += 1
        return 0


LEFT_SOME = 5_000
"""A round that moves so much leaves some behind."""


class Script:
    """A writer that does what each round says, then ends the loop."""

    def __init__(self, stop: threading.Event, *rounds: int | Exception) -> None:
        self.is_behind = False
        self.rounds = list(rounds)
        self.stop = stop
        self.done: list[str] = []
        self.pairs = Pairs()
        self.rejections: list[str] = []
        self.days_wait = False
        self.days = 0

    def flush_once(self) -> int:
        self.done.append("flush")
        step = self.rounds.pop(0) if self.rounds else 0
        if not self.rounds:
            self.stop.set()
        if isinstance(step, Exception):
            raise step
        self.is_behind = step >= LEFT_SOME
        return step

    def close_ready_days(self) -> int:
        self.done.append("close")
        self.days -= self.days > 0
        return int(self.days > 0)


def run(monkeypatch, *rounds: int | Exception, days_wait: bool = False) -> tuple[FlushLoop, Script]:
    monkeypatch.setattr(flush_loop, "_EVERY_SECONDS", 0)
    monkeypatch.setattr(flush_loop, "_RETRY_SECONDS", 0)
    stop = threading.Event()
    script = Script(stop, *rounds)
    script.days_wait = days_wait
    loop = FlushLoop(script, script.pairs, lambda: script.days_wait, script.close_ready_days, lambda: None)
    loop.run(stop)
    return loop, script


def test_days_are_closed_between_flushes(monkeypatch) -> None:
    _, script = run(monkeypatch, 3, 5)
    assert script.done == ["flush", "close", "flush", "close", "flush"]


def test_after_a_close_the_next_flush_and_the_next_close_do_not_wait() -> None:
    stop = threading.Event()
    script = Script(stop, 1, 1, 1, 1)
    script.days = 4
    # With its own pause, this would take seconds; without any, the last round ends it.
    waits: list[float] = []
    stop.wait = lambda seconds=None: waits.append(seconds or 0) or True  # type: ignore[method-assign,func-returns-value]
    FlushLoop(script, script.pairs, lambda: False, script.close_ready_days, lambda: None).run(stop)
    assert script.done == [*["flush", "close"] * 4, "flush"]
    assert len(waits) == 1


def test_backlog_goes_before_closing(monkeypatch) -> None:
    _, script = run(monkeypatch, LEFT_SOME, 1)
    assert script.done == ["flush", "flush", "close", "flush"]


def test_backlog_does_not_keep_pairs_waiting(monkeypatch) -> None:
    _, script = run(monkeypatch, LEFT_SOME, LEFT_SOME, LEFT_SOME)
    assert script.pairs.flushes == 1


def test_flush_that_takes_long_is_followed_by_a_longer_pause(monkeypatch) -> None:
    now = 0.0

    def flush() -> int:
        nonlocal now
        now += 1.25
        return 1

    stop = threading.Event()
    script = Script(stop)
    script.flush_once = flush  # type: ignore[method-assign]
    waits: list[float] = []

    def wait(seconds: float | None = None) -> bool:
        waits.append(seconds or 0)
        stop.set()
        return True

    monkeypatch.setattr(flush_loop.time, "monotonic", lambda: now)
    stop.wait = wait  # type: ignore[method-assign]
    monkeypatch.setattr(flush_loop.FlushLoop, "_drain", lambda _loop: None)
    FlushLoop(script, script.pairs, lambda: False, script.close_ready_days, lambda: None).run(stop)
    assert waits == [2.5]


def test_absent_engine_is_waited_for(monkeypatch) -> None:
    loop, script = run(monkeypatch, UnavailableError("away"), 1)
    assert script.done == ["flush", "flush", "close", "flush"]
    assert loop.healthy


def test_failed_round_is_unhealthy(monkeypatch) -> None:
    loop, _ = run(monkeypatch, 1, UnavailableError("away"))
    assert not loop.healthy


def test_what_is_left_is_moved_at_the_end(monkeypatch) -> None:
    stop = threading.Event()
    stop.set()
    script = Script(stop, 7, 7, 0)
    FlushLoop(script, script.pairs, lambda: False, script.close_ready_days, lambda: None).run(stop)
    assert script.done == ["flush", "flush", "flush"]


def test_pairs_wait_for_each_other_unless_a_day_waits_for_them(monkeypatch) -> None:
    _, script = run(monkeypatch, 1, 1, 1)
    assert script.pairs.flushes == 1
    _, script = run(monkeypatch, 1, 1, 1, days_wait=True)
    assert script.pairs.flushes == 3


def test_what_was_set_aside_is_said_once_for_each_reason(monkeypatch) -> None:
    said: list[dict[str, object]] = []
    monkeypatch.setattr(flush_loop.logs, "write", lambda event, **fields: said.append({"event": event, **fields}))
    monkeypatch.setattr(flush_loop, "_EVERY_SECONDS", 0)
    stop = threading.Event()
    script = Script(stop, 1, 1)
    script.rejections = ["a", "a"]
    script.pairs.rejections = ["b"]
    FlushLoop(script, script.pairs, lambda: False, script.close_ready_days, lambda: None).run(stop)
    lost = [(line["reason"], line["entries"]) for line in said if line["event"] == "facts_set_aside"]
    assert lost == [("a", 2), ("b", 1)]


def test_an_errand_is_run_between_rounds_and_its_error_is_the_askers(monkeypatch) -> None:
    monkeypatch.setattr(flush_loop, "_EVERY_SECONDS", 0)
    stop = threading.Event()
    script = Script(threading.Event())
    loop = FlushLoop(script, script.pairs, lambda: False, script.close_ready_days, lambda: None)
    running = threading.Thread(target=loop.run, args=(stop,))
    running.start()
    try:
        assert loop.between_rounds(threading.get_ident) == running.ident
        with pytest.raises(ZeroDivisionError):
            loop.between_rounds(lambda: 1 // 0)
    finally:
        stop.set()
        running.join()
    monkeypatch.setattr(flush_loop, "_PATIENCE_SECONDS", 0.01)
    with pytest.raises(UnavailableError, match="busy or stopping"):
        loop.between_rounds(list)
