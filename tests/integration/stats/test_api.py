"""Keys, routes and status codes."""

import asyncio
import threading
from datetime import timedelta
from typing import NoReturn

import httpx
import pytest

from appliance.errors import UnavailableError
from tests.integration.stats.conftest import DAY, FUNNEL, Stats

REALTIME = "/api/v1/stats/realtime/visitors?site_id=example.org"


def test_sites_are_those_the_key_may_read(stats: Stats) -> None:
    every = ["example.org", "other.example", "kiribati"]
    for key, sites in (("k1", ["example.org"]), ("k2", every), ("own", every)):
        found = stats.client.get("/api/v1/sites", headers={"Authorization": f"Bearer {key}"}).json()["sites"]
        assert [site["id"] for site in found] == sites


def test_a_site_names_what_it_declares(stats: Stats) -> None:
    (found,) = stats.client.get("/api/v1/sites", headers={"Authorization": "Bearer k1"}).json()["sites"]
    assert (found["properties"], found["funnels"]) == (["plan", "plan-2"], [FUNNEL.name])


def test_current_visitors_are_a_bare_number(stats: Stats) -> None:
    path = "/api/v1/stats/realtime/visitors?site_id=example.org"
    response = stats.client.get(path, headers={"Authorization": "Bearer k1"})
    assert response.json() == 3


def test_health_needs_no_key(stats: Stats) -> None:
    assert stats.client.get("/health/live").status_code == 200
    assert stats.client.get("/health/ready").status_code == 200


def test_what_stands_still_behind_the_api_is_not_alive(stats: Stats) -> None:
    stats.is_alive = False
    assert stats.client.get("/health/live").status_code == 503
    stats.is_alive = True


def test_what_a_loss_did_to_a_day_stands_in_answers_about_it(stats: Stats) -> None:
    stats.damage = {DAY: "Redis lost its data"}
    asked = {"date_range": [DAY.isoformat()] * 2}
    after = {"date_range": [(DAY + timedelta(1)).isoformat()] * 2}
    assert stats.ask(**asked).json()["meta"]["warnings"] == ["Redis lost its data"]
    assert stats.ask(**asked).json()["meta"]["damaged_days"] == [
        {"day": DAY.isoformat(), "meaning": "Redis lost its data"}
    ]
    assert "damaged_days" not in stats.ask(**after).json()["meta"]
    assert "warnings" not in stats.ask(**after).json()["meta"]
    compared = {**after, "include": {"comparisons": {"mode": "previous_period"}}}
    assert stats.ask(**compared).json()["meta"]["warnings"] == ["Redis lost its data"]


def test_days_that_came_from_a_log_stand_in_answers_about_them(stats: Stats) -> None:
    before = [DAY - timedelta(number) for number in (1, 2, 4)]
    stats.imported = before
    assert "imported_days" not in stats.ask(date_range=[DAY.isoformat()] * 2).json()["meta"]
    asked = {"date_range": [before[1].isoformat(), DAY.isoformat()]}
    stretch = [before[1].isoformat(), before[0].isoformat()]
    assert stats.ask(**asked).json()["meta"]["imported_days"] == [stretch]
    compared = {**asked, "include": {"comparisons": {"mode": "previous_period"}}}
    alone = [before[2].isoformat()] * 2
    assert stats.ask(**compared).json()["meta"]["imported_days"] == [alone, stretch]


@pytest.mark.parametrize("path", ["funnels", "transitions"])
def test_funnels_and_ways_say_the_same_of_their_days(stats: Stats, path: str) -> None:
    before = (DAY - timedelta(1)).isoformat()
    stats.damage, stats.imported = {DAY: "Redis lost its data"}, [DAY - timedelta(1)]
    marks = {"warnings", "damaged_days", "imported_days"}
    asked = stats.ask(date_range=[before, DAY.isoformat()]).json()["meta"]
    said = stats.get(path, date_range=f"{before},{DAY.isoformat()}").json()["meta"]
    assert {name: said[name] for name in marks} == {name: asked[name] for name in marks}
    later = (DAY + timedelta(1)).isoformat()
    assert not marks & stats.get(path, date_range=f"{later},{later}").json()["meta"].keys()


def test_a_warning_stands_in_every_answer_and_makes_it_unready_but_keeps_it_started(stats: Stats) -> None:
    assert "warnings" not in stats.ask().json()["meta"]
    stats.warnings.append("Old data could not be deleted: the disk is full.")
    assert stats.ask().json()["meta"]["warnings"] == stats.warnings
    ready = stats.client.get("/health/ready")
    assert (ready.status_code, ready.text) == (503, stats.warnings[0])
    assert stats.client.get("/health/started").status_code == 200


