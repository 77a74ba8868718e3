"""Each route with each kind of key. The routes are those that the application itself lists."""

import hashlib
import json
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.stats.api import create_app
from appliance.stats.backup_api import backup_route
from appliance.stats.grants import Grant, Granted, Right, signed
from appliance.stats.import_api import DayIs, ImportStep, Step, encode_step, import_route
from appliance.stats.live_api import live_route
from appliance.stats.live_contract import LiveMinutes
from appliance.stats.privacy_api import PrivacyApi
from appliance.stats.privacy_contract import ChainVerdict
from appliance.stats.quality import QualityAnswers
from appliance.stats.quality_api import QualityApi
from tests.integration.stats.conftest import GRANT_KEY, Stats, noon
from tests.kit.asgi_client import AsgiClient
from tests.kit.privacy_facts import privacy_facts
from tests.kit.quality_facts import COUNTED

ITS_SITE, EVERY_SITE, SOME_SITE = "reads its site", "needs every site", "says which sites it reads"
OWNER = "needs every site, or an owner's grant"
OWN, IMPORTS, BACKUPS, OPEN = "the appliance's own", "the key of imports", "the key of backups", "needs no key"
RIGHTS = {
    ("POST", "/api/v2/query"): ITS_SITE,
    ("GET", "/api/v1/stats/realtime/visitors"): ITS_SITE,
    ("GET", "/api/v1/stats/aggregate"): ITS_SITE,
    ("GET", "/api/v1/stats/timeseries"): ITS_SITE,
    ("GET", "/api/v1/stats/breakdown"): ITS_SITE,
    ("GET", "/api/v1/stats/realtime/minutes"): ITS_SITE,
    ("GET", "/api/v1/stats/funnels"): ITS_SITE,
    ("GET", "/api/v1/stats/transitions"): ITS_SITE,
    ("GET", "/api/v1/sites"): SOME_SITE,
    ("GET", "/api/v1/retention"): EVERY_SITE,
    ("GET", "/api/v1/privacy"): EVERY_SITE,
    ("GET", "/api/v1/privacy/chain"): EVERY_SITE,
    ("GET", "/api/v1/privacy/evidence"): EVERY_SITE,
    ("GET", "/api/v1/quality"): OWNER,
    ("POST", "/api/v1/quality/trial"): OWNER,
    ("GET", "/api/v1/setup"): OWNER,
    ("POST", "/api/v1/close"): OWN,
    ("POST", "/api/v1/import"): IMPORTS,
    ("POST", "/api/v1/backup"): BACKUPS,
    ("GET", "/health/live"): OPEN,
    ("GET", "/health/ready"): OPEN,
    ("GET", "/health/started"): OPEN,
}
"""What each route asks of a key. A route without a line here fails the test."""
VIEWER = Grant("somebody", (Granted(frozenset({Right.NUMBERS}), ("example.org",)),), noon() + 60)
KEYS = {
    "none": "",
    "empty": "Bearer ",
    "wrong": "Bearer wrong",
    "its hash": f"Bearer {hashlib.sha256(b'k1').hexdigest()}",
    "another scheme": "Basic azE6",
    "its site": "Bearer k1",
    "another site": "Bearer k3",
    "every site": "Bearer k2",
    "the appliance": "Bearer own",
    "the dashboard": f"Bearer {signed(VIEWER, GRANT_KEY)}",
    "imports": "Bearer import-secret",
    "backups": "Bearer backup-secret",
}
UNKNOWN = {"none", "empty", "wrong", "its hash", "another scheme"}
OPENS = {
    ITS_SITE: {"its site", "every site", "the appliance", "the dashboard"},
    SOME_SITE: {"its site", "another site", "every site", "the appliance", "the dashboard"},
    EVERY_SITE: {"every site", "the appliance"},
    OWNER: {"every site", "the appliance"},
    OWN: {"the appliance"},
    IMPORTS: {"imports"},
    BACKUPS: {"backups"},
    OPEN: set(KEYS),
}
QUESTION = {"site_id": "example.org", "metrics": ["visitors"], "date_range": "day"}


@pytest.fixture
def client(stats: Stats) -> AsgiClient:
    def archive() -> Generator[bytes, None, None]:
        yield b"counters"

    imports = import_route(lambda _step: DayIs.FREE, "import-secret")
    backups = backup_route(archive, "backup-secret")
    privacy = PrivacyApi(
        stats.settings,
        stats.readers,
        lambda _sites: privacy_facts(noon()),
        lambda: ChainVerdict(0, None, ""),
        lambda _sites: [],
    )
    live = live_route(stats.settings, stats.readers, lambda _site: LiveMinutes(0, []))
    answers = QualityAnswers(stats.settings, noon, stats.engine.reader, lambda: None)
    quality = QualityApi(stats.settings, stats.readers, answers, lambda _hit, _site: COUNTED)
    return AsgiClient(create_app(stats.api, imports, backups, [*privacy.routes(), *quality.routes(), live]))


def status(client: AsgiClient, route: tuple[str, str], key: str, site: str = "example.org") -> int:
    """The answer to a good request."""
    method, path = route
    asked: dict[str, Any] = {"headers": {"Authorization": KEYS[key]} if KEYS[key] else {}}
    if path.endswith("query"):
        asked["json"] = QUESTION | {"site_id": site}
    elif path.endswith("trial"):
        asked["json"] = {"site_id": site, "url": "https://example.org/"}
    elif path.endswith("close"):
        asked["json"] = {"site_id": site, "day": "2026-11-22"}
    elif path.endswith("import"):
        asked["content"] = encode_step(ImportStep(Step.LOOK, site, date(2026, 11, 22)))
    more = "&property=visit:source" if path.endswith("breakdown") else ""
    return int(client.request(method, f"{path}?site_id={site}{more}", **asked).status_code)


def test_every_route_has_its_rights(client: AsgiClient) -> None:
    routes = {(min(route.methods - {"HEAD"}), route.path) for route in client.app.routes}
    assert routes == set(RIGHTS)


def test_the_document_of_the_api_has_every_route_but_those_of_operators() -> None:
    paths = json.loads((Path(__file__).parents[3] / "docs/stats.openapi.json").read_text())["paths"]
    documented = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    assert documented == {route for route, right in RIGHTS.items() if right not in (IMPORTS, BACKUPS)}


@pytest.mark.parametrize("route", RIGHTS)
def test_each_route_answers_the_keys_that_open_it_and_no_others(client: AsgiClient, route: tuple[str, str]) -> None:
    right = RIGHTS[route]

    def expected(key: str) -> int:
        if key in OPENS[right]:
            return 200
        if right in (IMPORTS, BACKUPS) or key in {*UNKNOWN, "imports", "backups"}:
            return 401
        return 404 if right in (ITS_SITE, OWNER) else 403

    assert {key: status(client, route, key) for key in KEYS} == {key: expected(key) for key in KEYS}


@pytest.mark.parametrize("route", [route for route, right in RIGHTS.items() if right == ITS_SITE])
def test_a_site_that_the_key_may_not_read_looks_as_one_that_does_not_exist(
    client: AsgiClient, route: tuple[str, str]
) -> None:
    assert [status(client, route, "its site", site) for site in ("other.example", "missing.example", "*", "")] == [
        404
    ] * 4
