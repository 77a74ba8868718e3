"""Addresses, agents, mail addresses and tokens of visitors are in no store, in no form, at no time after the answer.

Everything is searched: each byte of the data and runtime directories, output, Redis over its socket, every table of
ClickHouse unpacked, answers to readers; while it runs, after a stop, and after everything was killed.
"""

import gzip
import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.inventory import REDIS, inventory
from appliance.settings import Settings
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.canaries import Canary, address, find, find_in_files, text
from tests.kit.clickhouse_dump import dump
from tests.kit.evidence_file import closed_days
from tests.kit.hits import AGENTS, Agent, Hit, Visitor
from tests.kit.oracle import DIMENSIONS
from tests.kit.stats_client import StatsClient, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = 1_930_478_400
ADDRESSES = ("93.184.216.77", "141.30.67.201", "62.157.9.133", "2a02:8109:9d40:1b7:c0ff:ee12:3456:789a")
FORWARDED = "185.199.108.153"
"""Stands in headers that are not believed."""
NONCE = "Build/Kq7Zr2Vw9Xt4"
MAIL = "jane.canary@mail-canary.example"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
ORDER = "3b1f6c0e-9d27-4a85-b6e4-71c25fd08a93"
"""Made up: the number that manuals use stands inside ClickHouse itself."""
SECRET = "fragment-and-query-canary"
MALFORMED = "malformed-body-canary"
REFERRER_PATH = "referrer-path-canary"
EVENT_ID = "event-id-canary-42"
LANGUAGE = "canarylanguage"
BRAND = "Brand Canary 4711"
PLATFORM = "platform-canary-4711"
MODEL = "model-canary-4711"

CANARIES: list[Canary] = [
    *(address(value) for value in (*ADDRESSES, FORWARDED)),
    *(text(value, value) for value in (NONCE, MAIL, ORDER, SECRET, MALFORMED, REFERRER_PATH, EVENT_ID)),
    *(text(value, value) for value in (LANGUAGE, BRAND, PLATFORM, MODEL)),
    *(text(part, part) for part in TOKEN.split(".")),
    text("whole agent", f"{AGENTS[0].text} {NONCE}"),
]
KEYS = {holding.name.partition(":")[0] for holding in inventory(Settings()) if holding.store == REDIS}
"""First words of the keys of Redis that the officer is told of."""
PLAIN = tuple(canary.patterns["raw"] for canary in CANARIES)


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    with ApplianceProcess(tmp_path_factory.mktemp("canaries"), [Site(SITE)], at=NOON, metrics=True) as appliance:
        send_canaries(appliance)
        yield appliance


def test_nothing_personal_is_in_any_store_while_it_runs(appliance: ApplianceProcess) -> None:
    await_counted(appliance)
    assert everything_found(appliance) == []
    assert find(answers(appliance), CANARIES, "answers") == []
    assert b"appliance_ingest_hits_total{" in answers(appliance)
    assert b"/reset/:token" in answers(appliance)  # the hits did arrive, and what is left of them is public


def test_redis_holds_sealed_and_passing_things_only(appliance: ApplianceProcess) -> None:
    send_canaries(appliance)
    client = redis_of(appliance)
    names = [name.decode() for name in client.scan_iter()]
    profiles = [name for name in names if name.startswith("visitor:")]
    assert profiles
    day_and_rest = 12 * 3600 + 3 * 3600
    assert all(0 < client.ttl(name) <= day_and_rest for name in profiles)
    assert [name for name in names if name.partition(":")[0] not in KEYS] == []
    client.close()
    # What is left of a hit may be shown, but what one visitor did must not be read here.
    files = [path for path in (appliance.data_dir / "redis").rglob("*") if path.is_file()]
    assert files
    for content in (redis_contents(appliance), *(path.read_bytes() for path in files)):
        assert b"/reset/:token" not in content
        assert b"forum.example" not in content


