"""Events of a Snowplow tracker: what is counted of each kind, and that identifiers are not read."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.dimensions import ENGAGEMENT, PAGEVIEW
from appliance.ingest.logs.snowplow import MAX_EVENTS, SnowplowEvent, read_body, read_event

IDENTIFIERS = ("duid", "sid", "vid", "uid", "tnuid", "nuid", "ip", "ua", "mac", "fp", "tr_id", "ti_id", "co", "page")
ANY = {name: f"canary-{name}" for name in IDENTIFIERS} | {
    "eid": "1",
    "url": "https://example.org/a",
    "refr": "https://t.example/",
    "lang": "de-AT",
    "vp": "1280x600",
    "ds": "1280x3000",
}
ADD = {"schema": "iglu:com.acme/add_to_cart/jsonschema/1-0-0", "data": {"sku": "7", "n": 2, "who": {"id": 1}}}
ENVELOPE = json.dumps({"schema": "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", "data": ADD})


def read(kind: str, **sent: str) -> SnowplowEvent:
    found = read_event(ANY | {"e": kind} | sent)
    assert found is not None
    return found


def test_page_views_and_pings_with_what_a_tracker_says_of_the_window() -> None:
    view, ping = read("pv"), read("pp", pp_miy="100", pp_may="900")
    assert view[:3] == (PAGEVIEW, "https://example.org/a", "https://t.example/")
    assert (view.signal.event_id, view.signal.language, view.signal.width) == ("1", "de-AT", 1280)
    assert (view.signal.scroll_depth, ping.name, ping.signal.scroll_depth) == (-1, ENGAGEMENT, 50)
    assert read("pp").signal.scroll_depth == 20  # the part of the page that the window shows
    assert read("pp", ds="", pp_may="900").signal.scroll_depth == -1


def test_structured_events_are_named_by_their_action() -> None:
    event = read("se", se_ca="shop", se_ac="Buy", se_la="red", se_pr="", se_va="9.5")
    assert event.name == "Buy"
    assert event.signal.props == (("se_ca", "shop"), ("se_la", "red"), ("se_va", "9.5"))


@pytest.mark.parametrize("is_padded", [True, False, None])
def test_self_describing_events_are_named_by_their_schema(is_padded: bool | None) -> None:
    packed = base64.urlsafe_b64encode(ENVELOPE.encode()).decode()
    plain = {"ue_pr": ENVELOPE} if is_padded is None else {"ue_px": packed if is_padded else packed.rstrip("=")}
    event = read("ue", **plain)
    assert (event.name, event.signal.props) == ("add_to_cart", (("sku", "7"), ("n", "2")))


def test_transactions_are_revenue_and_their_items_are_not() -> None:
    sale = read("tr", tr_tt="19.90", tr_cu="EUR", tr_ci="Berlin", tr_af="shop")
    assert (sale.name, sale.signal.currency, sale.signal.amount, sale.signal.props) == (
        "transaction",
        "EUR",
        "19.90",
        (),
    )
    item = read("ti", ti_sk="7", ti_nm="Lamp", ti_ca="Light", ti_pr="19.90", ti_qu="1", ti_cu="EUR")
    assert (item.name, item.signal.currency) == ("transaction_item", "")
    assert item.signal.props == (("ti_sk", "7"), ("ti_nm", "Lamp"), ("ti_ca", "Light"), ("ti_qu", "1"))


@pytest.mark.parametrize("kind", ["pv", "pp", "se", "ue", "tr", "ti"])
def test_no_identifier_is_read(kind: str) -> None:
    assert "canary" not in str(tuple(map(tuple, (read(kind), read(kind).signal))))


@pytest.mark.parametrize(
    "sent",
    [{"ue_pr": "{"}, {"ue_px": "*"}, {"ue_pr": "[]"}, {"ue_pr": '{"data": {"schema": 1}}'}, {"ue_pr": "[" * 9999}],
)
def test_damaged_events_have_no_name(sent: dict[str, str]) -> None:
    assert read("ue", **sent).name == ""


@pytest.mark.parametrize("name", [PAGEVIEW, ENGAGEMENT])
def test_no_event_can_pass_for_a_pageview(name: str) -> None:
    schema = ENVELOPE.replace("add_to_cart", name)
    assert [read("se", se_ac=name).name, read("ue", ue_pr=schema).name] == ["", ""]


def test_a_body_is_a_list_of_events_of_bounded_length() -> None:
    assert read_body(json.dumps({"data": [ANY, 1, ANY]})) == [ANY, ANY]
    assert len(read_body(json.dumps({"data": [{}] * 2 * MAX_EVENTS}))) == MAX_EVENTS
    assert [read_body(body) for body in ("", "[]", "{}", '{"data": 1}', "[" * 9999)] == [[]] * 5


values = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.integers())
names = st.sampled_from(["e", "url", "vp", "ds", "pp_may", "se_ac", "ue_pr", "ue_px", "tr_tt", "tr_cu", "eid", "lang"])


@given(st.dictionaries(names, values), st.sampled_from(["pv", "pp", "se", "ue", "tr", "ti", "ad", ""]))
def test_any_values_are_an_event_or_none(sent: dict[str, object], kind: str) -> None:
    assert isinstance(read_event(sent | {"e": kind}), SnowplowEvent | None)
