"""Channels are a closed list, and every visit has one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.campaign import NO_CAMPAIGN, Campaign, campaign_of
from appliance.anonymize.channel import Channel, channel_of
from appliance.anonymize.source import Referrer, source_of
from appliance.anonymize.source_table import CLICK_IDS, SOURCES, Source
from appliance.dimensions import DIRECT

WORDS = st.sampled_from(
    ["", "cpc", "paid_social", "email", "social", "display", "push", "x", "\ud800", "Shop", "cross-network"]
)
TAGS = st.one_of(st.text(max_size=20), WORDS)


@given(st.sampled_from((*SOURCES, Source(DIRECT), Source("flyer"))), TAGS, TAGS, st.sampled_from(sorted(CLICK_IDS)))
def test_any_visit_has_a_channel(source: Source, medium: str, name: str, click_id: str) -> None:
    for campaign in (
        Campaign(("", medium, name, "", "")),
        Campaign(("", medium, name, "", ""), click_ids=(CLICK_IDS[click_id],)),
    ):
        assert channel_of(source, campaign) in set(Channel)


@given(st.text(), st.text())
def test_direct_is_only_what_has_neither_referrer_nor_campaign(host: str, query: str) -> None:
    campaign = campaign_of(query)
    if channel_of(source_of(Referrer(host), campaign), campaign) is Channel.DIRECT:
        assert (host, any(campaign.utm[1:]), campaign.click_ids) == ("", False, ())


@pytest.mark.parametrize("source", SOURCES)
def test_every_known_source_has_a_channel_of_its_kind(source: Source) -> None:
    channel = channel_of(source, NO_CAMPAIGN)
    assert (channel is Channel.REFERRAL) == (source.category == "referral")
    assert channel is not Channel.DIRECT


def test_order_of_the_fields_of_a_query_does_not_matter() -> None:
    fields = ["utm_source=fb", "utm_medium=cpc", "fbclid=1", "gclid=2"]
    campaigns = [campaign_of("&".join(order)) for order in (fields, fields[::-1])]
    assert {channel_of(source_of(Referrer(), found), found) for found in campaigns} == {Channel.PAID_SOCIAL}
