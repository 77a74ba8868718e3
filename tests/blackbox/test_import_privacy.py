"""Nothing personal of a log is anywhere after its import, and Redis has no part in it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
import redis

from appliance.settings import load
from appliance.supervisor.redis_server import connection_url
from tests.kit import mmdb
from tests.kit.access_log import access_log, line
from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.canaries import Canary, address, find, find_in_files, text
from tests.kit.clickhouse_dump import dump
from tests.kit.hits import AGENTS
from tests.kit.log_import import imported
from tests.kit.stats_client import StatsClient

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()
MONDAY = datetime(2031, 3, 3, tzinfo=UTC)
IPV4 = [f"93.184.216.{n}" for n in range(71, 78)]
IPV6 = "2a02:8109:9d40:1b7:c0ff:ee12:3456:789a"
REQUEST, REFERRER = "GET /a?token=query-canary-4c1", "https://t.example/path-canary-4c1"
NONCE = "Build/Kq7Zr2Vw9Xt4"
AGENT = f"{AGENTS[0].text} {NONCE}"
IDS = ("duid", "sid", "vid", "uid", "tnuid", "nuid", "mac", "fp", "tr_id", "ti_id", "eid", "page", "tr_ci", "se_la")
KEYS = ("a_visitor_id", "a_session_id", "unknown", "request_body")


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[ApplianceProcess]:
    mmdb.write(tmp_path / "places.mmdb", {"93.184.0.0/16": mmdb.city("DE", "BE", "Berlin")}, kind="GeoLite2-City")
    places = '\n[places]\ndatabase = "places.mmdb"\n'
    appliance = ApplianceProcess(tmp_path, [Site(SITE)], at=NOON, extra=places)
    yield appliance
    appliance.clean_up()


def canary_log(path: Path) -> list[Canary]:
    """Writes a log in which every field that identifies somebody has a text of its own; returns those.

    As many visitors have them as it takes for a value to be kept, so that what should not be counted would be seen.
    """
    lines = [line(MONDAY, IPV6, REQUEST, 200, REFERRER, AGENT)]
    lines.append(lines[0].replace("[03/Mar", "[33/Mar"))  # unreadable
    sent = {name: f"{name}-canary-4c1" for name in IDS} | {"ip": IPV6, "ua": AGENT, "url": f"https://{SITE}/c"}
    for who in IPV4:
        lines.append(line(MONDAY, who, REQUEST, 200, REFERRER, AGENT).replace(" - - ", " - login-canary-4c1 "))
        record = {"msec": MONDAY.timestamp() + 9, "uri": "/b", "remote_addr": who, "user_agent": AGENT, "host": SITE}
        lines.append(json.dumps(record | {key: f"{key}-canary-4c1" for key in KEYS}) + "\n")
        for kind in ("pv", "se", "tr", "ti"):
            own = {"e": kind, "eid": f"eid-canary-4c1-{kind}", "se_ac": "Buy", "tr_tt": "1.00", "tr_cu": "EUR"}
            lines.append(json.dumps(record | {"uri": "/i", "query_string": urlencode(sent | own)}) + "\n")
    path.write_text("".join(lines))
    names = [*(f"{name}-canary-4c1" for name in (*IDS, *KEYS, "login", "query", "path")), NONCE]
    return [*map(address, (*IPV4, IPV6)), *(text(name, name) for name in names)]


@pytest.mark.parametrize("is_running", [False, True])
def test_nothing_personal_of_a_log_is_anywhere_afterwards(stopped: ApplianceProcess, is_running: bool) -> None:
    canaries = canary_log(log := stopped.directory / "log")
    if is_running:
        stopped.start()
    ended = run(f"import-log --site {SITE} {log}", stopped.config)
    assert ended.returncode == 0
    assert "          43  accepted\n" in ended.stdout
    said = ended.stdout + ended.stderr
    if is_running:
        stopped.stop()
        said += stopped.log()
    (out := stopped.directory / "dump").mkdir()
    tables = dump(stopped.data_dir / "clickhouse", out)
    assert find(said.encode() + b"".join(tables.values()), canaries, "tables and logs") == []
    for directory in (stopped.data_dir, stopped.runtime_dir, stopped.home):
        assert find_in_files(directory, canaries) == []
    assert not (stopped.runtime_dir / "import-keys").exists()


def test_redis_is_not_written_to(stopped: ApplianceProcess) -> None:
    log = stopped.directory / "log"
    log.write_text("".join(access_log(MONDAY, 200, 2000)))
    stopped.start()
    with redis.Redis.from_url(connection_url(load(stopped.config))) as client:

        def written() -> dict[str, int]:
            calls = client.info("commandstats")
            return {
                name: calls.get(f"cmdstat_{name}", {}).get("calls", 0)
                for name in ("xadd", "xdel", "hset", "hincrby", "sadd", "zadd", "rpush", "lpush", "append")
            }

        before, keys = written(), set(client.scan_iter())
        assert "           1  days counted and closed\n" in imported(stopped, log, site=SITE)
        assert (written(), set(client.scan_iter())) == (before, keys)


def test_places_come_from_the_operator_s_database_as_live(stopped: ApplianceProcess) -> None:
    log = stopped.directory / "log"
    log.write_text("".join(line(MONDAY, f"93.184.0.{n}", "GET /", 200, "-", AGENTS[0].text) for n in range(1, 7)))
    imported(stopped, log, site=SITE)
    stopped.start()
    with StatsClient(stopped.stats, stopped.keys["reader"]) as stats:
        cities = stats.table(SITE, ("2031-03-01", "2031-03-05"), ("visit:city",), ["visitors"])
    assert cities == {("Berlin",): {"visitors": 6}}
