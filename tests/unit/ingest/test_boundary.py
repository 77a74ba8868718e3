"""What is personal leaves the scope, whoever holds the list of headers."""

from typing import Any

import pytest

from appliance.ingest.boundary import Personal, strip, take

HEADERS = (
    (b"host", b"example.org"),
    (b"user-agent", b"Agent/1 \xe9"),
    (b"x-forwarded-for", b"6.6.6.6"),
    (b"x-forwarded-for", b"203.0.113.9"),
    (b"x-new-proxy-client", b"203.0.113.9"),
    (b"content-length", b"3"),
)
KEPT = [(b"host", b"example.org"), (b"content-length", b"3")]


def scope_with(headers: Any, client: Any = ("10.0.0.1", 1)) -> dict[str, Any]:
    return {"client": client, "headers": headers, "query_string": b"a=b"}


@pytest.mark.parametrize("kind", [list, tuple])
def test_hit_gets_what_it_needs_and_the_scope_keeps_nothing(kind: type) -> None:
    scope = scope_with(kind(HEADERS))
    assert take(scope) == Personal("10.0.0.1", [b"6.6.6.6", b"203.0.113.9"], "Agent/1 é")
    assert scope == {"client": None, "headers": KEPT, "query_string": b""}


def test_list_that_the_server_holds_is_emptied_too() -> None:
    held_by_the_connection = list(HEADERS)
    strip(scope_with(held_by_the_connection))
    assert held_by_the_connection == KEPT


def test_unix_socket_has_no_peer() -> None:
    assert take(scope_with([], client=None)) == Personal(None, [], "")


def test_what_was_taken_prints_nothing_of_itself() -> None:
    assert "203.0.113" not in repr(take(scope_with(list(HEADERS))))
