"""Shared links: one site, one lock, until they end; the file knows no token and no password."""

from pathlib import Path

import pytest

from appliance.stats.grants import Right
from dashboard.filters import Filter
from dashboard.records import Records
from dashboard.sharing.links import LONGEST_LABEL, LinkError, Links

LOCK = (Filter("is", "visit:source", 'Google, "really"'), Filter("is_not", "event:page", "/a"))
PASSWORD = "long enough"


class StoppedClock:
    """Stands still until moved."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dashboard.sqlite"


@pytest.fixture
def links(path: Path, clock: StoppedClock) -> Links:
    return Links(Records(path), "key", clock)


def test_a_token_finds_its_link(links: Links) -> None:
    link = links.find(links.create("a.example", " Board ", "olga", LOCK, seconds=60))
    assert link is not None
    assert (link.site, link.label, link.only, link.created_by) == ("a.example", "Board", LOCK, "olga")
    assert (link.created_at, link.ends_at) == (1_000_000, 1_000_060)


def test_whoever_has_it_sees_the_numbers_of_its_site_behind_its_filters_and_nothing_else(links: Links) -> None:
    link = links.find(links.create("a.example", "Board", "olga", LOCK))
    assert link is not None
    reader = link.reader
    allowed = {(right, site) for right in Right for site in ("a.example", "b.example", "*") if reader.may(right, site)}
    assert allowed == {(Right.NUMBERS, "a.example")}
    assert reader.only == LOCK
    assert not reader.is_person


@pytest.mark.parametrize("text", ["", "x", "A" * 5000, "\udcff", "' OR 1=1 --"])
def test_any_other_text_finds_none(links: Links, text: str) -> None:
    links.create("a.example", "Board", "olga")
    assert links.find(text) is None


def test_it_ends_at_its_time_or_never(links: Links, clock: StoppedClock) -> None:
    ending, lasting = links.create("a", "x", "olga", seconds=60), links.create("a", "y", "olga")
    clock.now += 60
    assert links.find(ending) is None
    assert [one.label for one in links.all()] == ["y"]
    clock.now += 1e9
    assert links.find(lasting) is not None


def test_it_can_be_ended_and_then_nothing_of_it_is_in_the_file(links: Links, path: Path) -> None:
    token = links.create("a.example", "A name to find", "olga")
    link = links.find(token)
    assert link is not None
    assert links.end(link.id) is True
    assert links.find(token) is None
    assert links.end(link.id) is False
    assert b"A name to find" not in path.read_bytes()


def test_the_file_knows_neither_token_nor_password(links: Links, path: Path) -> None:
    token = links.create("a.example", "Board", "olga", password=PASSWORD)
    assert token.encode() not in path.read_bytes()
    assert PASSWORD.encode() not in path.read_bytes()
    assert b"$argon2id$" in path.read_bytes()


@pytest.mark.parametrize(
    ("label", "password"), [("", ""), ("  ", ""), ("x" * (LONGEST_LABEL + 1), ""), ("Board", "short")]
)
def test_what_is_not_allowed_is_said_and_makes_none(links: Links, label: str, password: str) -> None:
    with pytest.raises(LinkError, match=r"characters"):
        links.create("a.example", label, "olga", password=password)
    assert links.all() == []


def test_without_a_password_a_link_is_open(links: Links) -> None:
    link = links.find(links.create("a.example", "Board", "olga"))
    assert link is not None
    assert links.is_open(link, "")


def test_with_one_it_takes_a_proof_that_is_ours_for_this_link_and_in_time(links: Links, clock: StoppedClock) -> None:
    link, other = (links.find(links.create("a.example", name, "olga", password=PASSWORD)) for name in ("x", "y"))
    assert link is not None
    assert other is not None
    until = int(clock.now) + 60
    proof = links.proof(link, until)
    assert links.is_open(link, proof)
    assert not links.is_open(other, proof)
    assert not Links(Records(), "another key", clock).is_open(link, proof)
    assert not links.is_open(link, f"{until + 1}.{proof.partition('.')[2]}")
    for text in ("", ".", "1.x", "9" * 30 + ".x", "²." + proof, "\udcff.\udcff"):
        assert not links.is_open(link, text)
    clock.now += 60
    assert not links.is_open(link, proof)