def test_nothing_personal_reaches_the_memory_of_any_process_but_ingest(appliance: ApplianceProcess) -> None:
    send_canaries(appliance)
    answers(appliance)
    read, found = set(), []
    for pid, line in appliance.pids().items():
        part = process_tree.part_of(line)
        if part == "ingest":
            continue
        try:
            if process_tree.find_in_memory(pid, lambda chunk: SITE.encode() in chunk, len(SITE)):
                read.add(part)
            if process_tree.find_in_memory(pid, holds_plain, max(map(len, PLAIN))):
                found.append(part)
        except PermissionError:  # nobody but root may look into the worker
            continue
    assert {"warehouse", "dashboard", "redis-server"} <= read  # the look sees what is there
    assert found == []


def test_a_backup_holds_nothing_personal_and_no_tag(appliance: ApplianceProcess) -> None:
    send_canaries(appliance)
    client = redis_of(appliance)
    tags = [name.rpartition(b":")[2] for name in client.scan_iter("visitor:*")]
    client.close()
    assert tags
    done = run("backup new", appliance.config)
    assert done.returncode == 0, done.stderr
    directory = appliance.directory / "new"
    assert find_in_files(directory, CANARIES) == []
    files = [path.read_bytes() for path in directory.rglob("*") if path.is_file()]
    content = b"".join(gzip.decompress(file) if file.startswith(b"\x1f\x8b") else file for file in files)
    assert [tag for tag in tags if tag in content or bytes.fromhex(tag.decode()) in content] == []
    assert b"/reset/:token" not in content  # of a day that runs
    shutil.rmtree(directory)


def test_nothing_personal_is_left_after_a_stop(appliance: ApplianceProcess, tmp_path: Path) -> None:
    appliance.stop()
    assert stored_found(appliance) == []
    tables = dump(appliance.data_dir / "clickhouse", tmp_path)
    assert b"/reset/:token" in b"".join(tables.values())
    assert [sentence for name, content in tables.items() for sentence in find(content, CANARIES, name)] == []
    appliance.start()


def test_nothing_personal_is_left_after_everything_was_killed_amid_hits(
    appliance: ApplianceProcess, tmp_path: Path
) -> None:
    send_canaries(appliance)
    appliance.kill()
    assert stored_found(appliance) == []
    tables = dump(appliance.data_dir / "clickhouse", tmp_path)
    assert [sentence for name, content in tables.items() for sentence in find(content, CANARIES, name)] == []
    appliance.start()


def test_nothing_personal_is_left_after_the_day_is_closed(appliance: ApplianceProcess) -> None:
    send_canaries(appliance)
    appliance.clock.advance(13 * 3600)
    await_true(lambda: (SITE, "2031-03-05") in closed_days(appliance.data_dir), "the day is closed", 30)
    assert run("backup closed", appliance.config).returncode == 0  # and is searched with all other files
    assert everything_found(appliance) == []
    client = redis_of(appliance)
    assert list(client.scan_iter("visitor:*")) == []
    client.close()
    assert EvidenceLog(appliance.data_dir / "evidence.jsonl").verify().broken_at is None


