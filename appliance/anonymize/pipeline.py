"""The boundary: a RawHit goes in, a CleanEvent comes out, and nothing else knows addresses and agents.

Steps run in the order of `STEPS`; the first that names an outcome drops the hit. Steps are pure: no I/O, no
logging, no clock. What they learn is collected in a `Draft` that never leaves this module.
"""

from collections.abc import Callable
from typing import Protocol

from appliance.anonymize.device import DeviceParser
from appliance.anonymize.language import primary_language
from appliance.anonymize.network import truncate
from appliance.anonymize.page import Page
from appliance.anonymize.place_record import NOWHERE, Place
from appliance.anonymize.places import Places
from appliance.anonymize.recall import Recall
from appliance.anonymize.redaction import MAX_NAME, redact_value
from appliance.anonymize.revenue import minor_units
from appliance.anonymize.screen import screen_class
from appliance.anonymize.site_rules import SiteRules
from appliance.anonymize.spam import is_spam
from appliance.anonymize.tag import tag_message
from appliance.dimensions import ENGAGEMENT, PAGEVIEW
from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.outcomes import Outcome
from appliance.settings import PrivacySettings, SiteSettings
from appliance.targets import OWN_KEYS, target_of

_OWN_NAMES = frozenset({PAGEVIEW, ENGAGEMENT})
_EVENT_ID = b"eid\x00"


class HashKey(Protocol):
    """The two hashes of a day key; `anonymize.keyring.DayKey` is one."""

    def tag(self, message: bytes) -> bytes:
        """16 bytes."""

    def token(self, message: bytes) -> bytes:
        """8 bytes."""


class Draft:
    """A hit on its way through the steps."""

    __slots__ = (
        *("at_ms", "browser", "browser_version", "channel", "currency", "device", "event_id"),
        *("goals", "hit", "key", "language", "name", "os", "os_version", "page", "place", "props", "referrer"),
        *("revenue_minor", "rules", "screen", "source", "steps", "tag", "tools"),
    )

    page: Page
    name: str
    goals: tuple[str, ...]
    steps: tuple[tuple[str, int], ...]
    props: tuple[tuple[str, str], ...]
    currency: str
    revenue_minor: int
    referrer: str
    source: str
    channel: str
    place: Place
    browser: str
    browser_version: str
    os: str
    os_version: str
    device: str
    language: str
    screen: str
    tag: bytes
    event_id: bytes

    def __init__(self, hit: RawHit, rules: SiteRules, key: HashKey, at_ms: int, tools: "Anonymizer") -> None:
        self.hit = hit
        self.rules = rules
        self.key = key
        self.at_ms = at_ms
        self.tools = tools

    def __repr__(self) -> str:
        return "Draft(…)"

    def event(self) -> CleanEvent:
        """The finished event."""
        hit, page, place = self.hit, self.page, self.place
        return CleanEvent(
            self.tag,
            self.at_ms,
            self.name,
            hit.interactive,
            self.event_id,
            page.hostname,
            page.path,
            self.source,
            self.referrer,
            *page.campaign.utm,
            place.country,
            self.browser,
            self.browser_version,
            self.os,
            self.os_version,
            self.device,
            self.channel,
            place.region,
            place.city,
            self.language,
            self.screen,
            self.goals,
            self.props,
            self.currency,
            self.revenue_minor,
            hit.engaged_ms,
            hit.scroll_depth,
            self.steps,
        )


def drop_shielded_address(draft: Draft) -> Outcome | None:
    """Addresses that the operator does not want to count."""
    return Outcome.BLOCKED if draft.rules.blocks_address(draft.hit.address) else None


def put_page(draft: Draft) -> Outcome | None:
    """URL to host, redacted path, campaign."""
    page = draft.tools.recall.page(draft.hit.url, draft.rules, with_fragment=draft.hit.hash_mode)
    if isinstance(page, Outcome):
        return page
    draft.page = page
    return None


def drop_shielded_page(draft: Draft) -> Outcome | None:
    """Hosts and paths that the operator does not want to count."""
    return Outcome.BLOCKED if draft.rules.blocks_page(draft.page.hostname, draft.page.path) else None


def put_name(draft: Draft) -> Outcome | None:
    """Names of custom events are free text and are redacted like it."""
    name = draft.hit.name
    if name not in _OWN_NAMES:
        name = redact_value(name, MAX_NAME)
    draft.name = name
    # Full-width letters and the like could turn into one of our own names only here.
    return None if name and (name not in _OWN_NAMES or name == draft.hit.name) else Outcome.INVALID


def put_goals(draft: Draft) -> None:
    """Name and path to the site's goals and steps of funnels."""
    draft.goals = draft.rules.goals(draft.name, draft.page.path)
    draft.steps = draft.rules.steps(draft.name, draft.page.path)


def put_props(draft: Draft) -> None:
    """Properties: declared keys and targets of the tracker's events only, values redacted. All others end here."""
    sent = draft.hit.props
    target = target_of(draft.name, sent) if sent else None
    declared = draft.rules.property_keys
    if not sent or not (declared or target):
        draft.props = ()
        return
    kept = {key: redact_value(value) for key, value in sent if key in declared and key not in OWN_KEYS}
    if target:
        kept[target[0]] = redact_value(target[1])
    draft.props = tuple((key, value) for key, value in kept.items() if value)


