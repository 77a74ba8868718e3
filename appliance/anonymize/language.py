"""Reduces Accept-Language to one primary language of ISO 639. Pure.

Of `de-AT,de;q=0.9,en;q=0.8` only `de` is left: the order and number of languages tell people apart.
"""

_TWO_LETTERS = (
    # ISO 639-1, www.loc.gov/standards/iso639-2/php/code_list.php
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nd ne ng "
    "nl no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_THREE_LETTERS = (
    # Of ISO 639-2 and 639-3 those that browsers and phones are sold in and that have no code of two letters
    "ast ceb chr ckb dsb fil fur gsw haw hil hmn hsb kab kok lij mai mni nds nso sat scn sco szl tet yue zgh"
)
LANGUAGES = frozenset((*_TWO_LETTERS.split(), *_THREE_LETTERS.split()))
"""What languages are reported as. A word of the header that is not here is no language."""

_MAX_HEADER = 256
_SUCCESSORS = {
    "cmn": "zh",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "nb": "no",
    "nn": "no",
    "sh": "sr",
}
"""Codes that were replaced (IANA language subtag registry), and names of parts: Norwegian, Chinese."""


def primary_language(header: str) -> str:
    """Code of the language that is liked best; empty if none is of the table.

    >>> primary_language("de-AT,de;q=0.9,en;q=0.8"), primary_language("x-jane,en;q=0.5"), primary_language("*")
    ('de', 'en', '')
    """
    first = header.partition(",")[0]
    if ";" not in first:  # of full weight, and browsers write what they like best in front
        code = _code(first)
        if code:
            return code
    best, weight = "", 0.0
    for item in header[:_MAX_HEADER].split(","):
        tag, _, parameter = item.partition(";")
        code, quality = _code(tag), _quality(parameter)
        if code and quality > weight:
            best, weight = code, quality
    return best


def _code(tag: str) -> str:
    code = tag.strip()[:9].partition("-")[0].lower()
    code = _SUCCESSORS.get(code, code)
    return code if code in LANGUAGES else ""


def _quality(parameter: str) -> float:
    """Weight of RFC 9110 §12.4.2; one that is no number is none."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0.0 < quality <= 1.0 else 0.0
