"""Tried hits in plain words: what decides, and what would be counted."""

import msgspec
import pytest

from appliance.errors import QueryError
from appliance.outcomes import Outcome
from appliance.settings import PrivacySettings, ServerSettings, Settings, ShieldSettings, SiteSettings
from appliance.stats.outcome_words import SHIELDS, WORDS
from appliance.stats.quality_contract import TrialHit
from appliance.supervisor.parts.hit_trials import HitTrials
from tests.kit.hits import AGENTS

SITE = SiteSettings(
    id="example.org", hostnames=("example.org",), pages=("/",), shields=ShieldSettings(pages=("/internal/*",))
)
FIREFOX = next(agent.text for agent in AGENTS if agent.browser == "Firefox")
GOOD = TrialHit("example.org", "https://example.org/", user_agent=FIREFOX, address="87.128.0.1")


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> HitTrials:
    server = ServerSettings(data_dir=str(tmp_path_factory.mktemp("data")))
    settings = Settings(server=server, sites=(SITE,), privacy=PrivacySettings(k=7))
    return HitTrials(settings, lambda: 1_795_455_000.0, lambda _site: frozenset({"/listed"}))


def test_a_counted_hit_says_as_what(trials: HitTrials) -> None:
    verdict = trials.run(GOOD, SITE)
    assert (verdict.outcome, verdict.decided_by) == ("accepted", "")
    counted = {one.name: one.value for one in verdict.counted}
    assert (counted["Page"], counted["Country"]) == ("/", "DE")
    assert not any("not declared" in detail for detail in verdict.details)


@pytest.mark.parametrize(("path", "said"), [("/secret", True), ("/listed", False), ("/", False)])
def test_a_page_that_nobody_declared_is_told(trials: HitTrials, path: str, *, said: bool) -> None:
    hit = msgspec.structs.replace(GOOD, url=f"https://example.org{path}")
    assert any("from 7 visitors" in detail for detail in trials.run(hit, SITE).details) is said


@pytest.mark.parametrize(
    ("changes", "outcome", "decided_by"),
    [
        ({"url": "https://example.org/internal/x"}, Outcome.BLOCKED, SHIELDS["pages"]),
        ({"url": "https://elsewhere.example/"}, Outcome.WRONG_HOST, "[[sites]] hostnames"),
        ({"gpc": True}, Outcome.GPC, WORDS[Outcome.GPC].decided_by),
        ({"dnt": True}, Outcome.DNT, WORDS[Outcome.DNT].decided_by),
        ({"opted_out": True}, Outcome.OPTED_OUT, WORDS[Outcome.OPTED_OUT].decided_by),
        ({"prefetch": True}, Outcome.PREFETCH, WORDS[Outcome.PREFETCH].decided_by),
        ({"user_agent": "curl/8"}, Outcome.BOT, WORDS[Outcome.BOT].decided_by),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_decides_is_named(trials: HitTrials, changes: dict[str, object], outcome: str, decided_by: str) -> None:
    verdict = trials.run(msgspec.structs.replace(GOOD, **changes), SITE)
    assert (verdict.outcome, verdict.decided_by, verdict.counted) == (outcome, decided_by, [])


def test_hosts_of_the_site_are_named_where_the_host_is_wrong(trials: HitTrials) -> None:
    verdict = trials.run(msgspec.structs.replace(GOOD, url="https://elsewhere.example/"), SITE)
    assert verdict.details == ["Hosts of the site: example.org."]


def test_errors_of_a_hit_are_told(trials: HitTrials) -> None:
    verdict = trials.run(msgspec.structs.replace(GOOD, url="nothing"), SITE)
    assert verdict.outcome == "invalid"
    assert verdict.details


@pytest.mark.parametrize("address", ["x", "1.2.3", "203.0.113.7/24"])
def test_an_address_that_is_none_is_refused(trials: HitTrials, address: str) -> None:
    with pytest.raises(QueryError, match="address"):
        trials.run(msgspec.structs.replace(GOOD, address=address), SITE)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_words(outcome: Outcome) -> None:
    assert WORDS[outcome].meaning.endswith(".")


def test_every_shield_has_words() -> None:
    assert set(SHIELDS) == {*ShieldSettings.__struct_fields__, "spam"}
