"""Removes what could name a person or a session from paths, campaign values and event names.

Order: percent-decode up to three times (double encoding is the usual bypass), Unicode NFKC, control characters
out, queries and parameters that were hidden in the encoding out, then patterns per segment, then the length cap.
A segment that is redacted is replaced as a whole. The rules follow what Google Analytics, Matomo and Plausible redact
(support.google.com/analytics/answer/13544947, Matomo issue 15427) and go further.
"""

import math
import re
import unicodedata
from collections import Counter
from itertools import pairwise
from urllib.parse import unquote

from appliance.anonymize.written import looks_random

MAX_PATH = 256
MAX_VALUE = 128
MAX_NAME = 120
_DECODINGS = 3
_DECODED = 2048
_READ = 512
"""Characters of the decoded text that are looked at: what is cut off behind them is never kept."""
_LONG = 16
_ENTROPY_BITS = 3.5

EMAIL, TOKEN, ID = ":email", ":token", ":id"

_CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    r"\U000e0000-\U000e007f]"
    # Persian and Indic words need their joiners; behind digits and Latin letters they only hide a pattern.
    r"|(?:(?<=[\x00-\u02ff\d])|^)[\u200c\u200d]+"
)
_MARKS = re.compile(r"[\u0300-\u036f]+")
"""Accents of Latin, Greek and Cyrillic letters, and what may be put on digits to hide them."""
_PARAMETERS = re.compile(r"[?#][\w.~\[\]-]+=.*|[;&][\w.~\[\]-]+=[^/]*", re.DOTALL)
_SESSION = re.compile(
    r"(?<![a-z0-9])(?:(?:j|php|asp)?_?sess(?:ion)?_?(?:id|key|token)?|sid|token|auth|secret|passw(?:or)?d|pwd)[=:]",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
"""What three decodings have left is meant to hide."""
_PLAIN = re.compile(r"(?:[0-9]{1,4}[-_. ])?[a-z]{1,11}(?:[-_.+~ ][a-z]{1,11})*(?:[-_. ][0-9]{1,4})?|[0-9]{1,4}|")
"""Words and a number at either end: what no rule can match, and most segments by far. 12 letters may end a UUID."""
_MAIL = re.compile(r"@|%(?:25)*40|&(?:#0{0,4}64|#x0{0,4}40|commat)\b|[\[({<]\s?at\s?[\])}>]|\bmailto:", re.IGNORECASE)
_SPELLED_MAIL = re.compile(r"[_. -]at[_. -][a-z0-9-]{1,40}[_. -]dot[_. -][a-z]{2,6}$", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_JWT = re.compile(r"(?<![A-Za-z0-9])eyJ[\w-]{5,}", re.ASCII)
_HEX = re.compile(r"(?<![0-9a-z])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,}(?![0-9a-z])|[0-9a-f]{16,}", re.IGNORECASE)
_ULID = re.compile(r"(?<![0-9a-z])[0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9a-z])", re.IGNORECASE)
_IBAN = re.compile(r"(?<![0-9a-z])[a-z]{2}\d{2}(?:[ -]?[0-9a-z]{4}){2,7}[ -]?[0-9a-z]{0,4}(?![0-9a-z])", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+|(?<!\d)00)\d[\d ()./-]{6,}\d")
_LONG_NUMBER = re.compile(r"\d{5,}")
_GROUPED_NUMBER = re.compile(r"(?<!\d)\d{2,}(?:[ .-]\d{2,}){2,}(?!\d)")
_PHONE_DIGITS = 7
_ADDRESS = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:{1,2}){3,7}[0-9a-f]{0,4}(?![\w:])|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}"
    r"|(?<![\w:])(?=[0-9a-f:]*::)[0-9a-f:]{3,39}(?![\w:])",
    re.IGNORECASE,
)
"""IPv4, IPv6 and hardware addresses."""
_SPLIT_NUMBER = re.compile(r"(?<=/)\d{2,}(?:[/ .-]\d{2,})+(?=/|$)")
"""A phone or account number written as a path."""
_CALENDAR_PATH = re.compile(r"^(?:19|20)\d\d/(?:0[1-9]|1[0-2])(?:/(?:0[1-9]|[12]\d|3[01]))?(?:/|$)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CALENDAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-.]?(?:0[1-9]|1[0-2])(?:[-.]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)"
    r"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-.](?:0?[1-9]|1[0-2])[-.](?:19|20)\d\d(?!\d)"
)
_SHORTEST_TOKEN = 8
_TOKEN_LIKE = re.compile(rf"[A-Za-z0-9_~+=-]{{{_SHORTEST_TOKEN},}}")
_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_SEPARATORS = re.compile(r"[-_.~+= ]+")


def redact_path(path: str) -> str:
    """Redacted path of a page, at most 256 characters, starting with a slash.

    >>> redact_path("/u/jane%2540example.org/orders/550e8400-e29b-41d4-a716-446655440000")
    '/u/:email/orders/:id'
    """
    text = clean(path)
    if "=" in text:
        text = _PARAMETERS.sub("", text)
    if _SPLIT_NUMBER.search(text):
        text = _SPLIT_NUMBER.sub(_redact_split_number, text)
    segments = text.split("/")
    redacted = "/".join(_redact_segment(segment) for segment in segments)
    if not redacted.startswith("/"):
        redacted = f"/{redacted}"
    return redacted[:MAX_PATH]


