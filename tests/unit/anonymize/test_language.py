"""Of a header of preferences one language is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.language import LANGUAGES, primary_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"),
        ("en", "en"),
        ("EN-us", "en"),
        ("en;q=0.5, fr;q=0.9, de;q=0.7", "fr"),
        ("zh-Hant-TW,zh;q=0.9", "zh"),
        ("cmn-Hans-CN", "zh"),
        ("nb-NO,no;q=0.9", "no"),
        ("iw-IL", "he"),
        ("fil-PH,fil;q=0.9", "fil"),
        ("*", ""),
        ("*,de;q=0.5", "de"),
        ("", ""),
        ("   ", ""),
        ("jane-doe", ""),
        ("x-jane,pl;q=0.3", "pl"),
        ("xx-YY,klingon,4711", ""),
        ("de;q=0", ""),
        ("de;q=0,en;q=0.1", "en"),
        ("de;q=nan,en;q=0.1", "en"),
        ("de;q=inf,en;q=0.1", "en"),
        ("de;q=,en;q=0.1", "en"),
        ("de;level=1,en;q=0.1", "en"),
        ("de;,en;q=0.1", "de"),
        (",,de", "de"),
        ("d" * 10_000, ""),
        (";" * 10_000, ""),
    ],
)
def test_language_liked_best_is_taken_if_there_is_one(header: str, language: str) -> None:
    assert primary_language(header) == language


@given(st.text(max_size=300) | st.text(alphabet="deunfrq=0.19,;-* ", max_size=300))
def test_nothing_but_a_language_of_the_table_comes_out(header: str) -> None:
    assert primary_language(header) in {"", *LANGUAGES}


def test_codes_have_two_or_three_letters() -> None:
    assert all(code.isascii() and code.isalpha() and code.islower() and len(code) in (2, 3) for code in LANGUAGES)
    assert len(LANGUAGES) > 180
