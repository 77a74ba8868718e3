"""Every counter that ClickHouse must hold, worked out from a list of happenings by the definitions in docs/metrics.md.

Slow and obvious: people, visits and sets. It shares no line with the product: no mask, no token, no fact. Names of
attributes are those of the stored dimensions, for the comparison alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

TIMEOUT_MS = 1_800_000
Value = tuple[str, str]
"""Name of an attribute and its value."""
Cell = tuple[Value, ...]
"""One or two values, in the order of `ORDER`."""
Counters = Mapping[str, int]
OF_EVENTS = ("PAGE", "HOSTNAME", "NAME", "GOAL", "PROPS", "CURRENCY", "FUNNEL_STEP", "PREVIOUS_PAGE")
OF_VISITS = (
    *("ENTRY_PAGE", "EXIT_PAGE", "SOURCE", "CHANNEL", "UTM_CAMPAIGN", "COUNTRY", "REGION", "CITY", "BROWSER"),
    *("BROWSER_VERSION", "LANGUAGE", "VISITOR_TYPE"),
)
ORDER = (*OF_EVENTS, *OF_VISITS)
_SAY_THE_SAME = [{"COUNTRY", "REGION"}, {"COUNTRY", "CITY"}, {"REGION", "CITY"}, {"BROWSER", "BROWSER_VERSION"}]


@dataclass(frozen=True)
class Person:
    """Somebody, with what stays the same all day."""

    number: int
    country: str = ""
    region: str = ""
    city: str = ""
    browser: str = ""
    version: str = ""


@dataclass(frozen=True)
class Happening:
    """A pageview, an event or an engagement signal."""

    site: str
    person: Person
    at_ms: int
    path: str
    name: str = "pageview"
    hostname: str = "example.org"
    source: str = "Direct / None"
    channel: str = "Direct"
    campaign: str = ""
    language: str = ""
    interactive: bool = True
    goals: tuple[str, ...] = ()
    props: tuple[tuple[str, str], ...] = ()
    currency: str = ""
    revenue: int = 0
    engaged_ms: int = 0
    depth: int = -1
    event_id: str = ""

    def own(self) -> list[Value]:
        """What it has of its own, besides its visit."""
        values = [("PAGE", self.path), ("HOSTNAME", self.hostname), ("NAME", self.name), ("CURRENCY", self.currency)]
        values += [("GOAL", goal) for goal in self.goals]
        values += [("PROPS", f"{key}={value}") for key, value in self.props]
        return [(name, value) for name, value in values if value]


@dataclass
class Visit:
    """What one person did on one day without a long gap."""

    person: Person
    is_first: bool
    events: list[Happening] = field(default_factory=list)
    signals: list[Happening] = field(default_factory=list)

    @property
    def last_ms(self) -> int:
        return max(one.at_ms for one in (*self.events, *self.signals))

    @property
    def views(self) -> list[Happening]:
        return [one for one in self.events if one.name == "pageview"]

    def at_start(self) -> list[Value]:
        """What its first event fixed."""
        first, who = self.events[0], self.person
        values = [
            *(("ENTRY_PAGE", first.path), ("SOURCE", first.source), ("CHANNEL", first.channel)),
            *(("UTM_CAMPAIGN", first.campaign), ("LANGUAGE", first.language), ("COUNTRY", who.country)),
            *(("REGION", who.region), ("CITY", who.city), ("BROWSER", who.browser), ("BROWSER_VERSION", who.version)),
            ("VISITOR_TYPE", "New that day" if self.is_first else "Returning that day"),
        ]
        return [(name, value) for name, value in values if value]

    def at_end(self) -> list[Value]:
        """The same, and where it ended."""
        return [*self.at_start(), *[("EXIT_PAGE", view.path) for view in self.views[-1:]]]

    def ended(self) -> dict[str, int]:
        """What its end says."""
        acted = any(one.name != "pageview" and one.interactive for one in self.events)
        return {
            "closed": 1,
            "bounces": int(len(self.views) == 1 and not acted),
            "duration_ms": self.last_ms - self.events[0].at_ms,
        }


@dataclass(frozen=True)
class Funnel:
    """Steps in their order; each says whether an event is it."""

    name: str
    steps: Sequence[Callable[[Happening], bool]]


class DayOracle:
    """All counters of one site's day."""

    def __init__(self, visits: Sequence[Visit], hour_of: Callable[[int], int], funnels: Sequence[Funnel]) -> None:
        self._visits = visits
        self._hour_of = hour_of
        self._funnels = funnels

    def totals(self) -> dict[int, Counters]:
        """Counters of each hour."""
        sums: dict[int, Counter[str]] = defaultdict(Counter)
        people: dict[int, set[Person]] = defaultdict(set)
        for visit in self._visits:
            started = self._hour_of(visit.events[0].at_ms)
            sums[started].update({"visitors": int(visit.is_first), "visits": 1, **visit.ended()})
            for one in visit.events:
                hour = self._hour_of(one.at_ms)
                sums[hour].update({"pageviews": int(one.name == "pageview"), "events": 1})
                people[hour].add(visit.person)
        for hour, who in people.items():
            sums[hour]["visitors_hour"] = len(who)
        return {hour: +counters for hour, counters in sums.items()}

    def cells(self) -> dict[Cell, Counters]:
        """Counters of each value and each pair."""
        sums: dict[Cell, Counter[str]] = defaultdict(Counter)
        people: dict[Cell, set[Person]] = defaultdict(set)
        for visit in self._visits:
            for cell, counters in self._of_visit(visit):
                sums[cell].update(counters)
                people[cell].add(visit.person)
        for cell, who in people.items():
            sums[cell]["visitors"] = len(who)
        for step, reached in self._steps():
            sums[(step,)] = Counter(visitors=reached, visits=reached)
        return {cell: Counter({k: v for k, v in counters.items() if v}) for cell, counters in sums.items()}

    def _of_visit(self, visit: Visit) -> Iterator[tuple[Cell, Counters]]:
        whole = {"visits": 1, "pageviews": len(visit.views), "events": len(visit.events), **visit.ended()}
        for value in visit.at_end():
            yield (value,), whole
        for pair in combinations(_sorted(visit.at_end()), 2):
            if {name for name, _ in pair} not in _SAY_THE_SAME:
                yield pair, whole
        seen: dict[Cell, list[Happening]] = defaultdict(list)
        for one in visit.events:
            for cell in self._cells_of(one, visit):
                seen[cell].append(one)
        for before, after in pairwise(visit.views):
            if before.path != after.path:
                seen[("PAGE", after.path), ("PREVIOUS_PAGE", before.path)].append(after)
        for cell, events in seen.items():
            yield cell, self._of_events(cell, events)
        yield from self._engagement(visit)

    def _cells_of(self, one: Happening, visit: Visit) -> Iterator[Cell]:
        own = _sorted(one.own())
        for value in own:
            yield (value,)
            for other in visit.at_start():
                yield value, other
        for a, b in combinations(own, 2):
            if a[0] != b[0] or a[0] == "PROPS":
                yield a, b

    def _of_events(self, cell: Cell, events: Sequence[Happening]) -> Counters:
        views = sum(one.name == "pageview" for one in events)
        counters = {"visits": 1, "pageviews": views, "events": len(events)}
        if any(name == "CURRENCY" for name, _ in cell):
            counters["revenue_minor"] = sum(one.revenue for one in events)
        return counters

    def _engagement(self, visit: Visit) -> Iterator[tuple[Cell, Counters]]:
        for path in {signal.path for signal in visit.signals}:
            here = [signal for signal in visit.signals if signal.path == path]
            deepest = max(signal.depth for signal in here)
            counters = {
                "engaged_ms": sum(signal.engaged_ms for signal in here),
                "engaged_visits": int(any(signal.engaged_ms for signal in here)),
                "scroll_depth": max(0, deepest),
                "scroll_visits": int(deepest >= 0),
            }
            for other in [(), *[(value,) for value in visit.at_start()]]:
                yield (("PAGE", path), *other), counters

    def _steps(self) -> Iterator[tuple[Value, int]]:
        for funnel in self._funnels:
            for number in range(1, len(funnel.steps) + 1):
                reached = [person for person in self._people() if self._reached(person, funnel) >= number]
                if reached:
                    yield ("FUNNEL_STEP", f"{funnel.name}={number}"), len(reached)

    def _people(self) -> set[Person]:
        return {visit.person for visit in self._visits}

    def _reached(self, person: Person, funnel: Funnel) -> int:
        """Steps that follow each other in the person's day; one event is one step at most."""
        done = 0
        for one in (one for visit in self._visits if visit.person == person for one in visit.events):
            if done < len(funnel.steps) and funnel.steps[done](one):
                done += 1
        return done