def send_canaries(appliance: ApplianceProcess) -> None:
    """Hits that carry what must not stay, in every place where a browser or an attacker can put it.

    Each comes from a visitor of its own: of a visit, referrer and campaign are taken from its first hit only.
    """
    url = f"https://{SITE}"
    bodies: list[dict[str, Any]] = [
        {"u": f"{url}/u/{MAIL}"},
        {"u": f"{url}/u/{MAIL.replace('@', '%2540')}"},
        {"u": f"{url}/reset/{TOKEN}"},
        {"u": f"{url}/order/{ORDER}"},
        {"u": f"{url}/?email={MAIL}&secret={SECRET}#token={TOKEN}-{SECRET}"},
        {"u": f"{url}/?utm_source={MAIL}&utm_campaign={TOKEN}&utm_term={MAIL.replace('@', '%40')}"},
        {"u": f"{url}/", "r": f"https://forum.example/{REFERRER_PATH}?q={SECRET}#{SECRET}"},
        {"u": f"{url}/", "n": f"mail to {MAIL}"},
        {"u": f"{url}/", "p": {"mail": MAIL, SECRET: TOKEN}, "ip": ADDRESSES[0], "user_agent": NONCE},
        {"u": f"{url}/", "eid": EVENT_ID},
        {"u": f"{url}/", "n": "Paid", "$": {"currency": "EUR", "amount": MAIL}},
        {"u": f"{url}/#/u/{MAIL}?{SECRET}", "h": 1},
    ]
    with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=10) as client:
        for number, body in enumerate(bodies):
            agent = Agent(f"{AGENTS[0].text} {NONCE}.{number}", *AGENTS[0][1:])
            hit = Hit(SITE, Visitor(ADDRESSES[number % len(ADDRESSES)], agent))
            headers = hit.headers() | browser_headers() | misleading_headers()
            answer = client.post("/api/event", content=json.dumps(hit.body() | body), headers=headers)
            assert (answer.status_code, answer.headers.get("x-drop-reason")) == (202, None), body
        images: list[tuple[dict[str, str], dict[str, str]]] = [
            ({"u": f"{url}/u/{MAIL}?{SECRET}", "r": f"https://forum.example/{REFERRER_PATH}"}, misleading_headers()),
            ({}, {"Referer": f"{url}/reset/{TOKEN}?{SECRET}"}),
        ]
        for query, more in images:
            headers = hit.headers() | browser_headers() | more
            answer = client.get("/pixel.gif", params={"site": SITE} | query, headers=headers)
            assert (answer.status_code, answer.headers.get("x-drop-reason")) == (200, None), query
        for content in malformed_bodies():
            answer = client.post("/api/event", content=content, headers=hit.headers() | misleading_headers())
            assert find(answer.content + repr(answer.headers).encode(), CANARIES, "an answer") == []
        for path in (f"/{MALFORMED}?{MAIL}", f"/api/event/{MALFORMED}", f"/js/{MALFORMED}.js"):
            assert client.get(path, headers=hit.headers()).status_code == 404
        client.request("BREW", "/api/event", headers=hit.headers())
        for content in malformed_requests(client.base_url.host):
            assert find(send_raw(client.base_url, content), CANARIES, "an answer") == []


def browser_headers() -> dict[str, str]:
    """Headers that are read, in the memory of the request, for a language and a family of browser."""
    return {
        "Accept-Language": f"{LANGUAGE}-DE,de;q=0.9,x-{LANGUAGE};q=0.8",
        "Sec-CH-UA": f'"{BRAND}";v="140", "Chromium";v="140"',
        "Sec-CH-UA-Mobile": "?0",
        "Sec-CH-UA-Platform": f'"{PLATFORM}"',
        "Sec-CH-UA-Platform-Version": f'"{PLATFORM}"',
        "Sec-CH-UA-Model": f'"{MODEL}"',
    }


def misleading_headers() -> dict[str, str]:
    """Headers that name an address or a person, and that nothing may read."""
    return {
        "Forwarded": f"for={FORWARDED}",
        "X-Real-IP": FORWARDED,
        "CF-Connecting-IP": FORWARDED,
        "True-Client-IP": FORWARDED,
        "Referer": f"https://{SITE}/{REFERRER_PATH}?{SECRET}",
        "Cookie": f"session={SECRET}",
        "Authorization": f"Bearer {SECRET}",
    }


def malformed_requests(host: str) -> list[bytes]:
    """What is no HTTP, or ends too early."""
    personal = f"{MALFORMED} {MAIL} {ADDRESSES[0]}".encode()
    return [
        personal + b"\r\n\r\n",
        b"GET /\0" + personal + b" HTTP/1.1\r\n\r\n",
        b"POST /api/event HTTP/1.1\r\nHost: " + host.encode() + b"\r\nBad header " + personal + b"\r\n\r\n",
        b"POST /api/event HTTP/1.1\r\nContent-Length: " + personal + b"\r\n\r\n",
        b"POST /api/event HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + personal + b"\r\n",
        b"POST /api/event HTTP/1.1\r\nUser-Agent: " + personal + b"\r\nContent-Length: 900\r\n\r\n" + personal,
        b"GET /" + personal.replace(b" ", b"/") + b"/" + b"x" * 100_000,
    ]


