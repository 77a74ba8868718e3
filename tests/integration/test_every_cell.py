"""Random days of several sites through queue, worker and views: every counter in ClickHouse is that of the oracle.

More examples than usual: `make oracle`.
"""

import asyncio
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.dimensions import Dimension
from appliance.events import CleanEvent
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, Settings, SiteSettings
from appliance.state.connection import Client, connect_async
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.state.queue import EventQueue
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.cells import COUNTERS
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.writer import Writer
from tests.kit.cell_oracle import ORDER, Cell, CellOracle, Counters, Funnel, Happening, Person
from tests.kit.engine import Engine

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

N_EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "12"))
ZONES = {"west.example": "America/Detroit", "east.example": "Asia/Kathmandu", "mid.example": "Europe/Berlin"}
SETTINGS = Settings(
    sites=tuple(SiteSettings(id=site, timezone=zone) for site, zone in ZONES.items()), redis=RedisSettings(shards=2)
)
STARTS = ("2031-03-29", "2031-10-25", "2031-11-01", "2031-06-10")
"""Two of them are before days of 23 and 25 hours in Berlin, one before one of 25 hours in Detroit."""
FUNNELS = (
    Funnel(
        "Buy", (lambda e: e.path == "/" and e.name == "pageview", lambda e: e.path == "/a", lambda e: e.name == "buy")
    ),
    Funnel("Twice", (lambda e: e.name == "pageview", lambda e: e.name == "pageview")),
)
GAPS = (1_000, 60_000, 600_000, 1_800_000, 1_800_001, 5_400_000, 14_400_000)
"""Milliseconds until somebody's next event; the fourth continues a visit, the fifth does not."""


def story(seed: int, first_day: str, size: int) -> list[Happening]:
    """Three days of some people at each site, in the order of time."""
    chance = Random(seed)
    start = datetime.fromisoformat(first_day).replace(tzinfo=UTC)
    found: list[Happening] = []
    for site in ZONES:
        for number in range(chance.randint(1, 7)):
            found += _life(chance, site, _person(chance, number), start, size)
    return sorted(found, key=lambda one: one.at_ms)


def _person(chance: Random, number: int) -> Person:
    country = chance.choice(("DE", "FR", ""))
    region = chance.choice((f"{country}-1", "")) if country else ""
    return Person(
        *(number, country, region, chance.choice(("Town", "")) if region else ""),
        *chance.choice((("Chrome", "Chrome 126"), ("Chrome", "Chrome 125"), ("Firefox", ""), ("", ""))),
    )


def _life(chance: Random, site: str, person: Person, start: datetime, size: int) -> Iterator[Happening]:
    at_ms = int(start.timestamp() * 1000) + chance.randrange(86_400_000)
    end_ms = int(start.timestamp() * 1000) + 3 * 86_400_000
    for _ in range(chance.randint(1, size)):
        kind = chance.choice(("pageview", "pageview", "pageview", "buy", "look", "engagement"))
        is_signal = kind == "engagement"
        yield Happening(
            *(site, person, at_ms, chance.choice(("/", "/", "/a", "/b")), kind),
            hostname=chance.choice((site, f"shop.{site}")),
            source=chance.choice(("Direct / None", "Google", "one.example")),
            channel=chance.choice(("Direct", "Email")),
            campaign=chance.choice(("", "spring")),
            language=chance.choice(("de", "fr", "")),
            interactive=kind != "look",
            goals=() if is_signal else chance.choice(((), ("Bought",), ("Bought", "Seen"))),
            props=() if is_signal else chance.choice(((), (("plan", "pro"),), (("plan", "free"), ("size", "pro")))),
            currency="EUR" if kind == "buy" else "",
            revenue=chance.randrange(-500, 10_000) if kind == "buy" else 0,
            engaged_ms=chance.choice((0, 5_000)) if is_signal else 0,
            depth=chance.choice((-1, 0, 40, 90)) if is_signal else -1,
            event_id=chance.choice(("", "", f"{chance.randrange(9)}")),
        )
        at_ms += chance.choice(GAPS)
        if at_ms >= end_ms:
            return


