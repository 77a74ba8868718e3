"""What became of hits, over real counters, and who hears of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from appliance.facts import OutcomeFact
from appliance.settings import SiteSettings
from appliance.stats.grants import Grant, Granted, Right, signed
from appliance.stats.quality import QualityAnswers
from appliance.stats.quality_api import QualityApi
from appliance.stats.quality_contract import Backlog, TrialHit
from appliance.stats.replies import REFUSALS
from appliance.warehouse.columns import OUTCOME_TYPES, outcome_columns
from dashboard.rights import RIGHTS, Role
from tests.integration.stats.conftest import DAY, DAY_NUMBER, GRANT_KEY, Stats, noon
from tests.kit.asgi_client import AsgiClient
from tests.kit.quality_facts import COUNTED

OWN, OTHER = "example.org", "other.example"
BACKLOG = Backlog(1, 2, 0.5, 0)


class Api:
    """The routes over the counters of the fixture."""

    def __init__(self, stats: Stats) -> None:
        self.stats = stats
        self.tried: list[tuple[TrialHit, str]] = []
        answers = QualityAnswers(stats.settings, noon, stats.engine.reader, lambda: BACKLOG)
        api = QualityApi(stats.settings, stats.readers, answers, self._try)
        self.client = AsgiClient(Starlette(routes=api.routes(), exception_handlers=REFUSALS))

    def _try(self, hit: TrialHit, site: SiteSettings) -> Any:
        self.tried.append((hit, site.id))
        return COUNTED

    def put(self, site: str, day: int, hour: int, outcome: str, hits: int) -> None:
        facts = [OutcomeFact(site, day, hour, outcome, hits)]
        token = f"{site}-{day}-{hour}-{outcome}"
        self.stats.engine.writer.insert("outcomes", OUTCOME_TYPES, outcome_columns(facts), token)

    def ask(self, path: str, token: str, site: str = OWN, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        if body:
            return self.client.post(f"/api/v1/{path}", json={"site_id": site} | body, headers=headers)
        return self.client.get(f"/api/v1/{path}?site_id={site}", headers=headers)


@pytest.fixture
def api(stats: Stats) -> Api:
    return Api(stats)


def _grant(role: Role, *sites: str) -> str:
    return signed(Grant("x", (Granted(RIGHTS[role], sites),), noon() + 60), GRANT_KEY)


OWNER = _grant(Role.OWNER, OWN)


def test_outcomes_are_summed_by_day_and_by_hour(api: Api) -> None:
    api.put(OWN, DAY_NUMBER, 9, "accepted", 5)
    api.put(OWN, DAY_NUMBER, 9, "bot", 2)
    api.put(OWN, DAY_NUMBER, 10, "accepted", 1)
    api.put(OWN, DAY_NUMBER - 29, 10, "accepted", 7)
    api.put(OWN, DAY_NUMBER - 30, 10, "accepted", 100)
    api.put(OTHER, DAY_NUMBER, 10, "accepted", 100)
    found = api.ask("quality", OWNER).json()
    today, first = DAY.isoformat(), (DAY - timedelta(days=29)).isoformat()
    assert {(one["label"], one["outcome"]): one["hits"] for one in found["days"]} == {
        (first, "accepted"): 7,
        (today, "accepted"): 6,
        (today, "bot"): 2,
    }
    assert [(one["label"], one["outcome"], one["hits"]) for one in found["hours"]] == [
        (f"{today} 09:00", "accepted", 5),
        (f"{today} 09:00", "bot", 2),
        (f"{today} 10:00", "accepted", 1),
    ]
    assert found["last_hits"] == [{"site": OWN, "hour": f"{today} 10:00"}]
    assert found["backlog"]["events"] == 1


def test_days_are_those_of_the_site(api: Api) -> None:
    # At noon in UTC it is tomorrow already in Kiritimati.
    api.put("kiribati", DAY_NUMBER + 1, 2, "accepted", 3)
    found = api.ask("quality", _grant(Role.OWNER, "kiribati"), "kiribati").json()
    assert [one["label"] for one in found["hours"]] == [f"{date.fromordinal(DAY.toordinal() + 1)} 02:00"]


def test_hits_of_no_site_are_for_owners_of_every_site(api: Api) -> None:
    api.put("", DAY_NUMBER, 9, "unknown_site", 4)
    assert api.ask("quality", OWNER).json()["of_no_site"] == []
    found = api.ask("quality", _grant(Role.OWNER, "*")).json()
    assert [one["hits"] for one in found["of_no_site"]] == [4]
    assert [one["site"] for one in found["last_hits"]] == [OWN, OTHER, "kiribati"]


@pytest.mark.parametrize("path", ["quality", "setup", "quality/trial"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("site", [OWN, OTHER, "missing.example"])
def test_only_owners_of_the_site_hear_of_it(api: Api, role: Role, path: str, site: str) -> None:
    body = {"url": "https://example.org/"} if path.endswith("trial") else {}
    allowed = role is Role.OWNER and site == OWN
    assert api.ask(path, _grant(role, OWN), site, **body).status_code == (200 if allowed else 404)
    assert len(api.tried) == (allowed and path.endswith("trial"))


@pytest.mark.parametrize(("key", "status"), [("", 401), ("wrong", 401), ("k1", 404), ("k2", 200), ("own", 200)])
def test_keys_need_every_site(api: Api, key: str, status: int) -> None:
    for path in ("quality", "setup"):
        assert api.ask(path, key).status_code == status


@pytest.mark.parametrize("body", [{"url": 1}, {"url": "x", "more": 1}, {"gpc": True}])
def test_a_hit_that_cannot_be_read_is_said(api: Api, body: dict[str, Any]) -> None:
    assert api.ask("quality/trial", OWNER, **body).status_code == 400
    assert api.tried == []


def test_a_locked_reader_hears_nothing(api: Api) -> None:
    grant = Grant("x", (Granted(frozenset(Right), (OWN,)),), noon() + 60, (["is", "event:page", ["/"]],))
    assert api.ask("quality", signed(grant, GRANT_KEY)).status_code == 403
