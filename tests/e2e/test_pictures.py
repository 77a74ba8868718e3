"""Makes the pictures of README and docs in a real Chromium, of a real appliance that the demo's visitors used.

`make pictures` writes them into the tree; as a test they are made small and thrown away.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.kit.appliance_process import ApplianceProcess
from tests.kit.dashboard_page import log_in
from tests.kit.demo_week import PASSWORD, SITE, USER, demo_week

pytestmark = [pytest.mark.browser, pytest.mark.blackbox]

ROOT = Path(__file__).parents[2]
WANTED = os.environ.get("PICTURES")
MOST_BYTES = 150_000
_COLOURS = 256
_LISTS = {
    "": "Pages",
    "live": "Sources today",
    "quality": "Last counted hit",
    "privacy": "What is counted, and for how long",
}
"""What is drawn last of what a picture shows."""
_WIDE, _NARROW = (1280, 1000), (390, 844)
_REPORT = f"?site={SITE}&period=Last+7+days"
PICTURES = {
    "report": (_REPORT, _WIDE, "light"),
    "report-dark": (_REPORT, _WIDE, "dark"),
    "report-narrow": (_REPORT, _NARROW, "light"),
    "report-narrow-dark": (_REPORT, _NARROW, "dark"),
    "live": ("live", _WIDE, "light"),
    "live-narrow-dark": ("live", _NARROW, "dark"),
    "quality": ("quality", _WIDE, "light"),
    "quality-narrow-dark": ("quality", _NARROW, "dark"),
    "privacy": ("privacy", _WIDE, "light"),
    "privacy-narrow-dark": ("privacy", _NARROW, "dark"),
}
"""Address, size of the window and scheme of each."""


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    days, visits = (7, 240) if WANTED else (2, 16)
    with demo_week(tmp_path_factory.mktemp("demo"), days, visits) as running:
        yield running


def test_the_pictures_are_made_and_small(browser: Browser, appliance: ApplianceProcess, tmp_path: Path) -> None:
    target = ROOT / WANTED if WANTED else tmp_path
    context = browser.new_context(timezone_id="UTC", reduced_motion="reduce")
    page = log_in(context, appliance.dashboard, USER, PASSWORD)
    expect(page.locator(".tile").first).to_be_visible()
    for name, (address, (width, height), scheme) in PICTURES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(f"{appliance.dashboard}/{address}")
        expect(page.get_by_role("table", name=_LISTS[address.partition("?")[0]], exact=True)).to_be_visible()
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.convert("RGB").quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            target / f"{name}.png", optimize=True
        )
    context.close()
    assert {path.stem: path.stat().st_size for path in target.glob("*.png") if path.stat().st_size > MOST_BYTES} == {}
    assert {path.stem for path in target.glob("*.png")} == set(PICTURES)


def test_every_picture_of_the_documents_is_one_that_is_made_and_is_there() -> None:
    made = {f"docs/pictures/{name}.png" for name in PICTURES}
    linked = {
        str((page.parent / target).resolve().relative_to(ROOT))
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for target in re.findall(r"!\[[^\]]*\]\(([^)\s]+\.png)\)", page.read_text(encoding="utf-8"))
    }
    assert linked
    assert linked <= made
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "docs/pictures").glob("*")} == made
