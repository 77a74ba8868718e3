"""Nothing that names a person or a session survives; ordinary paths do."""

import base64
import json
import uuid
from random import Random
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.redaction import MAX_PATH, redact_path, redact_value


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/u/jane@example.org", "/u/:email"),
        ("/u/jane%40example.org", "/u/:email"),
        ("/u/jane%2540example.org", "/u/:email"),
        ("/u/jane%252540example.org", "/u/:email"),
        ("/u/jane＠example.org", "/u/:email"),
        ("/order/550e8400-e29b-41d4-a716-446655440000", "/order/:id"),
        ("/order/550E8400E29B41D4A716446655440000", "/order/:id"),
        ("/o/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/o/:id"),
        ("/doc/507f1f77bcf86cd799439011", "/doc/:id"),
        ("/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709", "/commit/:id"),
        ("/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/reset/:token"),
        ("/reset/dGhpcyBpcyBhIHNlY3JldCB0b2tlbg", "/reset/:token"),
        ("/invite/Xk29fLq81PzR7mVb", "/invite/:token"),
        ("/magic/aB3dE5fG7hJ9kL1mN3pQ5rS7", "/magic/:token"),
        ("/s/Zm9v-YmFyX3Bh-c3N3b3Jk-MTIzNDU2", "/s/:token"),
        ("/u/jane%2525252540example.org", "/u/:email"),
        ("/u/jane％40example.org", "/u/:email"),
        ("/order/deadbeef-cafe-babe-face-deadbeefcafe", "/order/:id"),
        ("/s/a1b2c3-d4e5f6-g7h8", "/s/:token"),
        ("/customer/123456", "/customer/:id"),
        ("/customer/2019123", "/customer/:id"),
        ("/customer/201201201202", "/customer/:id"),
        ("/customer/20120520123", "/customer/:id"),
        ("/customer/１２３４５", "/customer/:id"),
        ("/customer/12\u200c34\u200d5", "/customer/:id"),
        ("/customer/12\u00ad345", "/customer/:id"),
        ("/customer/12\U000e0041345", "/customer/:id"),
        ("/customer-98765/invoice", "/:id/invoice"),
        ("/call/+49 30 1234567", "/call/:id"),
        ("/call/0049-30-12-34-567", "/call/:id"),
        ("/call/030.1234.5678", "/call/:id"),
        ("/pay/DE89370400440532013000", "/pay/:id"),
        ("/pay/DE89 3704 0044 0532 0130 00", "/pay/:id"),
        ("/cart;jsessionid=abc123/items", "/cart/items"),
        ("/a%3Ftoken=abc&next=/reset/jane", "/a"),
        ("/a%2523access_token=abc", "/a"),
        ("/a&sid=abc/b", "/a/b"),
        ("/a\x00b", "/ab"),
        ("/a%00b", "/ab"),
        ("/a\ud800b", "/ab"),
        ("", "/"),
        ("blog", "/blog"),
    ],
)
def test_what_may_identify_is_replaced(path: str, expected: str) -> None:
    assert redact_path(path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/blog/",
        "/blog/2026/11/23/how-we-count-visitors-without-cookies",
        "/blog/2026-11-23-how-we-count",
        "/news/20261123-release",
        "/products/iphone-15-pro-max",
        "/docs/v2.10.1/getting-started",
        "/internationalization-and-localization-guidelines",
        "/Unternehmensgründungsförderung/Voraussetzungen",
        "/über-uns/datenschutzerklärung",
        "/à-propos/mentions-légales",
        "/política-de-privacidad",
        "/o-nas/polityka-prywatności",
        "/о-нас/политика-конфиденциальности",
        "/关于我们/隐私政策",
        "/会社概要/プライバシーポリシー",
        "/من-نحن/سياسة-الخصوصية",
        "/अंग्रेजी/हमारे-बारे-में",
        "/σχετικά-με-εμάς",
        "/en_GB/checkout/thank-you",
        "/index.php",
        "/wp-content/uploads/annual-report.pdf",
        "/404",
        "/page/1234",
        "/tag/c++",
        "/wiki/What_Is_Love?",
        "/c#",
        "/10-15-20-percent-off",
        "/windows10-to-windows11-upgrade4-guide5-for-beginners",
        "/2026-in-review",
        "/می‌خواهم/کتاب‌ها",
        "/क्‍ष",
        "/JavaScript-The-Good-Parts",
        "/how-to-write-a-very-long-title-that-goes-on-and-on-with-many-words",
        "/Rindfleischetikettierungsgesetz",
        "/covid-19-faq",
        "/mp3-to-wav-converter-2024",
        "/AbcDefGhi",
    ],
)
def test_ordinary_path_is_untouched(path: str) -> None:
    assert redact_path(path) == path


