"""Bodies are counted while they stream."""

from typing import Any

import pytest

from appliance.ingest.body import MAX_BODY_BYTES, BodyTooLargeError, ClientGoneError, read_body


class Wire:
    """Messages of a client, and how many were taken."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)
        self.taken = 0

    async def __call__(self) -> dict[str, Any]:
        self.taken += 1
        return self.messages.pop(0)


def chunk(body: bytes, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_body_in_pieces_comes_together() -> None:
    assert await read_body(Wire(chunk(b"a", True), chunk(b"b", True), chunk(b"c", False)), None) == b"abc"


async def test_body_of_exactly_the_limit_is_taken() -> None:
    assert len(await read_body(Wire(chunk(b"x" * MAX_BODY_BYTES, False)), None)) == MAX_BODY_BYTES


async def test_too_long_a_declared_body_is_refused_unread() -> None:
    wire = Wire()
    with pytest.raises(BodyTooLargeError):
        await read_body(wire, MAX_BODY_BYTES + 1)
    assert wire.taken == 0


async def test_endless_body_is_refused_one_piece_past_the_limit() -> None:
    wire = Wire(*(chunk(b"x" * 16_384, True) for _ in range(1000)))
    with pytest.raises(BodyTooLargeError):
        await read_body(wire, None)
    assert wire.taken <= 6


async def test_client_that_goes_away_is_told_apart() -> None:
    for messages in ([{"type": "http.disconnect"}], [chunk(b"a", True), {"type": "http.disconnect"}]):
        with pytest.raises(ClientGoneError):
            await read_body(Wire(*messages), None)
