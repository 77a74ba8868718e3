"""What the numbers must be, worked out from the list of hits by the definitions in docs/metrics.md.

Slow and obvious on purpose, and without a line of the product: everything is counted anew from all hits each time.
Arrival is known to lie between sending and answer, so a mean duration is known as a span.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tests.kit.hits import Hit, Visitor
from tests.kit.span import Span
from tests.kit.stats_client import Row, Table

TIMEOUT = 1800
FEW = 5
"""A value that nobody declared is shown from this many visitors a day on."""

DIRECT = "Direct / None"
ORIGINS = {
    "newsletter": ("Newsletter", "Email"),
    "flyer": ("flyer", "Referral"),
    "google.com": ("Google", "Organic Search"),
    "board.news.example.co.uk": ("example.co.uk", "Referral"),
    "": (DIRECT, "Direct"),
}
"""Source and channel of the tags and referrers of a story that mean more than themselves."""
NAMED_SOURCES = {DIRECT, "Google", "Newsletter"}
VISIT_DIMENSIONS: dict[str, Callable[["Visit"], str]] = {
    "visit:entry_page": lambda visit: visit.first.path,
    "visit:exit_page": lambda visit: visit.exit_page,
    "visit:source": lambda visit: _origin(visit.first)[0],
    "visit:channel": lambda visit: _origin(visit.first)[1],
    "visit:referrer": lambda visit: _host(visit.first.referrer),
    "visit:utm_source": lambda visit: visit.first.campaign.get("utm_source", ""),
    "visit:utm_medium": lambda visit: visit.first.campaign.get("utm_medium", ""),
    "visit:utm_campaign": lambda visit: visit.first.campaign.get("utm_campaign", ""),
    "visit:utm_content": lambda visit: visit.first.campaign.get("utm_content", ""),
    "visit:utm_term": lambda visit: visit.first.campaign.get("utm_term", ""),
    "visit:country": lambda visit: visit.visitor.country,
    "visit:browser": lambda visit: visit.visitor.agent.browser,
    "visit:os": lambda visit: visit.visitor.agent.os,
    "visit:device": lambda visit: visit.visitor.agent.device,
    "visit:language": lambda visit: visit.visitor.language.subtag,
    "visit:screen": lambda visit: visit.visitor.window.screen,
    "visit:visitor_type": lambda visit: "Returning that day" if visit.is_later else "New that day",
}
GOALS = {"Signup": "signup", "Shared": "share", "Visit /docs/*": "/docs/"}
"""Goals of every site of a story: an event's name, or how a path begins."""
PROPERTY = "plan"
"""The property that every site of a story declares."""
EVENT_DIMENSIONS: dict[str, Callable[[Hit], set[str]]] = {
    "event:page": lambda hit: {hit.path},
    "event:name": lambda hit: {hit.name},
    "event:hostname": lambda hit: {hit.host},
    "event:goal": lambda hit: {name for name, reached in GOALS.items() if _reaches(hit, reached)},
    f"event:props:{PROPERTY}": lambda hit: {hit.props[PROPERTY]} if hit.props.get(PROPERTY) else set(),
}
DIMENSIONS = (*VISIT_DIMENSIONS, *EVENT_DIMENSIONS)
_ALWAYS_SHOWN = {
    *("event:hostname", "event:goal", "visit:channel", "visit:country", "visit:browser", "visit:os", "visit:device"),
    *("visit:language", "visit:screen", "visit:visitor_type"),
}
OTHER, NOT_SET = "(other)", "(not set)"
_ADDS_UP = {
    "visit:": ("visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration"),
    "event:page": ("pageviews", "events"),
    "event:hostname": ("pageviews", "events"),
    "event:name": ("events",),
}
"""What the row of everything else knows."""
_PAGES = {"event:page", "visit:entry_page", "visit:exit_page"}


@dataclass
class Visit:
    """Hits of one visitor on one day without a long gap."""

    visitor: Visitor
    day: date
    hits: list[Hit] = field(default_factory=list)
    followed: bool = False
    """The visitor came back on the same day."""
    is_later: bool = False
    """Not the visitor's first visit of the day."""

    @property
    def first(self) -> Hit:
        return self.hits[0]

    @property
    def events(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.name != "engagement"]

    @property
    def pageviews(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.name == "pageview"]

    @property
    def exit_page(self) -> str:
        return self.pageviews[-1].path if self.pageviews else ""

    @property
    def is_bounce(self) -> bool:
        acted = [hit for hit in self.events if hit.name != "pageview" and hit.interactive]
        return len(self.pageviews) == 1 and not acted