class Stage:
    """Queue, worker and writer over real engines, moved through the days by hand."""

    def __init__(self, engine: Engine, redis: Client, redis_url: str, directory: Path) -> None:
        self.engine, self._redis, self._redis_url, self._directory = engine, redis, redis_url, directory
        self._now = 0.0
        self._evidence = EvidenceLog(directory / "evidence.jsonl")

    def play(self, told: Sequence[Happening], cuts: Sequence[int]) -> None:
        """Everything happens; between two cuts it is queued, then counted. Midnights are cuts."""
        end = told[-1].at_ms + 1
        moments = sorted({*_midnights(told), *(cut for cut in cuts if cut < end), end, end + 40 * 3_600_000})
        left = list(told)
        for moment in moments:
            now = [one for one in left if one.at_ms < moment]
            left = left[len(now) :]
            asyncio.run(self._queue(now))
            self._now = moment / 1000
            self._work()
            self._flush()

    async def _queue(self, happenings: Sequence[Happening]) -> None:
        keys = Keyring.open(self._directory, lambda: self._now)
        queue = EventQueue(connect_async(self._redis_url), keys, SETTINGS.redis.shards)
        await queue.start()
        for one in happenings:
            day = _day(one)
            self._now = one.at_ms / 1000
            key = keys.day_key(one.site, day, create=True)
            tag = key.tag(f"{one.site}|{one.person.number}".encode())
            await queue.append(
                one.site, day, _event(one, tag, key.token(one.event_id.encode()) if one.event_id else b"")
            )
        await queue.stop()

    def _work(self) -> None:
        transport = Keyring.open(self._directory, lambda: self._now, TRANSPORT_KEYS_FILE)
        keys = Keyring.open(self._directory, lambda: self._now)
        worker = Worker(
            *(SETTINGS, self._redis, keys, transport, self._evidence, lambda: self._now),
            lambda *_, **__: None,
            *("here", "owner"),
        )
        stop = threading.Event()
        worker.run(stop, stop.set)

    def _flush(self) -> None:
        transport = Keyring.open(self._directory, lambda: self._now, TRANSPORT_KEYS_FILE)
        for lane in (FACTS, PAIRS):
            outbox = Outbox(self._redis, transport, SETTINGS.redis.shards, lane)
            writer = Writer(self.engine.writer, outbox, FlushNote, lambda: self._now)
            while outbox.waiting():
                writer.flush_once()

    def totals(self, site: str) -> dict[date, dict[int, Counters]]:
        names = ("visitors", "visitors_hour", *COUNTERS[1:7])
        rows = self._sums("totals_hour", names, ("day", "hour"), site)
        found: dict[date, dict[int, Counters]] = {}
        for (day, hour), counters in rows.items():
            found.setdefault(day, {})[hour] = counters
        return found

    def cells(self, table: str, site: str) -> dict[date, dict[Cell, Counters]]:
        found: dict[date, dict[Cell, Counters]] = {}
        for (day, *cell), counters in self._sums(table, COUNTERS, ("day", "dim_a", "a", "dim_b", "b"), site).items():
            values = [(Dimension(cell[n]).name, str(cell[n + 1])) for n in (0, 2) if cell[n]]
            if any(value == "" for _, value in values):
                continue  # "(not set)" is made by the close
            key = tuple(sorted(values, key=lambda value: (ORDER.index(value[0]), value[1])))
            assert key not in found.setdefault(day, {}), "a pair is stored once"
            found[day][key] = counters
        return found

    def _sums(
        self, table: str, names: Sequence[str], by: Sequence[str], site: str
    ) -> dict[tuple[object, ...], Counters]:
        sums = ", ".join(f"sum({table}.{name})" for name in names)
        group = ", ".join(by)
        sql = f"SELECT {group}, {sums} FROM {table} WHERE site = {{site:String}} GROUP BY {group}"  # noqa: S608
        return {
            tuple(row[: len(by)]): Counter({n: int(v) for n, v in zip(names, row[len(by) :], strict=True) if v})
            for row in self.engine.writer.query(sql, {"site": site}).rows
        }


