"""Many connections at once change nothing: visitors are told apart by who they are, hits by their event id."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import httpx
import pytest

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import AGENTS, Hit, Visitor
from tests.kit.load import Load
from tests.kit.raw_http import connect, post
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

CONNECTIONS = 16
SITES = (
    Site("gone.example"),
    Site("one.example"),
    Site("repeated.example"),
    Site("crowd.example"),
    Site("present.example"),
)


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    # At noon, so that no test meets a midnight.
    with ApplianceProcess(tmp_path_factory.mktemp("concurrency"), SITES, at=1_930_478_400) as appliance:
        yield appliance


@pytest.fixture
def stats(appliance: ApplianceProcess) -> Iterator[StatsClient]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        yield stats


def counted(stats: StatsClient, site: str) -> tuple[int, int, int]:
    totals = stats.totals(site)
    return totals["visitors"], totals["visits"], totals["pageviews"]


def test_hits_of_one_visitor_over_16_connections_at_once_are_one_visitor_and_one_visit(
    appliance: ApplianceProcess, stats: StatsClient
) -> None:
    # Four others, because a day of fewer than five visitors has totals only.
    others = [Hit("one.example", Visitor(f"87.128.2.{n // 5}"), path=f"/{n % 5}") for n in range(20)]
    send_at_once(appliance, others)
    send_at_once(appliance, [Hit("one.example", Visitor("87.128.1.9"), path=f"/{n % 5}") for n in range(320)])
    await_equal(lambda: counted(stats, "one.example"), (5, 5, 340))

    def by_page() -> dict[str, tuple[int, int]]:
        table = stats.table("one.example", "all", ["event:page"])
        return {labels[0]: (row["visitors"], row["pageviews"]) for labels, row in table.items()}

    # Cells are counted a moment after the totals.
    await_equal(by_page, {f"/{n}": (5, 68) for n in range(5)})


def test_hit_sent_again_under_its_event_id_counts_once(appliance: ApplianceProcess, stats: StatsClient) -> None:
    visitor = Visitor("87.128.1.10")
    hits = [Hit("repeated.example", visitor, path=f"/{n % 4}", event_id=f"id-{n % 40}") for n in range(160)]
    send_at_once(appliance, hits)
    await_equal(lambda: counted(stats, "repeated.example"), (1, 1, 40))
    appliance.restart()
    send_at_once(appliance, [*hits, Hit("repeated.example", visitor, event_id="id-new")])
    await_equal(lambda: counted(stats, "repeated.example"), (1, 1, 41))


def test_hits_of_many_visitors_at_once_are_told_apart_by_address_and_by_agent(
    appliance: ApplianceProcess, stats: StatsClient
) -> None:
    addresses = [f"90.1.2.{n}" for n in range(1, 101)] + [f"2a01:cb00:12:{n:x}::1" for n in range(100)]
    # Whatever follows the first 64 bits of an IPv6 address changes within the day: still the same visitor.
    again = [f"2a01:cb00:12:{n:x}:aaaa::2" for n in range(100)]
    send_at_once(appliance, [Hit("crowd.example", Visitor(address)) for address in addresses + again])
    await_equal(lambda: counted(stats, "crowd.example"), (200, 200, 300))
    by_country = partial(stats.table, "crowd.example", "all", ["visit:country"], ["visitors"])
    await_equal(by_country, {("FR",): {"visitors": 200}})


def test_current_visitors_are_those_of_the_last_five_minutes(appliance: ApplianceProcess, stats: StatsClient) -> None:
    def current() -> int:
        return int(stats.get("/api/v1/stats/realtime/visitors?site_id=present.example").json())

    send_at_once(appliance, [Hit("present.example", Visitor(f"90.1.2.{n % 7 + 1}")) for n in range(21)])
    await_true(lambda: current() == 7, "seven current visitors")
    appliance.clock.advance(200)
    send_at_once(appliance, [Hit("present.example", Visitor("90.1.2.1"))])
    appliance.clock.advance(120)
    await_true(lambda: current() == 1, "one current visitor")


def send_at_once(appliance: ApplianceProcess, hits: Sequence[Hit]) -> None:
    """Send over as many connections as the tests are about, all busy at the same time."""

    async def send() -> None:
        shares = [hits[n::CONNECTIONS] for n in range(CONNECTIONS)]
        await asyncio.gather(*(send_share(share) for share in shares))

    async def send_share(share: Sequence[Hit]) -> None:
        async with httpx.AsyncClient(base_url=appliance.ingest, trust_env=False, timeout=30) as client:
            for hit in share:
                answer = await client.post("/api/event", content=json.dumps(hit.body()), headers=hit.headers())
                assert answer.status_code == 202
                assert "x-drop-reason" not in answer.headers

    asyncio.run(send())


def test_clients_that_go_away_while_redis_is_asked_cost_nobody_an_answer(
    appliance: ApplianceProcess, stats: StatsClient
) -> None:
    hosts = appliance.ingest.removeprefix("http://")
    with Load(appliance.ingest, "gone.example") as load:
        load.await_acknowledged(20)
        for number in range(500):
            body = json.dumps({"n": "pageview", "d": "gone.example", "u": "https://gone.example/gone"}).encode()
            agent = f"User-Agent: {AGENTS[0].text}"
            with connect(appliance.ingest) as line:
                line.sendall(post(hosts, body, agent, f"X-Forwarded-For: 87.128.{number % 250}.9"))
        load.await_acknowledged(len(load.acknowledged) + 50)
    assert not load.failed
    pages = ("/0", "/1", "/2")

    def found() -> dict[str, int]:
        by_page = stats.table("gone.example", "all", ["event:page"])
        return {labels[0]: row["pageviews"] for labels, row in by_page.items() if labels[0] in pages}

    expected = Counter(hit.path for hit in load.acknowledged)
    await_equal(found, dict(expected))