def redact_value(value: str, limit: int = MAX_VALUE) -> str:
    """Redacted campaign value or event name.

    >>> redact_value("spring sale"), redact_value("mail-to-jane@example.org")
    ('spring sale', ':email')
    """
    return "/".join(_redact_segment(part) for part in clean(value).strip().split("/"))[:limit].strip()


def clean(text: str) -> str:
    """Decoded, normalised text without control characters."""
    if text.isascii() and text.isprintable() and "%" not in text:
        return _cut(text)
    text = text[:_DECODED]
    for _ in range(_DECODINGS):
        decoded = unquote(text)
        if decoded == text:
            break
        text = decoded
    # Cut before and after: one character may stand for eighteen.
    normal = unicodedata.normalize("NFKC", _CONTROLS.sub("", _cut(text)))
    return _CONTROLS.sub("", _cut(normal))


def _cut(text: str) -> str:
    """The beginning up to a border, because half an address or token might pass where the whole does not."""
    if len(text) <= _READ:
        return text
    head = text[:_READ]
    border = max(head.rfind("/"), head.rfind(" "), head.rfind("+"))
    return head[:border] if border > 0 else head


def _redact_split_number(found: re.Match[str]) -> str:
    number = found[0]
    rest = _CALENDAR_PATH.sub("", number)
    if sum(map(str.isdigit, _YEAR.sub("", rest))) < _PHONE_DIGITS:
        return number
    return number.removesuffix(rest) + ID


def _redact_segment(segment: str) -> str:
    """The segment, or what stands for it. Accents hide nothing, but are kept where the segment is."""
    return _shape(segment if segment.isascii() else _without_accents(segment)) or segment


def _without_accents(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text))


def _shape(segment: str) -> str:
    """`:email`, `:id` or `:token`; empty for ordinary text."""
    if "dot" in segment and _SPELLED_MAIL.search(segment):
        return EMAIL
    if _PLAIN.fullmatch(segment) or (segment.isalpha() and len(segment) < _SHORTEST_TOKEN):
        return ""
    if _MAIL.search(segment):
        return EMAIL
    if _ADDRESS.search(segment):
        return ID
    if _JWT.search(segment) or _SESSION.search(segment) or _ESCAPE.search(segment):
        return TOKEN
    if _UUID.search(segment) or _ULID.search(segment) or _HEX.search(segment):
        return ID
    if any(_is_iban(found[0]) for found in _IBAN.finditer(segment)):
        return ID
    undated = _CALENDAR.sub("", segment)
    if _PHONE.search(segment) or _LONG_NUMBER.search(undated) or _has_grouped_number(undated):
        return ID
    return TOKEN if any(_is_random(run) for run in _TOKEN_LIKE.findall(segment)) else ""


def _is_iban(text: str) -> bool:
    """Whether the check digits are right (ISO 13616: modulo 97 is 1)."""
    number = "".join(c for c in text if c.isalnum())
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1


def _has_grouped_number(text: str) -> bool:
    return any(sum(map(str.isdecimal, found[0])) >= _PHONE_DIGITS for found in _GROUPED_NUMBER.finditer(text))


def _is_random(run: str) -> bool:
    """Whether a long run of token characters looks drawn at random rather than written.

    Words joined by hyphens have a high entropy as well, so what counts is the longest piece, and whether letters
    and digits or upper and lower case alternate inside it as they do in no word.
    """
    if looks_random(run):
        return True
    return len(run) >= _LONG and (
        any(_is_random_piece(piece) for piece in _SEPARATORS.split(run)) or _mixed_pieces(run)
    )


def _is_random_piece(piece: str) -> bool:
    if len(piece) < _LONG or _entropy(piece) <= _ENTROPY_BITS:
        return False
    return _alternations(piece) >= 3 or _vowel_share(piece) < 0.2


def _mixed_pieces(run: str) -> bool:
    """Base64url may contain separators: several short pieces that mix classes are one token."""
    counts = [_alternations(piece) for piece in _SEPARATORS.split(run)]
    if sum(counts) >= 4 and (len(set(_kinds(run))) == 3 or _word_share(run) < 0.7):
        return True
    mixed = sum(count >= 3 for count in counts)
    return mixed >= 2 or (mixed == 1 and len(counts) == 1)


def _alternations(piece: str) -> int:
    """Changes between digit, lower and upper case, a capital followed by its word not counted."""
    return sum(a != b and (a, b) != ("u", "l") for a, b in pairwise(_kinds(piece)))


def _word_share(run: str) -> float:
    """Share of the characters that stand in written-looking words: two small letters or three capitals and more."""
    return sum(map(len, _WORD.findall(run))) / len(run)


def _kinds(text: str) -> list[str]:
    """Class of each letter and digit."""
    return ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in text if c.isalnum()]


def _vowel_share(piece: str) -> float:
    letters = [c for c in piece.lower() if c.isalpha()]
    return sum(c in "aeiouy" for c in letters) / len(letters) if letters else 0.0


def _entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
