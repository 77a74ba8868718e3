"""What counts as a refusal."""

import pytest

from consent.signals import NO_SIGNALS, Signals, read_signals


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], NO_SIGNALS),
        ([(b"sec-gpc", b"1")], Signals(False, True, False)),
        ([(b"sec-gpc", b"0"), (b"sec-gpc", b"1")], Signals(False, True, False)),
        ([(b"sec-gpc", b"1"), (b"sec-gpc", b"0")], Signals(False, True, False)),
        ([(b"dnt", b"1"), (b"dnt", b"0")], Signals(False, False, True)),
        ([(b"cookie", b"cl_optout=1"), (b"cookie", b"a=b")], Signals(True, False, False)),
        ([(b"sec-gpc", b"0")], NO_SIGNALS),
        ([(b"sec-gpc", b"true")], NO_SIGNALS),
        ([(b"sec-gpc", b"11")], NO_SIGNALS),
        ([(b"dnt", b"1")], Signals(False, False, True)),
        ([(b"dnt", b"0")], NO_SIGNALS),
        ([(b"dnt", b"unspecified")], NO_SIGNALS),
        ([(b"cookie", b"a=b; cl_optout=1; c=d")], Signals(True, False, False)),
        ([(b"cookie", b"cl_optout=1")], Signals(True, False, False)),
        ([(b"cookie", b"cl_optout=0")], NO_SIGNALS),
        ([(b"cookie", b"xcl_optout=1")], NO_SIGNALS),
        ([(b"cookie", b"cl_optout=10")], NO_SIGNALS),
    ],
)
def test_signal_is_read_exactly(headers: list[tuple[bytes, bytes]], expected: Signals) -> None:
    assert read_signals(headers) == expected
