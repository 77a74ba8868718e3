"""Writes docs/stats.openapi.json from the contract of the stats API.

`python scripts/stats_openapi.py` writes the file; with `--check` it only says whether the file is up to date. Schemas
come from the classes that the API encodes; what stands here are the paths and what each may answer.
"""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from appliance.stats import contract, live_contract, privacy_contract, quality_contract
from appliance.stats.csv_answers import META_HEADER
from appliance.stats.day_close import CLOSE_PATH, CloseQuestion, DayClose
from appliance.stats.legacy_answers import LegacyAggregate, LegacyRows
from appliance.stats.legacy_questions import INTERVALS, PERIODS

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "stats.openapi.json"

_TYPES = (
    *(contract.Question, contract.Answer, contract.Funnels, contract.Transitions, contract.Sites),
    *(contract.RetentionPlan, contract.Refusal, CloseQuestion, DayClose, LegacyAggregate, LegacyRows),
    *(privacy_contract.PrivacyFacts, privacy_contract.ChainVerdict, quality_contract.Quality),
    live_contract.LiveMinutes,
    *(quality_contract.TrialHit, quality_contract.TrialVerdict, quality_contract.SiteSetup),
)
_WHY = {
    400: "The question cannot be answered; the sentence says why and what can.",
    401: "No valid key.",
    403: "The key has not the right.",
    404: "There is no such site, or the key may not read it.",
    413: "The body is too large.",
    503: "The numbers cannot be read just now; try again after Retry-After seconds.",
}
_SITE = {
    "name": "site_id",
    "in": "query",
    "required": True,
    "description": "Id of a site that the key may read.",
    "schema": {"type": "string", "example": "one.example"},
}
_RANGE = {
    "name": "date_range",
    "in": "query",
    "description": "A name, or first and last day with a comma between; today if it is left out.",
    "schema": {"type": "string", "example": "2026-11-01,2026-11-23"},
}


def _parameter(name: str, text: str, example: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": text,
        "schema": {"type": "string", **schema, "example": example},
    }


_LEGACY = [
    _SITE,
    _parameter("period", "Name of a range, or custom; 30d if it is left out.", "7d", enum=[*PERIODS]),
    _parameter("date", "Last day of the period; of custom the first and the last.", "2026-11-23"),
    _parameter("metrics", "Names with commas between; visitors if it is left out.", "visitors,pageviews"),
    _parameter("filters", "Such as visit:source==Google|Bing;event:page!=/blog*.", "visit:source==Google"),
    _parameter("with_imported", "Accepted and without effect.", "false"),
]
_COMPARE = _parameter("compare", "Beside the period before.", "previous_period", enum=["previous_period"])
_INTERVAL = _parameter("interval", "Rows of the series.", "date", enum=[*INTERVALS])
_PROPERTY = _parameter("property", "A dimension.", "visit:source") | {"required": True}
_PAGING = [
    _parameter("limit", "Rows of a page, 1 to 1000; 100 if it is left out.", "10"),
    _parameter("page", "Number of the page, from 1.", "1"),
]
_STATE = {"text/plain": {"schema": {"type": "string"}}}


