"""Questions that want to break out of their field, or to take the machine."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import QueryError
from appliance.warehouse import client
from appliance.warehouse.client import Answer, Reader, open_reader
from tests.integration.stats.conftest import DAY, Stats

INJECTIONS = (
    "' OR 1=1 --",
    "'); DROP TABLE cells; --",
    "\\'; DROP TABLE cells; --",
    "file('/etc/passwd')",
    "{site:String}",
    "{x:String}",
    "$$",
    "`cells`",
    "/**/UNION/**/SELECT/**/1",
    "\u02bc OR 1=1",
    "\x00",
    "%27%20OR%201=1",
)
REPORTS = {
    "realtime/visitors": (),
    "funnels": ("date_range",),
    "transitions": ("date_range",),
    "aggregate": ("period", "date", "metrics", "filters", "compare", "with_imported"),
    "timeseries": ("period", "date", "metrics", "filters", "interval"),
    "breakdown": ("period", "date", "metrics", "filters", "property", "limit", "page"),
}
"""Reports that take their parameters in the address, and these beside the site."""


@pytest.fixture
def catcher() -> Iterator[tuple[str, list[object]]]:
    """A server that nobody has a reason to ask, and who asked it."""
    loop = asyncio.new_event_loop()
    caught: list[object] = []

    async def catch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caught.append(writer.get_extra_info("peername"))
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(catch, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", caught
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_an_injection_in_any_field_of_any_route_is_refused_or_means_itself(
    stats: Stats, catcher: tuple[str, list[object]]
) -> None:
    url, caught = catcher
    stats.engine.writer.command(f"INSERT INTO totals_hour (site, day, visitors) VALUES ('other.example', '{DAY}', 77)")  # noqa: S608
    before = tables(stats)
    secret = Path("/etc/passwd").read_text().splitlines()[0]
    for text in (*INJECTIONS, f"url('{url}', CSV, 'a String')", f"remote('{url[7:-1]}', system.one)"):
        for response in asked(stats, text):
            assert response.status_code in (200, 400, 404), (text, response.text)
            assert secret not in response.text
            if response.status_code == 200:
                answer = response.json()
                assert "77" not in repr([answer.get(name) for name in ("results", "funnels", "transitions")]), text
    assert caught == []
    assert tables(stats) == before


def tables(stats: Stats) -> list[tuple[Any, ...]]:
    """Names and rows of all tables."""
    return list(stats.engine.writer.query("SELECT name, total_rows FROM system.tables ORDER BY name").rows)


def asked(stats: Stats, text: str) -> Iterator[Any]:
    """Answers to questions that have the text in each of their places."""
    by_page: dict[str, Any] = {"dimensions": ["event:page"]}
    for body in (
        {"site_id": text},
        {"metrics": [text]},
        {"dimensions": [text]},
        {"dimensions": [f"event:props:{text}"]},
        {"date_range": text},
        {"date_range": ["2026-11-01", text]},
        {"date_range": [f"2026-11-01T00:00:00{text}", "2026-11-02T00:00:00Z"]},
        {"order_by": [[text, "asc"]]},
        {"order_by": [["visitors", text]]},
        {"pagination": {"limit": text}},
        {"pagination": {"offset": text}},
        {"include": {text: True}},
        {"include": {"comparisons": {"mode": text}}},
        {"include": {"comparisons": {"mode": "custom", "date_range": [text, text]}}},
        {text: text},
        {"filters": [[text, "event:page", ["/"]]]},
        {"filters": [["is", text, ["/"]]]},
        {"filters": [["is", "event:page", ["/"], {text: True}]]},
        {"filters": [["is", f"event:props:{text}", ["x"]]]},
        *(
            by_page | {"filters": [[operator, attribute, [text]]]}
            for operator in ("is", "is_not", "contains", "contains_not", "matches", "matches_not")
            for attribute in ("event:page", "visit:source", "event:props:plan")
        ),
        {"filters": [["or", [["is", "visit:source", [text]], ["is", "visit:country", [text]]]]]},
    ):
        yield stats.ask(**body)  # type: ignore[arg-type]
    for path, names in REPORTS.items():
        usual = {"property": "event:page"} if path == "breakdown" else {}
        yield stats.get(path, **usual, site=text)
        for name in names:
            yield stats.get(path, **usual | {name: text})
        if names:
            yield stats.get(path, **usual, **{text: text})
        if "filters" in names:
            for asked in (f"visit:source=={text}", f"event:page!=*{text}", f"{text}==/", f"event:props:plan~{text}"):
                yield stats.get(path, **usual, filters=asked)
    every = {"Authorization": "Bearer k2"}
    for path in ("/api/v1/quality", "/api/v1/setup"):
        yield stats.client.get(path, params={"site_id": text}, headers=every)
    hit = {"site_id": "example.org", "url": "https://example.org/"}
    for field in ("site_id", "url", "event", "referrer", "user_agent", "address", text):
        yield stats.client.post("/api/v1/quality/trial", json=hit | {field: text}, headers=every)
    yield stats.client.post(
        "/api/v1/close", json={"site_id": text, "day": text}, headers={"Authorization": "Bearer own"}
    )


@pytest.mark.external
def test_connections_of_questions_only_read_and_have_limits(stats: Stats) -> None:
    names = ("readonly", "max_execution_time", "max_memory_usage", "max_result_rows", "max_threads")
    row = ", ".join(f"getSetting('{name}')" for name in names)
    assert list(stats.engine.reader.query(f"SELECT {row}").rows) == [(1, 10, 200_000_000, 1_000_000, 2)]
    for change in ("INSERT INTO cells (site) VALUES ('x')", "SELECT 1 SETTINGS readonly = 0", "SET readonly = 0"):
        with pytest.raises(QueryError):
            stats.engine.reader.query(change)


class _Heavy:
    """Reads for every question what takes hours."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def query(self, _sql: str, _parameters: object = None) -> Answer:
        return self._reader.query(
            "SELECT sum(cityHash64(a.a, b.a, c.a)) FROM cells AS a CROSS JOIN cells AS b CROSS JOIN cells AS c"
        )


