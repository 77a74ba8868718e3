"""A flood that fills Redis: refused in time, nothing lost that was taken, every process within its stated size.

The long one is `make flood`.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.settings import load
from appliance.state.connection import Client, connect
from appliance.state.memory import HITS_UP_TO, share_used
from appliance.supervisor.redis_server import connection_url
from tests.bench.flood import STATED_MB, sizes
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.flood import flood
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE, NOON = "flooded.example", 1_930_478_400
CONNECTIONS, HITS_EACH = 16, 800
REDIS_MB = 32


@contextlib.contextmanager
def redis_of(appliance: ApplianceProcess) -> Iterator[Client]:
    with contextlib.closing(connect(connection_url(load(appliance.config)))) as client:
        yield client


def test_flood_is_refused_before_redis_is_full_and_what_was_taken_is_counted(tmp_path: Path) -> None:
    extra = f"[redis]\nmaxmemory_mb = {REDIS_MB}\n"
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON, extra=extra) as appliance, redis_of(appliance) as redis:
        while share_used(redis.info("memory")) < HITS_UP_TO - 0.08:
            redis.rpush("ballast", b"x" * 100_000)
        answers = asyncio.run(flood(appliance.ingest, SITE, CONNECTIONS, HITS_EACH))
        taken, refused = answers["202"], answers["503"]
        assert taken + refused == CONNECTIONS * HITS_EACH
        assert taken > 0 < refused
        assert share_used(redis.info("memory")) < 0.9
        held = sizes(appliance)
        assert not {part: size for part, size in held.items() if size > STATED_MB.get(part, 100)}

        await_true(lambda: not any(redis.xlen(f"events:{{{n}}}") for n in range(4)), "the queue is empty", 30)
        redis.delete("ballast")
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            await_equal(lambda: stats.totals(SITE)["events"], taken, seconds=30)
            await_true(lambda: asyncio.run(flood(appliance.ingest, SITE, 1, 1))["202"] == 1, "hits are taken again")
        assert "redis_unavailable" not in appliance.log()
