"""Logs that Debian's nginx writes, in the formats that docs/log-import.md tells people to copy."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.canaries import find_in_files, text
from tests.kit.clickhouse_dump import dump
from tests.kit.evidence_file import days_with
from tests.kit.hits import AGENTS, Hit, Sender, Visitor
from tests.kit.log_import import imported
from tests.kit.nginx import LogFormat, Nginx, documented_formats, with_cookies
from tests.kit.stats_client import StatsClient, Table, await_equal, await_true

pytestmark = pytest.mark.blackbox

LIVE, LOGGED = "live.example", "logged.example"
FORMATS = documented_formats()
TRACKING, COLLECTOR = FORMATS[1:]
DAY = 86_400
PROPERTIES = '[[sites.properties]]\nkey = "se_ca"\n[[sites.properties]]\nkey = "sku"\n'


def today(appliance: ApplianceProcess, site: str, dimensions: tuple[str, ...] = (), *more: str) -> Table:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return stats.table(site, "7d", dimensions, ["visitors", "visits", "pageviews", *more])


def test_the_documents_have_a_format_of_each_kind() -> None:
    assert [one.name for one in FORMATS] == ["combined", "tracking", "collector"]


@pytest.mark.parametrize("log_format", FORMATS, ids=[one.name for one in FORMATS])
def test_a_log_that_nginx_writes_counts_as_the_same_hits_live(tmp_path: Path, log_format: LogFormat) -> None:
    visitors = [Visitor(f"87.128.0.{n}", AGENTS[n % 7]) for n in range(1, 13)]
    paths = ["/", "/a", "/b%20c", "/caf%C3%A9"]
    has_referrer = "http_referer" in log_format.definition or not log_format.definition
    with (
        ApplianceProcess(tmp_path, [Site(LIVE), Site(LOGGED)]) as appliance,
        Nginx(tmp_path / "nginx", log_format) as nginx,
    ):
        for n, visitor in enumerate(visitors):
            for path in paths[: 1 + n % 4]:
                referrer = "https://www.google.com/" if path == "/" and has_referrer else ""
                Sender(appliance.ingest, appliance.clock).send([Hit(LIVE, visitor, path=path, referrer=referrer)])
                nginx.get(path, LOGGED, visitor.address, visitor.agent.text, referrer)
                nginx.get("/style.css", LOGGED, visitor.address, visitor.agent.text, referrer)
        log = nginx.stop()
        hits = sum(1 + n % 4 for n in range(len(visitors)))
        await_equal(lambda: today(appliance, LIVE)[()], {"visitors": 12, "visits": 12, "pageviews": hits})
        appliance.clock.advance(DAY + 2 * 3600)
        await_true(lambda: bool(days_with(appliance.data_dir, "day_closed")), "the day is closed", 40)
        said = imported(appliance, log, site=LOGGED)
        assert "           1  days counted and closed\n" in said, said
        for dimensions in ((), ("event:page",), ("visit:source",), ("visit:browser",), ("visit:exit_page",)):
            assert today(appliance, LOGGED, dimensions) == today(appliance, LIVE, dimensions), dimensions


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    appliance = ApplianceProcess(tmp_path, [Site(LOGGED, extra=PROPERTIES)])
    yield appliance
    appliance.clean_up()


def test_what_cookies_said_is_used_without_what_they_were(appliance: ApplianceProcess, tmp_path: Path) -> None:
    """Two people behind one address and agent; the first comes twice. Who keeps no cookies is new at every request."""
    canaries = [text(one, f"{one}-7f3a9c") for one in ("visitor-one", "visitor-two", "visit-canary")]
    with Nginx(tmp_path / "nginx", with_cookies(TRACKING)) as nginx:

        def get(path: str, cookie: str, address: str = "87.128.0.1") -> None:
            nginx.get(path, LOGGED, address, AGENTS[0].text, cookie=cookie)

        get("/", "")
        get("/a", "visitor=visitor-one-7f3a9c; visit=visit-canary-7f3a9c1")
        get("/b", "visitor=visitor-one-7f3a9c")
        get("/c", "visitor=visitor-one-7f3a9c; visit=visit-canary-7f3a9c2")
        get("/", "")
        get("/a?utm_source=news", "visitor=visitor-two-7f3a9c; visit=visit-canary-7f3a9c3")
        for path in ("/", "/a", "/b"):
            get(path, "", address="87.128.0.2")
        log = nginx.stop()
    assert all(canary.patterns["raw"] in log.read_bytes() for canary in canaries)
    appliance.clock.advance(DAY + 2 * 3600)
    said = imported(appliance, log, site=LOGGED)
    assert find_in_files(appliance.data_dir, canaries) == find_in_files(appliance.home, canaries) == []
    (out := tmp_path / "dump").mkdir()
    tables = b"".join(dump(appliance.data_dir / "clickhouse", out).values())
    assert not [canary.name for canary in canaries if canary.patterns["raw"] in tables.lower() + said.encode()]
    appliance.start()
    totals = today(appliance, LOGGED)[()]
    assert (totals["visitors"], totals["visits"], totals["pageviews"]) == (3, 4, 9)


def test_a_collector_s_log_gives_events_revenue_and_reading_time(appliance: ApplianceProcess, tmp_path: Path) -> None:
    page = {"url": f"https://{LOGGED}/shop", "aid": "x", "duid": "d", "lang": "de", "vp": "1280x600", "ds": "1280x1200"}
    schema = {"schema": "iglu:com.acme/add_to_cart/jsonschema/1-0-0", "data": {"sku": "lamp"}}
    with Nginx(tmp_path / "nginx", COLLECTOR) as nginx:
        for n in range(1, 8):
            sent = [page | one for one in ({"e": "pv"}, {"e": "pp", "pp_may": "300"})]
            sent += [page | {"e": "se", "se_ca": "shop", "se_ac": "Like", "eid": "re-sent"}] * 2
            for one in sent:
                nginx.get(f"/i?{urlencode(one)}", LOGGED, f"87.128.0.{n}", AGENTS[0].text)
            data = [page | {"e": "ue", "ue_pr": json.dumps({"data": schema})}]
            data += [
                page | {"e": "tr", "tr_id": "7", "tr_tt": "19.90", "tr_cu": "EUR"},
                page | {"e": "ti", "ti_sk": "7"},
            ]
            body = {"schema": "iglu:…", "data": data}
            nginx.post("/com.snowplowanalytics.snowplow/tp2", LOGGED, f"87.128.0.{n}", AGENTS[0].text, body)
        log = nginx.stop()
    appliance.clock.advance(DAY + 2 * 3600)
    said = imported(appliance, log, site=LOGGED)
    assert "           7  duplicate\n" in said
    appliance.start()
    assert today(appliance, LOGGED)[()] == {"visitors": 7, "visits": 7, "pageviews": 7}
    events = today(appliance, LOGGED, ("event:name",), "events")
    names = ["Like", "add_to_cart", "pageview", "transaction", "transaction_item"]
    assert sorted(name for (name,) in events) == names
    assert {row["events"] for row in events.values()} == {7}
    assert list(today(appliance, LOGGED, ("event:props:sku",))) == [("lamp",)]
    assert list(today(appliance, LOGGED, ("event:props:se_ca",))) == [("shop",)]
    assert list(today(appliance, LOGGED, ("visit:language",))) == [("de",)]
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        pages = stats.table(LOGGED, "7d", ("event:page",), ["visitors", "scroll_depth"])
    assert pages["/shop",]["scroll_depth"] == 75
