"""Lines of the common and the combined format."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.ingest.logs.combined import parse_combined
from appliance.ingest.logs.line import LeftOut, LogLine

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
COMMON = b'203.0.113.9 - anna [10/Oct/2000:13:55:36 -0700] "GET /a?utm_source=x HTTP/1.0" 200 2326'
COMBINED = COMMON + b' "https://www.example.com/start" "Mozilla/4.08 [en] (Win98; I ;Nav)"'


def parsed(line: bytes) -> LogLine:
    found = parse_combined(line)
    assert isinstance(found, LogLine)
    return found


def test_combined_has_referrer_and_agent() -> None:
    line = parsed(COMBINED)
    assert line.at == datetime(2000, 10, 10, 20, 55, 36).replace(tzinfo=UTC).timestamp()
    assert (line.address, line.target, line.referrer) == (
        "203.0.113.9",
        "/a?utm_source=x",
        "https://www.example.com/start",
    )
    assert line.user_agent == "Mozilla/4.08 [en] (Win98; I ;Nav)"


def test_common_has_no_agent_and_a_dash_is_an_empty_one() -> None:
    assert parsed(COMMON).user_agent is None
    assert parsed(COMMON + b' "-" "-"').user_agent == ""
    assert parsed(COMMON + b' "-" "-"').referrer == ""


def test_what_follows_the_agent_is_not_looked_at() -> None:
    assert parsed(COMBINED + b' "203.0.113.1" 0.003').target == "/a?utm_source=x"


def test_nothing_of_a_line_is_printed() -> None:
    assert repr(parsed(COMBINED)) == str(parsed(COMBINED)) == "LogLine(…)"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"GET", b"POST", LeftOut.METHOD),
        (b"GET", b"HEAD", LeftOut.METHOD),
        (b" 200 ", b" 404 ", LeftOut.STATUS),
        (b" 200 ", b" 301 ", LeftOut.STATUS),
        (b"/a?", b"/a.CSS?", LeftOut.ASSET),
        (b"/a?utm_source=x", b"/logo.png", LeftOut.ASSET),
        (b'"GET /a?utm_source=x HTTP/1.0"', b'"-"', LeftOut.UNREADABLE),
        (b'"GET /a?utm_source=x HTTP/1.0"', b'"\\x16\\x03\\x01"', LeftOut.UNREADABLE),
        (b"Oct", b"Okt", LeftOut.UNREADABLE),
        (b"10/Oct", b"31/Feb", LeftOut.UNREADABLE),
        (b" 2326", b"", LeftOut.UNREADABLE),
    ],
)
def test_reasons_to_leave_a_line_out(old: bytes, new: bytes, reason: LeftOut) -> None:
    assert parse_combined(COMBINED.replace(old, new)) is reason


@pytest.mark.parametrize("path", ["/release-1.2/", "/a.b/c", "/v1.0", "/css", "/about.html", "/index.php"])
def test_pages_with_a_dot_are_pages(path: str) -> None:
    assert parsed(COMBINED.replace(b"/a?", path.encode() + b"?")).target.startswith(path)


def nginx(text: str) -> str:
    """As nginx writes a value: quotes, backslashes, controls and what is beyond ASCII as numbers."""
    return "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02X}" for b in text.encode())


def apache(text: str) -> str:
    """As Apache writes it: backslashes before quotes, letters for some controls."""
    letters = {ord('"'): '\\"', ord("\\"): "\\\\", 10: "\\n", 9: "\\t"}
    return "".join(letters.get(b) or (chr(b) if 32 <= b < 127 else f"\\x{b:02x}") for b in text.encode())


@given(
    agent=st.text(max_size=80).filter(lambda text: text != "-"),
    referrer=st.text(max_size=80).filter(lambda text: text != "-"),
    path=st.text(st.characters(exclude_characters=" ?", exclude_categories=("Cs",)), max_size=40),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    minutes=st.integers(-14 * 60, 14 * 60),
    write=st.sampled_from([nginx, apache]),
)
def test_what_a_server_wrote_is_read_back(
    agent: str, referrer: str, path: str, at: datetime, minutes: int, write
) -> None:
    moment = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    text = (
        f'2001:db8::1 - - [{moment:%d/%b/%Y:%H:%M:%S %z}] "GET /{write(path)}/ HTTP/2.0" 200 - '
        f'"{write(referrer)}" "{write(agent)}"'
    )
    line = parsed(text.encode())
    assert (line.user_agent, line.referrer, line.target) == (agent, referrer, f"/{path}/")
    assert line.at == moment.timestamp()


@given(st.binary(max_size=300))
def test_any_bytes_are_a_line_or_a_reason(noise: bytes) -> None:
    assert isinstance(parse_combined(noise), LogLine | LeftOut)


@given(st.integers(0, len(COMBINED)), st.binary(min_size=1, max_size=3))
def test_damaged_lines_raise_nothing(place: int, noise: bytes) -> None:
    assert isinstance(parse_combined(COMBINED[:place] + noise + COMBINED[place + 1 :]), LogLine | LeftOut)