@dataclass
class Count:
    """What adds up over days."""

    visitors: int = 0
    visits: int = 0
    pageviews: int = 0
    events: int = 0
    ended: list[Visit] = field(default_factory=list)
    thin: int = 0
    """Visits of days on which few had the value, so that little else is known of them."""

    def of_few(self, dimension: str) -> "Count":
        """What may be known of a value that few had."""
        if self.visitors >= FEW:
            return self
        count = Count(self.visitors, self.visits, thin=self.visits)
        if dimension == "event:page":
            count.pageviews, count.thin = self.pageviews, 0
        elif dimension in EVENT_DIMENSIONS and dimension != "event:hostname":
            count.events = self.events
        return count

    def add(self, other: "Count") -> None:
        self.visitors += other.visitors
        self.visits += other.visits
        self.pageviews += other.pageviews
        self.events += other.events
        self.ended = self.ended + other.ended
        self.thin += other.thin


class Oracle:
    """All numbers of one site."""

    def __init__(self, site: str, timezone: str, hits: Iterable[Hit], admitted: Callable[[str], bool]) -> None:
        """`admitted` says of a path whether the site declared it as public."""
        self._zone = ZoneInfo(timezone)
        self._admitted = admitted
        self.visits = self._visits(hit for hit in hits if hit.site == site and not hit.dropped)

    def days(self) -> list[date]:
        """Days with any visit."""
        return sorted({visit.day for visit in self.visits})

    def today(self, now: float) -> date:
        """The site's calendar day of a moment."""
        return self._local(now).date()

    def totals(self, now: float, days: Sequence[date]) -> Row:
        """The site's numbers over some days."""
        count = Count()
        for day in days:
            count.add(self._count_visits(self._of_day(day), now))
        return _row(count, count)

    def by_day(self, now: float, days: Sequence[date]) -> Table:
        """`time:day`."""
        return {(day.isoformat(),): self.totals(now, [day]) for day in days if self._of_day(day)}

    def by_hour(self, now: float, days: Sequence[date]) -> Table:
        """`time:hour`."""
        table = {}
        for day in days:
            visits = self._of_day(day)
            for hour in range(24):
                started = [visit for visit in visits if self._hour(visit.first) == hour]
                events = [hit for visit in visits for hit in visit.events if self._hour(hit) == hour]
                if events:
                    count = _count_events(events, started)
                    ended = [visit for visit in started if self._has_ended(visit, now)]
                    table[f"{day.isoformat()} {hour:02d}:00:00",] = _row(count, Count(ended=ended))
        return table

    def by_dimension(self, dimension: str, now: float, days: Sequence[date]) -> Table:
        """Any dimension but time, without what must stay hidden, and a row for that where rows add up."""
        counts = self._shown_over(dimension, days, now)
        entered = self._shown_over("visit:entry_page", days, now) if dimension == "event:page" else counts
        table = {(value,): _row(count, entered.get(value)) for value, count in counts.items()}
        other = self._other(dimension, now, days)
        return table | ({(OTHER,): other} if any(other.values()) else {})

    def _other(self, dimension: str, now: float, days: Sequence[date]) -> Row:
        """The totals without all rows. Of a running day nobody knows where the open visits will end."""
        known = set(_ADDS_UP.get(dimension, _ADDS_UP["visit:"] if dimension.startswith("visit:") else ()))
        over = [day for day in days if self.today(now) > day or dimension != "visit:exit_page"]
        rest = Count()
        for day in over:
            rest.add(self._count_visits(self._of_day(day), now))
        for count in self._shown_over(dimension, over, now).values():
            rest.visitors -= count.visitors
            rest.visits -= count.visits
            rest.pageviews -= count.pageviews
            rest.events -= count.events
            gone = {id(visit) for visit in count.ended}
            rest.ended = [visit for visit in rest.ended if id(visit) not in gone]
        rest.visitors, rest.visits = max(0, rest.visitors), max(0, rest.visits)
        if not any(
            (rest.visitors * ("visitors" in known), rest.visits * ("visits" in known), rest.pageviews, rest.events)
        ):
            return {}
        return {name: value if name in known else None for name, value in _row(rest, rest).items()}

    def by_dimension_and_day(self, dimension: str, now: float, days: Sequence[date]) -> Table:
        """A dimension together with `time:day`."""
        return {
            (value, day.isoformat()): row
            for day in days
            for (value,), row in self.by_dimension(dimension, now, [day]).items()
        }

    def hidden(self, dimension: str, now: float, days: Sequence[date]) -> set[str]:
        """Values that may be shown on none of these days."""
        shown = {value for day in days for value in self._shown(dimension, day, now)}
        return {value for day in days for value in self._cells(dimension, day, now)} - shown

    def _shown_over(self, dimension: str, days: Sequence[date], now: float) -> dict[str, Count]:
        counts: dict[str, Count] = {}
        for day in days:
            for value, count in self._shown(dimension, day, now).items():
                counts.setdefault(value, Count()).add(count)
        return counts

    def _shown(self, dimension: str, day: date, now: float) -> dict[str, Count]:
        """Values of one day that may be shown, each with the numbers that may be."""
        everybody = len({visit.visitor for visit in self._of_day(day)})
        if everybody < FEW:
            return {}
        cells = self._cells(dimension, day, now)
        if dimension.startswith("visit:") and (dimension != "visit:exit_page" or self.today(now) > day):
            without = [visit for visit in self._of_day(day) if not VISIT_DIMENSIONS[dimension](visit)]
            if without:
                count = cells[NOT_SET] = self._count_visits(without, now)
                others = sum(cell.visitors for value, cell in cells.items() if value != NOT_SET)
                count.visitors = max(0, everybody - others)
        public = {value for value in cells if value != NOT_SET and self._is_public(dimension, value)}
        shown = public | {value for value, count in cells.items() if count.visitors >= FEW}
        while cells.keys() - shown:
            left = max(cells[value].visitors for value in cells.keys() - shown)
            certain = max(left, everybody - sum(cells[value].visitors for value in shown))
            if certain >= FEW or not shown - public:
                break
            key = {value: (cells[value].visitors, cells[value].visits, value.replace(NOT_SET, "")) for value in shown}
            shown.remove(min(shown - public, key=key.__getitem__))
        return {value: cells[value].of_few(dimension) for value in shown}

    def _is_public(self, dimension: str, value: str) -> bool:
        if dimension in _ALWAYS_SHOWN or (dimension, value) == ("event:name", "pageview"):
            return True
        if dimension == "visit:source":
            return value in NAMED_SOURCES
        return dimension in _PAGES and self._admitted(value)

    def _cells(self, dimension: str, day: date, now: float) -> dict[str, Count]:
        visits = self._of_day(day)
        if dimension in EVENT_DIMENSIONS:
            read = EVENT_DIMENSIONS[dimension]
            values = {value for visit in visits for hit in visit.events for value in read(hit)}
            return {value: _count_events_of(visits, lambda hit, v=value: v in read(hit)) for value in values}
        if dimension == "visit:exit_page":
            visits = [visit for visit in visits if self._has_ended(visit, now)]
        of = VISIT_DIMENSIONS[dimension]
        values = {of(visit) for visit in visits} - {""}
        return {value: self._count_visits([v for v in visits if of(v) == value], now) for value in values}

    def _count_visits(self, visits: Sequence[Visit], now: float) -> Count:
        return Count(
            visitors=len({visit.visitor for visit in visits}),
            visits=len(visits),
            pageviews=sum(len(visit.pageviews) for visit in visits),
            events=sum(len(visit.events) for visit in visits),
            ended=[visit for visit in visits if self._has_ended(visit, now)],
        )

    def _visits(self, hits: Iterable[Hit]) -> list[Visit]:
        visits: list[Visit] = []
        latest: dict[tuple[date, Visitor], Visit] = {}
        known_ids: set[tuple[date, Visitor, str]] = set()
        for hit in sorted(hits, key=lambda hit: hit.sent_at):
            day = self._local(hit.sent_at).date()
            assert self._hour_of(hit.sent_at) == self._hour_of(hit.answered_at), "sent on the border of two hours"
            if hit.event_id:
                if (day, hit.visitor, hit.event_id) in known_ids:
                    continue
                known_ids.add((day, hit.visitor, hit.event_id))
            visit = latest.get((day, hit.visitor))
            continues = visit is not None and _gap(visit.hits[-1], hit) <= TIMEOUT
            if hit.name == "engagement":
                if visit and continues and hit.path in {earlier.path for earlier in visit.hits}:
                    visit.hits.append(hit)
                continue
            if visit is None or not continues:
                if visit:
                    visit.followed = True
                visit = latest[day, hit.visitor] = Visit(hit.visitor, day, is_later=visit is not None)
                visits.append(visit)
            visit.hits.append(hit)
        return visits

    def _has_ended(self, visit: Visit, now: float) -> bool:
        silent = now - visit.hits[-1].answered_at
        assert not TIMEOUT - 1 < silent < TIMEOUT + 10, "asked on the border of a visit's end"
        return visit.followed or silent > TIMEOUT or self.today(now) > visit.day

    def _of_day(self, day: date) -> list[Visit]:
        return [visit for visit in self.visits if visit.day == day]

    def _local(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, UTC).astimezone(self._zone)

    def _hour(self, hit: Hit) -> int:
        return self._local(hit.sent_at).hour

    def _hour_of(self, moment: float) -> tuple[date, int]:
        local = self._local(moment)
        return local.date(), local.hour


