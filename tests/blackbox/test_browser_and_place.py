"""What browsers say of themselves and where their network is, from headers to answers; files change meanwhile."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kit import mmdb
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import AGENTS, Hit, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = 1_930_478_400
FIRST = {"87.128.0.0/14": mmdb.city("DE", "BE", "Berlin")}
SECOND = {"87.128.0.0/14": mmdb.city("AT", "9", "Vienna")}
HEADERS = {
    "Accept-Language": "de-AT,de;q=0.9,en;q=0.5",
    "Sec-CH-UA": '"Not;A=Brand";v="99", "Chromium";v="140", "Brave";v="140"',
    "Sec-CH-UA-Mobile": "?0",
    "Sec-CH-UA-Platform": '"Windows"',
}
ENOUGH = 5
"""Visitors that a city needs to be shown."""


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    directory = tmp_path_factory.mktemp("places")
    mmdb.write(directory / "places.mmdb", FIRST, kind="GeoLite2-City")
    places = '\n[places]\ndatabase = "places.mmdb"\n'
    with ApplianceProcess(directory, [Site(SITE)], at=NOON, extra=places) as appliance:
        yield appliance


def visit(appliance: ApplianceProcess, network: str) -> None:
    with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=10) as client:
        for number in range(1, ENOUGH + 1):
            hit = Hit(SITE, Visitor(f"{network}.{number}", AGENTS[0]))
            answer = client.post("/api/event", content=json.dumps(hit.body()), headers=hit.headers() | HEADERS)
            assert (answer.status_code, answer.headers.get("x-drop-reason")) == (202, None)


def counted(appliance: ApplianceProcess, dimension: str) -> dict[str, int]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        rows = stats.table(SITE, "day", (dimension,), ("visitors",))
    return {value: row["visitors"] for (value,), row in rows.items()}


def await_counted(appliance: ApplianceProcess, dimension: str, expected: dict[str, int]) -> None:
    await_equal(lambda: counted(appliance, dimension), expected, dimension)


def said(appliance: ApplianceProcess, event: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in appliance.log().splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == event]


def test_hints_language_and_place_are_counted_by_their_short_names(appliance: ApplianceProcess) -> None:
    visit(appliance, "87.128.1")
    await_counted(appliance, "visit:city", {"Berlin": ENOUGH})
    await_counted(appliance, "visit:region", {"DE-BE": ENOUGH})
    await_counted(appliance, "visit:country", {"DE": ENOUGH})
    await_counted(appliance, "visit:browser_version", {"Brave 140": ENOUGH})
    await_counted(appliance, "visit:os", {"Windows": ENOUGH})
    await_counted(appliance, "visit:language", {"de": ENOUGH})


def test_place_database_is_replaced_and_damaged_without_a_restart(appliance: ApplianceProcess, tmp_path: Path) -> None:
    path = appliance.directory / "places.mmdb"
    before = len(said(appliance, "places_old"))
    mmdb.write(path, SECOND, kind="Another-City")
    # The clock of this test is years ahead, so every file is an old one.
    await_true(lambda: len(said(appliance, "places_old")) > before, "the new file is in use")
    assert said(appliance, "places_old")[-1]["kind"] == "Another-City"
    path.write_bytes(b"no database any more")
    await_true(lambda: bool(said(appliance, "places_unusable")), "the damaged file is noticed")
    visit(appliance, "87.128.2")
    await_counted(appliance, "visit:city", {"Berlin": ENOUGH, "Vienna": ENOUGH})


def test_robots_prefetches_and_spam_are_told_what_they_are(appliance: ApplianceProcess) -> None:
    hit = Hit(SITE, Visitor("87.128.3.1", AGENTS[0]))
    spam = Hit(SITE, Visitor("87.128.3.1", AGENTS[0]), referrer="https://semalt.com/x")
    cases = [
        (hit, {"User-Agent": "curl/8.7.1"}, "bot"),
        (hit, {"User-Agent": "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"}, "bot"),
        (hit, {"Sec-CH-UA": '"HeadlessChrome";v="140"'}, "bot"),
        (hit, {"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
        (spam, {}, "blocked"),
    ]
    for sent, headers, reason in cases:
        answer = httpx.post(
            f"{appliance.ingest}/api/event",
            content=json.dumps(sent.body()),
            headers=sent.headers() | headers,
            trust_env=False,
        )
        assert (answer.status_code, answer.headers.get("x-drop-reason")) == (202, reason)


def test_answers_ask_for_no_hints(appliance: ApplianceProcess) -> None:
    for path in ("/js/script.js", "/health/live"):
        assert "accept-ch" not in httpx.get(f"{appliance.ingest}{path}", trust_env=False).headers
