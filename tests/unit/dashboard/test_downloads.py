"""Files of the privacy page: for who is logged in, and what the stats API says."""

import httpx
import pytest

from dashboard.client import StatsAwayError, StatsError, StatsRefusedError
from dashboard.downloads import FILES, Downloads
from dashboard.login.sessions import COOKIE_NAME, Sessions
from dashboard.options import DashboardUser
from dashboard.records import Records
from dashboard.rights import Reader, Role

DORA = DashboardUser("dora", "$argon2id$dora", ((Role.DPO, ("a.example",)),))


class Client:
    """Answers with the path and who asks."""

    def __init__(self, reader: Reader, error: StatsError | None) -> None:
        self._reader = reader
        self._error = error

    def download(self, path: str) -> bytes:
        if self._error:
            raise self._error
        return f"{self._reader.name} {path}".encode()


async def _passed_on(_scope: object, _receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"passed on"})  # type: ignore[operator]


async def _ask(
    path: str, *, logged_in: bool = True, method: str = "GET", error: StatsError | None = None
) -> httpx.Response:
    sessions = Sessions(Records(), (DORA,), 3600, 3600, lambda: 1000.0)
    app = Downloads(_passed_on, sessions, lambda reader: Client(reader, error))  # type: ignore[arg-type, return-value]
    cookies = {COOKIE_NAME: sessions.issue(DORA)} if logged_in else {}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://stats.example", cookies=cookies) as client:
        return await client.request(method, path)


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_what_the_stats_api_tells_this_reader(name: str) -> None:
    answer = await _ask(f"/download/{name}")
    assert answer.text == f"dora {FILES[name][0]}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", FILES)
async def test_nobody_gets_one_without_a_login_or_the_right(name: str) -> None:
    assert (await _ask(f"/download/{name}", logged_in=False)).status_code == 404
    assert (await _ask(f"/download/{name}", error=StatsRefusedError("403"))).status_code == 404
    assert (await _ask(f"/download/{name}", method="POST")).status_code == 404


async def test_an_api_that_is_away_is_said() -> None:
    assert (await _ask("/download/privacy.json", error=StatsAwayError("away"))).status_code == 503


@pytest.mark.parametrize("path", ["/download/", "/download/x", "/download/../privacy.json"])
async def test_there_are_no_other_files(path: str) -> None:
    assert (await _ask(path)).text in ("There is no such file.\n", "passed on")


async def test_everything_else_is_passed_on() -> None:
    assert (await _ask("/privacy")).text == "passed on"
