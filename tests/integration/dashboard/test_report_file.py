"""The file of everything: who gets it, what is in it, and what is said when there is none."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from appliance.stats.contract import Funnel, FunnelStep, Site, Transition
from dashboard.client import StatsConnection
from dashboard.export import archive
from dashboard.export.endpoint import PATH, ReportFile
from dashboard.filters import Filter
from dashboard.login.sessions import COOKIE_NAME, Sessions
from dashboard.sharing.address import HEADER
from dashboard.sharing.links import Links
from tests.integration.dashboard.conftest import NOW, PEOPLE
from tests.kit.fake_stats import FakeStats
from tests.kit.serving import serving

FORMULA = "=HYPERLINK(1)"
Ask = Callable[..., Any]


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        sites=[Site("a.example", "UTC", ("plan",), ("Order",)), Site("b.example", "UTC")],
        totals={"visitors": 7, "visits": 8, "pageviews": 9},
        rows={"event:page": [("/", 5), (FORMULA, 4)], "visit:source": [("Google", 5)]},
        funnels=[Funnel("Order", [FunnelStep("Visit /", 40, False, 100.0, 0, 0.0)])],
        transitions=[Transition("/", "/a", 5, 5, 6)],
        clock=lambda: NOW,
    )


async def _nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"passed on"})


@pytest.fixture
async def ask(fake: FakeStats, sessions: Sessions, links: Links) -> AsyncIterator[Ask]:
    with serving(fake.app()) as url:
        connection = StatsConnection(url, fake.key, lambda: NOW)
        app = ReportFile(_nothing, sessions, links, connection.client, lambda: NOW)

        async def asked(query: str, who: str = "", link: str = "", path: str = PATH) -> httpx.Response:
            user = next((one for one in PEOPLE if one.name == who), None)
            cookies = {COOKIE_NAME: sessions.issue(user)} if user else {}
            headers = {HEADER: f"share {link}"} if link else {}
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x", cookies=cookies) as client:
                return await client.get(f"{path}?{query}", headers=headers)

        yield asked
        connection.close()


def _tables(answer: httpx.Response) -> dict[str, list[list[str]]]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert zipped.testzip() is None
        texts = {name: zipped.read(name).decode() for name in zipped.namelist()}
    return {name: list(csv.reader(io.StringIO(text))) for name, text in texts.items()}


async def test_the_file_has_a_table_for_every_list_and_no_formula(ask: Ask) -> None:
    answer = await ask("site=a.example&period=Last+7+days", who="vera")
    assert answer.headers["content-disposition"] == 'attachment; filename="a.example-report.zip"'
    tables = _tables(answer)
    assert tables["totals.csv"][1][:3] == ["7", "8", "9"]
    assert [row[0] for row in tables["pages.csv"]] == ["event:page", "/", f"'{FORMULA}"]
    assert tables["funnels.csv"][1][:3] == ["Order", "Visit /", "40"]
    assert tables["ways.csv"][1][:2] == ["/", "/a"]
    assert {"properties-plan.csv", "links-missing-pages.csv", "places-countries.csv", "README.txt"} < set(tables)


async def test_a_locked_link_gets_its_filter_and_nothing_else(ask: Ask, links: Links, fake: FakeStats) -> None:
    token = links.create("a.example", "Board", "olga", (Filter("is", "visit:source", "Google"),))
    tables = _tables(await ask("site=a.example", link=token))
    assert "funnels.csv" not in tables
    assert fake.questions
    assert all(["is", "visit:source", ["Google"]] in question.filters for question in fake.questions)


@pytest.mark.parametrize(
    ("query", "who", "status"),
    [
        ("site=a.example", "", 404),
        ("site=a.example", "dora", 404),
        ("site=b.example", "vera", 404),
        ("site=nowhere", "vera", 404),
        ("", "vera", 404),
        ("site=a.example", "vera", 200),
    ],
)
async def test_only_who_may_see_the_numbers_gets_them(ask: Ask, query: str, who: str, status: int) -> None:
    assert (await ask(query, who=who)).status_code == status


async def test_a_link_does_not_open_another_site_and_a_made_up_one_opens_nothing(ask: Ask, links: Links) -> None:
    token = links.create("a.example", "Board", "olga")
    assert (await ask("site=b.example", link=token)).status_code == 404
    assert (await ask("site=a.example", link="made-up", who="vera")).status_code == 404


async def test_too_large_too_slow_too_many_and_away_say_so(
    ask: Ask, fake: FakeStats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    large = await ask("site=a.example", who="vera")
    assert (large.status_code, "Choose a shorter period" in large.text) == (413, True)
    monkeypatch.setattr(archive, "MOST_SECONDS", -1)
    slow = await ask("site=a.example", who="vera")
    assert (slow.status_code, "longer than" in slow.text) == (413, True)
    fake.status = 503
    away = await ask("site=a.example", who="vera")
    assert (away.status_code, away.headers["retry-after"]) == (503, "60")
    fake.status = 200
    monkeypatch.setattr(archive, "MOST_BYTES", 10**6)


async def test_other_paths_are_passed_on(ask: Ask) -> None:
    assert (await ask("", path="/live")).status_code == 418
