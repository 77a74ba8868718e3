"""What the campaign expects, on hits whose numbers are known by hand."""

from datetime import UTC, date, datetime

from tests.faults.expected import Expected
from tests.kit.hits import AGENTS, Hit, Visitor

DAY = date(2031, 3, 6)
NOON = datetime(2031, 3, 6, 12, tzinfo=UTC).timestamp()
ONE, TWO = Visitor("87.128.1.1"), Visitor("87.128.1.2", AGENTS[2])


def hit(visitor: Visitor, path: str, after: float, event_id: str = "") -> Hit:
    return Hit("a.example", visitor, path=path, event_id=event_id, sent_at=NOON + after, answered_at=NOON + after + 1)


def test_visits_and_pages_by_browser() -> None:
    hits = [hit(ONE, "/", 0, "x"), hit(ONE, "/b", 60), hit(TWO, "/b", 90), hit(ONE, "/b", 7300), hit(ONE, "/", 5, "x")]
    expected = Expected("a.example", "UTC", [*hits, Hit("b.example", ONE)])
    assert expected.days() == [DAY]
    assert expected.totals(DAY) == (2, 3, 4)
    assert expected.pages(DAY) == {("/",): (1, 1, 1), ("/b",): (2, 3, 3)}
    assert expected.entries(DAY) == {("/",): (1, 1, 2), ("/b",): (2, 2, 2)}
    assert expected.pages_by_browser(DAY) == {
        ("/", "Chrome"): (1, 1, 1),
        ("/b", "Chrome"): (1, 2, 2),
        ("/b", "Firefox"): (1, 1, 1),
    }
    assert expected.entries_by_browser(DAY)["/b", "Chrome"] == (1, 1, 1)
