"""The opt-out page says the truth, asks nobody else, and keeps a constant."""

import re

import pytest

from consent.optout import CLEAR_FLAG, RESUME, SET_FLAG, page
from consent.signals import read_signals


@pytest.mark.parametrize("opted_out", [True, False])
def test_page_has_no_script_and_asks_no_other_host(opted_out: bool) -> None:
    text = page(opted_out=opted_out).decode()
    assert "<script" not in text
    assert re.findall(r"(?:src|href|url\()", text) == []
    assert text.count("<form") == 1


def test_button_does_the_opposite_of_the_state() -> None:
    assert RESUME.partition(b"=")[2] in page(opted_out=True).partition(b"<form")[2]
    assert b'value="refuse"' in page(opted_out=False)


def test_flag_is_a_constant_that_the_gate_reads() -> None:
    cookie, _, attributes = SET_FLAG.partition(";")
    assert read_signals([(b"cookie", cookie.encode())]).opted_out
    assert "Max-Age=34128000" in attributes
    assert not read_signals([(b"cookie", CLEAR_FLAG.partition(";")[0].encode())]).opted_out