def _event(one: Happening, tag: bytes, event_id: bytes) -> CleanEvent:
    steps = [(f.name, sum(is_step(one) << n for n, is_step in enumerate(f.steps))) for f in FUNNELS]
    is_signal = one.name == "engagement"
    return CleanEvent(
        *(tag, one.at_ms, one.name, one.interactive, event_id, one.hostname, one.path, one.source, ""),
        utm_campaign=one.campaign,
        country=one.person.country,
        region=one.person.region,
        city=one.person.city,
        browser=one.person.browser,
        browser_version=one.person.version,
        channel=one.channel,
        language=one.language,
        goals=one.goals,
        props=one.props,
        currency=one.currency,
        revenue_minor=one.revenue,
        engaged_ms=one.engaged_ms,
        scroll_depth=one.depth,
        steps=() if is_signal else tuple((name, bits) for name, bits in steps if bits),
    )


def _day(one: Happening) -> date:
    return datetime.fromtimestamp(one.at_ms / 1000, UTC).astimezone(ZoneInfo(ZONES[one.site])).date()


def _midnights(told: Sequence[Happening]) -> Iterator[int]:
    """The first moment of each site's days."""
    first = datetime.fromtimestamp(told[0].at_ms / 1000, UTC).date()
    for zone in ZONES.values():
        for n in range(6):
            midnight = datetime.combine(first + timedelta(days=n), datetime.min.time(), ZoneInfo(zone))
            at_ms = int(midnight.timestamp() * 1000)
            if told[0].at_ms < at_ms <= told[-1].at_ms:
                yield at_ms


@pytest.fixture(scope="module")
def engine(module_engine: Engine) -> Engine:
    return module_engine


@settings(max_examples=N_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), first_day=st.sampled_from(STARTS), size=st.integers(1, 60))
def test_every_counter_is_that_of_the_oracle(
    engine: Engine, redis_client: Client, redis_url: str, seed: int, first_day: str, size: int
) -> None:
    told = story(seed, first_day, size)
    cuts = [Random(seed).choice(told).at_ms for _ in range(seed % 4)]
    engine.empty()
    redis_client.flushall()
    with tempfile.TemporaryDirectory(prefix="apt-", dir="/dev/shm") as directory:
        stage = Stage(engine, redis_client, redis_url, Path(directory))
        stage.play(told, cuts)
    for site, zone in ZONES.items():
        oracle = CellOracle(site, zone, told, FUNNELS).days()
        assert stage.totals(site) == {day: one.totals() for day, one in oracle.items()}
        cells = stage.cells("open_cells", site)
        assert cells == {day: one.cells() for day, one in oracle.items()}
        for day, truth in cells.items():
            close_day(engine.writer, ClosedDays(engine.writer), site, day, Rules(5, lambda _, value: value == "/"))
            assert_kept_is_true(stage.cells("cells", site).get(day, {}), truth, oracle[day].totals())


def assert_kept_is_true(kept: dict[Cell, Counters], truth: dict[Cell, Counters], totals: dict[int, Counters]) -> None:
    """A closed day tells nothing untrue, and nothing of fewer than five that is not public."""
    everybody = sum(hour.get("visitors", 0) for hour in totals.values())
    assert everybody >= 5 or not kept
    for cell, counters in kept.items():
        if any(name in ("FUNNEL_STEP", "PREVIOUS_PAGE") for name, _ in cell):
            continue  # they have rules and tests of their own
        assert all(counters[name] == truth[cell][name] for name in counters)
        public = len(cell) == 1 and cell[0][1] == "/"
        assert public or counters["visitors"] >= 5
        if counters["visitors"] >= 5:
            assert counters == truth[cell]
