"""A client that others wrote for Plausible's API runs against ours as it is published: the npm package `plausible`."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.appliance_process import ApplianceProcess, Key, Site
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal

pytestmark = pytest.mark.blackbox

CLIENTS = Path(__file__).parents[1] / "clients"
SITE = "one.example"
GOAL = """
goals = [{ name = "Signup", event = "signup" }]
properties = [{ key = "plan", values = ["free", "pro"] }]
"""


def hits() -> list[Hit]:
    """Twelve visitors look at the front page, seven come from Google, five go on to the blog, five sign up."""
    found = []
    for number in range(12):
        visitor = Visitor(f"87.128.0.{number + 1}")
        referrer = "https://www.google.com/" if number < 7 else ""
        found.append(Hit(SITE, visitor, path="/", referrer=referrer))
        if number < 5:
            found.append(Hit(SITE, visitor, path="/blog/a"))
        if 5 <= number < 10:
            found.append(Hit(SITE, visitor, path="/", name="signup", props={"plan": "pro"}))
    return found


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    directory = tmp_path_factory.mktemp("client")
    with ApplianceProcess(directory, [Site(SITE, extra=GOAL)], [Key("reader", (SITE,))], at=1_930_478_400) as appliance:
        Sender(appliance.ingest, appliance.clock).send(hits())
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            await_equal(lambda: stats.totals(SITE)["events"], len(hits()))
        yield appliance


def ask(appliance: ApplianceProcess, *calls: list[Any], key: str = "") -> list[Any]:
    """What the client's methods return."""
    node = shutil.which("node")
    assert node, "Node.js 18.17 or newer is needed on the PATH; 'make setup' as root on Debian installs it"
    assert (CLIENTS / "node_modules/plausible").is_dir(), (
        f"run 'npm ci --ignore-scripts' in {CLIENTS.name}, or 'make setup'"
    )
    command = [node, "ask_plausible.mjs", appliance.stats, key or appliance.keys["reader"], SITE, json.dumps(calls)]
    done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_the_client_is_the_published_one() -> None:
    lock = json.loads((CLIENTS / "package-lock.json").read_text())["packages"]["node_modules/plausible"]
    assert (lock["version"], lock["integrity"][:7]) == ("2.2.1", "sha512-")


def test_the_client_reads_totals_series_and_breakdowns(appliance: ApplianceProcess) -> None:
    found = ask(
        appliance,
        ["getRealtime"],
        ["getAggregate", "day", "visitors"],
        ["getAggregate", "7d", "pageviews", True],
        ["getAggregate", "day", "visitors", False, "visit:source==Google"],
        ["getTimeseries", "7d", "visitors"],
        ["getTimeseries", "12mo", "pageviews", None, "month"],
        ["getBreakdown", "day", "visitors", "visit:source"],
        ["getBreakdown", "day", "visitors", "event:page", None, 1, 2],
        ["getBreakdown", "day", "visitors", "event:page", "event:page==/blog/**"],
        ["getBreakdown", "day", "events", "event:props:plan"],
    )
    day = "2031-03-05"
    assert found[:4] == [12, {"value": 12}, {"value": 17, "change": 100}, {"value": 7}]
    assert [row["date"] for row in found[4]] == [f"2031-02-{n}" for n in (27, 28)] + [
        f"2031-03-0{n}" for n in range(1, 6)
    ]
    assert (found[4][0]["visitors"], found[4][-1]) == (0, {"date": day, "visitors": 12})
    assert (len(found[5]), found[5][-1]) == (12, {"date": "2031-03-01", "pageviews": 17})
    assert found[6] == [{"source": "Google", "visitors": 7}, {"source": "Direct / None", "visitors": 5}]
    assert found[7] == found[8] == [{"page": "/blog/a", "visitors": 5}]
    assert found[9] == [{"plan": "pro", "events": 5}]


def test_the_client_throws_what_the_api_says(appliance: ApplianceProcess) -> None:
    three = ["getBreakdown", "day", "visitors", "visit:source", "event:page==/;visit:country==DE"]
    found = ask(appliance, ["getAggregate", "fortnight", "visitors"], three)
    assert '"fortnight" is not one of day' in found[0]["thrown"]
    assert "more than two attributes" in found[1]["thrown"]
    (refused,) = ask(appliance, ["getAggregate", "day", "visitors"], key="wrong")
    assert "a valid key is needed" in refused["thrown"]
