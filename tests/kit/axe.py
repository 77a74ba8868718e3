"""What axe-core finds wrong with a page for people who use a keyboard, a screen reader or need contrast."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = ("serious", "critical")


def grave_problems(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Serious and critical issues of the whole page, Streamlit's markup included: one line each.

    Args:
        page: as it is now.
        rules: the only ones that are tried; all if none is given.

    Raises:
        RuntimeError: axe-core is not installed; `make setup` does it.
    """
    if not _AXE.is_file():
        raise RuntimeError(f"{_AXE} is missing: run `make setup` with npm on the PATH")
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    only: dict[str, Any] = {"runOnly": list(rules)} if rules else {}
    found = page.evaluate(
        "options => axe.run(document, options)", {"resultTypes": ["violations"], "iframes": False, **only}
    )
    return [
        f"{violation['id']}: {node['html'][:160]}: {' '.join(node['failureSummary'].split())}"
        for violation in found["violations"]
        if violation["impact"] in _GRAVE
        for node in violation["nodes"]
    ]
