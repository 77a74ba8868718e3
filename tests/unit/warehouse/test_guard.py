"""What may be asked of ClickHouse, and how a value must enter."""

from importlib.resources import files

import pytest

from appliance.errors import QueryError
from appliance.warehouse.guard import check_select


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT 1", []),
        ("  select sum(visits) from totals_hour where site = {site:String}", ["site"]),
        ("-- top pages\n-- of a site\nSELECT a FROM cells WHERE day IN {days:Array(Date)}", ["days"]),
        ("WITH x AS (SELECT 1 AS y) SELECT y FROM x", []),
        ("SELECT {a:String}, {a:String}, {b:UInt8}", ["b", "a"]),
        ("SELECT profile, filed_on, formatDateTime(day, '%F') FROM cells ORDER BY a LIMIT {n:UInt32}", ["n"]),
    ],
)
def test_lets_questions_pass(sql: str, names: list[str]) -> None:
    check_select(sql, names)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "DROP TABLE cells",
        "EXPLAIN SELECT 1",
        "DESCRIBE cells",
        "KILL QUERY WHERE 1",
        "-- SELECT\nDROP TABLE cells",
        "SELECTION",
        "SELECT 1;",
        "SELECT 1; DROP TABLE cells",
        "SELECT file('/etc/passwd')",
        "SELECT FILE\n('/etc/passwd')",
        "SELECT file/**/('/etc/passwd')",
        "SELECT file -- x\n ('/etc/passwd')",
        "SELECT `f\\x69le`('/etc/passwd')",
        "SELECT \"file\"('/etc/passwd')",
        "SELECT 1 INTO OUTFILE 'x'",
        "SELECT * FROM python(os)",
        "SELECT * FROM eval('SELECT 1')",
        "SELECT * FROM urlCluster('c', 'http://127.0.0.1')",
        "SELECT * FROM system.processes",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT dictGetString('d', 'a', 1)",
        "SELECT $$x$$",
        "SELECT aiGenerate('x')",
    ],
)
def test_refuses_everything_else(sql: str) -> None:
    with pytest.raises(QueryError):
        check_select(sql)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT {a:String}", []),
        ("SELECT 1", ["a"]),
        ("SELECT {a:String}", ["b"]),
        ("SELECT '%(a)s'", ["a"]),
    ],
)
def test_refuses_values_without_a_placeholder_of_their_name(sql: str, names: list[str]) -> None:
    with pytest.raises(QueryError, match="differ"):
        check_select(sql, names)


def test_files_contain_no_clock_and_stay_short() -> None:
    directory = files("appliance.warehouse").joinpath("sql")
    texts = {f.name: f.read_text() for d in (directory, directory / "migrations") for f in d.iterdir() if f.is_file()}
    assert len(texts) > 12
    for name, text in texts.items():
        assert text.startswith("-- "), name
        assert text.count("\n") <= 40, name
        assert not any(word in text.lower() for word in ("now(", "now64(", "today(", "yesterday(")), name
