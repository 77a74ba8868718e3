"""The page that starts the frontend is Streamlit's without its inline script, pointer and name."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import shell
from dashboard.asset_addresses import PREFIX

OURS = ("/share/x/static/", "/share/x/_stcore/bidi-components/elements/", PREFIX)


def test_the_page_has_our_title_and_no_inline_script() -> None:
    page = shell.page()
    assert "<title>Web analytics</title>" in page
    assert "prerenderReady" not in page
    assert "agent" not in page
    assert f"{PREFIX}dashboard.css" in page


def test_every_address_of_the_page_begins_at_the_base() -> None:
    page = shell.page("/share/x/")
    addresses = re.findall(r'(?:href|src)="([^"]*)"', page)
    assert len(addresses) > 10
    assert {address for address in addresses if not address.startswith(OURS)} == set()
    assert 'data-base="/share/x/"' in page


def test_what_every_page_needs_is_asked_for_at_once_and_nothing_twice() -> None:
    scripts = re.findall(r'<link rel="modulepreload" crossorigin href="/([^"]*)"', shell.page())
    assert len(scripts) == len(set(scripts))
    ours = {name.rpartition("/")[2] for name in scripts if "bidi-components" in name}
    assert {"elements.js", "headline.js", "chart.js", "dom.js"} <= ours
    assert "world.js" not in ours
    theirs = [name for name in scripts if name.startswith("static/js/")]
    assert any(name.startswith("static/js/BidiComponent.") for name in theirs)
    for name in theirs:
        assert (shell.STREAMLIT_FILES / name).is_file()


@pytest.fixture
def _made_anew() -> Iterator[None]:
    shell.template.cache_clear()
    yield
    shell.template.cache_clear()


@pytest.mark.usefixtures("_made_anew")
def test_a_changed_page_of_streamlit_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").write_text("<title>Other</title>")
    monkeypatch.setattr(shell, "STREAMLIT_FILES", tmp_path)
    with pytest.raises(RuntimeError, match=r"index\.html has changed"):
        shell.page()


@pytest.mark.usefixtures("_made_anew")
def test_an_inline_script_that_is_new_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (shell.STREAMLIT_FILES / "index.html").read_text()
    (tmp_path / "index.html").write_text(text.replace("</head>", "<script>new()</script></head>"))
    monkeypatch.setattr(shell, "STREAMLIT_FILES", tmp_path)
    with pytest.raises(RuntimeError, match="inline script"):
        shell.page()
