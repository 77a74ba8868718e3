"""The table of sources is consistent."""

import csv
import re
from collections import Counter
from importlib.resources import files

import pytest

from appliance.anonymize.campaign import NO_CAMPAIGN, campaign_of
from appliance.anonymize.redaction import redact_value
from appliance.anonymize.source import Referrer, referrer_of, source_of
from appliance.anonymize.source_table import CLICK_IDS, NAMES, SOURCES, by_app, by_host, by_tag, tag_key
from appliance.dimensions import DIRECT

DATA = files("appliance.anonymize").joinpath("data")
ROWS = list(csv.DictReader(DATA.joinpath("sources.csv").read_text(encoding="utf-8").splitlines()))
CLICK_ID_ROWS = list(csv.DictReader(DATA.joinpath("click_ids.csv").read_text(encoding="utf-8").splitlines()))
HOSTS_BY_NAME = {row["name"]: row["hosts"].split() for row in ROWS}
CATEGORIES = {
    *("affiliate", "ai", "audio", "display", "mail", "push", "referral", "search", "shopping", "sms", "social"),
    "video",
}
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.([a-z0-9-]{2,}|\*)")


def test_table_covers_many_places() -> None:
    assert len(ROWS) == len(NAMES) == len(SOURCES) > 400
    assert sum(len(row["hosts"].split()) for row in ROWS) > 1000
    assert {row["category"] for row in ROWS} == CATEGORIES


@pytest.mark.parametrize("column", ["name", "hosts", "apps"])
def test_nothing_stands_in_two_places(column: str) -> None:
    cells = [cell for row in ROWS for cell in ([row[column]] if column == "name" else row[column].split())]
    assert [cell for cell, count in Counter(cells).items() if count > 1] == []


def test_tag_means_one_source() -> None:
    tags = [tag for row in ROWS for tag in {*row["tags"].split(), *row["ad_tags"].split()} - {"-"}]
    tags += [tag_key(row["name"]) for row in ROWS if "-" not in row["tags"].split()]
    assert [tag for tag, count in Counter(tags).items() if count > 1] == []


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_row_is_found_by_all_that_it_lists(row: dict[str, str]) -> None:
    for host in row["hosts"].split():
        assert HOST.fullmatch(host)
        for suffix in ("com", "de", "co.uk") if host.endswith(".*") else ("",):
            whole = host.removesuffix("*") + suffix
            name = source_of(Referrer(whole), NO_CAMPAIGN).name
            assert name == row["name"] or (name in NAMES and whole in HOSTS_BY_NAME[name])
    for app in row["apps"].split():
        found = by_app(referrer_of(f"android-app://{app}/", frozenset()).host)
        assert found is not None
        assert found.name == row["name"]
    for tag in {*row["tags"].split(), *row["ad_tags"].split()} - {"-"}:
        assert tag == tag_key(tag)
        assert source_of(Referrer(), campaign_of(f"utm_source={tag}")).name == row["name"]


def test_names_are_clean_short_and_never_direct() -> None:
    for name in NAMES:
        assert name == name.strip()
        assert redact_value(name) == name
        assert 0 < len(name) <= 40
        assert name != DIRECT


def test_click_ids_are_listed_once_in_small_letters() -> None:
    assert len(CLICK_IDS) == len(CLICK_ID_ROWS)
    for row in CLICK_ID_ROWS:
        assert row["parameter"] == row["parameter"].lower()
        assert row["paid"] in ("yes", "no")
        assert set(row["categories"].split()) <= CATEGORIES


def test_nearest_host_above_decides() -> None:
    assert by_host("a.mail.google.com") == by_tag("gmail")
    assert by_host("a.b.google.co.uk") == by_tag("google")
    for unknown in ("com", "google", "a.google", "google.github.io", "google.co.uk.example", "", "."):
        assert by_host(unknown) is None
