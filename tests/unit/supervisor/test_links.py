"""`appliance links`: makes, lists and ends shared links in the file of the dashboard."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import SettingsError, StartError
from appliance.settings import ServerSettings, Settings, SiteSettings
from appliance.supervisor.dashboard_options import RECORDS, options_of
from appliance.supervisor.parts.links import Wanted, create, end_links_of, listed, revoke
from dashboard.filters import Filter
from dashboard.records import Records
from dashboard.sharing.links import Links


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(server=ServerSettings(data_dir=str(tmp_path)), sites=(SiteSettings(id="a.example"),))


@pytest.fixture
def links(settings: Settings) -> Iterator[Links]:
    """As the running dashboard has them."""
    options = options_of(settings)
    with contextlib.closing(Records(settings.data_dir / RECORDS)) as records:
        yield Links(records, options.grant_key, options.clock)


def test_a_made_link_opens_in_the_running_dashboard(links: Links, settings: Settings) -> None:
    wanted = Wanted("a.example", "Board", ("is,visit:source,Google",), 7, "long enough")
    path = create(settings, wanted)
    link = links.find(path.strip().split("/")[2])
    assert link is not None
    assert (link.label, link.only, link.created_by) == (
        "Board",
        (Filter("is", "visit:source", "Google"),),
        "(operator)",
    )
    assert link.ends_at == link.created_at + 7 * 86_400
    assert link.password_hash


def test_links_are_listed_and_ended(links: Links, settings: Settings) -> None:
    assert listed(settings) == "there is no shared link\n"
    create(settings, Wanted("a.example", "Board\x1b[31m\n"))
    (link,) = links.all()
    head, line = listed(settings).splitlines()
    assert head.startswith("id")
    assert line.split() == [link.id, "a.example", "Board[31m", "everything", "no", "(operator)", "never"]
    assert revoke(settings, link.id) == "ended 1 link\n"
    assert links.all() == []
    with pytest.raises(StartError, match="no shared link"):
        revoke(settings, link.id)


def test_links_of_an_erased_site_end_and_others_do_not(links: Links, settings: Settings) -> None:
    for site, name in (("gone.example", "x"), ("gone.example", "y"), ("a.example", "z")):
        links.create(site, name, "olga")
    assert end_links_of(settings, "gone.example") == 2
    assert [link.label for link in links.all()] == ["z"]
    assert end_links_of(settings, "gone.example") == 0


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("b.example", "x"), "no site 'b.example'"),
        (Wanted("a.example", ""), "name"),
        (Wanted("a.example", "x", ("nonsense",)), "is,visit:source,Google"),
        (Wanted("a.example", "x", tuple(f"is,visit:{name},x" for name in ("source", "country", "os"))), "two attrib"),
        (Wanted("a.example", "x", days=0), "days"),
        (Wanted("a.example", "x", password="short"), "password"),
    ],
)
def test_what_is_not_allowed_is_named_and_makes_none(
    links: Links, settings: Settings, wanted: Wanted, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        create(settings, wanted)
    assert links.all() == []


def test_without_the_dashboard_s_file_none_is_made(settings: Settings) -> None:
    assert end_links_of(settings, "a.example") == 0
    with pytest.raises(StartError, match=RECORDS):
        create(settings, Wanted("a.example", "x"))
    assert not (settings.data_dir / RECORDS).exists()
