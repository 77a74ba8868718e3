"""What would become of a hit is what becomes of it: the same outcomes, and nothing is kept."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from appliance.anonymize.pipeline import Anonymizer
from appliance.ingest.trial import SPAM, Trial, Trials, Verdict
from appliance.outcomes import Outcome
from appliance.settings import GoalSettings, LimitSettings, Settings, ShieldSettings, SiteSettings
from tests.kit.hits import AGENTS

NOW = 1_795_455_000.0
FIREFOX = next(agent.text for agent in AGENTS if agent.browser == "Firefox")
SITE = SiteSettings(
    id="example.org",
    hostnames=("example.org",),
    goals=(GoalSettings(name="Paid", page="/thanks"),),
    shields=ShieldSettings(
        addresses=("203.0.113.0/24",), pages=("/internal/*",), hostnames=("staging.example.org",), countries=("FR",)
    ),
)
# As the check of the settings makes it: a shielded host is one of the site's, else it would be a wrong one.
SITE = msgspec.structs.replace(SITE, hostnames=("example.org", "staging.example.org"))
SETTINGS = Settings(sites=(SITE,), limits=LimitSettings(network_burst=1, network_hits_per_second=1))
GOOD = Trial("example.org", "https://example.org/thanks?utm_source=x", user_agent=FIREFOX, address="87.128.0.1")
FRENCH = "90.0.0.1"

Run = Callable[..., Verdict]


@pytest.fixture(scope="module")
def run() -> Run:
    trials = Trials(SETTINGS, lambda: NOW, Anonymizer())
    return lambda **changes: trials.run(GOOD._replace(**changes))


def test_a_good_hit_is_counted_and_says_as_what(run: Run) -> None:
    verdict = run(referrer="https://www.google.com/")
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.event is not None
    found = verdict.event
    assert (found.path, found.goals, found.country, found.browser) == ("/thanks", ("Paid",), "DE", "Firefox")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"site": "missing.example"}, Outcome.UNKNOWN_SITE),
        ({"url": "https://other.example/"}, Outcome.WRONG_HOST),
        ({"user_agent": "curl/8.0"}, Outcome.BOT),
        ({"user_agent": ""}, Outcome.BOT),
        ({"headers": (("sec-gpc", "1"),)}, Outcome.GPC),
        ({"headers": (("dnt", "1"),)}, Outcome.DNT),
        ({"headers": (("cookie", "cl_optout=1"),)}, Outcome.OPTED_OUT),
        ({"headers": (("sec-purpose", "prefetch"),)}, Outcome.PREFETCH),
        ({"url": "no address"}, Outcome.INVALID),
        ({"event": ""}, Outcome.INVALID),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_reason_is_the_one_that_ingest_gives(run: Run, changes: dict[str, Any], outcome: Outcome) -> None:
    verdict = run(**changes)
    assert (verdict.outcome, verdict.event, verdict.decided_by) == (outcome, None, "")
    assert bool(verdict.errors) == (outcome is Outcome.INVALID)


@pytest.mark.parametrize(
    ("changes", "shield"),
    [
        ({"address": "203.0.113.9"}, "addresses"),
        ({"url": "https://example.org/internal/x"}, "pages"),
        ({"url": "https://staging.example.org/"}, "hostnames"),
        ({"address": FRENCH}, "countries"),
        ({"referrer": "https://semalt.com/"}, SPAM),
    ],
)
def test_what_blocks_a_hit_is_named(run: Run, changes: dict[str, Any], shield: str) -> None:
    verdict = run(**changes)
    assert (verdict.outcome, verdict.decided_by) == (Outcome.BLOCKED, shield)


def test_limits_are_not_charged_and_not_tried(run: Run) -> None:
    assert {run().outcome for _ in range(20)} == {Outcome.ACCEPTED}


def test_nothing_of_a_trial_is_kept_and_its_tag_means_nothing(run: Run) -> None:
    first, second = run().event, run().event
    assert first is not None
    assert second is not None
    assert first.tag != second.tag
    assert repr(GOOD) == "Trial(…)"
