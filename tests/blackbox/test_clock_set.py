"""Somebody sets the machine's clock, or a site's zone, or the machine was off: nothing is lost or doubled, keys die.

`clock.advance` lets time pass, `clock.leap` sets the clock while no time passes.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.evidence_file import closed_days, days_with, entries
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = 1_930_478_400
BEFORE, DAY, NEXT, LATER = "2031-03-04", "2031-03-05", "2031-03-06", "2031-03-07"
HOUR = 3600.0
STEADY_SECONDS = 600.0
PEOPLE = 8


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON) as appliance:
        yield appliance


def send(appliance: ApplianceProcess, path: str = "/") -> set[str]:
    """One hit of each of eight people; what they are dropped for."""
    hits = [Hit(SITE, Visitor(f"87.128.0.{number + 1}"), path=path) for number in range(PEOPLE)]
    Sender(appliance.ingest, appliance.clock).send(hits)
    return {hit.dropped for hit in hits}


def counted(appliance: ApplianceProcess, day: str) -> tuple[int, int]:
    """Visitors and pageviews of a day."""
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        totals = stats.totals(SITE, (day, day))
    return int(totals["visitors"]), int(totals["pageviews"])


def await_counted(appliance: ApplianceProcess, day: str, expected: tuple[int, int]) -> None:
    await_equal(lambda: counted(appliance, day), expected, day)


def await_closed(appliance: ApplianceProcess, day: str) -> None:
    await_true(lambda: (SITE, day) in closed_days(appliance.data_dir), f"{day} is closed", 30)


def await_leap(appliance: ApplianceProcess, leap: float) -> None:
    """Set the clock and wait until the worker has noticed."""
    before = appliance.log().count('"clock_leapt"')
    appliance.clock.leap(leap)
    await_true(lambda: appliance.log().count('"clock_leapt"') > before, "the leap is noticed")


def times(appliance: ApplianceProcess, kind: str, day: str) -> int:
    return sum((entry["kind"], entry.get("day")) == (kind, day) for entry in entries(appliance.data_dir))


def destroyed(appliance: ApplianceProcess) -> set[str]:
    return {day for _, day in days_with(appliance.data_dir, "key_destroyed")}


def drops(appliance: ApplianceProcess) -> list[dict[str, Any]]:
    return [json.loads(line) for line in appliance.log().splitlines() if '"day_is_over"' in line]


def test_a_clock_that_is_wrong_for_a_while_ends_no_day_and_doubles_nobody(appliance: ApplianceProcess) -> None:
    assert send(appliance) == {""}
    await_counted(appliance, DAY, (PEOPLE, PEOPLE))
    await_leap(appliance, 36 * HOUR)
    assert send(appliance) == {""}
    await_counted(appliance, LATER, (PEOPLE, PEOPLE))  # and the worker has looked at its days meanwhile
    assert destroyed(appliance) == set()
    await_leap(appliance, -36 * HOUR)
    assert send(appliance) == {""}
    await_counted(appliance, DAY, (PEOPLE, 2 * PEOPLE))
    appliance.clock.advance(STEADY_SECONDS + 1)
    assert send(appliance) == {""}
    await_counted(appliance, DAY, (PEOPLE, 3 * PEOPLE))
    assert destroyed(appliance) == set()

    appliance.clock.advance(26 * HOUR)
    await_closed(appliance, DAY)
    assert counted(appliance, DAY) == (PEOPLE, 3 * PEOPLE)
    # The key of the day that has not come yet has lived long enough, and it is not made again.
    await_true(lambda: LATER in destroyed(appliance), "the key of a day to come is destroyed")
    appliance.clock.advance(11 * HOUR)
    assert send(appliance) == {"late"}
    assert [times(appliance, "key_destroyed", day) for day in (DAY, LATER)] == [1, 1]
    assert times(appliance, "day_closed", DAY) == 1


def test_a_clock_that_was_set_forward_for_good_is_believed_after_ten_minutes(appliance: ApplianceProcess) -> None:
    assert send(appliance) == {""}
    await_counted(appliance, DAY, (PEOPLE, PEOPLE))
    await_leap(appliance, 14 * HOUR)
    assert send(appliance) == {""}
    await_counted(appliance, NEXT, (PEOPLE, PEOPLE))
    assert destroyed(appliance) == set()
    appliance.clock.advance(STEADY_SECONDS + 1)
    await_closed(appliance, DAY)
    assert counted(appliance, DAY) == (PEOPLE, PEOPLE)
    assert destroyed(appliance) == {DAY}
    assert send(appliance) == {""}
    await_counted(appliance, NEXT, (PEOPLE, 2 * PEOPLE))


def test_a_clock_set_back_by_a_day_makes_no_key_anew_and_lets_none_live_longer(appliance: ApplianceProcess) -> None:
    assert send(appliance) == {""}
    appliance.clock.advance(13 * HOUR)
    await_closed(appliance, DAY)
    appliance.clock.advance(20 * HOUR)  # 21:00 of the next day
    assert send(appliance) == {""}
    await_counted(appliance, NEXT, (PEOPLE, PEOPLE))

    await_leap(appliance, -24 * HOUR)
    assert send(appliance, "/again") == {"late"}
    assert [entry["day"] for entry in drops(appliance)] == [DAY]
    assert destroyed(appliance) == {DAY}
    appliance.clock.advance(4 * HOUR + 60)  # 01:01 of the same day once more; its key was to live until 01:00 at most
    await_true(lambda: NEXT in destroyed(appliance), "the key is destroyed by uptime")
    assert send(appliance, "/again") == {"late"}
    assert counted(appliance, NEXT) == (PEOPLE, PEOPLE)

    appliance.clock.advance(23 * HOUR)
    await_closed(appliance, NEXT)
    assert send(appliance) == {""}
    await_counted(appliance, LATER, (PEOPLE, PEOPLE))
    assert (counted(appliance, DAY), counted(appliance, NEXT)) == ((PEOPLE, PEOPLE), (PEOPLE, PEOPLE))
    assert [times(appliance, "key_created", day) for day in (DAY, NEXT)] == [1, 1]
    assert [times(appliance, "day_closed", day) for day in (DAY, NEXT)] == [1, 1]


def test_the_evidence_remembers_a_destroyed_key_when_the_memory_of_the_machine_is_lost(
    appliance: ApplianceProcess,
) -> None:
    assert send(appliance) == {""}
    appliance.clock.advance(13 * HOUR)
    await_closed(appliance, DAY)
    appliance.stop()
    for path in appliance.runtime_dir.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    appliance.clock.leap(-2 * HOUR)
    appliance.start()
    assert send(appliance, "/again") == {"late"}
    appliance.clock.advance(2 * HOUR)
    assert send(appliance) == {""}
    await_counted(appliance, NEXT, (PEOPLE, PEOPLE))
    assert counted(appliance, DAY) == (PEOPLE, PEOPLE)
    assert times(appliance, "key_created", DAY) == 1


def test_after_three_days_without_power_the_overdue_day_ends_before_the_first_hit(appliance: ApplianceProcess) -> None:
    assert send(appliance) == {""}
    appliance.stop()
    appliance.clock.advance(72 * HOUR)
    appliance.start()
    ready = next(line for line in appliance.log().splitlines() if '"of": "ingest"' in line and '"part_ready"' in line)
    (gone,) = [entry for entry in entries(appliance.data_dir) if entry["kind"] == "key_destroyed"]
    assert (gone["day"], gone["at"][:23] < json.loads(ready)["at"][:23] or gone["at"] > "2031") == (DAY, True)
    assert destroyed(appliance) == {DAY}  # by now: `start` returned with the line that says ready
    assert send(appliance) == {""}
    await_closed(appliance, DAY)
    assert counted(appliance, DAY) == (PEOPLE, PEOPLE)
    await_counted(appliance, "2031-03-08", (PEOPLE, PEOPLE))
    assert (counted(appliance, NEXT), counted(appliance, LATER)) == ((0, 0), (0, 0))


@pytest.mark.parametrize(
    ("old", "new", "first", "then", "dropped"),
    [
        # Noon UTC of 5 March is 02:00 of the 6th in Kiritimati and 02:00 of the 5th in Honolulu.
        ("Pacific/Kiritimati", "Pacific/Honolulu", NEXT, DAY, {""}),
        ("Pacific/Honolulu", "Pacific/Kiritimati", DAY, NEXT, {""}),
    ],
)
def test_a_site_that_moves_to_another_zone_keeps_its_days(
    tmp_path: Path, old: str, new: str, first: str, then: str, dropped: set[str]
) -> None:
    with ApplianceProcess(tmp_path, [Site(SITE, old)], at=NOON) as appliance:
        assert send(appliance) == {""}
        await_counted(appliance, first, (PEOPLE, PEOPLE))
        appliance.config.write_text(appliance.config.read_text().replace(old, new))
        assert run("reload", appliance.config, seconds=120).returncode == 0
        assert send(appliance) == dropped
        await_counted(appliance, then, (PEOPLE, PEOPLE))
        assert counted(appliance, first) == (PEOPLE, PEOPLE)
        appliance.clock.advance(26 * HOUR)
        await_true(lambda: {first, then} <= destroyed(appliance), "no key lives longer than 26 hours", 30)
        appliance.clock.advance(26 * HOUR)
        for day in (first, then):
            await_closed(appliance, day)
            assert times(appliance, "key_created", day) == times(appliance, "key_destroyed", day) == 1
            assert counted(appliance, day) == (PEOPLE, PEOPLE)
