"""The evidence log as somebody reads it who has only the file."""

import json
from pathlib import Path
from typing import Any


def entries(data_dir: Path) -> list[dict[str, Any]]:
    """All entries, oldest first."""
    path = data_dir / "evidence.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def days_with(data_dir: Path, kind: str) -> set[tuple[str, str]]:
    """Site and day of all entries of a kind."""
    return {(entry["site"], entry["day"]) for entry in entries(data_dir) if entry["kind"] == kind}


def closed_days(data_dir: Path) -> set[tuple[str, str]]:
    """Site-days whose cells are in the closed table and whose key is destroyed."""
    return days_with(data_dir, "day_closed") & days_with(data_dir, "key_destroyed")
