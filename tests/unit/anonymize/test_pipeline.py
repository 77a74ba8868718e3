"""The boundary as a whole."""

import hashlib
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.anonymize.pipeline import Anonymizer, Draft
from appliance.anonymize.place_record import Place
from appliance.anonymize.places import Places
from appliance.anonymize.site_rules import SiteRules
from appliance.events import CleanEvent
from appliance.hits import ClientHints, RawHit
from appliance.outcomes import Outcome
from appliance.settings import GoalSettings, PrivacySettings, PropertySettings, ShieldSettings, SiteSettings
from tests.kit import mmdb

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0 canary/4711"
SITE = SiteSettings(id="example.org", hostnames=("example.org",))
HIT = RawHit(
    site="example.org",
    name="pageview",
    url="https://example.org/a?utm_source=news&q=canary-query",
    referrer="https://www.example.com/canary-path",
    address=ip_address("8.8.8.77"),
    user_agent=AGENT,
    event_id="canary-event-id",
)


class FixedKey:
    def tag(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, digest_size=16).digest()

    def token(self, message: bytes) -> bytes:
        return hashlib.blake2b(message, digest_size=8).digest()


ANONYMIZER = Anonymizer()


def anonymize(hit: RawHit) -> CleanEvent | Outcome:
    return ANONYMIZER.anonymize(hit, SITE, FixedKey(), 1_000)


def test_event_has_the_reduced_facts() -> None:
    event = anonymize(HIT)
    assert isinstance(event, CleanEvent)
    assert (event.hostname, event.path, event.utm_source) == ("example.org", "/a", "news")
    assert (event.referrer, event.source, event.country) == ("example.com", "news", "US")
    assert event.channel == "Referral"
    assert (event.browser_version, event.os, event.device) == ("Firefox 127", "Linux", "Desktop")
    assert (event.at_ms, len(event.tag), len(event.event_id)) == (1_000, 16, 8)


def test_nothing_of_address_agent_query_or_referrer_path_is_in_the_event() -> None:
    encoded = msgspec.msgpack.encode(anonymize(HIT))
    for secret in (b"8.8.8", b"canary", ip_address("8.8.8.77").packed, AGENT.encode()):
        assert secret not in encoded


def test_source_and_channel_follow_referrer_campaign_and_click_ids() -> None:
    hit = replace(HIT, url="https://example.org/a?gclid=canary", referrer="https://www.google.com/search")
    event = anonymize(hit)
    assert isinstance(event, CleanEvent)
    assert (event.referrer, event.source, event.channel) == ("google.com", "Google", "Paid Search")
    assert b"canary" not in msgspec.msgpack.encode(event)


def test_event_without_client_id_has_none() -> None:
    event = anonymize(replace(HIT, event_id=""))
    assert isinstance(event, CleanEvent)
    assert event.event_id == b""


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"url": "data:,x"}, Outcome.INVALID),
        ({"url": "https://evil.example/"}, Outcome.WRONG_HOST),
        ({"name": " "}, Outcome.INVALID),
        ({"name": "\uff50ageview"}, Outcome.INVALID),
        ({"user_agent": ""}, Outcome.BOT),
        ({"hints": ClientHints('"HeadlessChrome";v="140"')}, Outcome.BOT),
        ({"referrer": "https://forum.darodar.com/topic"}, Outcome.BLOCKED),
    ],
)
def test_hit_is_dropped_with_its_reason(change: dict[str, Any], outcome: Outcome) -> None:
    assert anonymize(replace(HIT, **change)) is outcome


def test_draft_prints_nothing_of_its_hit() -> None:
    assert repr(Draft(HIT, SiteRules(SITE), FixedKey(), 1_000, ANONYMIZER)) == "Draft(…)"


def test_name_of_a_custom_event_is_redacted() -> None:
    event = anonymize(replace(HIT, name="Mail jane@example.org"))
    assert isinstance(event, CleanEvent)
    assert event.name == ":email"


def test_place_is_looked_up_for_the_network_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def place(address: object) -> Place:
        asked.append(str(address))
        return Place("US", "", "")

    monkeypatch.setattr(ANONYMIZER.places, "place", place)
    anonymize(HIT)
    assert asked == ["8.8.8.0"]


RICH = SiteSettings(
    id="example.org",
    hostnames=("example.org",),
    goals=(GoalSettings(name="Seen", page="/a"),),
    properties=(PropertySettings(key="plan"),),
    shields=ShieldSettings(addresses=("8.8.9.0/24",), countries=("FR",), pages=("/internal/*",)),
)


def anonymize_rich(**change: Any) -> CleanEvent | Outcome:
    return ANONYMIZER.anonymize(replace(HIT, **change), RICH, FixedKey(), 1_000)


def test_event_has_goals_declared_properties_revenue_and_engagement() -> None:
    event = anonymize_rich(
        props=(("plan", "pro"), ("canary", "x"), ("plan", "free")),
        currency="EUR",
        amount="1.50",
        engaged_ms=7,
        scroll_depth=30,
    )
    assert isinstance(event, CleanEvent)
    assert (event.goals, event.props) == (("Seen",), (("plan", "free"),))
    assert (event.currency, event.revenue_minor, event.engaged_ms, event.scroll_depth) == ("EUR", 150, 7, 30)
    assert b"canary" not in msgspec.msgpack.encode(event)


