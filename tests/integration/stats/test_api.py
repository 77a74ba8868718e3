"""Keys, routes and status codes."""

import pytest

from tests.integration.stats.conftest import Stats


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic azE6"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v2/query"),
        ("GET", "/api/v1/stats/realtime/visitors?site_id=example.org"),
        ("GET", "/api/v1/sites"),
    ],
)
def test_route_needs_a_key(stats: Stats, method: str, path: str, header: dict[str, str]) -> None:
    response = stats.client.request(method, path, headers=header)
    assert response.status_code == 401
    assert "example.org" not in response.text


def test_key_reads_its_own_sites_only_and_cannot_tell_others_from_none(stats: Stats) -> None:
    foreign, missing = (stats.ask(site_id=name) for name in ("other.example", "missing.example"))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text


def test_sites_are_those_the_key_may_read(stats: Stats) -> None:
    both = ["example.org", "other.example"]
    for key, sites in (("k1", ["example.org"]), ("k2", both), ("own", both)):
        found = stats.client.get("/api/v1/sites", headers={"Authorization": f"Bearer {key}"}).json()["sites"]
        assert [site["id"] for site in found] == sites


def test_current_visitors_are_a_bare_number(stats: Stats) -> None:
    path = "/api/v1/stats/realtime/visitors?site_id=example.org"
    response = stats.client.get(path, headers={"Authorization": "Bearer k1"})
    assert response.json() == 3


def test_health_needs_no_key(stats: Stats) -> None:
    assert stats.client.get("/health/live").status_code == 200
    assert stats.client.get("/health/ready").status_code == 200


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