def test_percent_encoded_letters_are_read() -> None:
    assert redact_path("/%C3%BCber-uns") == "/über-uns"


def test_path_is_cut_at_its_cap() -> None:
    assert len(redact_path("/" + "word-" * 200)) == MAX_PATH


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("spring sale", "spring sale"),
        ("jane.doe@example.org", ":email"),
        ("newsletter-2026-11", "newsletter-2026-11"),
        ("user-1234567", ":id"),
        (" padded ", "padded"),
        ("", ""),
    ],
)
def test_campaign_value_follows_the_same_rules(value: str, expected: str) -> None:
    assert redact_value(value) == expected


def encoded(text: str, times: int) -> str:
    for _ in range(times):
        text = quote(text, safe="")
    return text


@given(st.uuids(), st.integers(0, 3))
def test_no_uuid_survives(value: uuid.UUID, times: int) -> None:
    for text in (str(value), str(value).upper(), value.hex):
        assert redact_path(f"/a/{encoded(text, times)}/b") == "/a/:id/b"


@given(
    st.dictionaries(st.sampled_from(["sub", "iat", "mail"]), st.text(max_size=20)),
    st.binary(max_size=40),
    st.integers(0, 3),
)
def test_no_signed_web_token_survives(claims: dict[str, str], signature: bytes, times: int) -> None:
    parts = (b'{"alg":"HS256"}', json.dumps(claims).encode(), signature)
    token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    assert redact_path(f"/a/{encoded(token, times)}/b") == "/a/:token/b"


@given(st.integers(10_000, 10**18).filter(lambda number: not str(number).startswith(("19", "20"))))
def test_no_long_number_survives(number: int) -> None:
    assert redact_path(f"/a/x{number}y") == "/a/:id"


@given(st.from_regex(r"(19|20)[0-9]{7,20}", fullmatch=True))
def test_no_long_number_that_begins_like_a_date_survives(number: str) -> None:
    assert redact_path(f"/a/{number}") == "/a/:id"


@given(st.from_regex(r"[a-z]{1,12}(\.[a-z]{1,8})?@[a-z]{2,12}\.(org|com|de)", fullmatch=True), st.integers(0, 3))
def test_no_mail_address_survives(address: str, times: int) -> None:
    redacted = redact_path(f"/reset/{encoded(address, times)}")
    assert "@" not in redacted
    assert address.split("@")[0] not in redacted.removeprefix("/reset/").removeprefix(":email")


@given(st.randoms(use_true_random=False), st.integers(32, 64))
def test_no_random_url_safe_token_survives(random: Random, size: int) -> None:
    token = base64.urlsafe_b64encode(random.randbytes(size)).decode().rstrip("=")
    assert token not in redact_path(f"/invite/{token}")


@given(st.binary(min_size=8, max_size=32).filter(lambda b: b[0] > 15))
def test_no_long_hex_survives(secret: bytes) -> None:
    assert secret.hex() not in redact_path(f"/invite/{secret.hex()}")


@given(st.text())
def test_any_text_gives_a_clean_path(text: str) -> None:
    redacted = redact_path(text)
    assert redacted.startswith("/")
    assert len(redacted) <= MAX_PATH
    redacted.encode()
    assert "\x00" not in redacted
