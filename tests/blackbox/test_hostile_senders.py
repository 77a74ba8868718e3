"""Who invents addresses, sites, values or too many hits: what the running appliance believes, counts and keeps."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from appliance.settings import load
from appliance.state.connection import connect
from appliance.supervisor.redis_server import connection_url
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Hit, Visitor
from tests.kit.raw_http import exchange, request
from tests.kit.stats_client import StatsClient, Table, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE, FLOODED = "one.example", "flooded.example"
PROPERTY = '[[sites.properties]]\nkey = "plan"\n'
LIMITS = """\
network_hits_per_second = 1
network_burst = 100
page_values_per_day = 100
other_values_per_day = 100
"""
ADDRESS = "87.128.1.1"
CAP, BEYOND = 100, 20
_numbers = count()


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    sites = [Site(SITE), Site(FLOODED, extra=PROPERTY)]
    directory = tmp_path_factory.mktemp("senders")
    with ApplianceProcess(directory, sites, at=1_930_478_400, limits=LIMITS) as appliance:
        yield appliance
        assert "request_failed" not in appliance.log()


@pytest.fixture
def client(appliance: ApplianceProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=10) as client:
        yield client


@pytest.fixture
def stats(appliance: ApplianceProcess) -> Iterator[StatsClient]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        yield stats


def send(client: httpx.Client, hit: Hit, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
    return client.post("/api/event", content=json.dumps(hit.body() | fields), headers=hit.headers() | (headers or {}))


@pytest.fixture(scope="module", autouse=True)
def enough_visitors(appliance: ApplianceProcess) -> None:
    """A day of fewer than five visitors shows totals only."""
    with httpx.Client(base_url=appliance.ingest, trust_env=False) as client:
        for number in range(5):
            send(client, Hit(SITE, Visitor(f"90.1.3.{number + 1}")))


def visitors_of(stats: StatsClient, page: str) -> int:
    return stats.table(SITE, "day", ["event:page"], ["visitors"]).get((page,), {}).get("visitors", 0)


# Addresses


@pytest.mark.parametrize(
    ("headers", "believed"),
    [
        pytest.param({"X-Forwarded-For": f"6.6.6.6, {ADDRESS}"}, ADDRESS, id="invention on the left"),
        pytest.param({"X-Forwarded-For": "6.6.6.6," * 100 + ADDRESS}, ADDRESS, id="hundred inventions"),
        pytest.param({"X-Forwarded-For": f"{ADDRESS}:51234"}, ADDRESS, id="port"),
        pytest.param({"X-Forwarded-For": f"::ffff:{ADDRESS}"}, ADDRESS, id="mapped"),
        pytest.param({"X-Forwarded-For": '"><script>'}, "", id="script"),
        pytest.param({"X-Forwarded-For": "unknown"}, "", id="unknown"),
        *(
            pytest.param({"X-Forwarded-For": ADDRESS, name: "6.6.6.6"}, ADDRESS, id=name)
            for name in ("CF-Connecting-IP", "X-Real-IP", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP")
        ),
        pytest.param({"X-Forwarded-For": ADDRESS, "Forwarded": "for=6.6.6.6"}, ADDRESS, id="Forwarded"),
    ],
)
def test_only_what_the_proxy_saw_is_the_address(
    client: httpx.Client, stats: StatsClient, headers: dict[str, str], believed: str
) -> None:
    page = f"/address/{next(_numbers)}"
    hit = Hit(SITE, Visitor(""), path=page)
    send(client, hit, headers)
    send(client, hit, {"X-Forwarded-For": believed})  # an empty one is worthless: the peer counts
    send(client, hit, {"X-Forwarded-For": "90.1.2.3"})
    await_equal(lambda: visitors_of(stats, page), 2)


def test_line_behind_a_chunked_body_is_no_address(appliance: ApplianceProcess, stats: StatsClient) -> None:
    hit = Hit(SITE, Visitor(ADDRESS), path="/trailers")
    body = json.dumps(hit.body()).encode()
    headers = [f"{name}: {value}" for name, value in hit.headers().items()]
    head = request("POST", "/api/event", "Host: a", "Transfer-Encoding: chunked", *headers)
    for number in range(3):
        chunks = b"%x\r\n%s\r\n0\r\nX-Forwarded-For: 90.1.2.%d\r\n\r\n" % (len(body), body, number)
        assert exchange(appliance.ingest, head + chunks).statuses == [202]
    await_equal(lambda: visitors_of(stats, "/trailers"), 1)


def test_body_says_nothing_about_who_and_when(client: httpx.Client, stats: StatsClient) -> None:
    hit = Hit(SITE, Visitor(ADDRESS), path="/claims")
    claims: list[dict[str, Any]] = [
        {"ip": "6.6.6.6"},
        {"userAgent": "Somebody Else", "user_agent": "Somebody Else"},
        {"timestamp": 4_102_444_800, "ts": "1970-01-01", "t": -1},
        {"id": "somebody", "sessionId": "else", "visitorId": "x", "uid": "y"},
    ]
    for claim in claims:
        assert send(client, hit, **claim).status_code == 202

    def counted() -> dict[str, Any] | None:
        return stats.table(SITE, "day", ["event:page"], ["visitors", "pageviews"]).get(("/claims",))

    await_equal(counted, {"visitors": 1, "pageviews": len(claims)})


# Sites


UNKNOWN = ("../one.example", "one.example/../x", "' OR 1=1 --", "one.example\0", "ONE.EXAMPLE", "x" * 10_000, "*")


@pytest.mark.parametrize("site", UNKNOWN)
def test_unknown_site_is_dropped(client: httpx.Client, site: str) -> None:
    answer = send(client, Hit(SITE, Visitor(ADDRESS)), d=site)
    assert (answer.status_code, answer.headers.get("x-drop-reason")) == (202, "unknown_site")


def test_unknown_sites_leave_nothing_behind(appliance: ApplianceProcess) -> None:
    before, memory = redis_keys(appliance), ingest_memory(appliance)
    asyncio.run(send_unknown_sites(appliance.ingest, 2_000))
    assert redis_keys(appliance) <= before | {b"outbox:{0}", b"outbox:{1}", b"outbox:{2}", b"outbox:{3}"}
    assert ingest_memory(appliance) - memory < 3_000_000


async def send_unknown_sites(ingest: str, hits: int) -> None:
    """Each for a site of its own."""
    async with httpx.AsyncClient(base_url=ingest, trust_env=False, timeout=30) as client:
        for first in range(0, hits, 20):
            requests = (
                client.post("/api/event", content=json.dumps(Hit(f"{n}.nowhere.example", Visitor("")).body()))
                for n in range(first, first + 20)
            )
            assert {answer.status_code for answer in await asyncio.gather(*requests)} == {202}


def redis_keys(appliance: ApplianceProcess) -> set[bytes]:
    """Names of all keys but those of the warehouse's own steps and the number of ingest's last hand-over."""
    with contextlib.closing(connect(connection_url(load(appliance.config)))) as client:
        return {
            key for key in client.scan_iter() if not key.startswith((b"visitor:", b"events:", b"flush", b"handed:"))
        }


def ingest_memory(appliance: ApplianceProcess) -> int:
    (pid,) = (pid for pid, line in appliance.pids().items() if process_tree.part_of(line) == "ingest")
    return process_tree.pss_bytes(pid)


# Floods


def test_flood_from_one_network_is_refused_and_its_neighbours_are_not(client: httpx.Client) -> None:
    def reasons(network: str, hits: int, **fields: Any) -> list[str]:
        sent = (Hit(FLOODED, Visitor(f"{network}.{n + 1}")) for n in range(hits))
        return [send(client, hit, **fields).headers.get("x-drop-reason", "") for hit in sent]

    assert reasons("91.10.20", 150).count("rate_limited") >= 40
    again = send(client, Hit(FLOODED, Visitor("91.10.20.200")), eid="mine")
    assert (again.status_code, again.headers["x-drop-reason"]) == (429, "rate_limited")
    assert int(again.headers["retry-after"]) > 0
    assert reasons("91.10.21", 20) == [""] * 20
    assert reasons("2001:470:1f0b:", 20) == [""] * 20


@pytest.mark.parametrize(
    ("dimension", "network", "fields"),
    [
        ("event:page", 60, {"path": "/made-up/{}"}),
        ("event:name", 61, {"name": "made up {}"}),
        ("visit:referrer", 62, {"referrer": "https://r{}.example/"}),
        ("visit:utm_campaign", 63, {"campaign": {"utm_campaign": "c{}"}}),
        ("event:props:plan", 64, {"name": "buy", "props": {"plan": "p{}"}}),
    ],
)
def test_made_up_values_end_as_one(
    client: httpx.Client, stats: StatsClient, dimension: str, network: int, fields: dict[str, Any]
) -> None:
    """Five visitors share each value, so that none is hidden."""
    for n in range(CAP + BEYOND):
        made_up = json.loads(json.dumps(fields).replace("{}", str(n)))
        for visitor in range(5):
            hit = Hit(FLOODED, Visitor(f"{network}.33.{n}.{visitor + 1}"), **made_up)
            assert "x-drop-reason" not in send(client, hit).headers

    def rows() -> Table:
        return stats.table(FLOODED, "day", [dimension], ["events"])

    # None while fewer than five visitors have it.
    await_true(lambda: (rows().get(("(other)",), {}).get("events") or 0) >= 5 * BEYOND, "the rest is one value")
    assert len(rows()) <= CAP + 2
