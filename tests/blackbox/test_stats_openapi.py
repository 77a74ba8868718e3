"""The running stats API answers as docs/stats.openapi.json says, also to what nobody would ask."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from tests.kit.appliance_process import ApplianceProcess, Key, Site
from tests.kit.hits import Hit, Sender, Visitor

pytestmark = pytest.mark.blackbox

DOCUMENT = Path(__file__).parents[2] / "docs/stats.openapi.json"
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
N_EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "40"))
schema = schemathesis.openapi.from_path(str(DOCUMENT))


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    directory = tmp_path_factory.mktemp("openapi")
    with ApplianceProcess(directory, [Site("one.example")], [Key("all")], at=1_930_478_400) as appliance:
        hits = [Hit("one.example", Visitor(f"87.128.0.{n}"), path=f"/{n % 2}") for n in range(1, 15)]
        Sender(appliance.ingest, appliance.clock).send(hits)
        yield appliance
        assert "request_failed" not in appliance.log()


@schema.parametrize()
@settings(max_examples=N_EXAMPLES, suppress_health_check=list(HealthCheck))
def test_answers_are_as_documented(case: Any, appliance: ApplianceProcess) -> None:
    headers = {"Authorization": f"Bearer {appliance.keys['all']}"}
    if isinstance(case.body, dict) and "site_id" in case.body:
        case.body["site_id"] = "one.example"
    if "site_id" in (case.query or {}):
        case.query["site_id"] = "one.example"
    case.call_and_validate(base_url=appliance.stats, headers=headers, checks=CHECKS)
