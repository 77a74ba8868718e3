"""The running ingest answers as docs/ingest.openapi.json says, also to what nobody would send."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from appliance.outcomes import Outcome
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import AGENTS

pytestmark = pytest.mark.blackbox

DOCUMENT = Path(__file__).parents[2] / "docs/ingest.openapi.json"
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
schema = schemathesis.openapi.from_path(str(DOCUMENT))


@pytest.fixture(scope="module")
def ingest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ApplianceProcess(tmp_path_factory.mktemp("openapi"), [Site("one.example")], at=1_930_478_400) as appliance:
        yield appliance.ingest
        assert "request_failed" not in appliance.log()


@schema.parametrize()
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
def test_answers_are_as_documented(case: Any, ingest: str) -> None:
    headers = {"User-Agent": AGENTS[0].text} | dict(case.headers or {})
    case.call_and_validate(base_url=ingest, headers=headers, checks=CHECKS)


def test_document_names_every_reason() -> None:
    reasons = json.loads(DOCUMENT.read_text())["components"]["schemas"]["Reason"]["enum"]
    assert reasons == [outcome.value for outcome in Outcome if outcome is not Outcome.ACCEPTED]
