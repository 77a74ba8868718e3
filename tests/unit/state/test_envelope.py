"""Envelopes open only where they belong."""

import pytest

from appliance.errors import KeyGoneError
from appliance.state import envelope


class Glass:
    """A sealer that keeps everything readable, with the associated data checked."""

    def seal(self, name: str, plaintext: bytes, associated: bytes) -> bytes:
        return associated + b"|" + plaintext

    def unseal(self, name: str, sealed: bytes, associated: bytes) -> bytes:
        if not sealed.startswith(associated + b"|"):
            raise KeyGoneError("wrong place")
        return sealed[len(associated) + 1 :]


def test_label_is_readable_without_the_key() -> None:
    sealed = envelope.seal(Glass(), "exämple.org|2026-11-23", "events:{0}", b"content", 7)
    assert envelope.label(sealed) == ("exämple.org|2026-11-23", 7)


def test_content_comes_back_at_its_place_and_nowhere_else() -> None:
    sealed = envelope.seal(Glass(), "a|2026-11-23", "events:{0}", b"content")
    assert envelope.unseal(Glass(), "events:{0}", sealed) == b"content"
    with pytest.raises(KeyGoneError):
        envelope.unseal(Glass(), "events:{1}", sealed)


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x02\x00\x00\x00\x01\x03abc", b"\x01\x00\x00\x00\x01\xffabc"])
def test_what_is_no_envelope_has_no_key(broken: bytes) -> None:
    with pytest.raises(KeyGoneError):
        envelope.label(broken)
