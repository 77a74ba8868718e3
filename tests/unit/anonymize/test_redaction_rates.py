"""How often random tokens survive, and how often ordinary paths are hit. docs/privacy.md states these figures."""

import base64
import string
from collections.abc import Callable
from random import Random
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.redaction import MAX_PATH, clean, redact_path, redact_value

WORDS = {
    "en": "about services pricing features customers newsletter download shipping returns contact careers team "
    "knowledge guide tutorial through strength throughout thoughts weekly archive category summer winter bikes",
    "de": "über leistungen preise datenschutz impressum versandkosten rückgabe kontakt öffnungszeiten "
    "kraftfahrzeug herbst frühling geschwindigkeit unternehmen schreibwaren nachrichten straße fahrplan glückwunsch",
    "fr": "accueil entreprise tarifs livraison retours boutique actualités politique confidentialité été hiver "
    "voiture beurre fromage heureux travaux bientôt château forêt",
    "es": "inicio empresa precios envíos devoluciones noticias política privacidad verano invierno zapatos coches "
    "guía descargar cuánto corazón quiénes somos mañana",
    "it": "chi siamo prezzi spedizioni resi negozio notizie scarpe biciclette scaricare guida perché città "
    "ragazzi famiglia gnocchi sciarpa",
    "nl": "over ons prijzen verzending retourneren winkel nieuws schoenen fietsen zekerheid ziektekosten "
    "verzekering vrijwilligers schrijven nieuwsbrief",
    "pl": "oferta cennik dostawa zwroty sklep aktualności polityka prywatności szczęście przedszkole książki "
    "źródło wrzesień chrząszcz",
    "sv": "tjänster priser frakt returer butik nyheter integritet skidåkning cyklar sjukhus västkusten",
    "tr": "hakkımızda fiyatlar kargo iade mağaza haberler gizlilik ayakkabı bisiklet çalışma güvenlik",
    "pt": "sobre nós preços entrega devoluções loja notícias privacidade sapatos bicicletas coração não",
}
BASE62 = string.ascii_letters + string.digits


def drawn(alphabet: str, length: int) -> Callable[[Random], str]:
    return lambda random: "".join(random.choices(alphabet, k=length))


def url_safe(size: int) -> Callable[[Random], str]:
    return lambda random: base64.urlsafe_b64encode(random.randbytes(size)).decode().rstrip("=")


def survival(draw: Callable[[Random], str], count: int) -> float:
    random = Random(7)
    tokens = [draw(random) for _ in range(count)]
    return sum(redact_path(f"/t/{token}") == f"/t/{token}" for token in tokens) / count


@pytest.mark.parametrize(
    ("draw", "at_most"),
    [
        pytest.param(url_safe(9), 0.02, id="9 bytes, URL-safe"),
        pytest.param(url_safe(12), 0.0015, id="12 bytes, URL-safe"),
        pytest.param(url_safe(16), 0.0002, id="16 bytes, URL-safe"),
        pytest.param(url_safe(24), 0.0, id="24 bytes, URL-safe"),
        pytest.param(drawn("0123456789abcdef", 12), 0.005, id="12 hex digits"),
        pytest.param(drawn("0123456789abcdef", 16), 0.0, id="16 hex digits"),
        pytest.param(drawn(BASE62, 11), 0.02, id="11 of letters and digits"),
        pytest.param(drawn(string.ascii_lowercase + string.digits, 16), 0.002, id="16 small letters and digits"),
        pytest.param(drawn(string.ascii_lowercase, 20), 0.02, id="20 small letters"),
        pytest.param(drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), 0.006, id="16 of base 32"),
    ],
)
def test_random_tokens_hardly_ever_survive(draw: Callable[[Random], str], at_most: float) -> None:
    assert survival(draw, 10_000) <= at_most


def ordinary_paths(random: Random, count: int) -> list[str]:
    paths = []
    for _ in range(count):
        words = WORDS[random.choice(list(WORDS))].split()
        picked = random.choices(words, k=random.randint(1, 6))
        style = random.random()
        if style < 0.6:
            slug = "-".join(picked)
        elif style < 0.7:
            slug = "_".join(picked)
        elif style < 0.8:
            slug = "-".join(word.title() for word in picked)
        elif style < 0.9:
            slug = f"{'-'.join(picked)}-{random.choice((2, 10, 24, 365, 1999, 2026))}"
        else:
            slug = "/".join(picked)
        paths.append(f"/{random.choice(('blog', 'shop', 'de', '2026/11', 'produkte'))}/{slug}")
    return paths


def test_ordinary_paths_in_ten_languages_are_untouched() -> None:
    paths = ordinary_paths(Random(11), 3_000)
    hit = [path for path in paths if redact_path(path) != path]
    assert hit == []


@given(
    st.sampled_from([url_safe(16), url_safe(24), drawn("0123456789abcdef", 16), drawn("0123456789", 6)]),
    st.lists(st.sampled_from(WORDS["en"].split()), max_size=4),
    st.lists(st.sampled_from(WORDS["de"].split()), max_size=4),
    st.randoms(use_true_random=False),
)
def test_no_token_survives_between_words(
    draw: Callable[[Random], str], before: list[str], after: list[str], random: Random
) -> None:
    token = draw(random)
    for joint in "/", "-":
        assert token not in redact_path("/" + joint.join([*before, token, *after]))


@given(st.text())
def test_a_second_redaction_changes_nothing(text: str) -> None:
    once = redact_path(text)
    if "%" not in once:  # what a percent sign hides may need another round, and there are three at most
        assert redact_path(once) == once


@given(st.text())
def test_a_second_redaction_of_a_value_changes_nothing(text: str) -> None:
    once = redact_value(text)
    if "%" not in once:
        assert redact_value(once) == once


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "a@", "Ab1-", "0-", "1.2", "%2525", "x/", "é", "[at", "00 ", "aA0_", "a:", "2026/", "dot-at-"),
        *("\ufdfa", "%EF%B7%BA"),
    ],
)
def test_work_is_bounded_whatever_the_text_stands_for(unit: str) -> None:
    """One character may stand for eighteen, and three decodings may hide a long text in a short one."""
    long = "/" + unit * (2_000 // len(unit))
    assert len(clean(long)) <= 512
    assert len(redact_path(long)) <= MAX_PATH


def test_long_title_in_another_script_keeps_its_page() -> None:
    title = "как-мы-считаем-посетителей-без-файлов-куки-и-что-из-этого-следует-для-владельцев-сайтов-в-новом-году"
    assert redact_path(f"/{quote('новости')}/{quote(title)}") == f"/новости/{title}"
