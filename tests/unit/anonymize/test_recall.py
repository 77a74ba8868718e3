"""Results are the same as without a memory, and nothing of an address stays in it."""

import pickle

from appliance.anonymize.page import reduce_url
from appliance.anonymize.recall import Recall
from appliance.anonymize.site_rules import SiteRules
from appliance.outcomes import Outcome
from appliance.settings import SiteSettings

SITE = SiteRules(SiteSettings(id="example.org", hostnames=("example.org",)))
OTHER = SiteRules(SiteSettings(id="other.org", hostnames=("example.org", "other.org")))
URL = "https://example.org/orders/550e8400-e29b-41d4-a716-446655440000?mail=jane@example.org"


def test_known_address_has_the_result_of_the_first_time() -> None:
    recall = Recall()
    first = recall.page(URL, SITE)
    assert first == reduce_url(URL, SITE.hostnames)
    assert recall.page(URL, SITE) is first
    assert recall.page("https://elsewhere.org/", SITE) is Outcome.WRONG_HOST
    assert recall.page("https://elsewhere.org/", SITE) is Outcome.WRONG_HOST


def test_sites_do_not_share_results() -> None:
    recall = Recall()
    assert recall.page("https://other.org/", SITE) is Outcome.WRONG_HOST
    assert recall.page("https://other.org/", OTHER) is not Outcome.WRONG_HOST
    page = recall.page("https://other.org/", OTHER)
    assert not isinstance(page, Outcome)
    own = [recall.arrival("https://other.org/a", page.campaign, rules).referrer for rules in (SITE, OTHER)]
    assert own == ["other.org", ""]


def test_campaign_counts_beside_a_known_referrer() -> None:
    recall = Recall()
    plain, tagged = (recall.page(f"https://example.org/{query}", SITE) for query in ("", "?utm_source=my-letter"))
    assert not isinstance(plain, Outcome)
    assert not isinstance(tagged, Outcome)
    for _ in range(2):
        assert recall.arrival("https://www.google.com/", plain.campaign, SITE).channel == "Organic Search"
        assert recall.arrival("https://www.google.com/", tagged.campaign, SITE).source == "my-letter"


def test_nothing_of_the_address_is_kept_and_everything_can_be_forgotten() -> None:
    recall = Recall()
    page = recall.page(URL, SITE)
    assert not isinstance(page, Outcome)
    recall.arrival("https://www.google.com/search?q=jane", page.campaign, SITE)
    kept = pickle.dumps([list(memo._young.items()) for memo in (recall._pages, recall._arrivals)])
    assert b"/orders/:id" in kept
    for secret in (b"550e8400", b"jane", b"mail", b"search?"):
        assert secret not in kept
    recall.forget()
    assert len(recall._pages) == len(recall._arrivals) == 0
