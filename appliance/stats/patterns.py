"""Regular expressions of filters, in RE2, whose time grows with the text alone (https://github.com/google/re2). Pure.

Whoever has a key may send them, so their length, number and memory are bounded.
"""

from collections.abc import Callable

import re2

from appliance.errors import QueryError

_MAX_CHARACTERS = 256
_MAX_PATTERNS = 20
_MAX_BYTES = 1 << 18
"""Of one compiled expression; the library remembers 128 of them."""


def one_of_patterns(patterns: list[str], is_case_sensitive: bool) -> Callable[[str], bool]:
    """Whether one of the expressions is found anywhere in a value.

    Raises:
        QueryError: too many, too long, or not in RE2's syntax.
    """
    if len(patterns) > _MAX_PATTERNS:
        raise QueryError(f"filters: at most {_MAX_PATTERNS} regular expressions")
    compiled = [_compile(pattern, is_case_sensitive) for pattern in patterns]
    return lambda value: any(each.search(value) is not None for each in compiled)


def _compile(pattern: str, is_case_sensitive: bool) -> re2._Regexp:
    if not pattern:
        raise QueryError("filters: an empty regular expression is found in every value; leave the filter out")
    if len(pattern) > _MAX_CHARACTERS:
        raise QueryError(f"filters: a regular expression can have {_MAX_CHARACTERS} characters")
    options = re2.Options()
    options.case_sensitive = is_case_sensitive
    options.log_errors = False
    options.max_mem = _MAX_BYTES
    try:
        return re2.compile(pattern, options)
    except re2.error:
        text = f'filters: "{pattern[:60]}" is no regular expression of RE2 (https://github.com/google/re2/wiki/Syntax)'
        raise QueryError(text) from None
