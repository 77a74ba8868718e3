"""Shared links over HTTP and WebSockets: what is let through, what is asked for a password, what is refused."""

from typing import Any

import httpx
import pytest

from dashboard.login.passwords import ATTEMPTS, Passwords
from dashboard.options import DashboardOptions
from dashboard.records import Records
from dashboard.sharing.address import COOKIE_NAME, HEADER
from dashboard.sharing.gate import LinkGate
from dashboard.sharing.links import Links

PASSWORD = "long enough"
NOW = 1_000_000.0
EMBEDDING = ("https://www.example.org",)


def _clock() -> float:
    return NOW


@pytest.fixture
def links() -> Links:
    return Links(Records(), "key", _clock)


class Behind:
    """Stands for what lies behind the gate, and remembers what it got."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": self.name.encode()})
        else:
            await send({"type": "passed on"})


@pytest.fixture
def inner() -> Behind:
    return Behind("the page")


@pytest.fixture
def others() -> Behind:
    return Behind("others")


def _gate(links: Links, inner: Behind, others: Behind, embed_origins: tuple[str, ...] = EMBEDDING) -> LinkGate:
    options = DashboardOptions("", "key", (), session_seconds=3600, embed_origins=embed_origins, clock=_clock)
    return LinkGate(inner, others, links, Passwords(_clock), options, {"/", "/live"})


def _browser(gate: LinkGate) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=gate), base_url="http://stats.example")


@pytest.fixture
def browser(links: Links, inner: Behind, others: Behind) -> httpx.AsyncClient:
    return _browser(_gate(links, inner, others))


def _marks(scope: Any) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == HEADER.encode()]


async def _socket(gate: LinkGate, path: str, cookie: str = "") -> Any:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    headers = [(b"cookie", cookie.encode()), (HEADER.encode(), b"share forged")]
    await gate({"type": "websocket", "path": path, "headers": headers}, receive, send)
    return sent[0]


@pytest.mark.parametrize("kind", ["share", "embed"])
@pytest.mark.parametrize("inner_path", ["/", "/live", "/_stcore/stream", "/static/js/x.js", "//x", "/../login"])
async def test_a_link_reaches_what_lies_below_it(
    browser: httpx.AsyncClient, links: Links, inner: Behind, kind: str, inner_path: str
) -> None:
    token = links.create("a.example", "Board", "olga")
    gate = browser._transport.app  # type: ignore[attr-defined]
    await _socket(gate, f"/{kind}/{token}{inner_path}")
    (scope,) = inner.scopes
    assert (scope["path"], scope["base"]) == (inner_path, f"/{kind}/{token}/")
    assert _marks(scope) == [f"{kind} {token}".encode()]


@pytest.mark.parametrize("path", ["/", "/login", "/share", "/shared/x", "/share/", "/_stcore/stream", "/embed/"])
async def test_everything_else_is_for_others_and_without_a_mark_of_its_own(
    browser: httpx.AsyncClient, inner: Behind, others: Behind, path: str
) -> None:
    for name in (HEADER, HEADER.upper(), "X-Appliance-Link"):
        assert (await browser.get(path, headers={name: "share x"})).text == "others"
    assert [_marks(scope) for scope in others.scopes] == [[], [], []]
    assert inner.scopes == []


@pytest.mark.parametrize("path", ["/share/wrong/", "/share/wrong", "/share/wrong/live", "/embed/wrong/", "/share/a.b/"])
async def test_a_link_that_is_not_there_opens_nothing(browser: httpx.AsyncClient, inner: Behind, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 404 or answer.text == "others"
    assert inner.scopes == []


async def test_an_ended_link_closes_its_socket(browser: httpx.AsyncClient, links: Links, inner: Behind) -> None:
    token = links.create("a.example", "Board", "olga")
    for link in links.all():
        links.end(link.id)
    message = await _socket(browser._transport.app, f"/share/{token}/_stcore/stream")  # type: ignore[attr-defined]
    assert (message["type"], message["code"]) == ("websocket.close", 1008)
    assert inner.scopes == []


async def test_the_slash_at_the_end_is_added(browser: httpx.AsyncClient, links: Links) -> None:
    token = links.create("a.example", "Board", "olga")
    answer = await browser.get(f"/share/{token}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/share/{token}/")


async def test_a_password_is_asked_for_and_opens_that_link_only(
    browser: httpx.AsyncClient, links: Links, inner: Behind
) -> None:
    token, other = (links.create("a.example", name, "olga", password=PASSWORD) for name in ("x", "y"))
    asked = await browser.get(f"/share/{token}/live")
    assert f'action="/share/{token}/open"' in asked.text
    assert inner.scopes == []
    wrong = await browser.post(f"/share/{token}/open", data={"password": "wrong"})
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (403, False)
    right = await browser.post(
        f"/share/{token}/open", data={"password": PASSWORD}, headers={"Origin": "https://stats.example"}
    )
    assert (right.status_code, right.headers["location"]) == (303, f"/share/{token}/")
    cookie = right.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", "Secure", f"Path=/share/{token}/", "Max-Age=3600"):
        assert part in cookie
    given = {"Cookie": cookie.partition(";")[0]}
    assert (await browser.get(f"/share/{token}/", headers=given)).text == "the page"
    assert "password" in (await browser.get(f"/share/{other}/", headers=given)).text


@pytest.mark.parametrize("path", ["/_stcore/stream", "/static/js/x.js", "/_stcore/host-config"])
async def test_without_its_password_no_file_and_no_socket_opens(
    browser: httpx.AsyncClient, links: Links, inner: Behind, path: str
) -> None:
    token = links.create("a.example", "Board", "olga", password=PASSWORD)
    assert (await browser.get(f"/share/{token}{path}")).status_code == 401
    message = await _socket(browser._transport.app, f"/share/{token}{path}", f"{COOKIE_NAME}=1.x")  # type: ignore[attr-defined]
    assert message["type"] == "websocket.close"
    assert inner.scopes == []


async def test_guessing_the_password_is_slowed_down(browser: httpx.AsyncClient, links: Links) -> None:
    token = links.create("a.example", "Board", "olga", password=PASSWORD)
    for _ in range(ATTEMPTS):
        await browser.post(f"/share/{token}/open", data={"password": "x"})
    answer = await browser.post(f"/share/{token}/open", data={"password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("body", [b"", b"password", b"\xff", b"x=1", b"password=" + b"x" * 9000])
async def test_a_broken_form_is_shown_again(browser: httpx.AsyncClient, links: Links, body: bytes) -> None:
    token = links.create("a.example", "Board", "olga", password=PASSWORD)
    answer = await browser.post(f"/share/{token}/open", content=body)
    assert answer.status_code == 400
    assert "<form" in answer.text


@pytest.mark.parametrize(("password", "origins"), [(PASSWORD, EMBEDDING), ("", ())], ids=["password", "no origin"])
async def test_what_may_not_be_framed_is_not_shown_below_embed(
    links: Links, inner: Behind, others: Behind, password: str, origins: tuple[str, ...]
) -> None:
    token = links.create("a.example", "Board", "olga", password=password)
    browser = _browser(_gate(links, inner, others, origins))
    assert (await browser.get(f"/embed/{token}/")).status_code == 403
    assert inner.scopes == []