def test_the_retention_plan_needs_a_key_for_every_site(stats: Stats) -> None:
    answers = {
        key: stats.client.get("/api/v1/retention", headers={"Authorization": f"Bearer {key}"})
        for key in ("k1", "k2", "own")
    }
    assert [answer.status_code for answer in answers.values()] == [403, 200, 200]
    line = {"kind": "outcomes", "sites": "all sites", "limit": "13 months", "first_kept": "2025-10-23", "rows": 4}
    assert answers["k2"].json() == {"plan": [line], "problem": ""}


def test_only_the_appliance_s_own_key_may_ask_for_a_close(stats: Stats) -> None:
    def status(key: str, day: str) -> int:
        body = {"site_id": "example.org", "day": day}
        headers = {"Authorization": f"Bearer {key}"}
        return stats.client.post("/api/v1/close", json=body, headers=headers).status_code

    assert [status(key, "2026-11-23") for key in ("k1", "k2", "own")] == [403, 403, 200]
    assert status("own", "23.11.2026") == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v2/query", 405), ("POST", "/api/v1/sites", 405), ("GET", "/docs", 404), ("GET", "/", 404)],
)
def test_anything_else_is_refused_as_json(stats: Stats, method: str, path: str, status: int) -> None:
    response = stats.client.request(method, path, headers={"Authorization": "Bearer k1"})
    assert response.status_code == status
    assert "error" in response.json()


def test_body_has_a_limit(stats: Stats) -> None:
    response = stats.client.post("/api/v2/query", content=b"x" * 70_000, headers={"Authorization": "Bearer k1"})
    assert response.status_code == 413


def test_answers_are_not_stored_by_caches(stats: Stats) -> None:
    response = stats.ask()
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_path_with_a_slash_too_many_is_not_redirected(stats: Stats) -> None:
    response = stats.client.post("/api/v2/query/", json={}, headers={"Authorization": "Bearer k1", "Host": "evil"})
    assert response.status_code == 404
    assert "location" not in response.headers


def test_other_origins_get_no_permission(stats: Stats) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for response in (stats.client.request("OPTIONS", "/api/v2/query", headers=headers), stats.ask()):
        assert not [name for name in response.headers if name.startswith("access-control-")]


class _Broken:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def query(self, sql: str, parameters: object = None) -> NoReturn:
        raise self.error


def test_engine_that_is_away_gives_a_reason_and_a_time_to_try_again(stats: Stats) -> None:
    stats.read_from(_Broken(UnavailableError("ClickHouse could not answer a question: it took too long (code 159)")))
    response = stats.ask()
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert "it took too long" in response.json()["error"]


def test_fault_tells_nothing_and_no_log_holds_key_or_question(stats: Stats, caplog: pytest.LogCaptureFixture) -> None:
    stats.read_from(_Broken(RuntimeError("internal detail")))
    caplog.set_level("DEBUG")
    response = stats.ask(key="k2", dimensions=["event:page"])
    assert (response.status_code, response.json()) == (500, {"error": "internal error"})
    stats.ask(key="wrong-secret-key")
    ours = [record for record in caplog.records if record.name.startswith("appliance")]
    assert [record.getMessage() for record in ours] == ["request_failed"]
    assert not [text for text in ("k2", "wrong-secret-key", "example.org") if text in str([r.__dict__ for r in ours])]


def test_health_answers_while_every_question_hangs(stats: Stats) -> None:
    entered, release = threading.Semaphore(0), threading.Event()

    class Hanging:
        def query(self, sql: str, parameters: object = None) -> NoReturn:
            entered.release()
            release.wait(20)
            raise UnavailableError("away")

    app = stats.read_from(Hanging())
    question = {"site_id": "example.org", "metrics": ["visitors"], "date_range": "day"}

    async def ask_all() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test.example") as client:
            client.headers["Authorization"] = "Bearer k1"
            asked = [asyncio.create_task(client.post("/api/v2/query", json=question)) for _ in range(60)]
            await asyncio.to_thread(entered.acquire, True, 20)
            try:
                quick = [await asyncio.wait_for(client.get(path), 5) for path in ("/health/ready", REALTIME)]
            finally:
                release.set()
            return [answer.status_code for answer in (*quick, *await asyncio.gather(*asked))]

    assert asyncio.run(ask_all()) == [200, 200] + [503] * 60
