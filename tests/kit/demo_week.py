"""An appliance that the demo's visitors used for some days of a fixed calendar, with a fixed seed."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import argon2
import httpx

from appliance.demo.traffic import request_of
from appliance.demo.visitors import Hit, Visitor, make_journey, make_visitor
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.stats_client import await_true

SITE, USER, PASSWORD = "demo.example", "anna", "correct horse"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A Monday."""
_OF_A_DAY = (0.95, 1.1, 1.2, 1.05, 0.7, 0.6, 1.3)
"""How busy the days before the last are, and it."""
_HOURS = (7, 9, 11, 13, 14, 16, 18, 20)
_READING_SECONDS = 40.0
_SETUP = """
[[sites.goals]]
name = "Prices seen"
page = "/pricing"
[[sites.goals]]
event = "Message sent"
[[sites.goals]]
event = "Order"
[[sites.funnels]]
name = "From prices to order"
steps = [{page = "/pricing"}, {event = "Order started"}, {event = "Order"}]
"""
_PAGES = ("/", "/pricing", "/blog", "/blog/*", "/docs", "/contact", "/thanks", "/app", "/app/*")


@contextmanager
def demo_week(directory: Path, days: int, visits: int) -> Iterator[ApplianceProcess]:
    """Start an appliance, let the visits of some days come, the last day up to `NOW`, and wait until all are counted.

    Args:
        directory: its own.
        days: up to seven; the last one is running, the others are closed.
        visits: of a usual day.
    """
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    users = f'[[users]]\nname = "{USER}"\nrole = "owner"\npassword_hash = "{hashed}"\n'
    chance = random.Random(1)
    first = NOW.replace(hour=0) - timedelta(days=days - 1)
    site = Site(SITE, pages=_PAGES, extra=_SETUP)
    with ApplianceProcess(directory, [site], at=first.timestamp(), extra=users) as appliance:
        with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=20) as client:
            for day in range(days):
                for hour in _HOURS:
                    moment = first + timedelta(days=day, hours=hour)
                    if moment < NOW:
                        appliance.clock.set(moment.timestamp())
                        _send(appliance, client, chance, round(visits * _OF_A_DAY[day - days] / len(_HOURS)))
        appliance.clock.set(NOW.timestamp())
        evidence = appliance.data_dir / "evidence.jsonl"
        await_true(
            lambda: evidence.read_text().count('"day_closed"') == days - 1, "all days but the last are closed", 120
        )
        with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=20) as client:
            _send(appliance, client, chance, max(3, visits // 20))
        yield appliance


def _send(appliance: ApplianceProcess, client: httpx.Client, chance: random.Random, visits: int) -> None:
    """Visits side by side: each reads a page for a while."""
    under_way = [(make_visitor(chance), iter(make_journey(chance))) for _ in range(visits)]
    while under_way:
        under_way = [(visitor, rest) for visitor, rest in under_way if _send_next(client, chance, visitor, rest)]
        appliance.clock.advance(_READING_SECONDS)


def _send_next(client: httpx.Client, chance: random.Random, visitor: Visitor, journey: Iterator[Hit]) -> bool:
    """Send one hit; whether there was one."""
    hit = next(journey, None)
    if hit is None:
        return False
    body, headers = request_of(visitor, hit, SITE, f"https://{SITE}", f"{chance.getrandbits(64):016x}")
    client.post("/api/event", content=body, headers=headers).raise_for_status()
    return True
