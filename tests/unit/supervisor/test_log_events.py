"""Every line that our code logs is in the list, with fields of the list, and nothing else is ever written."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.supervisor.log_events import EVENTS, FIELDS
from appliance.supervisor.logs import JsonLines

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")


LEVELS = {"info", "warning", "error", "critical", "exception"}


class Logged(NamedTuple):
    where: str
    events: set[str]
    fields: set[str]


def names_in(node: ast.expr) -> set[str]:
    """The texts that an expression for an event can be."""
    if isinstance(node, ast.IfExp):
        return names_in(node.body) | names_in(node.orelse)
    assert isinstance(node, ast.Constant), f"an event must be a constant: {ast.unparse(node)}"
    assert isinstance(node.value, str)
    return {node.value}


def is_log_call(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="_log") | ast.Call(func=ast.Attribute(attr="getLogger")), attr=method):
            return method in LEVELS
        case ast.Attribute(value=ast.Name(id="logs"), attr="write") | ast.Attribute(attr="_log"):
            return True
    return False


def logged() -> Iterator[Logged]:
    """All calls that write a line, of all packages."""
    for package in ("appliance", "dashboard", "consent"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and is_log_call(node):
                    fields = {word.arg for word in node.keywords if word.arg} - {"extra", "level", "exc_info"}
                    for word in node.keywords:
                        if word.arg == "extra" and isinstance(word.value, ast.Dict):
                            fields |= {str(key.value) for key in word.value.keys if isinstance(key, ast.Constant)}
                    yield Logged(f"{file.name}:{node.lineno}", names_in(node.args[0]), fields)


LOGGED = list(logged())


def test_every_event_of_the_code_is_listed_and_every_listed_one_is_logged() -> None:
    found = {event for one in LOGGED for event in one.events}
    assert len(LOGGED) > 40
    assert found == set(EVENTS)


def test_every_field_of_the_code_is_listed() -> None:
    assert [one for one in LOGGED if not one.fields <= FIELDS] == []


@pytest.mark.parametrize("event", EVENTS)
def test_the_page_explains_an_event_in_the_words_of_the_list(event: str) -> None:
    assert f"| `{event}` | {EVENTS[event]} |\n" in PAGE


def line_of(message: str, **fields: object) -> dict[str, object]:
    record = logging.getLogger("appliance").makeRecord(
        "appliance", logging.WARNING, __file__, 7, message, (), None, extra=fields
    )
    found: dict[str, object] = json.loads(JsonLines("ingest").format(record))
    return found


def test_a_field_that_is_not_listed_is_not_written() -> None:
    line = line_of("part_died", how="signal 9", path="/secret", address="203.0.113.7")
    assert line["how"] == "signal 9"
    assert line["unlisted"] == ["address", "path"]
    assert not re.search(r"secret|203", json.dumps(line))


def test_a_text_that_is_not_listed_is_not_written() -> None:
    line = line_of("hit of 203.0.113.7", reason="why")
    assert "203" not in json.dumps(line)
    assert line["event"] == "unlisted"
    assert str(line["place"]).endswith("test_log_events.py:7")
