"""Every route of the stats API from the wrong side: each kind of key and grant, each site."""

from typing import Any

import pytest

from appliance.stats.grants import Grant, Granted, Right, signed
from dashboard.rights import RIGHTS, Role
from tests.integration.stats.conftest import GRANT_KEY, Stats, noon
from tests.integration.stats.test_query import visit

OWN, OTHER = "example.org", "other.example"
LOCK = (["is", "visit:source", ["Google"]],)
COUNTRY, GOAL = (["is", "visit:country", ["DE"]],), (["is", "event:goal", ["Signup"]],)
EVERY_ROUTE = [
    ("POST", "/api/v2/query", {"metrics": ["visitors"], "date_range": "day"}),
    ("GET", "/api/v1/stats/aggregate", None),
    ("GET", "/api/v1/stats/timeseries", None),
    ("GET", "/api/v1/stats/breakdown?property=visit:source", None),
    ("GET", "/api/v1/stats/realtime/visitors", None),
    ("GET", "/api/v1/stats/funnels", None),
    ("GET", "/api/v1/stats/transitions", None),
]
SEES_NUMBERS = {Role.OWNER: True, Role.VIEWER: True, Role.DPO: False}


def _grant(rights: frozenset[Right], *sites: str, only: Any = ()) -> dict[str, str]:
    grant = Grant("somebody", (Granted(rights, sites),), noon() + 60, only)
    return {"Authorization": f"Bearer {signed(grant, GRANT_KEY)}"}


def _ask(stats: Stats, route: Any, site: str, headers: dict[str, str]) -> Any:
    method, path, body = route
    if body is not None:
        return stats.client.request(method, path, json={"site_id": site} | body, headers=headers)
    return stats.client.request(method, f"{path}{'&' if '?' in path else '?'}site_id={site}", headers=headers)


def _path(route: Any) -> str:
    return str(route[1])


