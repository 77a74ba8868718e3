"""A second net under `readonly = 1`: what a question to ClickHouse may look like.

Embedded ClickHouse with `readonly = 1` still runs `file('/etc/passwd')` as a scalar function, writes with INTO OUTFILE,
kills queries and reads Python objects (tried with 26.9). Questions come from our own SQL files and values are always
bound, so a text that needs any of this is a mistake or an attack and is refused before the engine sees it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from appliance.errors import QueryError

_SELECT = re.compile(r"(\s|--[^\n]*\n)*(SELECT|WITH)\b", re.IGNORECASE)
_FORBIDDEN = re.compile(
    r"""
    [;\\`"$]                       # a second statement, escapes that can spell any name, heredocs
    | /\*                          # comments that can split a name
    | \b(
        outfile | infile | into | settings | format | python | eval | file | fileCluster | url\w*
        | s3\w* | gcs | hdfs\w* | azure\w* | remote\w* | cluster\w* | executable | input
        | dictionary | dict\w+ | ai[A-Z]\w+ | sleep\w*
        | merge | merge[A-Z]\w+ | fuzz\w+ | generate\w+ | numbers\w* | system | information_schema
        | carry\w* | sqlite | mysql | postgresql | mongodb | redis | odbc | jdbc | iceberg\w* | deltaLake\w* | hudi
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PLACEHOLDER = re.compile(r"\{(\w+):\w+(?:\(\w+\))*\}")


def check_select(sql: str, names: Iterable[str] = ()) -> None:
    """Refuse anything but one SELECT whose values are all bound.

    Args:
        sql: the text with placeholders of the form `{name:Type}`.
        names: of the values that will be bound; each must have its placeholder and the other way round.

    Raises:
        QueryError: the text is not such a question.

    >>> check_select("SELECT sum(visits) FROM totals_hour WHERE site = {site:String}", ["site"])
    """
    placeholders = _checked_placeholders(sql)
    if placeholders != set(names):
        differing = ", ".join(sorted(placeholders ^ set(names)))
        raise QueryError(f"placeholders and values of a question to ClickHouse differ in: {differing}")


@lru_cache(maxsize=256)
def _checked_placeholders(sql: str) -> frozenset[str]:
    if not _SELECT.match(sql):
        raise QueryError("a question to ClickHouse must start with SELECT or WITH")
    found = _FORBIDDEN.search(sql)
    if found:
        raise QueryError(f"a question to ClickHouse must not contain '{found.group()}'")
    return frozenset(_PLACEHOLDER.findall(sql))
