"""The page that starts the frontend is Streamlit's without its inline script, pointer and name."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import file_util

from dashboard import shell


def test_the_page_has_our_title_and_no_inline_script() -> None:
    page = shell.page()
    assert "<title>Web analytics</title>" in page
    assert "prerenderReady" not in page
    assert "agent" not in page
    assert "/assets/dashboard.css" in page


def test_every_address_of_the_page_begins_at_the_base() -> None:
    page = shell.page("/share/x/")
    addresses = re.findall(r'(?:href|src)="([^"]*)"', page)
    assert len(addresses) > 10
    assert {address for address in addresses if not address.startswith(("/share/x/static/", "/assets/"))} == set()
    assert 'data-base="/share/x/"' in page


@pytest.fixture
def _made_anew() -> Iterator[None]:
    shell.template.cache_clear()
    yield
    shell.template.cache_clear()


@pytest.mark.usefixtures("_made_anew")
def test_a_changed_page_of_streamlit_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").write_text("<title>Other</title>")
    monkeypatch.setattr(file_util, "get_static_dir", lambda: str(tmp_path))
    with pytest.raises(RuntimeError, match=r"index\.html has changed"):
        shell.page()


@pytest.mark.usefixtures("_made_anew")
def test_an_inline_script_that_is_new_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(file_util.get_static_dir()) / "index.html").read_text()
    (tmp_path / "index.html").write_text(text.replace("</head>", "<script>new()</script></head>"))
    monkeypatch.setattr(file_util, "get_static_dir", lambda: str(tmp_path))
    with pytest.raises(RuntimeError, match="inline script"):
        shell.page()