@pytest.mark.parametrize("site", [OWN, OTHER, "missing.example"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", EVERY_ROUTE, ids=_path)
def test_numbers_are_for_owners_and_viewers_of_the_site(stats: Stats, route: Any, role: Role, site: str) -> None:
    answer = _ask(stats, route, site, _grant(RIGHTS[role], OWN))
    assert answer.status_code == (200 if SEES_NUMBERS[role] and site == OWN else 404)


@pytest.mark.parametrize("role", Role)
def test_a_role_for_every_site_opens_each(stats: Stats, role: Role) -> None:
    expected = [200 if SEES_NUMBERS[role] else 404] * 2
    assert [_ask(stats, EVERY_ROUTE[0], site, _grant(RIGHTS[role], "*")).status_code for site in (OWN, OTHER)] == (
        expected
    )


@pytest.mark.parametrize("role", Role)
def test_sites_are_those_of_the_role(stats: Stats, role: Role) -> None:
    found = stats.client.get("/api/v1/sites", headers=_grant(RIGHTS[role], OTHER)).json()["sites"]
    assert [site["id"] for site in found] == [OTHER]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("sites", [(OWN,), (OWN, OTHER), ("*",)])
def test_what_deletion_would_do_everywhere_takes_privacy_everywhere(
    stats: Stats, role: Role, sites: tuple[str, ...]
) -> None:
    allowed = Right.PRIVACY in RIGHTS[role] and sites == ("*",)
    answer = stats.client.get("/api/v1/retention", headers=_grant(RIGHTS[role], *sites))
    assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize("headers", [_grant(frozenset(Right), "*"), {"Authorization": "Bearer k2"}])
def test_neither_a_grant_nor_a_key_of_the_configuration_changes_anything(stats: Stats, headers: dict[str, str]) -> None:
    body = {"site_id": OWN, "day": "2026-11-20"}
    assert stats.client.post("/api/v1/close", json=body, headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_other_route_takes_a_change(stats: Stats, method: str) -> None:
    headers = _grant(frozenset(Right), "*")
    writing = {
        (route.path, one) for route in stats.app.routes for one in getattr(route, "methods", ()) or () if one == method
    }
    assert writing == ({("/api/v2/query", "POST"), ("/api/v1/close", "POST")} if method == "POST" else set())
    for _, path, _ in EVERY_ROUTE[1:]:
        assert stats.client.request(method, f"{path}?site_id={OWN}", headers=headers).status_code == 405


@pytest.mark.parametrize(
    "token",
    [
        signed(Grant("x", (Granted(frozenset(Right), ("*",)),), noon() + 60), "another key"),
        signed(Grant("x", (Granted(frozenset(Right), ("*",)),), noon() - 1), GRANT_KEY),
        signed(Grant("x", (Granted(frozenset(Right), ("*",)),), noon() + 86_400), GRANT_KEY),
    ],
    ids=["another key", "over", "too long"],
)
@pytest.mark.parametrize("route", EVERY_ROUTE, ids=_path)
def test_a_grant_that_is_not_valid_opens_nothing(stats: Stats, route: Any, token: str) -> None:
    assert _ask(stats, route, OWN, {"Authorization": f"Bearer {token}"}).status_code == 401


class TestLockedToAFilter:
    """A shared link that shows visits from Google only."""

    headers = _grant(RIGHTS[Role.VIEWER], OWN, only=LOCK)

    def _rows(self, stats: Stats, **question: Any) -> Any:
        asked = {"site_id": OWN, "metrics": ["visits"], "date_range": "day"} | question
        return stats.client.post("/api/v2/query", json=asked, headers=self.headers)

    @pytest.mark.parametrize(
        "filters",
        [
            [],
            [["is_not", "visit:source", ["Google"]]],
            [["is", "visit:source", ["Bing"]]],
            [["or", [["is", "visit:source", ["Google"]], ["is", "visit:source", ["Bing"]]]]],
            [["not", ["is", "visit:source", ["Google"]]]],
        ],
    )
    def test_no_filter_of_a_question_gets_past_it(self, stats: Stats, filters: Any) -> None:
        for source in ("Google",) * 6 + ("Bing",) * 5:
            visit(stats, "/", source=source)
        answer = self._rows(stats, dimensions=["visit:source"], filters=filters)
        assert answer.status_code == 200, answer.text
        assert {row["dimensions"][0] for row in answer.json()["results"]} <= {"Google", "(other)"}
        assert "Bing" not in str(answer.json()["results"])

    def test_totals_are_those_of_the_filter(self, stats: Stats) -> None:
        for source in ("Google",) * 6 + ("Bing",) * 5:
            visit(stats, "/", source=source)
        assert self._rows(stats).json()["results"][0]["metrics"] == [6]
        assert stats.rows(metrics=["visits"]) == {(): [11]}

    def test_it_counts_as_one_of_the_two_attributes(self, stats: Stats) -> None:
        answer = self._rows(stats, dimensions=["visit:country"], filters=[["is", "visit:browser", ["Firefox"]]])
        assert answer.status_code == 400

    def test_the_older_api_holds_to_it_too(self, stats: Stats) -> None:
        for source in ("Google",) * 6 + ("Bing",) * 5:
            visit(stats, "/", source=source)
        _, aggregate, series, breakdown, *_ = (_ask(stats, route, OWN, self.headers) for route in EVERY_ROUTE)
        assert aggregate.json()["results"] == {"visitors": {"value": 6}}
        assert series.json()["results"][-1] == {"date": "2026-11-23", "visitors": 6}
        assert breakdown.json()["results"] == [{"source": "Google", "visitors": 6}]

    @pytest.mark.parametrize("route", EVERY_ROUTE[4:], ids=_path)
    def test_numbers_that_cannot_be_filtered_are_not_shown(self, stats: Stats, route: Any) -> None:
        assert _ask(stats, route, OWN, self.headers).status_code == 403

    @pytest.mark.parametrize(
        ("lock", "question"),
        [
            (LOCK, {"metrics": ["visitors", "percentage"], "dimensions": ["visit:source"]}),
            (LOCK, {"metrics": ["percentage"], "dimensions": ["time:day", "visit:source"]}),
            (COUNTRY, {"metrics": ["percentage"], "dimensions": ["visit:country"]}),
            (COUNTRY, {"metrics": ["percentage"], "dimensions": ["visit:country_name"]}),
            (GOAL, {"metrics": ["visitors", "conversion_rate"]}),
            (GOAL, {"metrics": ["conversion_rate"], "dimensions": ["event:goal"]}),
            (GOAL, {"metrics": ["group_conversion_rate"], "dimensions": ["visit:source"]}),
        ],
    )
    def test_no_share_and_no_rate_tells_how_many_are_outside(self, stats: Stats, lock: Any, question: Any) -> None:
        headers = _grant(RIGHTS[Role.VIEWER], OWN, only=lock)
        asked = {"site_id": OWN, "date_range": "day"} | question
        answer = stats.client.post("/api/v2/query", json=asked, headers=headers)
        assert answer.status_code == 403
        assert "outside the filter" in answer.json()["error"]
        free = stats.client.post("/api/v2/query", json=asked, headers=_grant(RIGHTS[Role.VIEWER], OWN))
        assert free.status_code == (200 if lock != GOAL or "event:goal" in question.get("dimensions", ()) else 400)

    def test_shares_and_rates_within_it_are_told(self, stats: Stats) -> None:
        for source, page in (("Google", "/"), ("Google", "/about"), ("Bing", "/")) * 6:
            visit(stats, page, source=source)
        rows = self._rows(stats, metrics=["visits", "percentage"], dimensions=["event:page"]).json()["results"]
        assert {row["dimensions"][0]: row["metrics"] for row in rows} == {"/": [6, 50.0], "/about": [6, 50.0]}
        of_goals = {"metrics": ["conversion_rate"], "dimensions": ["event:goal"]}
        assert self._rows(stats, **of_goals).status_code == 200