class CellOracle:
    """All days of one site."""

    def __init__(self, site: str, timezone: str, happenings: Iterable[Happening], funnels: Sequence[Funnel]) -> None:
        """`happenings` in the order of their time."""
        self._zone = ZoneInfo(timezone)
        self._funnels = funnels
        self._visits: dict[date, list[Visit]] = defaultdict(list)
        self.n_refused = 0
        """Signals without a visit, and repetitions."""
        known: set[tuple[date, Person, str]] = set()
        for one in (one for one in happenings if one.site == site):
            day = self._local(one.at_ms).date()
            if one.event_id and (day, one.person, one.event_id) in known:
                self.n_refused += 1
                continue
            known.add((day, one.person, one.event_id))
            self._add(day, one)

    def days(self) -> dict[date, DayOracle]:
        """Days with any visit."""
        return {day: DayOracle(visits, self._hour, self._funnels) for day, visits in self._visits.items()}

    def _add(self, day: date, one: Happening) -> None:
        mine = [visit for visit in self._visits.get(day, []) if visit.person == one.person]
        last = mine[-1] if mine and one.at_ms - mine[-1].last_ms <= TIMEOUT_MS else None
        if one.name == "engagement":
            if last is not None and one.path in {event.path for event in last.events}:
                last.signals.append(one)
            else:
                self.n_refused += 1
            return
        if last is None:
            last = Visit(one.person, is_first=not mine)
            self._visits[day].append(last)
        last.events.append(one)

    def _hour(self, at_ms: int) -> int:
        return self._local(at_ms).hour

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self._zone)


def _sorted(values: Iterable[Value]) -> list[Value]:
    return sorted(values, key=lambda value: (ORDER.index(value[0]), value[1]))