@pytest.mark.external
def test_a_reading_that_takes_too_long_is_ended_by_the_engine(stats: Stats, monkeypatch: pytest.MonkeyPatch) -> None:
    stats.engine.writer.command(
        "INSERT INTO cells (site, day, grain, dim_a, a, visitors) "  # noqa: S608
        f"SELECT 'example.org', '{DAY}', 'day', 1, '/' || toString(number), 5 FROM numbers(20000)"
    )
    monkeypatch.setitem(client._READ_SETTINGS, "max_execution_time", 1)
    reader = open_reader(stats.engine.settings, 1)
    try:
        stats.read_from(_Heavy(reader))
        heavy = stats.ask()
    finally:
        reader.close()
    assert (heavy.status_code, heavy.headers["retry-after"]) == (503, "2")
    assert "it took too long" in heavy.json()["error"]
    stats.read_from(stats.engine.reader)
    assert stats.rows() == {(): [0]}


@pytest.mark.parametrize(
    ("path", "parameters"),
    [("", {}), ("aggregate", {}), ("breakdown", {"property": "event:page"}), ("funnels", {}), ("transitions", {})],
)
def test_a_question_of_too_many_readings_ends_with_what_to_do(
    stats: Stats, path: str, parameters: dict[str, str]
) -> None:
    stats.seconds_ahead = 31
    answer = stats.get(path, **parameters) if path else stats.ask(dimensions=["event:page"])
    assert answer.status_code == 503
    assert "more than 30 seconds; ask for a shorter range" in answer.json()["error"]


def test_an_answer_that_would_take_the_memory_is_refused_and_others_go_on(
    stats: Stats, monkeypatch: pytest.MonkeyPatch
) -> None:
    stats.engine.writer.command(
        "INSERT INTO cells (site, day, grain, dim_a, a, visitors) "  # noqa: S608
        f"SELECT 'example.org', '{DAY}', 'day', 1, '/' || toString(number), 5 FROM numbers(200000)"
    )
    stats.engine.writer.command(f"INSERT INTO closed_days VALUES ('example.org', '{DAY}')")  # noqa: S608
    stats.engine.writer.command(
        f"INSERT INTO totals_hour (site, day, visitors, visits) VALUES ('example.org', '{DAY}', 9, 9)"  # noqa: S608
    )
    monkeypatch.setitem(client._READ_SETTINGS, "max_memory_usage", 20_000_000)
    reader = open_reader(stats.engine.settings, 1)
    try:
        stats.read_from(reader)
        heavy = stats.ask(dimensions=["event:page"])
        others = stats.rows()
    finally:
        reader.close()
    assert (heavy.status_code, heavy.headers["retry-after"]) == (503, "2")
    assert "it needs too much memory" in heavy.json()["error"]
    assert others == {(): [9]}
