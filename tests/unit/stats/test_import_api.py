"""The path of imports: its key, its bodies, its answers."""

from datetime import date

import httpx
import pytest
from starlette.applications import Starlette

from appliance.errors import QueryError, UnavailableError
from appliance.stats.import_api import (
    IMPORT_PATH,
    DayIs,
    ImportStep,
    Step,
    StepDone,
    decode_done,
    encode_step,
    import_route,
)

KEY = "k" * 43
STEP = ImportStep(Step.LOOK, "example.org", date(2026, 11, 20))


async def ask(body: bytes, key: str = KEY, error: Exception | None = None) -> tuple[int, StepDone, list[ImportStep]]:
    taken: list[ImportStep] = []

    def take(step: ImportStep) -> DayIs:
        if error:
            raise error
        taken.append(step)
        return DayIs.COUNTED

    transport = httpx.ASGITransport(app=Starlette(routes=[import_route(take, KEY)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as client:
        answer = await client.post(IMPORT_PATH, content=body, headers={"authorization": f"Bearer {key}"})
    return answer.status_code, decode_done(answer.content), taken


async def test_a_step_is_taken_and_its_answer_comes_back() -> None:
    assert await ask(encode_step(STEP)) == (200, StepDone(DayIs.COUNTED), [STEP])


@pytest.mark.parametrize("key", ["", "x", KEY[1:], KEY + "k"])
async def test_nobody_without_the_key_writes_counters(key: str) -> None:
    status, _, taken = await ask(encode_step(STEP), key)
    assert (status, taken) == (401, [])


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff" * 40, encode_step(STEP)[:-3], encode_step(["look", 1])])
async def test_other_bodies_are_refused(body: bytes) -> None:
    status, _, taken = await ask(body)
    assert (status, taken) == (400, [])


async def test_errors_say_whether_to_try_again() -> None:
    assert (await ask(encode_step(STEP), error=UnavailableError("away")))[:2] == (503, StepDone(error="away"))
    assert (await ask(encode_step(STEP), error=QueryError("never")))[:2] == (400, StepDone(error="never"))