@pytest.mark.parametrize(
    ("name", "key", "value", "counted"),
    [
        ("Outbound Link: Click", "url", "https://a.example/b?token=1#c", ("outbound_link", "https://a.example/b")),
        ("File Download", "url", "https://a.example/b.pdf", ("file_download", "https://a.example/b.pdf")),
        ("404", "path", "/gone/jane@example.org", ("missing_page", "/gone/:email")),
        ("Form: Submission", "path", "/contact", ("form", "/contact")),
    ],
)
def test_target_of_a_tracker_event_is_counted_under_a_key_of_its_own(
    name: str, key: str, value: str, counted: tuple[str, str]
) -> None:
    for site in (RICH, SiteSettings(id="example.org", hostnames=("example.org",))):
        event = ANONYMIZER.anonymize(replace(HIT, name=name, props=((key, value),)), site, FixedKey(), 1_000)
        assert isinstance(event, CleanEvent)
        assert event.props == (counted,)


def test_other_events_have_no_target_and_nobody_may_send_our_keys() -> None:
    event = anonymize_rich(name="Other", props=(("url", "https://a.example/"), ("outbound_link", "x")))
    assert isinstance(event, CleanEvent)
    assert event.props == ()


def test_value_of_a_property_is_redacted() -> None:
    event = anonymize_rich(props=(("plan", "jane@example.org"),))
    assert isinstance(event, CleanEvent)
    assert event.props == (("plan", ":email"),)


def test_wrong_revenue_is_dropped_and_the_event_stays() -> None:
    event = anonymize_rich(currency="EUR", amount="much")
    assert isinstance(event, CleanEvent)
    assert (event.currency, event.revenue_minor) == ("", 0)


@pytest.mark.parametrize(
    "change",
    [
        {"address": ip_address("8.8.9.1")},
        {"address": ip_address("90.1.2.3")},
        {"url": "https://example.org/internal/x"},
    ],
    ids=["address", "country", "page"],
)
def test_shielded_hit_is_blocked(change: dict[str, Any]) -> None:
    assert anonymize_rich(**change) is Outcome.BLOCKED


def test_rules_follow_the_site_that_is_passed() -> None:
    assert isinstance(anonymize_rich(url="https://example.org/b"), CleanEvent)
    changed = SiteSettings(id="example.org", hostnames=("example.org",), shields=ShieldSettings(pages=("/b",)))
    hit = replace(HIT, url="https://example.org/b")
    assert ANONYMIZER.anonymize(hit, changed, FixedKey(), 1_000) is Outcome.BLOCKED


BROWSER_FACTS: dict[str, Any] = {
    "language": "de-AT,de;q=0.9,x-canary;q=0.8",
    "hints": ClientHints('"Brave";v="140"', "?0", '"Linux"', '"canary"'),
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) canary AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
    "width": 1200,
}


def test_hints_language_and_width_become_classes_and_leave_nothing_else() -> None:
    event = anonymize(replace(HIT, **BROWSER_FACTS))
    assert isinstance(event, CleanEvent)
    assert (event.browser_version, event.language, event.screen) == ("Brave 140", "de", "Laptop")
    encoded = msgspec.msgpack.encode(event)
    assert [secret for secret in (b"canary", b"AT", b"q=0", b"1200", b"WebKit", b"v=") if secret in encoded] == []


def test_what_may_not_be_counted_is_not_worked_out() -> None:
    privacy = PrivacySettings(place="none", language=False, screen=False)
    event = Anonymizer(Places(), privacy).anonymize(replace(HIT, **BROWSER_FACTS), SITE, FixedKey(), 1_000)
    assert isinstance(event, CleanEvent)
    assert (event.country, event.region, event.city, event.language, event.screen) == ("", "", "", "", "")


def test_city_of_the_network_is_in_the_event_where_a_database_knows_it(tmp_path: Path) -> None:
    path = mmdb.write(tmp_path / "places.mmdb", {"8.8.8.0/24": mmdb.city("US", "CA", "Mountain View")})
    event = Anonymizer(Places(path, tmp_path)).anonymize(HIT, SITE, FixedKey(), 1_000)
    assert isinstance(event, CleanEvent)
    assert (event.country, event.region, event.city) == ("US", "US-CA", "Mountain View")


def test_referrer_path_is_kept_only_where_the_default_is_relaxed_and_redacted_then() -> None:
    hit = replace(HIT, referrer="https://www.example.com/articles/jane@example.org?q=secret")
    assert referrer_under(PrivacySettings(), hit) == "example.com"
    assert referrer_under(PrivacySettings(referrer_path=True), hit) == "example.com/articles/:email"
    assert (
        referrer_under(PrivacySettings(referrer_path=True), replace(hit, referrer="https://a.example/")) == "a.example"
    )


def referrer_under(privacy: PrivacySettings, hit: RawHit) -> str:
    event = Anonymizer(privacy=privacy).anonymize(hit, SITE, FixedKey(), 1_000)
    assert isinstance(event, CleanEvent)
    return event.referrer


def test_fragment_counts_as_page_in_hash_mode() -> None:
    event = anonymize(replace(HIT, url="https://example.org/a#/b", hash_mode=True))
    assert isinstance(event, CleanEvent)
    assert event.path == "/a#/b"
