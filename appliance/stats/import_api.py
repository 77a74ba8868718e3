"""How `appliance import-log` reaches a running warehouse: one path beside the stats API, with a key of its own.

The embedded engine belongs to one process, so facts of an import are handed to it. They hold no tag.
"""

import hmac
from collections.abc import Callable
from datetime import date
from enum import StrEnum

import anyio
import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from appliance.errors import QueryError, UnavailableError
from appliance.facts import FactBatch

IMPORT_PATH = "/api/v1/import"
MAX_BODY_BYTES = 256_000_000


class DayIs(StrEnum):
    """Whether a day can be imported."""

    FREE = "free"
    RUNNING = "running"
    """Not over yet."""
    OPEN = "open"
    """Over, and live hits of it are not closed yet."""
    COUNTED = "counted"
    """Closed, by an import or by itself: what is folded cannot be added to."""


class Step(StrEnum):
    """What an import asks for, in this order for each day."""

    LOOK = "look"
    BEGIN = "begin"
    TAKE = "take"
    FINISH = "finish"


class ImportStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /api/v1/import`, as msgpack."""

    step: Step
    site: str
    day: date
    number: int = 0
    """Of a batch within its day; repeated, it adds nothing."""
    facts: FactBatch = msgspec.field(default_factory=FactBatch)


class StepDone(msgspec.Struct, frozen=True):
    """Answer: what the day is now, or why the step was refused."""

    day: DayIs = DayIs.FREE
    error: str = ""


encode_step = msgspec.msgpack.Encoder().encode
decode_done = msgspec.msgpack.Decoder(StepDone).decode
_decode_step = msgspec.msgpack.Decoder(ImportStep).decode


def import_route(take: Callable[[ImportStep], DayIs], key: str) -> Route:
    """The path. Only the holder of `key`, a file that the operator alone can read, may write counters."""
    one_at_a_time = anyio.CapacityLimiter(1)

    async def answer(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), key.encode()):
            return _answer(StepDone(error="this needs the key of imports"), 401)
        try:
            step = _decode_step(await _body(request))
            return _answer(StepDone(await anyio.to_thread.run_sync(take, step, limiter=one_at_a_time)), 200)
        except UnavailableError as error:
            return _answer(StepDone(error=str(error)), 503)
        except QueryError as error:
            return _answer(StepDone(error=str(error)), 400)
        except (msgspec.DecodeError, ClientDisconnect, OverflowError):
            return _answer(StepDone(error="the body is not a step of an import"), 400)

    return Route(IMPORT_PATH, answer, methods=["POST"])


def _answer(done: StepDone, status: int) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(msgspec.msgpack.encode(done), status, headers, "application/msgpack")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise QueryError("the body is too large")
    return bytes(body)
