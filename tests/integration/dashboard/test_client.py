"""The client of the stats API over real HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from appliance.stats.contract import Pagination, Question, Site
from appliance.stats.grants import Granted, Right
from dashboard.client import StatsAwayError, StatsClient, StatsConnection, StatsRefusedError
from dashboard.filters import Filter
from dashboard.rights import Reader
from tests.kit.fake_stats import FakeStats
from tests.kit.serving import serving


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats()


@pytest.fixture
def url(fake: FakeStats) -> Iterator[str]:
    with serving(fake.app()) as address:
        yield address


READER = Reader("anna", (Granted(frozenset({Right.NUMBERS}), ("a.example",)),), (Filter("is", "event:page", "/"),))


@contextmanager
def connected(url: str, key: str) -> Iterator[StatsClient]:
    connection = StatsConnection(url, key, time.time)
    yield connection.client(READER)
    connection.close()


@pytest.fixture
def client(url: str, fake: FakeStats) -> Iterator[StatsClient]:
    with connected(url, fake.key) as opened:
        yield opened


def test_each_question_carries_what_its_reader_may_for_a_minute(client: StatsClient, fake: FakeStats) -> None:
    before = time.time()
    client.sites()
    client.current_visitors("a.example")
    first, second = fake.grants
    assert (first.name, first.granted, first.only) == ("anna", READER.granted, (["is", "event:page", ["/"]],))
    assert before + 60 <= first.until <= second.until <= time.time() + 60


def test_sites_come_with_their_time_zone(client: StatsClient, fake: FakeStats) -> None:
    fake.sites = [Site("a.example", "Europe/Berlin")]
    assert client.sites() == [Site("a.example", "Europe/Berlin")]


def test_current_visitors_are_a_number(client: StatsClient, fake: FakeStats) -> None:
    fake.current = 7
    assert client.current_visitors("a.example") == 7


def test_totals_come_back_in_the_order_asked(client: StatsClient, fake: FakeStats) -> None:
    fake.totals = {"visitors": 3, "bounce_rate": None}
    answer = client.query(Question("a.example", ["bounce_rate", "visitors"], "day"))
    assert answer.results[0].metrics == [None, 3]


def test_rows_come_back_with_their_values(client: StatsClient, fake: FakeStats) -> None:
    fake.rows = {"event:page": [("/", 2), ("/a", 1)]}
    days = ["2026-11-01", "2026-11-03"]
    question = Question("a.example", ["visitors"], days, ["event:page"], pagination=Pagination(limit=1))
    assert [row.dimensions for row in client.query(question).results] == [["/"]]
    assert fake.questions == [question]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failing_api_may_be_asked_again(client: StatsClient, fake: FakeStats, status: int) -> None:
    fake.status = status
    with pytest.raises(StatsAwayError):
        client.sites()


def test_an_api_that_is_away_may_be_asked_again() -> None:
    with connected("http://127.0.0.1:1", "key") as client, pytest.raises(StatsAwayError):
        client.sites()


def test_a_wrong_key_is_refused(url: str) -> None:
    with connected(url, "wrong") as client, pytest.raises(StatsRefusedError, match="a valid key is needed"):
        client.sites()


def test_grants_never_go_through_a_proxy_of_the_environment(
    url: str, fake: FakeStats, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with connected(url, fake.key) as client:
        assert client.sites() == [Site("example.org", "UTC")]
