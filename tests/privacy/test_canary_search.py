"""The search itself: a canary that is written down in some form is found, and nothing is found where there is none."""

import base64
import gzip
import hashlib
import ipaddress
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.kit.canaries import address, find, find_in_files, text

MAIL = "Jane.Canary@example.test"
CANARIES = [text("mail", MAIL)]
V4, V6 = ipaddress.ip_address("93.184.216.77"), ipaddress.ip_address("2a02:8109:9d40:1b7:c0ff:ee12:3456:789a")
OTHER_V4, THIRD_V4 = ipaddress.ip_address("141.30.67.201"), ipaddress.ip_address("62.157.9.133")


@pytest.mark.parametrize(
    "written",
    [
        MAIL.encode(),
        MAIL.upper().encode(),
        MAIL.encode("utf-16-le"),
        quote(MAIL).encode(),
        quote(quote(MAIL)).encode(),
        base64.b64encode(MAIL.encode()),
        base64.b64encode(b"x" + MAIL.encode() + b"y"),
        base64.b64encode(b"xx" + MAIL.encode() + b"yy"),
        base64.urlsafe_b64encode(b"xxxx" + MAIL.encode()),
        MAIL.encode().hex().encode(),
        MAIL.encode().hex().upper().encode(),
        hashlib.md5(MAIL.encode(), usedforsecurity=False).digest(),
        hashlib.sha1(MAIL.encode(), usedforsecurity=False).hexdigest().encode(),
        hashlib.sha256(MAIL.encode()).digest(),
        gzip.compress(b"before " + MAIL.encode(), mtime=0),
        b"something" + gzip.compress(gzip.compress(MAIL.encode(), mtime=0), mtime=0) + b"behind",
    ],
)
def test_text_is_found_in_every_form(written: bytes) -> None:
    assert find(b"\0\1\2" + written + b"\3\4\5", CANARIES)


@pytest.mark.parametrize("at", [V4, V6])
def test_address_is_found_as_text_and_as_digest(at: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    canaries = [address(str(at))]
    for written in (str(at).encode(), at.packed.hex().encode(), at.exploded.encode()):
        assert find(b"..." + written + b"...", canaries), written
    assert find(hashlib.sha256(at.packed).digest(), canaries)


def test_address_is_found_as_bytes_and_as_its_first_bits() -> None:
    for written in (b"\0" * 10 + b"\xff\xff" + V4.packed, str(int(V4)).encode(), b"93.184.216.0"):
        assert find(written, [address(str(V4))])
    for written in (V6.packed, V6.packed[::-1], V6.packed[:8]):
        assert find(b"..." + written + b"...", [address(str(V6))])


def test_four_bytes_that_may_occur_by_chance_count_only_if_those_of_two_addresses_are_there() -> None:
    canaries = [address(str(V4)), address(str(OTHER_V4)), address(str(THIRD_V4))]
    assert not find(b"." + V4.packed + b".", canaries)
    assert not find(V4.packed + b"." + OTHER_V4.packed[::-1], canaries)
    assert find(V4.packed + b"." + OTHER_V4.packed, canaries)
    assert find(V4.packed[::-1] + b"." + THIRD_V4.packed[::-1], canaries)


def test_nothing_is_found_where_nothing_is() -> None:
    assert not find(b"jane canary example test " * 100 + bytes(range(256)), [*CANARIES, address(str(V4))])


def test_names_and_contents_of_files_are_searched(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "content").write_text(f"to {MAIL}.")
    (tmp_path / f"{MAIL}.txt").write_text("")
    found = find_in_files(tmp_path, CANARIES)
    assert len(found) == 2
    assert any("the name" in sentence for sentence in found)