def _reaches(hit: Hit, reached: str) -> bool:
    return hit.path.startswith(reached) and hit.name == "pageview" if reached.startswith("/") else hit.name == reached


def _gap(earlier: Hit, later: Hit) -> float:
    least, most = later.sent_at - earlier.answered_at, later.answered_at - earlier.sent_at
    assert (least <= TIMEOUT) == (most <= TIMEOUT), "a gap on the border of the timeout"
    return most


def _count_events(events: Sequence[Hit], started: Sequence[Visit]) -> Count:
    return Count(
        visitors=len({hit.visitor for hit in events}),
        visits=len(started),
        pageviews=sum(hit.name == "pageview" for hit in events),
        events=len(events),
    )


def _count_events_of(visits: Sequence[Visit], matches: Callable[[Hit], bool]) -> Count:
    found = [visit for visit in visits if any(matches(hit) for hit in visit.events)]
    return _count_events([hit for visit in visits for hit in visit.events if matches(hit)], found)


def _row(count: Count, of_ended: Count | None) -> Row:
    whole = count.visits - count.thin
    row: dict[str, Any] = {
        "visitors": count.visitors,
        "visits": count.visits,
        "pageviews": None if count.thin and not count.pageviews else count.pageviews,
        "events": None if count.visits and not count.events else count.events,
        "views_per_visit": None if count.thin and not whole else _two_decimals(count.pageviews, whole),
        "bounce_rate": None,
        "visit_duration": None,
    }
    if of_ended is not None and not (of_ended.thin and not of_ended.ended):
        ended = of_ended.ended
        bounces = sum(visit.is_bounce for visit in ended)
        row["bounce_rate"] = round(Fraction(100 * bounces, len(ended))) if ended else 0
        row["visit_duration"] = _mean_duration(ended)
    return row


def _two_decimals(numerator: int, denominator: int) -> Span:
    exact = numerator / denominator if denominator else 0.0
    return Span(exact - 0.005 - 1e-9, exact + 0.005 + 1e-9)


def _mean_duration(visits: Sequence[Visit]) -> Span:
    if not visits:
        return Span(0, 0)
    low = sum(max(0.0, v.hits[-1].sent_at - v.first.answered_at) for v in visits) / len(visits)
    high = sum(v.hits[-1].answered_at - v.first.sent_at if len(v.hits) > 1 else 0.0 for v in visits) / len(visits)
    assert high - low < 1, "sending took too long to know durations to the second"
    return Span(math.floor(low + 0.5 - 0.002), math.floor(high + 0.5 + 0.002))


def _host(referrer: str) -> str:
    return (urlsplit(referrer).hostname or "").removeprefix("www.")


def _origin(hit: Hit) -> tuple[str, str]:
    if "gclid" in hit.campaign:
        return "Google", "Paid Search"
    said = hit.campaign.get("utm_source") or _host(hit.referrer)
    return ORIGINS.get(said, (said, "Referral"))
