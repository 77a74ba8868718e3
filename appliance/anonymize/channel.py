"""Resolves the channel of a visit from its source, its medium and the kinds of click ids that are present.

The vocabulary and most rules are those that Google publishes for its default channel group
(support.google.com/analytics/answer/9756891), in our own order: a medium that names its channel outright counts
before the source; differences are listed in docs/metrics.md.
"""

import re
from enum import StrEnum

from appliance.anonymize.campaign import NO_CAMPAIGN, Campaign, is_set
from appliance.anonymize.source_table import Source
from appliance.dimensions import DIRECT


class Channel(StrEnum):
    """The closed vocabulary of `visit:channel`."""

    DIRECT = "Direct"
    ORGANIC_SEARCH = "Organic Search"
    PAID_SEARCH = "Paid Search"
    ORGANIC_SOCIAL = "Organic Social"
    PAID_SOCIAL = "Paid Social"
    EMAIL = "Email"
    REFERRAL = "Referral"
    AFFILIATES = "Affiliates"
    DISPLAY = "Display"
    ORGANIC_VIDEO = "Organic Video"
    PAID_VIDEO = "Paid Video"
    ORGANIC_SHOPPING = "Organic Shopping"
    PAID_SHOPPING = "Paid Shopping"
    SMS = "SMS"
    MOBILE_PUSH = "Mobile Push"
    AUDIO = "Audio"
    AI = "AI"
    CROSS_NETWORK = "Cross-network"
    PAID_OTHER = "Paid Other"


_BY_CATEGORY = {
    "search": Channel.ORGANIC_SEARCH,
    "ai": Channel.AI,
    "social": Channel.ORGANIC_SOCIAL,
    "video": Channel.ORGANIC_VIDEO,
    "audio": Channel.AUDIO,
    "shopping": Channel.ORGANIC_SHOPPING,
    "mail": Channel.EMAIL,
    "display": Channel.DISPLAY,
    "affiliate": Channel.AFFILIATES,
    "push": Channel.MOBILE_PUSH,
    "sms": Channel.SMS,
    "referral": Channel.REFERRAL,
}
_PAID_BY_CATEGORY = {
    "search": Channel.PAID_SEARCH,
    "social": Channel.PAID_SOCIAL,
    "video": Channel.PAID_VIDEO,
    "audio": Channel.AUDIO,
    "shopping": Channel.PAID_SHOPPING,
    "display": Channel.DISPLAY,
    "affiliate": Channel.AFFILIATES,
}
_OUTRIGHT = (
    (re.compile(r"e?mails?|e?mailings?|email.*|newsletters?|edm"), Channel.EMAIL),
    (re.compile(r"affiliates?|affiliation|affiliatemarketing"), Channel.AFFILIATES),
    (re.compile(r"sms|mms|rcs|textmessage"), Channel.SMS),
    (re.compile(r".*push|.*notifications?"), Channel.MOBILE_PUSH),
    (re.compile(r"audio|podcasts?"), Channel.AUDIO),
)
"""Words of a medium that name their channel whatever the source."""
_PAID = re.compile(
    r"cp[a-z]|pp[cv]|(?!unpaid|prepaid).*paid|paid.*|retargeting|remarketing|sem|sea|ads?|advert(?:s|ising)?"
    r"|sponsored|promoted|boosted"
)
_PAID_BY_MEDIUM = (
    (re.compile(r"(?:paid)?search(?:paid|ads?)?|sem|sea"), Channel.PAID_SEARCH),
    (re.compile(r"(?:paid)?social(?:paid|ads?)?"), Channel.PAID_SOCIAL),
    (re.compile(r"(?:paid)?video(?:paid|ads?)?|cpv"), Channel.PAID_VIDEO),
    (re.compile(r"(?:paid)?shopping(?:paid|ads?)?"), Channel.PAID_SHOPPING),
)
_DISPLAY = re.compile(r"display|banners?|expandable|interstitial|cpm|native|programmatic|rtb|gdn")
_SOCIAL = re.compile(r"social.*|sm|organicsocial")
_BY_MEDIUM = (
    (re.compile(r"organic|seo"), Channel.ORGANIC_SEARCH),
    (re.compile(r".*video.*"), Channel.ORGANIC_VIDEO),
    (re.compile(r"shopping"), Channel.ORGANIC_SHOPPING),
    (re.compile(r"ai|llm|chatbot"), Channel.AI),
    (re.compile(r".*mobile.*"), Channel.MOBILE_PUSH),
)
"""Words that count where the source says nothing."""
_WORD_ENDS = re.compile(r"[\W_]+")
_SHOP = re.compile(r"(?<![a-df-z])shop")
"""Google's rule: "e-shop" and "eshop" are shops, "workshop" is none."""


def channel_of(source: Source, campaign: Campaign) -> Channel:
    """Channel of a visit.

    >>> str(channel_of(Source("Google", "search"), Campaign(utm=("google", "cpc", "", "", ""))))
    'Paid Search'
    """
    if campaign is NO_CAMPAIGN:
        return _untagged(source)
    _, medium, name, content, term = campaign.utm
    medium, name = (medium.lower() if is_set(medium) else ""), name.lower()
    if source.name == DIRECT and not (medium or name or content or term):
        return Channel.DIRECT
    words = [word for word in _WORD_ENDS.split(medium) if word]
    if "cross-network" in name:
        return Channel.CROSS_NETWORK
    return (
        _first(_OUTRIGHT, words)
        or _paid(source, campaign, words, name)
        or (Channel.DISPLAY if _any(_DISPLAY, words) else None)
        or (Channel.ORGANIC_SOCIAL if _any(_SOCIAL, words) else None)
        or _BY_CATEGORY.get(source.category)
        or _first(_BY_MEDIUM, words)
        or (Channel.ORGANIC_SHOPPING if _SHOP.search(name) else Channel.REFERRAL)
    )


def _untagged(source: Source) -> Channel:
    if source.name == DIRECT:
        return Channel.DIRECT
    return _BY_CATEGORY.get(source.category, Channel.REFERRAL)


def _paid(source: Source, campaign: Campaign, words: list[str], name: str) -> Channel | None:
    """The paid channel, if the tag, the medium or a click id says that the click was paid for."""
    network = _paid_network(source, campaign)
    if not (source.is_ad or network or _any(_PAID, words)):
        return None
    if _SHOP.search(name) and source.category in ("", "search", "shopping"):
        return Channel.PAID_SHOPPING
    return (
        _PAID_BY_CATEGORY.get(source.category)
        or _first(_PAID_BY_MEDIUM, words)
        or (Channel.DISPLAY if _any(_DISPLAY, words) else None)
        or _PAID_BY_CATEGORY.get(network)
        or Channel.PAID_OTHER
    )


def _paid_network(source: Source, campaign: Campaign) -> str:
    """Category of the network behind a paid click id, if this source can carry its clicks; empty for none."""
    for click_id in campaign.click_ids:
        if click_id.paid and (not source.category or source.category in click_id.categories):
            return click_id.categories[0]
    return ""


def _any(pattern: re.Pattern[str], words: list[str]) -> bool:
    return any(pattern.fullmatch(word) for word in words)


def _first(rules: tuple[tuple[re.Pattern[str], Channel], ...], words: list[str]) -> Channel | None:
    return next((channel for pattern, channel in rules if _any(pattern, words)), None)
