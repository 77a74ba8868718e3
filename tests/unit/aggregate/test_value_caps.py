"""Which values are counted by themselves, and which together as "(other)"."""

import pytest

from appliance.aggregate.value_caps import ValueCaps
from appliance.dimensions import DIRECT, ENGAGEMENT, OTHER
from appliance.events import CleanEvent
from appliance.settings import LimitSettings, Settings, SiteSettings
from tests.kit.events import make_event

SETTINGS = Settings(
    limits=LimitSettings(page_values_per_day=200, other_values_per_day=100),
    sites=(SiteSettings(id="example.org", pages=("/prices", "/blog/*")),),
)
DAY = "example.org|2026-11-23"


@pytest.fixture
def caps() -> ValueCaps:
    return ValueCaps(SETTINGS)


def apply(caps: ValueCaps, event: CleanEvent, key_name: str = DAY) -> CleanEvent:
    return caps.apply(key_name, "example.org", event)


def fill(caps: ValueCaps, count: int, key_name: str = DAY) -> list[str]:
    """Pages as they were counted."""
    return [apply(caps, make_event(path=f"/{n}"), key_name).path for n in range(count)]


def test_event_below_the_limits_is_the_same_object(caps: ValueCaps) -> None:
    event = make_event(source="a.example", props=(("plan", "free"),), city="Kiel")
    assert apply(caps, event) is event
    assert caps.replaced == 0


def test_pages_beyond_the_limit_are_other_and_those_before_stay(caps: ValueCaps) -> None:
    assert fill(caps, 250) == [f"/{n}" for n in range(200)] + [OTHER] * 50
    assert fill(caps, 200) == [f"/{n}" for n in range(200)]
    assert caps.replaced == 50


def test_page_declared_by_itself_is_never_other(caps: ValueCaps) -> None:
    fill(caps, 200)
    assert apply(caps, make_event(path="/prices")).path == "/prices"
    assert apply(caps, make_event(path="/blog/new")).path == OTHER


@pytest.mark.parametrize(
    "field",
    ["source", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "city", "name"],
)
def test_every_other_attribute_from_outside_has_its_own_limit(caps: ValueCaps, field: str) -> None:
    counted = [getattr(apply(caps, make_event(**{field: f"v{n}"})), field) for n in range(120)]
    assert counted == [f"v{n}" for n in range(100)] + [OTHER] * 20
    assert apply(caps, make_event(path="/new")).path == "/new"


def test_property_beyond_the_limit_keeps_its_key(caps: ValueCaps) -> None:
    for n in range(100):
        apply(caps, make_event(props=(("plan", f"{n}"),)))
    late = apply(caps, make_event(props=(("plan", "7"), ("colour", "red"))))
    assert late.props == (("plan", "7"), ("colour", OTHER))


@pytest.mark.parametrize("name", ["pageview", ENGAGEMENT])
def test_names_of_our_own_are_never_other(caps: ValueCaps, name: str) -> None:
    for n in range(150):
        apply(caps, make_event(name=f"event {n}"))
    assert apply(caps, make_event(name=name)).name == name


def test_direct_visits_stay_direct(caps: ValueCaps) -> None:
    for n in range(150):
        apply(caps, make_event(source=f"{n}.example"))
    assert apply(caps, make_event(source=DIRECT)).source == DIRECT


def test_sites_and_days_do_not_share_a_limit(caps: ValueCaps) -> None:
    fill(caps, 300)
    assert apply(caps, make_event(path="/new"), "example.org|2026-11-24").path == "/new"


def test_all_days_together_are_bounded_and_a_day_that_ended_makes_room() -> None:
    caps = ValueCaps(SETTINGS, max_values=200)
    fill(caps, 150)
    assert fill(caps, 100, "two|day").count(OTHER) == 50
    caps.keep(["two|day"])
    assert fill(caps, 100, "two|day").count(OTHER) == 0
