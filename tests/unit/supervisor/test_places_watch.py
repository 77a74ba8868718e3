"""The log says which place database is in use, and when that changes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from appliance.anonymize.places import Places
from appliance.supervisor.parts.places_watch import PlacesWatch, age
from tests.kit import mmdb

BUILT = 1_790_000_000
DAY = 86_400
RECORDS = {"87.128.0.0/14": mmdb.city("DE", "BE", "Berlin")}


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: asyncio.Queue[logging.LogRecord] = asyncio.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.put_nowait(record)

    async def next(self) -> logging.LogRecord:
        return await asyncio.wait_for(self.records.get(), 20)


@asynccontextmanager
async def watching(places: Places, now: float) -> AsyncIterator[Heard]:
    heard, log = Heard(), logging.getLogger("appliance.supervisor.parts.places_watch")
    watch = PlacesWatch(places, lambda: now, seconds=0.001)
    log.addHandler(heard)
    log.setLevel(logging.INFO)
    await watch.start()
    try:
        yield heard
    finally:
        await watch.stop()
        log.removeHandler(heard)


def test_age_is_in_whole_days() -> None:
    assert age(BUILT, BUILT + 2.5 * DAY) == (date(2026, 9, 21), 2)
    assert age(BUILT, BUILT - DAY) == (date(2026, 9, 21), 0)


async def test_start_says_what_is_in_use(tmp_path: Path) -> None:
    places = Places(mmdb.write(tmp_path / "places.mmdb", RECORDS, kind="GeoLite2-City", built=BUILT), tmp_path)
    async with watching(places, BUILT + 30 * DAY) as heard:
        record = await heard.next()
    assert (record.levelname, record.getMessage()) == ("INFO", "places")
    assert vars(record).items() >= {"kind": "GeoLite2-City", "built": "2026-09-21", "days": 30}.items()


async def test_file_of_more_than_a_year_is_a_warning(tmp_path: Path) -> None:
    places = Places(mmdb.write(tmp_path / "places.mmdb", RECORDS, built=BUILT), tmp_path)
    async with watching(places, BUILT + 366 * DAY) as heard:
        record = await heard.next()
    assert (record.levelname, record.getMessage()) == ("WARNING", "places_old")


async def test_missing_file_is_a_warning_and_one_that_comes_is_taken_without_a_restart(tmp_path: Path) -> None:
    places = Places(tmp_path / "places.mmdb", tmp_path)
    async with watching(places, BUILT) as heard:
        record = await heard.next()
        assert (record.levelname, record.getMessage()) == ("WARNING", "places_unusable")
        assert vars(record)["why"] == "is not there"
        mmdb.write(tmp_path / "places.mmdb", RECORDS)
        assert (await heard.next()).getMessage() == "places"


@pytest.mark.parametrize("content", [b"", b"broken"])
async def test_broken_file_in_place_of_a_good_one_is_a_warning(content: bytes, tmp_path: Path) -> None:
    path = mmdb.write(tmp_path / "places.mmdb", RECORDS, kind="GeoLite2-City")
    async with watching(Places(path, tmp_path), BUILT) as heard:
        await heard.next()
        path.write_bytes(content)
        record = await heard.next()
        # A file that is written in place may be seen empty first.
    assert record.getMessage() == "places_unusable"
    assert vars(record)["in_use"]["kind"] == "GeoLite2-City"