def put_revenue(draft: Draft) -> None:
    """Revenue in whole minor units; what is no amount of a known currency is dropped, the event stays."""
    minor = minor_units(draft.hit.currency, draft.hit.amount) if draft.hit.currency else None
    draft.currency, draft.revenue_minor = ("", 0) if minor is None else (draft.hit.currency, minor)


def put_device(draft: Draft) -> Outcome | None:
    """Agent and client hints to browser, system, device class; bots end here."""
    found = draft.tools.devices.parse(draft.hit.user_agent, draft.hit.hints)
    if found.is_bot:
        return Outcome.BOT
    draft.browser, draft.browser_version, draft.os, draft.os_version, draft.device, _ = found
    return None


def put_source(draft: Draft) -> None:
    """Referrer to host; campaign, host and kinds of click ids to source; these and the medium to channel."""
    tools = draft.tools
    with_path = tools.privacy.referrer_path
    found = tools.recall.arrival(draft.hit.referrer, draft.page.campaign, draft.rules, with_path=with_path)
    draft.referrer, draft.source, draft.channel = found


def drop_spam(draft: Draft) -> Outcome | None:
    """Hits that only want their referrer to be read."""
    return Outcome.BLOCKED if is_spam(draft.referrer.partition("/")[0]) else None


def put_place(draft: Draft) -> None:
    """Truncated address to country, region, city."""
    draft.place = draft.tools.places.place(truncate(draft.hit.address))


def drop_shielded_country(draft: Draft) -> Outcome | None:
    """Countries that the operator does not want to count."""
    return Outcome.BLOCKED if draft.place.country in draft.rules.blocked_countries else None


def drop_place(draft: Draft) -> None:
    """Where no place may be counted, it is forgotten once the shields have seen it."""
    draft.place = NOWHERE


def put_language(draft: Draft) -> None:
    """Accept-Language to its primary language."""
    draft.language = primary_language(draft.hit.language) if draft.tools.privacy.language else ""


def put_screen(draft: Draft) -> None:
    """Width of the window to its class."""
    draft.screen = screen_class(draft.hit.width) if draft.tools.privacy.screen else ""


def put_tag(draft: Draft) -> None:
    """Address, agent and site to the tag of the day."""
    hit = draft.hit
    draft.tag = draft.key.tag(tag_message(hit.address, hit.user_agent, hit.site))


def put_event_id(draft: Draft) -> None:
    """The client's event id to a keyed hash: it is an identifier of its own and must die with the day."""
    event_id = draft.hit.event_id
    encoded = event_id.encode("utf-8", "surrogatepass")
    draft.event_id = draft.key.token(_EVENT_ID + encoded) if event_id else b""


Step = Callable[[Draft], Outcome | None]
STEPS: tuple[Step, ...] = (
    drop_shielded_address,
    put_page,
    drop_shielded_page,
    put_name,
    put_goals,
    put_props,
    put_revenue,
    put_device,
    put_source,
    drop_spam,
    put_place,
    drop_shielded_country,
    drop_place,
    put_language,
    put_screen,
    put_tag,
    put_event_id,
)


def steps_of(rules: SiteRules, privacy: PrivacySettings) -> tuple[Step, ...]:
    """The steps that can do something at a site: half a microsecond for each shield that it does not have."""
    shields = rules.site.shields
    is_needed: dict[Step, bool] = {
        drop_shielded_address: bool(shields.addresses),
        drop_shielded_page: bool(shields.pages or shields.hostnames),
        drop_shielded_country: bool(shields.countries),
        drop_place: privacy.place == "none",
    }
    return tuple(step for step in STEPS if is_needed.get(step, True))


class Anonymizer:
    """All steps with the tables they need.

    Args:
        places: look-up of places; None: countries, by the table that comes with the project.
        privacy: what may be counted at all.
    """

    def __init__(
        self,
        places: Places | None = None,
        privacy: PrivacySettings = PrivacySettings(),  # noqa: B008  frozen
    ) -> None:
        self.privacy = privacy
        self.places = places or Places()
        self.devices = DeviceParser()
        self.recall = Recall()
        self._sites: dict[str, tuple[SiteRules, tuple[Step, ...]]] = {}

    def anonymize(self, hit: RawHit, site: SiteSettings, key: HashKey, at_ms: int) -> CleanEvent | Outcome:
        """Turn a hit into an event, or say why it is dropped.

        Privacy: the hit ends here. The event has a tag that nobody can undo without the key, a country, families
        and classes, and redacted texts.
        """
        known = self._sites.get(site.id)
        if known is None or known[0].site is not site:
            known = self._learned(site)
        rules, steps = known
        draft = Draft(hit, rules, key, at_ms, self)
        for step in steps:
            dropped = step(draft)
            if dropped is not None:
                return dropped
        return draft.event()

    def _learned(self, site: SiteSettings) -> tuple[SiteRules, tuple[Step, ...]]:
        self.recall.forget()
        rules = SiteRules(site)
        known = self._sites[site.id] = (rules, steps_of(rules, self.privacy))
        return known
