"""Every case of redaction_cases.txt, as path, and none of them changed by a second redaction."""

from pathlib import Path

import pytest

from appliance.anonymize.redaction import redact_path, redact_value

FILE = Path(__file__).with_name("redaction_cases.txt")


def cases() -> list[tuple[str, str, str]]:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    split = [line.split(" | ", 2) for line in lines]
    return [(kind, _read(path), _read(expected)) for kind, path, expected in split]


def _read(text: str) -> str:
    if "\\" not in text:
        return text
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


CASES = cases()


def test_there_are_at_least_three_hundred_of_ten_kinds() -> None:
    assert len(CASES) >= 300
    assert len({kind for kind, _, _ in CASES}) >= 10


@pytest.mark.parametrize(("path", "expected"), [case[1:] for case in CASES], ids=[ascii(case[1]) for case in CASES])
def test_path_is_redacted_as_the_table_says(path: str, expected: str) -> None:
    assert redact_path(path) == expected
    assert redact_path(expected) == expected


@pytest.mark.parametrize(
    "value", [path[3:] for kind, path, _ in CASES if kind in ("mail", "uuid", "token") and path[2:3] == "/"]
)
def test_campaign_value_or_name_is_redacted_by_the_same_rules(value: str) -> None:
    redacted = redact_value(value)
    assert redacted.startswith(":")
    assert redact_value(redacted) == redacted
