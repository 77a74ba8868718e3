"""Tells what people write from what programs draw at random. Pure.

A text is walked letter by letter. Three letters that no word has, a digit between letters and a capital inside a word
speak for a draw; three letters as words have them speak against it. The stretch that speaks most decides, so that a
token does not hide between words. All weights and limits were fitted to random tokens of ten kinds on one side and
paths in 18 languages on the other; `tests/unit/anonymize/test_redaction_rates.py` measures both.
"""

import re
from functools import cache
from importlib.resources import files

_SHORTEST = 8
"""Shorter texts say too little: "x86", "rtx4090"."""
_UNSEEN, _SEEN = 1.0, -0.4
_DIGIT_AND_LETTER, _TWO_DIGITS = 1.2, 0.2
_CAPITAL_INSIDE, _END_OF_CAPITALS = 1.2, 0.3
_LIMIT = 2.2
_LIMIT_OF_THREE_KINDS = 1.2
"""With small and capital letters and digits, from ten characters on."""
_LIMIT_OF_ONE_CASE = 1.8
"""One long word of small or of capital letters, from 14 on."""
_LIMIT_OF_NAMES = 4.2
"""Eight or nine characters of one case: "gtx1080ti", "xml2json"."""
_WRITTEN_SHARE = 0.7
"""A text of which seven tenths are words is no token, whatever stands between them: "iPhone15ProMax"."""
_SEPARATORS = re.compile(r"[-_~+=]+")
_WORD = re.compile(r"[A-Z][a-z]{2,}|[a-z]{4,}|[A-Z]{4,}")


def looks_random(text: str) -> bool:
    """Whether ASCII letters, digits and separators look like a token rather than like words.

    Without capitals, or with nothing else, what stands between separators is judged alone: "ryzen-7-7800x3d".

    >>> looks_random("getting-started-with-web3"), looks_random("dQw4w9WgXcQ"), looks_random("qzkjxwvbnmpf")
    (False, True, True)
    """
    if text.islower() or text.isupper():
        return any(_is_odd(piece) for piece in _SEPARATORS.split(text))
    return _is_odd(text)


def _is_odd(text: str) -> bool:
    return len(text) >= _SHORTEST and _oddness(text) > _limit(text) and _written_share(text) < _WRITTEN_SHARE


def _limit(text: str) -> float:
    if text.islower() or text.isupper():
        if len(text) >= 14 and text.isalpha():
            return _LIMIT_OF_ONE_CASE
        return _LIMIT_OF_NAMES if len(text) < 10 else _LIMIT
    return _LIMIT_OF_THREE_KINDS if len(text) >= 10 and any(c.isdigit() for c in text) else _LIMIT


def _oddness(text: str) -> float:
    """Greatest sum of weights of any stretch of neighbours."""
    triples = _triples()
    small = text.lower()
    greatest = here = 0.0
    for i in range(1, len(text)):
        a, b = text[i - 1], text[i]
        if not a.isalnum() or not b.isalnum():
            continue
        if a.isdigit() or b.isdigit():
            weight = _TWO_DIGITS if a.isdigit() and b.isdigit() else _DIGIT_AND_LETTER
        else:
            weight = 0.0
            if i >= 2 and text[i - 2].isalpha() and not _begins_word(text[i - 2], a, b):
                weight = _SEEN if small[i - 2 : i + 1] in triples else _UNSEEN
            if a.islower() and b.isupper():
                weight += _CAPITAL_INSIDE
            elif i >= 2 and text[i - 2].isupper() and a.isupper() and b.islower():
                weight += _END_OF_CAPITALS
        here = max(0.0, here + weight)
        greatest = max(greatest, here)
    return greatest


def _begins_word(a: str, b: str, c: str) -> bool:
    """Whether a capital after a small letter is among three: then they belong to two words."""
    return (a.islower() and b.isupper()) or (b.islower() and c.isupper())


def _written_share(text: str) -> float:
    """Share of letters and digits that stand in words: of four letters and more, or three with a capital in front."""
    triples = _triples()
    written = 0
    for found in _WORD.findall(text):
        word = found.lower()
        if all(word[i : i + 3] in triples for i in range(len(word) - 2)):
            written += len(word)
    return written / sum(map(str.isalnum, text))


@cache
def _triples() -> frozenset[str]:
    """Three letters that follow each other in words; origin in data/ORIGIN.md."""
    lines = (files("appliance.anonymize") / "data/letter-triples.txt").read_text(encoding="ascii").splitlines()
    return frozenset(line[:2] + letter for line in lines for letter in line[3:])
