"""Every hit has one outcome: what was sent is what was counted, dropped at the door or dropped later."""

import json
import os
import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest

from appliance.settings import load
from appliance.state import names
from appliance.state.connection import Client, connect
from appliance.supervisor.redis_server import connection_url
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.clickhouse_dump import dump
from tests.kit.evidence_file import closed_days
from tests.kit.hits import Hit, Visitor
from tests.kit.stats_client import await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
DAY = "2031-03-05"
NOON = 1_930_478_400
NOBODY = ""
"""Under this id stand hits of no configured site."""
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
REFUSALS = ("gpc", "dnt", "opted_out")

Outcomes = Counter[tuple[str, str]]
"""Hits by site and outcome."""


class Door:
    """Sends hits to ingest and keeps book of what must become of them."""

    def __init__(self, client: httpx.Client) -> None:
        self.expected = Outcomes()
        self._client = client
        self._visitors = 0

    def send(
        self,
        outcome: str,
        times: int,
        hit: Hit | None = None,
        *,
        site: str = SITE,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> None:
        """Send a hit some times: the one given, or one of a new visitor each time."""
        for _ in range(times):
            sent = hit or self.stranger()
            body = json.dumps(sent.body()).encode() if content is None else content
            self._client.post("/api/event", content=body, headers=sent.headers() | (headers or {}))
        self.expected[site, outcome] += times

    def stranger(self, **fields: str) -> Hit:
        """A hit of somebody who was not here before."""
        self._visitors += 1
        return Hit(SITE, Visitor(f"87.128.{self._visitors // 200}.{self._visitors % 200 + 1}"), **fields)


def test_every_hit_has_one_outcome_whatever_becomes_of_it(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON) as appliance:
        with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=10) as client:
            door = Door(client)
            send_some_of_everything(door)
            # A day that is over takes no hit any more, even if the clock goes back into it.
            appliance.clock.advance(13 * 3600)
            await_true(lambda: (SITE, DAY) in closed_days(appliance.data_dir), "the day is closed", 30)
            appliance.clock.advance(-13 * 3600)
            door.send("late", 3)
        appliance.stop()
        rows = stored(appliance)
    found = Outcomes()
    for site, _day, _hour, outcome, hits in rows:
        found[site, outcome] += int(hits)
    assert found == door.expected
    assert {hour for _, _, hour, outcome, _ in rows if outcome in REFUSALS} == {"0"}
    assert {hour for site, _, hour, outcome, _ in rows if outcome == "accepted"} == {"12"}


def test_kill_of_ingest_loses_only_drops_that_were_not_handed_over_and_doubles_none(tmp_path: Path) -> None:
    bot = {"User-Agent": BOT}
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON) as appliance:
        with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=30) as client:
            Door(client).send("bot", 20, headers=bot)
            with connect(connection_url(load(appliance.config))) as redis:
                before = handed_over(redis)
                Door(client).send("bot", 1, headers=bot)  # goes with all that is left of the others, or after them
                await_true(lambda: handed_over(redis) > before, "drops are handed over")
            Door(client).send("bot", 30, headers=bot)
        (ingest,) = [pid for pid, line in appliance.pids().items() if process_tree.part_of(line) == "ingest"]
        os.kill(ingest, signal.SIGKILL)
        with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=30) as client:
            Door(client).send("bot", 10, headers=bot)  # the supervisor keeps the socket: they wait for the next ingest
        appliance.stop()
        counted = sum(int(hits) for *_, outcome, hits in stored(appliance) if outcome == "bot")
    assert 31 <= counted <= 61


def handed_over(redis: Client) -> int:
    """How often the running ingest has handed drops over."""
    return max((int(redis.get(key) or 0) for key in redis.scan_iter(names.handed("*"))), default=0)


def stored(appliance: ApplianceProcess) -> list[list[str]]:
    """Rows of outcomes of an appliance that was stopped: site, day, hour, outcome, hits."""
    directory = appliance.directory / "dump"
    directory.mkdir()
    table = dump(appliance.data_dir / "clickhouse", directory)["default.outcomes.TSVRaw"].decode()
    return [line.split("\t") for line in table.splitlines()]


def send_some_of_everything(door: Door) -> None:
    """A number of its own for each outcome, so that no two can be taken for each other."""
    door.send("accepted", 30)
    door.send("accepted", 1, again := door.stranger(event_id="once"))
    door.send("duplicate", 2, again)
    door.send("no_visit", 4, door.stranger(name="engagement"))
    door.send("gpc", 5, headers={"Sec-GPC": "1"})
    door.send("dnt", 6, headers={"DNT": "1"})
    door.send("opted_out", 7, headers={"Cookie": "cl_optout=1"})
    door.send("prefetch", 8, headers={"Sec-Purpose": "prefetch"})
    door.send("bot", 9, headers={"User-Agent": BOT})
    door.send("wrong_host", 10, door.stranger(hostname="elsewhere.example"))
    door.send("invalid", 11, door.stranger(name="\N{FULLWIDTH LATIN SMALL LETTER P}ageview"))
    unknown = Hit("nowhere.example", Visitor("87.128.9.9"))
    door.send("unknown_site", 12, unknown, site=NOBODY)
    door.send("unknown_site", 1, unknown, site=NOBODY, headers={"Sec-GPC": "1"})
    door.send("invalid", 14, site=NOBODY, content=b"{")
    door.send("too_large", 15, site=NOBODY, content=b"x" * 70_000)
    door.send("unsupported", 16, site=NOBODY, headers={"Content-Encoding": "gzip"})
