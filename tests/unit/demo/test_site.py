"""Every page of the demo site is there, carries the tag once, and links to pages that are there."""

import re

import pytest
from starlette.routing import Match

from appliance.demo.site import PAGES, create_site, page

TAG = '<script defer data-domain="demo.example" src="http://127.0.0.1:8000/js/script.js"></script>'


@pytest.mark.parametrize("name", sorted({*PAGES.values(), "missing.html"}))
def test_page_carries_the_tag_once(name: str) -> None:
    assert page(name, TAG).count(TAG) == 1


@pytest.mark.parametrize("name", sorted({*PAGES.values(), "missing.html"}))
def test_page_leaves_no_placeholder_and_no_foreign_address(name: str) -> None:
    text = page(name, "")
    assert "{{" not in text
    assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(PAGES.values())))
def test_links_lead_somewhere(name: str) -> None:
    site = create_site(TAG)
    for link in re.findall(r'(?:href|action)="(/[^"?]*)', page(name, TAG)):
        method = "POST" if link == "/contact/send" else "GET"
        scope = {"type": "http", "path": link, "method": method}
        assert any(route.matches(scope)[0] == Match.FULL for route in site.routes), link
