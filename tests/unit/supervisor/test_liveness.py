"""A part that touches its file works; one that does not is silent after so many questions in a row."""

import asyncio
import os
from pathlib import Path

import pytest

from appliance.supervisor import liveness
from appliance.supervisor.liveness import await_silence, beats


async def test_file_that_is_touched_between_two_questions_beats(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    is_alive = beats(file)
    assert not await is_alive(1)
    file.touch()
    assert await is_alive(1)
    assert not await is_alive(1)
    os.utime(file, ns=(0, 5))
    assert await is_alive(1)


async def test_next_process_starts_with_a_clean_slate(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    file.touch()
    is_alive = beats(file)
    assert await is_alive(1)
    assert await is_alive(2)
    assert not await is_alive(2)


async def test_only_questions_in_a_row_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "EVERY_SECONDS", 0.0)
    answers = [False, False, True, False, False, False, True]

    async def is_alive(_pid: int) -> bool:
        return answers.pop(0)

    await asyncio.wait_for(await_silence(is_alive, 1, 3), 5)
    assert answers == [True]
