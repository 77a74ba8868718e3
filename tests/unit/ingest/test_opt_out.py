"""The opt-out page in ingest: state, refusal, and who may take it back."""

from typing import Any

import httpx
import pytest

from appliance.ingest.opt_out import PATH, opt_out_answer
from tests.kit.asgi_client import AsgiClient

REFUSED = {"cookie": "cl_optout=1"}
OWN_PAGE = {"sec-fetch-site": "same-origin"}
RESUME = b"choice=count"


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    answer = await opt_out_answer(scope, receive)
    assert scope["headers"] == [header for header in scope["headers"] if header[0] in (b"host", b"content-length")]
    if answer is not None:
        await answer.send(send)


def ask(method: str, headers: dict[str, str] | None = None, body: bytes = b"") -> httpx.Response:
    return AsgiClient(app).request(method, PATH, headers=headers or {}, content=body)


@pytest.mark.parametrize(
    ("headers", "state"), [({}, "are counted"), (REFUSED, "are not counted"), ({"cookie": "a=b"}, "are counted")]
)
def test_page_shows_the_state_and_is_never_stored(headers: dict[str, str], state: str) -> None:
    answer = ask("GET", headers)
    assert answer.status_code == 200
    assert state in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_head_has_no_body() -> None:
    assert ask("HEAD").content == b""


@pytest.mark.parametrize("body", [b"", b"choice=refuse", b"nonsense"])
def test_post_refuses_from_anywhere(body: bytes) -> None:
    answer = ask("POST", {}, body)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert answer.headers["set-cookie"].startswith("cl_optout=1; ")
    assert answer.headers["clear-site-data"] == '"cache"'


def test_only_the_page_itself_takes_the_refusal_back() -> None:
    assert ask("POST", REFUSED, RESUME).status_code == 403
    assert ask("POST", REFUSED | {"sec-fetch-site": "cross-site"}, RESUME).status_code == 403
    answer = ask("POST", REFUSED | OWN_PAGE, RESUME)
    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_other_methods_and_long_bodies_are_refused() -> None:
    assert ask("DELETE").status_code == 405
    assert ask("POST", {}, b"x" * 70_000).status_code == 413
