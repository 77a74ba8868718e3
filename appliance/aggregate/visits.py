"""The counting rules: one event moves a visitor's profile on and yields facts. No I/O, no clock, no logging.

Exact unique visitors without sketches: a mask per attribute value says in which of the visitor's visits of the day
it occurred. A visitor is new to a cell when the mask before this visit is empty.
"""

from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

from appliance.aggregate.profile import MAX_TOKENS, Profile
from appliance.dimensions import ENGAGEMENT, NEW_THAT_DAY, PAGEVIEW, RETURNING_THAT_DAY, TRAITS, Dimension
from appliance.events import EVENT_FIELDS, VISIT_FIELDS, CleanEvent, funnel_step, property_value
from appliance.facts import Attribute, AttributePair, EventFact, FactBatch, Phase, VisitFact
from appliance.outcomes import Outcome

Token = Callable[[bytes], bytes]
"""Keyed hash of the day, 8 bytes; `DayKey.token`."""

_PREFIXES = {dimension: bytes((dimension,)) for dimension in Dimension}
_VISIT_TRAITS = tuple((field, _PREFIXES[field], TRAITS[field].fixed_by_tag) for field, _ in VISIT_FIELDS)
"""Dimension, what stands before its values in a token's message, and whether the tag fixes it."""


class SiteDay(NamedTuple):
    """Where counters belong."""

    site: str
    day: int
    """Days since 1970-01-01."""


def advance(
    profile: Profile,
    event: CleanEvent,
    hour: int,
    where: SiteDay,
    timeout_ms: int,
    token: Token,
    facts: FactBatch,
) -> Outcome:
    """Move a profile on by one event and append what it adds to the counters.

    Args:
        profile: changed in place.
        hour: site-local hour of the event.
        timeout_ms: a longer gap than this ends the visit.
        facts: facts are appended here.

    Returns:
        ACCEPTED, DUPLICATE or NO_VISIT; only the first changes any counter.

    >>> facts, profile = FactBatch(), Profile()
    >>> event = CleanEvent(b"t", 0, "pageview", True, b"", "example.org", "/", "Direct / None", "")
    >>> advance(profile, event, 9, SiteDay("example.org", 0), 1_800_000, lambda value: value, facts)
    <Outcome.ACCEPTED: 'accepted'>
    >>> len(facts.visits), len(facts.events)
    (1, 1)
    """
    if profile.seen_event_id(event.event_id):
        return Outcome.DUPLICATE
    continues = profile.is_open and event.at_ms - profile.last_ms <= timeout_ms
    if event.name == ENGAGEMENT:
        return _engage(profile, event, hour, where, continues, token, facts)
    if not continues:
        close(profile, where, token, facts)
        _start(profile, event, hour, where, token, facts)
    _count(profile, event, hour, where, token, facts)
    if event.steps:
        _reach_steps(profile, event, hour, where, token, facts)
    return Outcome.ACCEPTED


def close(profile: Profile, where: SiteDay, token: Token, facts: FactBatch) -> None:
    """End the open visit, if there is one: bounce, duration and exit page become known."""
    if not profile.is_open:
        return
    attributes = _visit_attributes(profile, token)
    if profile.exit_page:
        exit_token = _token(token, Dimension.EXIT_PAGE, profile.exit_page)
        attributes = [*attributes, Attribute(Dimension.EXIT_PAGE, profile.exit_page, profile.mask(exit_token))]
        profile.mark((exit_token,))
    closed = VisitFact(
        site=where.site,
        day=where.day,
        hour=profile.start_hour,
        phase=Phase.CLOSE,
        bit=profile.bit,
        attributes=attributes,
        pageviews=profile.pageviews,
        events=profile.events,
        bounces=int(profile.pageviews == 1 and profile.interactive == 0),
        duration_ms=profile.last_ms - profile.started_ms,
    )
    facts.visits.append(closed)
    facts.pairs.append(closed)
    profile.is_open = False
    profile.__dict__.clear()
    profile.values = []
    profile.engaged = {}
    profile.exit_page = ""


def _start(profile: Profile, event: CleanEvent, hour: int, where: SiteDay, token: Token, facts: FactBatch) -> None:
    profile.visits += 1
    profile.is_open = True
    profile.started_ms = profile.last_ms = event.at_ms
    profile.start_hour = hour
    profile.pageviews = profile.events = profile.interactive = 0
    profile.engaged = {}
    profile.values = [getattr(event, field) for _, field in VISIT_FIELDS]
    attributes, tokens = _worked_out(profile, token)
    facts.visits.append(VisitFact(where.site, where.day, hour, Phase.START, profile.bit, attributes))
    profile.mark(tokens)
    if len(profile.tokens) < MAX_TOKENS:  # else some may not be remembered: they count as seen before from here on
        profile.__dict__["attributes"] = attributes