def send_raw(url: httpx.URL, content: bytes) -> bytes:
    """Send bytes, say that there are no more, and return the whole answer."""
    with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
        try:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))
        except ConnectionError:  # the other end had seen enough
            return b""


def malformed_bodies() -> list[bytes]:
    """What no parser takes, and what is refused later."""
    page = f"https://{SITE}/"
    return [
        f'{{"n":"{MALFORMED}","u":"{MAIL}"'.encode(),
        MALFORMED.encode() + b"\xff\xfe\x00" + MAIL.encode(),
        json.dumps([MALFORMED, MAIL]).encode(),
        json.dumps({"n": MALFORMED, "d": SITE, "u": f"ftp://{MAIL}/{MALFORMED}"}).encode(),
        json.dumps({"n": MALFORMED, "d": SITE, "u": f"https://[{MALFORMED}"}).encode(),
        json.dumps({"n": "pageview", "d": f"{MALFORMED}.example", "u": f"https://{MALFORMED}.example/{MAIL}"}).encode(),
        json.dumps({"n": "pageview", "d": SITE, "u": page, "eid": [MALFORMED, MAIL]}).encode(),
        json.dumps({"n": "pageview", "d": SITE, "u": page + MALFORMED + "x" * 70_000}).encode(),
        json.dumps({"n": "pageview", "d": SITE, "u": f"{page}\ud800{MALFORMED}"}).encode(),
        b'{"n":{"a":' * 5000 + MALFORMED.encode(),
    ]


def holds_plain(chunk: bytes) -> bool:
    """Whether some memory holds something personal as it was sent. Other forms would take minutes to look for."""
    lower = chunk.lower()
    return any(pattern in lower for pattern in PLAIN)


def everything_found(appliance: ApplianceProcess) -> list[str]:
    """What is found while it runs: files, and Redis by its own commands."""
    return stored_found(appliance) + find(redis_contents(appliance), CANARIES, "Redis")


def stored_found(appliance: ApplianceProcess) -> list[str]:
    """What is found in files: data, configuration, output, and everything on tmpfs."""
    return find_in_files(appliance.directory, CANARIES) + find_in_files(appliance.runtime_dir, CANARIES)


def redis_of(appliance: ApplianceProcess) -> "redis.Redis":
    """The embedded Redis, as the parts of the appliance see it."""
    password = (appliance.data_dir / "secrets" / "redis-password").read_text().strip()
    socket = str(appliance.runtime_dir / "redis.sock")
    return redis.Redis(unix_socket_path=socket, username="appliance", password=password)


def redis_contents(appliance: ApplianceProcess) -> bytes:
    """Every key and every value."""
    client = redis_of(appliance)
    seen: list[Any] = []
    for name in client.scan_iter(count=1000):
        seen.append(name)
        kind = client.type(name)
        if kind == b"stream":
            seen.append(client.xrange(name))
        elif kind == b"string":
            seen.append(client.get(name))
        elif kind == b"hash":
            seen.append(client.hgetall(name))
        elif kind == b"set":
            seen.append(sorted(client.smembers(name)))
        else:
            assert kind == b"none", f"{name!r} has a type that nobody searches: {kind!r}"
    client.close()
    return b"\n".join(flat(seen))


def flat(value: Any) -> Iterator[bytes]:
    """All bytes inside nested answers of Redis."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        yield from flat(list(value.items()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from flat(item)


def answers(appliance: ApplianceProcess) -> bytes:
    """Everything that readers get to see."""
    asked = {"site_id": SITE, "date_range": "all", "metrics": ["visitors"]}
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        found = [stats.ask(asked | {"dimensions": [name]}).content for name in (*DIMENSIONS, "time:hour", "time:day")]
    found.append(httpx.get(appliance.metrics, trust_env=False).content)
    return b"\n".join(found)


def await_counted(appliance: ApplianceProcess) -> None:
    """Wait until all hits have come through to the counters."""
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        await_true(lambda: stats.totals(SITE)["events"] == 14, "all hits are counted")
