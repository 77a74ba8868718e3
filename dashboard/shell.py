"""The HTML page that starts Streamlit's frontend, made from Streamlit's own at start.

Our title, icon and style sheet instead of Streamlit's; no inline script, so that the content-security
policy can forbid them; no pointer to the agent API. All addresses in it begin at the base, because pages have
addresses of their own.
"""

import html
import re
from functools import cache
from pathlib import Path

from streamlit import file_util

from dashboard import preload
from dashboard.asset_addresses import PREFIX

TITLE = "Web analytics"
STREAMLIT_FILES = Path(file_util.get_static_dir())
_STYLES = "".join(f'<link rel="stylesheet" href="{PREFIX}{name}.css" />' for name in ("dashboard", "elements"))
_START = f'<script src="{PREFIX}start.js"></script>'
_CHANGES: tuple[tuple[str, str], ...] = (
    (r"<!--.*?-->", ""),
    (r"<title>.*?</title>", f"<title>{TITLE}</title>"),
    (r'<link rel="shortcut icon"[^>]*>', f'<link rel="icon" type="image/svg+xml" href="{PREFIX}icon.svg" />'),
    (r'<link rel="service-desc"[^>]*>', _STYLES),
    (r"<noscript>.*?</noscript>", "<noscript>This page needs JavaScript.</noscript>"),
    (r"<script>\s*window\.prerenderReady = false\s*</script>", _START),
    (r'<html lang="en">', f'<html lang="en" data-base="{{base}}" data-assets="{PREFIX}">'),
    (r'="\./', '="{base}'),
)


def page(base: str = "/") -> str:
    """The HTML of all pages.

    Args:
        base: path below which the dashboard lies, `/` at both ends.

    Raises:
        RuntimeError: Streamlit's page is not the one this was written for.
    """
    return template().replace("{base}", html.escape(base))


@cache
def template() -> str:
    """The same with `{base}` in the place of the path; made once."""
    text = (STREAMLIT_FILES / "index.html").read_text(encoding="utf-8")
    for pattern, replacement in _CHANGES:
        text, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
        if count == 0:
            raise RuntimeError(f"Streamlit's index.html has changed: nothing matches {pattern}")
    if re.search(r"<script(?![^>]*\ssrc=)", text):
        raise RuntimeError("Streamlit's index.html has an inline script that the page policy would block")
    return text.replace("</head>", preload.links(text, STREAMLIT_FILES) + "</head>")
