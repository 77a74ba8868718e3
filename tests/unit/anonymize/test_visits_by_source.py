"""Visits as they come: referrer and query of the page to source and channel."""

from pathlib import Path

import pytest

from appliance.anonymize.campaign import campaign_of
from appliance.anonymize.channel import channel_of
from appliance.anonymize.source import referrer_of, source_of

OWN = frozenset({"example.org", "www.example.org"})
LINES = Path(__file__).with_name("visits_by_source.txt").read_text(encoding="utf-8").splitlines()
CASES = [tuple(cell.strip() for cell in line.split("|")) for line in LINES if not line.startswith("#")]


@pytest.mark.parametrize(("referrer", "query", "source", "channel"), CASES)
def test_visit_has_its_source_and_channel(referrer: str, query: str, source: str, channel: str) -> None:
    campaign = campaign_of(query)
    found = source_of(referrer_of(referrer, OWN), campaign)
    assert (found.name, channel_of(found, campaign)) == (source, channel)


def test_cases_are_many_and_distinct() -> None:
    assert len({case[:2] for case in CASES}) == len(CASES) >= 250
