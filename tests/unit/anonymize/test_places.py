"""Places of truncated addresses; a bad file is no reason not to count, and a new one is taken while it runs."""

import hashlib
import os
import re
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path

import pytest

from appliance.anonymize import place_file
from appliance.anonymize.place_record import NOWHERE, Place
from appliance.anonymize.places import Places
from tests.kit import mmdb

DATA = files("appliance.anonymize") / "data"
NETWORK = ip_address("87.128.5.0")
BERLIN, PARIS = Place("DE", "DE-BE", "Berlin"), Place("FR", "FR-IDF", "Paris")
RECORDS = {
    "87.128.0.0/14": mmdb.city("DE", "BE", "Berlin"),
    "87.128.1.0/24": mmdb.city("DE", "HH", "Hamburg"),
    "2a02:8100::/27": mmdb.city("DE", "BY", "Munich"),
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return mmdb.write(tmp_path / "places.mmdb", RECORDS, kind="GeoLite2-City")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    directory = tmp_path / "scratch"
    directory.mkdir()
    return directory


@pytest.mark.parametrize(
    ("address", "country"),
    [("8.8.8.0", "US"), ("2a00:1450::", "US"), ("127.0.0.0", ""), ("203.0.113.0", ""), ("::", "")],
)
def test_own_table_knows_countries(address: str, country: str) -> None:
    assert Places().place(ip_address(address)) == Place(country, "", "")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("87.128.5.0", BERLIN),
        ("87.128.1.0", Place("DE", "DE-HH", "Hamburg")),
        ("2a02:8109:9d40::", Place("DE", "DE-BY", "Munich")),
        ("8.8.8.0", NOWHERE),
    ],
)
def test_file_of_the_operator_knows_cities(address: str, place: Place, database: Path, scratch: Path) -> None:
    places = Places(database, scratch)
    assert (places.problem, places.kind, places.built) == ("", "GeoLite2-City", 1_790_000_000)
    assert [places.place(ip_address(address)) for _ in range(2)] == [place, place]


def test_detail_limits_what_is_read(database: Path, scratch: Path) -> None:
    assert Places(database, scratch, "region").place(NETWORK) == Place("DE", "DE-BE", "")


def test_copy_leaves_nothing_behind(database: Path, scratch: Path) -> None:
    places = Places(database, scratch)
    assert list(scratch.iterdir()) == []
    assert places.place(NETWORK) == BERLIN


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "is not there"),
        (b"", "is damaged, or no database in MaxMind's format"),
        (b"not a database", "is damaged, or no database in MaxMind's format"),
        (mmdb.encode(RECORDS)[:-100], "is damaged, or no database in MaxMind's format"),
        (mmdb.encode({"87.128.0.0/14": {"asn": "3320"}}), "has no countries in it"),
        (mmdb.encode({}), "has no countries in it"),
    ],
)
def test_file_that_cannot_be_used_leaves_the_countries(
    content: bytes | None, problem: str, tmp_path: Path, scratch: Path
) -> None:
    path = tmp_path / "places.mmdb"
    if content is not None:
        path.write_bytes(content)
    places = Places(path, scratch)
    assert places.problem == problem
    assert places.place(ip_address("8.8.8.0")) == Place("US", "", "")


def test_directory_is_no_database(tmp_path: Path, scratch: Path) -> None:
    assert Places(tmp_path, scratch).problem == "cannot be read (Is a directory)"


def test_new_file_is_taken_and_what_was_remembered_of_the_old_one_forgotten(database: Path, scratch: Path) -> None:
    places = Places(database, scratch)
    assert places.place(NETWORK) == BERLIN
    assert not places.refresh()
    mmdb.write(database, {"87.128.0.0/14": mmdb.city("FR", "IDF", "Paris")}, built=1_795_000_000)
    assert places.refresh()
    assert (places.place(NETWORK), places.built, places.problem) == (PARIS, 1_795_000_000, "")


def test_file_that_was_not_there_at_the_start_is_taken_when_it_comes(tmp_path: Path, scratch: Path) -> None:
    places = Places(tmp_path / "places.mmdb", scratch)
    assert not places.refresh()
    mmdb.write(tmp_path / "places.mmdb", RECORDS)
    assert places.refresh()
    assert (places.place(NETWORK), places.problem) == (BERLIN, "")


@pytest.mark.parametrize("harm", ["removed", "written over", "cut in place"])
def test_old_file_stays_in_use_when_the_new_one_cannot_be_used(harm: str, database: Path, scratch: Path) -> None:
    places = Places(database, scratch)
    if harm == "removed":
        database.unlink()
    elif harm == "written over":
        database.write_bytes(b"an answer of a server that says no")
    else:
        os.truncate(database, 10)
    assert places.refresh()
    assert places.problem
    assert places.place(ip_address("87.128.1.0")).city == "Hamburg"  # not asked before: read from the file
    assert not places.refresh()
    mmdb.write(database, {"87.128.0.0/14": mmdb.city("FR", "IDF", "Paris")})
    assert places.refresh()
    assert (places.place(NETWORK), places.problem) == (PARIS, "")


def test_file_that_grows_while_it_is_copied_is_not_taken(
    database: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = iter([place_file.Stamp(1, 2, 3), place_file.Stamp(1, 4, 5)])
    monkeypatch.setattr(place_file, "stamp", lambda _: next(seen))
    with pytest.raises(place_file.PlaceFileError, match="changed while it was read"):
        place_file.PlaceFile(database, scratch)


def test_damaged_branch_is_an_unknown_place(tmp_path: Path) -> None:
    content = (DATA / "iptoasn-country.mmdb").read_bytes()
    index = content.rfind(b"\xab\xcd\xefMaxMind.com")  # where the description of the file begins
    path = tmp_path / "countries.mmdb"
    path.write_bytes(content[: index - 200] + b"\xff" * 200 + content[index:])
    places = [place_file.PlaceFile(path).record(ip_address(f"{first}.1.1.0")) for first in range(1, 224)]
    assert None in places


def test_text_of_an_address_is_not_kept(database: Path, scratch: Path) -> None:
    places = Places(database, scratch)
    places.place(NETWORK)
    assert "87.128" not in repr(places._source.memo._young)
    assert int(NETWORK) not in places._source.memo._young


def test_file_is_the_one_whose_origin_is_written_down() -> None:
    origin = (DATA / "ORIGIN.md").read_text(encoding="utf-8")
    digest = hashlib.sha256((DATA / "iptoasn-country.mmdb").read_bytes()).hexdigest()
    assert re.search(r"`([0-9a-f]{64})`", origin).group(1) == digest  # type: ignore[union-attr]
    assert "PDDL-1.0" in origin
