"""Elements that render Markdown or HTML get constants only, in every module of the dashboard.

Markdown fetches images: a referrer `![](https://elsewhere/x.png)` in a label would tell another host who
looks at the dashboard. So each call of a Streamlit element in the sources is looked up here; an element
that is not listed fails, and one that renders its text must get a constant.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

DASHBOARD = Path(__file__).parents[3] / "dashboard"
MODULES = sorted(path for path in DASHBOARD.rglob("*.py"))

SAFE = {"text", "code", "dataframe", "vega_lite_chart"}
"""Show any text as it is."""
LAYOUT = {"columns", "container", "space", "fragment", "set_page_config"}
RENDERING = {
    "caption",
    "date_input",
    "html",
    "info",
    "markdown",
    "metric",
    "popover",
    "segmented_control",
    "selectbox",
    "subheader",
    "warning",
}
"""Render their first argument, their `help` or their options."""
OTHER = {"context", "column_config", "rerun"}

# Expressions that are constants although they do not look it, by module: texts of PANELS and _LABELS.
CHECKED = {
    ("widgets/headline.py", "metric", "label"),
    ("widgets/panel.py", "subheader", "title"),
    ("widgets/panel.py", "segmented_control", "title"),
}


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
        found += [
            f"st.{element} gets {ast.unparse(text)}"
            for text in texts
            if not _is_constant(text) and (module, element, ast.unparse(text)) not in CHECKED
        ]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "streamlit":
            names = {alias.name for alias in node.names}
            if not module.startswith(("app.py", "shell.py", "streamlit_config.py")) or not names:
                found.append(f"elements are called as st.…, not imported: {names}")
        if isinstance(node, ast.keyword) and node.arg and node.arg.startswith("unsafe_allow"):
            found.append(node.arg)
    return found


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
