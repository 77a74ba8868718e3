"""Lines of text as a table for a terminal. Pure."""

from collections.abc import Sequence


def columns(lines: Sequence[Sequence[str]]) -> str:
    """Each cell as wide as the widest of its column; what is not printable is left out.

    >>> columns([("id", "user"), ("1a2b", "anna")])
    'id    user\\n1a2b  anna\\n'
    """
    shown = [[_printable(cell) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in shown)


def _printable(cell: str) -> str:
    return "".join(character for character in cell if character.isprintable())
