"""The two HTTP doors: what ingest answers to hits it does not count, and what the stats API refuses."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.kit.appliance_process import ApplianceProcess, Key, Site
from tests.kit.hits import AGENTS, Hit, Visitor
from tests.kit.stats_client import StatsClient, Table, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITES = (Site("one.example"), Site("two.example"), Site("quiet.example"))
KEYS = (Key("all"), Key("only-one", ("one.example",)))
QUESTION = {"site_id": "one.example", "date_range": "day", "metrics": ["visitors"]}


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    with ApplianceProcess(tmp_path_factory.mktemp("api"), SITES, KEYS, at=1_930_478_400) as appliance:
        yield appliance


@pytest.fixture
def stats(appliance: ApplianceProcess) -> Iterator[StatsClient]:
    with StatsClient(appliance.stats, appliance.keys["all"]) as stats:
        yield stats


@pytest.fixture
def scoped(appliance: ApplianceProcess) -> Iterator[StatsClient]:
    with StatsClient(appliance.stats, appliance.keys["only-one"]) as stats:
        yield stats


def post(appliance: ApplianceProcess, hit: Hit, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.post(
        f"{appliance.ingest}/api/event",
        content=json.dumps(hit.body()),
        headers=hit.headers() | (headers or {}),
        trust_env=False,
    )


def error(answer: httpx.Response) -> str:
    return str(answer.json()["error"])


# Ingest


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Sec-GPC": "1"}, "gpc"),
        ({"DNT": "1"}, "dnt"),
        ({"Cookie": "theme=dark; cl_optout=1"}, "opted_out"),
        ({"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
        ({"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, "bot"),
        ({"User-Agent": ""}, "bot"),
    ],
)
def test_refused_hit_is_answered_as_a_success_and_not_counted(
    appliance: ApplianceProcess, stats: StatsClient, headers: dict[str, str], reason: str
) -> None:
    answer = post(appliance, Hit("quiet.example", Visitor("87.128.1.1")), headers)
    assert (answer.status_code, answer.headers["x-drop-reason"]) == (202, reason)
    assert answer.headers["x-plausible-dropped"] == "1"
    assert "set-cookie" not in answer.headers
    send_and_await_one_more(appliance, stats)
    assert stats.totals("quiet.example")["events"] == 0


@pytest.mark.parametrize("headers", [{"Sec-GPC": "0"}, {"DNT": "0"}, {"Cookie": "cl_optout=0"}])
def test_signal_that_is_not_set_refuses_nothing(appliance: ApplianceProcess, headers: dict[str, str]) -> None:
    answer = post(appliance, Hit("one.example", Visitor("87.128.1.1")), headers)
    assert answer.status_code == 202
    assert "x-drop-reason" not in answer.headers


def test_hit_of_an_unknown_site_and_of_a_foreign_host_are_dropped(appliance: ApplianceProcess) -> None:
    unknown = post(appliance, Hit("nowhere.example", Visitor("87.128.1.1")))
    foreign = post(appliance, Hit("one.example", Visitor("87.128.1.1"), hostname="elsewhere.example"))
    assert [answer.headers["x-drop-reason"] for answer in (unknown, foreign)] == ["unknown_site", "wrong_host"]
    assert [answer.status_code for answer in (unknown, foreign)] == [202, 202]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"n":"pageview","d":"one.example"}', 400),
        (b'{"d":"one.example","u":"https://one.example/"}', 400),
        (b'{"n":"pageview","d":"one.example","u":"https://one.example/","eid":1}', 400),
        (b'{"n":"pageview","d":"one.example","u":"https://one.example/","eid":"' + b"x" * 65 + b'"}', 400),
        (b'{"n":"' + b"x" * 70_000 + b'"}', 413),
    ],
)
def test_hit_that_can_never_be_counted_is_refused(appliance: ApplianceProcess, body: bytes, status: int) -> None:
    answer = httpx.post(
        f"{appliance.ingest}/api/event", content=body, headers={"User-Agent": AGENTS[0].text}, trust_env=False
    )
    assert answer.status_code == status


def test_long_names_and_json_are_understood_like_short_ones(appliance: ApplianceProcess, stats: StatsClient) -> None:
    body = {"name": "signup", "domain": "two.example", "url": "https://two.example/join", "props": {"plan": "free"}}
    for number in range(10):
        hit = Hit("two.example", Visitor(f"90.1.2.{number // 2}"), name="signup", path="/join")
        answer = httpx.post(f"{appliance.ingest}/api/event", json=body, headers=only_visitor(hit), trust_env=False)
        assert (answer.status_code, answer.text) == (202, "ok")

    def by_page() -> Table:
        return stats.table("two.example", "day", ["event:page"], ["visitors", "events"])

    await_equal(by_page, {("/join",): {"visitors": 5, "events": 10}})


def test_preflight_lets_any_page_send(appliance: ApplianceProcess) -> None:
    answer = httpx.options(f"{appliance.ingest}/api/event", trust_env=False)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"


def test_script_is_served_without_cookies_and_validators(appliance: ApplianceProcess) -> None:
    answer = httpx.get(f"{appliance.ingest}/js/script.js", trust_env=False)
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]
    assert not {"set-cookie", "etag", "last-modified"} & set(answer.headers)


# Stats API


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic YTpi"])
def test_without_a_valid_key_nothing_is_answered(appliance: ApplianceProcess, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    with httpx.Client(base_url=appliance.stats, headers=headers, trust_env=False) as client:
        answers = [
            client.post("/api/v2/query", json=QUESTION),
            client.get("/api/v1/sites"),
            client.get("/api/v1/stats/realtime/visitors?site_id=one.example"),
        ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_key_opens_its_own_sites_only_and_others_look_as_if_they_did_not_exist(scoped: StatsClient) -> None:
    own, foreign, unknown = (
        scoped.ask(QUESTION | {"site_id": site}) for site in ("one.example", "two.example", "no.example")
    )
    assert own.status_code == 200
    assert (foreign.status_code, foreign.text) == (unknown.status_code, unknown.text)
    assert foreign.status_code in (401, 403, 404)
    live = scoped.get("/api/v1/stats/realtime/visitors?site_id=two.example")
    assert live.status_code == foreign.status_code
    assert [site["id"] for site in scoped.get("/api/v1/sites").json()["sites"]] == ["one.example"]


def test_third_attribute_is_refused_with_a_reason(stats: StatsClient) -> None:
    filters = [["is", "event:page", ["/"]], ["is", "visit:source", ["Google"]]]
    assert stats.ask(QUESTION | {"dimensions": [], "filters": filters}).status_code == 200
    answer = stats.ask(QUESTION | {"dimensions": ["visit:country"], "filters": filters})
    assert answer.status_code == 400
    assert "more than two" in error(answer)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"metrics": ["visitors", "money"]}, "money"),
        ({"metrics": []}, "metrics"),
        ({"dimensions": ["visit:shoe_size"]}, "visit:shoe_size"),
        ({"dimensions": ["visit:source", "visit:country", "event:page"]}, "dimension"),
        ({"dimensions": ["event:name"], "metrics": ["bounce_rate"]}, "bounce_rate"),
        ({"dimensions": ["visit:source", "time:hour"]}, "time:hour"),
        ({"date_range": "fortnight"}, "fortnight"),
        ({"date_range": ["2031-03-05", "2031-03-01"]}, "2031-03-05"),
        ({"order_by": [["visits", "desc"]]}, "visits"),
        ({"pagination": {"limit": 0}}, "limit"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_question_without_an_answer_is_refused_with_a_reason(
    stats: StatsClient, change: dict[str, Any], named: str
) -> None:
    answer = stats.ask(QUESTION | change)
    assert answer.status_code == 400
    assert named in error(answer)


def test_order_and_pages_of_rows(appliance: ApplianceProcess, stats: StatsClient) -> None:
    appliance.clock.advance(86_400)
    for page, count in (("/a", 5), ("/b", 2), ("/c", 1)):
        for number in range(count):
            post(appliance, Hit("two.example", Visitor(f"60.33.1.{number}"), path=page))
    question = {"site_id": "two.example", "date_range": "day", "metrics": ["visitors"], "dimensions": ["event:page"]}

    def rows(**more: Any) -> list[tuple[str, int]]:
        answer = stats.ask(question | more)
        assert answer.status_code == 200, answer.text
        return [(row["dimensions"][0], row["metrics"][0]) for row in answer.json()["results"]]

    await_equal(rows, [("/a", 5), ("/b", 2), ("/c", 1)])
    assert rows(order_by=[["visitors", "asc"]]) == [("/c", 1), ("/b", 2), ("/a", 5)]
    assert rows(order_by=[["event:page", "desc"]]) == [("/c", 1), ("/b", 2), ("/a", 5)]
    assert rows(pagination={"limit": 1, "offset": 1}) == [("/b", 2)]


def test_week_beside_the_week_before_as_json_and_as_table(appliance: ApplianceProcess, stats: StatsClient) -> None:
    assert post(appliance, Hit("quiet.example", Visitor("87.128.1.5"))).status_code == 202
    await_true(lambda: stats.totals("quiet.example")["events"] > 0, "an event")
    include = {"comparisons": {"mode": "previous_period", "match_day_of_week": True}, "time_labels": True}
    question = QUESTION | {
        "site_id": "quiet.example",
        "date_range": "7d",
        "dimensions": ["time:week"],
        "include": include,
    }
    answer = stats.ask(question).json()
    (row,) = answer["results"]
    assert row["dimensions"][0] in answer["meta"]["time_labels"]
    assert row["comparison"]["metrics"] == [0]
    table = stats.ask(question, accept="text/csv")
    assert table.headers["content-type"].startswith("text/csv")
    (week,), (visitors,) = row["dimensions"], row["metrics"]
    assert table.text == f"time:week,visitors,visitors before,visitors change\r\n{week},{visitors},0,100\r\n"


def only_visitor(hit: Hit) -> dict[str, str]:
    """Headers of a hit without the content type."""
    return {name: value for name, value in hit.headers().items() if name != "Content-Type"}


def send_and_await_one_more(appliance: ApplianceProcess, stats: StatsClient) -> None:
    """A hit that counts: when it is there, whatever was sent before would be there as well."""
    before = stats.totals("one.example")["events"]
    assert post(appliance, Hit("one.example", Visitor("87.128.1.77"))).status_code == 202
    await_true(lambda: stats.totals("one.example")["events"] > before, "one more event")