def document() -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    _, schemas = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
    schemas["Question"]["properties"] |= {
        "metrics": {"type": "array", "minItems": 1, "items": {"enum": [str(name) for name in contract.Metric]}},
        "dimensions": {"type": "array", "maxItems": 3, "items": {"type": "string"}, "default": []},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stats",
            "version": "1",
            "description": "Numbers of configured sites for programs with a key. docs/metrics.md says what each means.",
        },
        "security": [{"key": []}],
        "paths": {
            contract.QUERY_PATH: {
                "post": _operation(
                    "Ask a question",
                    _table("Rows.", "Answer"),
                    (400, 401, 404, 413, 503),
                    body="Question",
                )
            },
            contract.REALTIME_PATH: {
                "get": _operation(
                    "Current visitors",
                    _answer("Visitors with an event in the last 5 minutes.", {"type": "integer", "minimum": 0}),
                    (401, 404, 503),
                    [_SITE],
                )
            },
            live_contract.LIVE_PATH: {
                "get": _operation(
                    "Current visitors in each of the last 30 minutes",
                    _answer("The greatest number of each minute.", _ref("LiveMinutes")),
                    (401, 404, 503),
                    [_SITE],
                )
            },
            contract.FUNNELS_PATH: {
                "get": _operation("Funnels", _table("All funnels.", "Funnels"), (400, 401, 404, 503), [_SITE, _RANGE])
            },
            contract.TRANSITIONS_PATH: {
                "get": _operation(
                    "Ways from page to page",
                    _table("Most often first.", "Transitions"),
                    (400, 401, 404, 503),
                    [_SITE, _RANGE],
                )
            },
            **{path: {"get": operation} for path, operation in _legacy().items()},
            contract.SITES_PATH: {
                "get": _operation("Sites that the key may read", _answer("Sites.", _ref("Sites")), (401,))
            },
            contract.RETENTION_PATH: {
                "get": _operation(
                    "What the limits of [retention] would delete now",
                    _answer("One line for each limit.", _ref("RetentionPlan")),
                    (401, 403, 503),
                )
            },
            **{path: {"get": operation} for path, operation in _privacy().items()},
            **_quality(),
            CLOSE_PATH: {
                "post": _operation(
                    "See that a day that is over gets closed: the appliance's own key only",
                    _answer("How far the close is.", _ref("DayClose")),
                    (400, 401, 403, 413, 503),
                    body="CloseQuestion",
                )
            },
            **{f"/health/{name}": {"get": _health(text)} for name, text in _HEALTH.items()},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _privacy() -> dict[str, dict[str, Any]]:
    """The paths about privacy."""
    lines = {"description": "JSON lines.", "content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
    facts = _answer("Settings in words, stores, deletions, closes, ages of keys, entries.", _ref("PrivacyFacts"))
    chain = _answer("How far the chain holds.", _ref("ChainVerdict"))
    return {
        privacy_contract.PRIVACY_PATH: _operation("What is kept, why and how long", facts, (401, 403, 503)),
        privacy_contract.CHAIN_PATH: _operation("Walk the chain of the evidence log", chain, (401, 403)),
        privacy_contract.EVIDENCE_PATH: _operation("The evidence log", lines, (401, 403)),
    }


def _quality() -> dict[str, dict[str, Any]]:
    """The paths about hits and set-up."""
    refusals = (401, 404, 503)
    outcomes = _answer("Outcomes by day and hour, last hits, backlog.", _ref("Quality"))
    verdict = _answer("Its outcome, and what decides.", _ref("TrialVerdict"))
    setup = _answer("The site as configured.", _ref("SiteSetup"))
    trial = _operation("What would become of a described hit", verdict, (400, 401, 404, 413), body="TrialHit")
    return {
        quality_contract.QUALITY_PATH: {"get": _operation("What became of hits", outcomes, refusals, [_SITE])},
        quality_contract.TRIAL_PATH: {"post": trial},
        quality_contract.SETUP_PATH: {"get": _operation("A site as configured", setup, (401, 404), [_SITE])},
    }


def _legacy() -> dict[str, dict[str, Any]]:
    """The paths of Plausible's older API."""
    refusals = (400, 401, 404, 503)
    numbers, rows = (_table(text, name) for text, name in (("Numbers.", "LegacyAggregate"), ("Rows.", "LegacyRows")))
    return {
        contract.AGGREGATE_PATH: _operation("Numbers of a period (v1)", numbers, refusals, [*_LEGACY, _COMPARE]),
        contract.TIMESERIES_PATH: _operation("Numbers over time (v1)", rows, refusals, [*_LEGACY, _INTERVAL]),
        contract.BREAKDOWN_PATH: _operation(
            "Numbers by a property (v1)", rows, refusals, [*_LEGACY, _PROPERTY, *_PAGING]
        ),
    }


_HEALTH = {
    "live": "The process answers",
    "ready": "Its engines answer, facts are written, old data are deleted",
    "started": "As ready, warnings aside",
}


def _operation(
    summary: str,
    found: dict[str, Any],
    refusals: tuple[int, ...],
    parameters: list[dict[str, Any]] | None = None,
    body: str = "",
) -> dict[str, Any]:
    operation: dict[str, Any] = {"summary": summary}
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    operation["responses"] = {"200": found} | {
        str(status): _answer(_WHY[status], _ref("Refusal")) for status in refusals
    }
    return operation


def _health(summary: str) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": [],
        "responses": {
            "200": {"description": "It is so.", "content": _STATE},
            "503": {"description": "It is not; the text says what is wrong.", "content": _STATE},
        },
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _table(description: str, schema: str) -> dict[str, Any]:
    """An answer of JSON, or of CSV for those who like it better."""
    answer = _answer(f"{description} As CSV for those who like it better (Accept: text/csv).", _ref(schema))
    csv = {"schema": {"type": "string", "description": "Names in the first line; RFC 4180."}}
    meta = {"description": "`meta` of a CSV answer.", "schema": {"type": "string"}}
    return answer | {"headers": {META_HEADER: meta}, "content": {"text/csv": csv, **answer["content"]}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def main() -> int:
    """Write or check the file."""
    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("docs/stats.openapi.json differs from appliance/stats/: run 'make docs'\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
