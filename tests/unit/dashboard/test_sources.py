"""Elements that render Markdown or HTML get constants only, in every module of the dashboard.

Markdown fetches images: a referrer `![](https://elsewhere/x.png)` in a label would tell another host who
looks at the dashboard. So each call of a Streamlit element in the sources is looked up here; an element
that is not listed fails, and one that renders its text must get a constant.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

DASHBOARD = Path(__file__).parents[3] / "dashboard"
MODULES = sorted(path for path in DASHBOARD.rglob("*.py"))

SAFE = {"text", "code", "_bidi_component"}
"""Show any text as it is; what our own element does is looked at below."""
LAYOUT = {"Page", "columns", "container", "form", "fragment", "navigation", "set_page_config", "space"}
RENDERING = {
    "button",
    "caption",
    "checkbox",
    "date_input",
    "form_submit_button",
    "html",
    "info",
    "markdown",
    "popover",
    "selectbox",
    "subheader",
    "text_input",
    "warning",
}
"""Render their first argument, their `help` or their options."""
OTHER = {"rerun", "switch_page"}

SCRIPTS = sorted((DASHBOARD / "assets").rglob("*.js"))
AS_HTML = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc"
)
REQUESTS = re.compile(r"fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|https?://(?!www\.w3\.org/2000/svg)")
CODE = re.compile(r"\beval\(|new Function|setTimeout\([\"'`]")


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "st":
                yield node.func.attr, node


def _is_constant(node: ast.AST) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_constant(node.body) and _is_constant(node.orelse)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def offences(source: str, module: str) -> list[str]:
    """Calls in the source that might render text of the network."""
    found = []
    tree = ast.parse(source)
    for element, call in _calls(tree):
        if element not in SAFE | LAYOUT | RENDERING | OTHER:
            found.append(f"st.{element} is not on the list of elements")
        texts = call.args[:1] if element in RENDERING else []
        texts += [word.value for word in call.keywords if word.arg in ("help", "label", "delta_description")]
        found += [f"st.{element} gets {ast.unparse(text)}" for text in texts if not _is_constant(text)]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "streamlit":
            names = {alias.name for alias in node.names}
            if not module.startswith(("app.py", "element.py", "shell.py", "streamlit_config.py")) or not names:
                found.append(f"elements are called as st.…, not imported: {names}")
        if isinstance(node, ast.keyword) and node.arg and node.arg.startswith("unsafe_allow"):
            found.append(node.arg)
    return found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_make_no_html_of_texts_no_requests_and_no_code(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [rule.findall(source) for rule in (AS_HTML, REQUESTS, CODE)] == [[], [], []]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(DASHBOARD)))
def test_only_constants_are_rendered(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8"), str(path.relative_to(DASHBOARD))) == []


@pytest.mark.parametrize(
    "source",
    [
        "st.markdown(page)",
        "st.caption(f'{page}')",
        "st.metric('Visitors', 1, help=page)",
        "st.info('a' if x else page)",
        "st.write('constant')",
        "st.table(rows)",
        "st.markdown('x', unsafe_allow_html=True)",
        "from streamlit import markdown",
    ],
)
def test_the_check_finds_what_it_is_for(source: str) -> None:
    assert offences(source, "widgets/new.py")
