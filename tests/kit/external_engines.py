"""The whole appliance on engines of somebody else: Redis over TCP with password and TLS, ClickHouse over HTTPS."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.clickhouse_server import ClickHouseServer
from tests.kit.hits import Hit, Visitor
from tests.kit.redis_server import RedisServer
from tests.kit.stats_client import StatsClient

SITE, DAY = "example.org", "2031-03-05"
NOON = 1_930_478_400


class External(NamedTuple):
    """An appliance and its engines."""

    appliance: ApplianceProcess
    redis: RedisServer
    clickhouse: ClickHouseServer

    def post(self, numbers: Sequence[int], path: str = "/page") -> list[httpx.Response]:
        """Send one hit each of visitors with these numbers, under an event id that is always the same for a number."""
        with httpx.Client(base_url=self.appliance.ingest, trust_env=False, timeout=10) as client:
            hits = [
                Hit(SITE, Visitor(f"87.128.{number // 200}.{number % 200 + 1}"), path=path, event_id=f"{path}-{number}")
                for number in numbers
            ]
            return [client.post("/api/event", json=hit.body(), headers=hit.headers()) for hit in hits]

    def send(self, numbers: Sequence[int]) -> None:
        """Send hits that must be taken."""
        assert {answer.status_code for answer in self.post(numbers)} <= {202}

    def visitors(self) -> int:
        """As the stats API has them; -1 while a part of something is counted."""
        with StatsClient(self.appliance.stats, self.appliance.keys["reader"]) as stats:
            totals = stats.totals(SITE)
        found = {int(totals[metric]) for metric in ("visitors", "visits", "pageviews")}
        return found.pop() if len(found) == 1 else -1


@contextmanager
def external_appliance(
    directory: Path, *redis_options: str, clickhouse_timeout: int = 120, metrics: bool = False
) -> Iterator[External]:
    """Everything running; stopped at the end."""
    with ExitStack() as stack:
        # Its own short directory, for the socket of the tests' other servers is there as well.
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="redis-")))
        redis = stack.enter_context(RedisServer(place, *redis_options, tls=True).running())
        clickhouse = ClickHouseServer(directory)
        stack.callback(clickhouse.stop)
        clickhouse.start()
        extra = f"""
[redis]
url = "{redis.url}"
ca_file = "{redis.ca_file}"
[clickhouse]
url = "{clickhouse.url}"
ca_file = "{clickhouse.ca_file}"
timeout_seconds = {clickhouse_timeout}
"""
        appliance = ApplianceProcess(directory, [Site(SITE)], at=NOON, extra=extra, metrics=metrics)
        stack.enter_context(appliance)
        yield External(appliance, redis, clickhouse)