def _count(profile: Profile, event: CleanEvent, hour: int, where: SiteDay, token: Token, facts: FactBatch) -> None:
    is_pageview = event.name == PAGEVIEW
    values = _event_values(event)
    tokens = [(dimension, value, _token(token, dimension, value)) for dimension, value in values]
    pairs = [(a, b, _pair_token(token, a, b)) for a, b in combinations(values, 2) if _is_pair(a[0], b[0])]
    if is_pageview and profile.exit_page not in ("", event.path):
        to, previous = (Dimension.PAGE, event.path), (Dimension.PREVIOUS_PAGE, profile.exit_page)
        pairs.append((to, previous, _pair_token(token, to, previous)))
    facts.events.append(
        EventFact(
            site=where.site,
            day=where.day,
            hour=hour,
            bit=profile.bit,
            pageviews=int(is_pageview),
            visitors_hour=int(not profile.hours_seen >> hour & 1),
            visit_attributes=_visit_attributes(profile, token),
            event_attributes=[Attribute(dim, value, profile.mask(key)) for dim, value, key in tokens],
            revenue_minor=event.revenue_minor,
            event_pairs=[AttributePair(*a, *b, profile.mask(key)) for a, b, key in pairs],
        )
    )
    profile.mark([key for _, _, key in (*tokens, *pairs)])
    profile.hours_seen |= 1 << hour
    profile.last_ms = max(profile.last_ms, event.at_ms)
    profile.events += 1
    if is_pageview:
        profile.pageviews += 1
        profile.exit_page = event.path
    elif event.interactive:
        profile.interactive += 1


def _reach_steps(
    profile: Profile, event: CleanEvent, hour: int, where: SiteDay, token: Token, facts: FactBatch
) -> None:
    """Move the visitor on by at most one step in each funnel; a step counts once a day, in whatever visit."""
    reached = []
    for funnel, satisfied in event.steps:
        key = _token(token, Dimension.FUNNEL_STEP, funnel)
        position = profile.funnels.get(key, 0)
        if satisfied >> position & 1:
            profile.funnels[key] = position + 1
            reached.append(Attribute(Dimension.FUNNEL_STEP, funnel_step(funnel, position + 1), 0))
    if reached:
        facts.events.append(EventFact(*(where.site, where.day, hour, profile.bit, 0, 0), [], reached, events=0))


def _event_values(event: CleanEvent) -> list[tuple[Dimension, str]]:
    """The event's own non-empty attributes in the order of dimension and value; it may have several goals."""
    values = [(dimension, value) for dimension, field in EVENT_FIELDS if (value := getattr(event, field))]
    values += [(Dimension.GOAL, goal) for goal in event.goals]
    values += [(Dimension.PROPS, property_value(key, value)) for key, value in event.props]
    return sorted(values)


def _is_pair(a: Dimension, b: Dimension) -> bool:
    """Two goals of an event are one dimension; two properties are two."""
    return a is not b or a is Dimension.PROPS


def _engage(
    profile: Profile,
    event: CleanEvent,
    hour: int,
    where: SiteDay,
    continues: bool,
    token: Token,
    facts: FactBatch,
) -> Outcome:
    """Time and depth of a page of the open visit; the signal moves the visit's end and counts nowhere else."""
    key = _token(token, Dimension.PAGE, event.path)
    page = profile.tokens.get(key, 0)
    if not continues or not page & profile.bit:
        return Outcome.NO_VISIT
    profile.last_ms = max(profile.last_ms, event.at_ms)
    engaged_visits, rise, scroll_visits = profile.engage(key, event.engaged_ms, event.scroll_depth)
    if event.engaged_ms or rise or scroll_visits:
        facts.events.append(
            EventFact(
                *(where.site, where.day, hour, profile.bit, 0, 0),
                visit_attributes=_visit_attributes(profile, token),
                event_attributes=[Attribute(Dimension.PAGE, event.path, page)],
                events=0,
                engaged_ms=event.engaged_ms,
                engaged_visits=engaged_visits,
                scroll_depth=rise,
                scroll_visits=scroll_visits,
            )
        )
    return Outcome.ACCEPTED


def _visit_attributes(profile: Profile, token: Token) -> list[Attribute]:
    """The open visit's non-empty attributes with their masks: the same ones from its start to its close."""
    known: list[Attribute] | None = profile.__dict__.get("attributes")
    if known is None:
        known = profile.__dict__["attributes"] = _worked_out(profile, token)[0]
    return known


def _worked_out(profile: Profile, token: Token) -> tuple[list[Attribute], list[bytes]]:
    """Attributes of the open visit, and the tokens of those whose mask the profile has to remember."""
    same_every_visit = profile.bit - 1  # the tag fixes these: every earlier visit of the day had them
    mask_of = profile.mask
    attributes, tokens = [], []
    for (dimension, prefix, is_fixed), value in zip(_VISIT_TRAITS, profile.values, strict=False):
        if not value:
            continue
        if is_fixed:
            attributes.append(Attribute(dimension, value, same_every_visit))
        else:
            key = token(prefix + value.encode())
            tokens.append(key)
            attributes.append(Attribute(dimension, value, mask_of(key)))
    attributes.append(_visitor_type(profile.bit))
    return attributes, tokens


def _visitor_type(bit: int) -> Attribute:
    """The number of the visit fixes it, so its mask needs not be remembered: later visits are all but the first."""
    if bit == 1:
        return Attribute(Dimension.VISITOR_TYPE, NEW_THAT_DAY, 0)
    return Attribute(Dimension.VISITOR_TYPE, RETURNING_THAT_DAY, (bit - 1) & ~1)


def _token(token: Token, dimension: Dimension, value: str) -> bytes:
    return token(_PREFIXES[dimension] + value.encode())


def _pair_token(token: Token, a: tuple[Dimension, str], b: tuple[Dimension, str]) -> bytes:
    """Injective: the first value's length stands before it."""
    first, second = a[1].encode(), b[1].encode()
    return token(bytes((0, a[0], b[0])) + len(first).to_bytes(2, "big") + first + second)
