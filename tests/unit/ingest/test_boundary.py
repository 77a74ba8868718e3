"""What is personal leaves the scope, whoever holds the list of headers."""

from typing import Any

import pytest

from appliance.hits import NO_HINTS, ClientHints
from appliance.ingest.boundary import Personal, strip, take

HEADERS = (
    (b"host", b"example.org"),
    (b"user-agent", b"Agent/1 \xe9"),
    (b"x-forwarded-for", b"6.6.6.6"),
    (b"x-forwarded-for", b"203.0.113.9"),
    (b"x-new-proxy-client", b"203.0.113.9"),
    (b"accept-language", b"de-AT,de;q=0.9"),
    (b"sec-ch-ua", b'"Brave";v="140"'),
    (b"sec-ch-ua-mobile", b"?0"),
    (b"sec-ch-ua-platform", b'"Linux"'),
    (b"sec-ch-ua-model", b'"Pixel canary"'),
    (b"sec-ch-ua-full-version-list", b'"Brave";v="140.1.2.3"'),
    (b"content-length", b"3"),
)
KEPT = [(b"host", b"example.org"), (b"content-length", b"3")]


def scope_with(headers: Any, client: Any = ("10.0.0.1", 1)) -> dict[str, Any]:
    return {"client": client, "headers": headers, "query_string": b"a=b"}


@pytest.mark.parametrize("kind", [list, tuple])
def test_hit_gets_what_it_needs_and_the_scope_keeps_nothing(kind: type) -> None:
    scope = scope_with(kind(HEADERS))
    hints = ClientHints('"Brave";v="140"', "?0", '"Linux"')
    forwarded = [b"6.6.6.6", b"203.0.113.9"]
    assert take(scope) == Personal("10.0.0.1", forwarded, "Agent/1 é", "de-AT,de;q=0.9", hints)
    assert scope == {"client": None, "headers": KEPT, "query_string": b""}


def test_list_that_the_server_holds_is_emptied_too() -> None:
    held_by_the_connection = list(HEADERS)
    strip(scope_with(held_by_the_connection))
    assert held_by_the_connection == KEPT


def test_unix_socket_has_no_peer() -> None:
    assert take(scope_with([], client=None)) == Personal(None, [], "")


def test_browser_without_hints_has_none() -> None:
    assert take(scope_with([(b"user-agent", b"Agent/1")])).hints is NO_HINTS


def test_what_was_taken_prints_nothing_of_itself() -> None:
    taken = take(scope_with(list(HEADERS)))
    assert [part for part in ("203.0.113", "Agent", "de-AT", "Brave") if part in repr(taken)] == []
    assert "Brave" not in repr(taken.hints)
