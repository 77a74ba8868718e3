"""The path of backups: its key, and what a client sees of one that fails."""

from collections.abc import Generator

import httpx
import pytest
from starlette.applications import Starlette

from appliance.errors import UnavailableError
from appliance.stats.backup_api import BACKUP_PATH, backup_route

KEY = "k" * 43


class Archive:
    """A backup that fails at some piece."""

    def __init__(self, pieces: list[bytes], fails: bool = False) -> None:
        self.pieces = pieces
        self.fails = fails
        self.ended = False

    def take(self) -> Generator[bytes, None, None]:
        try:
            yield from self.pieces
            if self.fails:
                raise UnavailableError("away")
        finally:
            self.ended = True


async def ask(archive: Archive, key: str = KEY) -> httpx.Response:
    transport = httpx.ASGITransport(app=Starlette(routes=[backup_route(archive.take, KEY)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as client:
        return await client.post(BACKUP_PATH, headers={"authorization": f"Bearer {key}"})


async def test_the_archive_comes_piece_by_piece() -> None:
    archive = Archive([b"", b"a", b"", b"bc"])
    answer = await ask(archive)
    assert (answer.status_code, answer.content, archive.ended) == (200, b"abc", True)


@pytest.mark.parametrize("key", ["", "x", KEY[1:], KEY + "k"])
async def test_nobody_without_the_key_reads_the_counters(key: str) -> None:
    answer = await ask(Archive([b"a"]), key)
    assert (answer.status_code, answer.content == b"a") == (401, False)


async def test_a_backup_that_cannot_begin_says_why() -> None:
    answer = await ask(Archive([], fails=True))
    assert (answer.status_code, answer.text) == (503, "away")


async def test_one_that_fails_later_is_cut_off() -> None:
    archive = Archive([b"a"], fails=True)
    with pytest.raises(UnavailableError):
        await ask(archive)
    assert archive.ended
