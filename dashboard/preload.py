"""Scripts that every page needs and that the frontend would ask for late, one round after the other.

Without this a page is drawn only after four such rounds: Streamlit's frontend, its code for each kind of element, our
element, and what that imports.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dashboard import element

_KINDS = ("BidiComponent", "Selectbox")
"""Kinds of Streamlit's elements that are on our pages at once."""
_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")
"""Files beside a script without which it does not run; what it may want later, `import("./x.js")`, is not meant."""


def links(html: str, static: Path) -> str:
    """Links for the head of a page: addresses begin with `{base}`.

    Args:
        html: the page; what it links already is left out.
        static: where Streamlit's files are.

    Raises:
        RuntimeError: Streamlit's files are not the ones this was written for.
    """
    scripts = static / "static" / "js"
    theirs = (f"{{base}}static/js/{name}" for name in _with_imports(scripts, _chunks(scripts)))
    ours = (f"{{base}}{element.PREFIX[1:]}{name}" for name in _with_imports(element.SCRIPTS, ["elements.js"]))
    return "".join(
        f'<link rel="modulepreload" crossorigin href="{address}" />'
        for address in (*theirs, *ours)
        if f'"{address}"' not in html
    )


def _chunks(scripts: Path) -> Iterator[str]:
    for kind in _KINDS:
        found = [path.name for path in scripts.glob(f"{kind}.*.js")]
        if len(found) != 1:
            raise RuntimeError(f"Streamlit's frontend has changed: {len(found)} files are named {kind}.*.js")
        yield found[0]


def _with_imports(directory: Path, names: Iterable[str]) -> list[str]:
    """The scripts and all that they import, each once."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _IMPORTED.findall((directory / name).read_text(encoding="utf-8"))
    return list(found)
