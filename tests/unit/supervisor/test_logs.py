"""Log lines are JSON and hold nothing that a request carried."""

import json
import logging
from typing import Any

import pytest

from appliance.errors import StartError
from appliance.supervisor.logs import JsonLines, Repeated

ADDRESS = "203.0.113.77"


def formatted(name: str, message: str, *values: object, error: BaseException | None = None, **fields: Any) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.getLogger(name).makeRecord(
        name, logging.WARNING, __file__, 7, message, values, info, extra=fields or None
    )
    return JsonLines("ingest").format(record)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_own_event_is_one_json_line_with_its_fields() -> None:
    line = json.loads(formatted("appliance.supervisor", "part_died", how="signal 9"))
    assert (
        line["level"],
        line["part"],
        line["event"],
        line["how"],
    ) == ("warning", "ingest", "part_died", "signal 9")
    assert line["at"].endswith("Z")


def test_line_breaks_never_end_the_line() -> None:
    assert "\n" not in formatted("appliance", "flush_failed", reason="a\nb")


@pytest.mark.parametrize("name", ["uvicorn.error", "asyncio", "streamlit", "py.warnings"])
def test_texts_of_libraries_are_left_out(name: str) -> None:
    line = formatted(name, f"Invalid request from {ADDRESS}: %s", ADDRESS)
    assert ADDRESS not in line
    assert name == json.loads(line)["logger"]


def test_exception_is_type_and_places_without_its_text() -> None:
    line = formatted("appliance", "uncaught", error=raised(ValueError(ADDRESS)))
    assert ADDRESS not in line
    assert json.loads(line)["error"] == "ValueError"
    assert "test_logs.py" in json.loads(line)["places"][0]


def test_exception_of_a_library_is_treated_alike() -> None:
    line = formatted("uvicorn.error", "Exception in ASGI application\n", error=raised(KeyError(ADDRESS)))
    assert ADDRESS not in line
    assert json.loads(line)["error"] == "KeyError"


def test_sentence_of_an_own_error_is_kept() -> None:
    line = formatted("appliance", "uncaught", error=raised(StartError("the port is taken")))
    assert json.loads(line)["text"] == "the port is taken"


def test_value_that_is_no_json_is_named_by_its_type() -> None:
    assert json.loads(formatted("appliance", "ready", what=object()))["what"] == "object"


def warning(name: str, line: int, at: float) -> logging.LogRecord:
    record = logging.getLogger(name).makeRecord(name, logging.WARNING, __file__, line, "text", (), None)
    record.created = at
    return record


def test_library_says_the_same_once_a_minute_and_then_how_often() -> None:
    repeated = Repeated()
    let_through = [at for at in (0.0, 1.0, 59.0, 60.0, 61.0) if repeated.filter(warning("uvicorn.error", 1, at))]
    assert let_through == [0.0, 60.0]
    later = warning("uvicorn.error", 1, 200.0)
    assert repeated.filter(later)
    assert json.loads(JsonLines("ingest").format(later))["left_out"] == 1


def test_other_places_and_own_lines_are_not_held_back() -> None:
    repeated = Repeated()
    assert all(repeated.filter(warning("uvicorn.error", line, 0.0)) for line in range(3))
    assert all(repeated.filter(warning("appliance.state", 1, 0.0)) for _ in range(3))
