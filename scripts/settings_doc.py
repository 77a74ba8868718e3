"""Writes docs/settings.md from the docstrings of `appliance.settings.sections` and `sites`.

`python scripts/settings_doc.py` writes the file; with `--check` it only says whether the file is up to date.
Nothing about a setting is written by hand twice: text, default and limits come from the class that checks it.
"""

import ast
import inspect
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from appliance.settings import Settings, sites
from appliance.settings import sections as general

_MODULES = (general, sites)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

HEAD = """\
# Settings

This page is generated from `appliance/settings/` by `make docs`.

The appliance reads one TOML file.
Every section can be left out; every key has a default unless it says "required".
An unknown key, a wrong type or an unsafe value stops the start with one sentence that names the key.
`appliance check --config appliance.toml` says so without starting anything.
Relative paths start at the directory of the file.
[deploy/appliance.toml](../deploy/appliance.toml) is a commented example.
"""


class Setting(NamedTuple):
    """One row of the page."""

    key: str
    default: str
    allowed: str
    text: str


def main(arguments: list[str]) -> int:
    """Write or check the page; the result is the exit code."""
    page = render()
    if "--check" not in arguments:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write(f"{PAGE.name} differs from appliance/settings/: run 'make docs'\n")
    return 1


def render() -> str:
    """The whole page."""
    texts = field_texts()
    parts = [HEAD]
    for name, section in sections():
        parts.append(_render_section(name, section, texts))
    return "\n".join(parts)


def sections(of: type[msgspec.Struct] = Settings, above: str = "") -> list[tuple[str, type[msgspec.Struct]]]:
    """Header as it stands in TOML, and the class that checks the section; sections within sections follow theirs."""
    found = []
    for field in msgspec.structs.fields(of):
        section, many = _section(field)
        if section is None:
            if not above:
                raise TypeError(f"{field.name} is neither a section nor a list of sections")
            continue
        name = f"{above}{field.name}"
        found.append((f"[[{name}]]" if many else f"[{name}]", section))
        found += sections(section, f"{name}.")
    return found


def _section(field: msgspec.structs.FieldInfo) -> tuple[type[msgspec.Struct] | None, bool]:
    """The class of a field that is a section of its own, and whether there may be several."""
    match msgspec.inspect.type_info(field.type):
        case msgspec.inspect.StructType(cls=section):
            return section, False
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.StructType(cls=section)):
            return section, True
    return None, False


def section_settings(section: type[msgspec.Struct], texts: dict[tuple[str, str], str]) -> list[Setting]:
    """Rows of one section.

    Raises:
        KeyError: a setting has no docstring.
    """
    return [
        Setting(
            field.name,
            _default(field),
            _allowed(msgspec.inspect.type_info(field.type)),
            texts[section.__name__, field.name],
        )
        for field in msgspec.structs.fields(section)
        if _section(field)[0] is None
    ]


def field_texts() -> dict[tuple[str, str], str]:
    """The string below each annotated field, by class and field; Python itself forgets it."""
    texts = {}
    for node in [node for module in _MODULES for node in ast.parse(inspect.getsource(module)).body]:
        if not isinstance(node, ast.ClassDef):
            continue
        for field, following in zip(node.body, node.body[1:], strict=False):
            match field, following:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    texts[node.name, name] = " ".join(text.split())
    return texts


def _render_section(name: str, section: type[msgspec.Struct], texts: dict[tuple[str, str], str]) -> str:
    intro = inspect.getdoc(section) or ""
    rows = [f"| `{row.key}` | {row.default} | {row.allowed} | {row.text} |" for row in section_settings(section, texts)]
    sentence = intro.partition(": ")[2].partition("\n")[0]
    return "\n".join(
        [
            f"## `{name}`",
            "",
            sentence[:1].upper() + sentence[1:],
            "",
            "| key | default | allowed | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def _allowed(kind: Any) -> str:
    match kind:
        case msgspec.inspect.IntType(ge=low, le=high):
            return f"{low} to {high}" if low is not None else "integer"
        case msgspec.inspect.BoolType():
            return "`true`, `false`"
        case msgspec.inspect.LiteralType(values=values):
            return ", ".join(f"`{value}`" for value in values)
        case msgspec.inspect.VarTupleType():
            return "list of strings"
        case _:
            return "string"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
