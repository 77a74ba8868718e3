"""Questions have a limit for all their readings, and for their wait."""

import asyncio
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from appliance.errors import UnavailableError
from appliance.stats import time_limit
from appliance.stats.time_limit import SECONDS, Questions, TimedReader


class _Answer(NamedTuple):
    rows: list[tuple[int, ...]]


class _Quick:
    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> _Answer:
        return _Answer([(1,)])


def ask(seconds_later: float) -> int:
    reader = TimedReader(_Quick(), lambda: time.monotonic() + seconds_later)

    def work(number: int) -> int:
        return number * int(reader.query("SELECT 1").rows[0][0])

    return asyncio.run(Questions().run(work, 7))


def test_question_reads_until_its_time_is_over() -> None:
    assert ask(SECONDS - 20) == 7
    with pytest.raises(UnavailableError, match=f"more than {SECONDS:.0f} seconds; ask for a shorter range"):
        ask(SECONDS + 1)


def test_whoever_reads_for_no_question_has_no_limit() -> None:
    assert TimedReader(_Quick(), lambda: time.monotonic() + 3600).query("SELECT 1").rows == [(1,)]


def test_question_that_others_keep_waiting_is_told_and_theirs_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "SECONDS", 0.2)
    release = threading.Event()

    async def ask_five() -> list[Any]:
        questions = Questions()
        asked = [asyncio.create_task(questions.run(release.wait, 20)) for _ in range(5)]
        done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        release.set()
        assert len(done) == 1
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(ask_five())
    assert sum(answer is True for answer in answers) == 4
    (refused,) = (answer for answer in answers if answer is not True)
    assert isinstance(refused, UnavailableError)
    assert "too many questions" in str(refused)
