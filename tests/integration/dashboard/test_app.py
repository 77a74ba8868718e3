"""The whole application over real HTTP and WebSockets, without a browser."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import argon2
import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from dashboard.asset_addresses import PREFIX
from dashboard.login.sessions import COOKIE_NAME
from dashboard.middleware.headers import SECURITY_HEADERS
from tests.kit.dashboard_process import dashboard_process

PASSWORD = "correct horse"


HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    with dashboard_process("http://127.0.0.1:1", "key", HASH, home) as port:
        yield f"127.0.0.1:{port}"


@pytest.fixture
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{address}", trust_env=False) as client:
        yield client


@pytest.fixture
def cookie(http: httpx.Client, address: str) -> str:
    """A `Cookie` header with a valid session."""
    return _log_in(http, address)


def _log_in(http: httpx.Client, address: str) -> str:
    form = {"name": "anna", "password": PASSWORD}
    answer = http.post("/login", data=form, headers={"Origin": f"http://{address}"})
    assert answer.status_code == 303
    token = answer.cookies[COOKIE_NAME]
    http.cookies.clear()
    return f"{COOKIE_NAME}={token}"


def _open_socket(address: str, origin: str | None, cookie: str | None) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    with connect(
        f"ws://{address}/_stcore/stream",
        origin=Origin(origin) if origin else None,
        additional_headers=headers,
        subprotocols=[Subprotocol("streamlit")],
        proxy=None,
    ):
        pass


def test_health_is_open(http: httpx.Client) -> None:
    assert http.get("/health/live").text == "ok\n"


@pytest.mark.parametrize(
    "path",
    ["/", "/static/js/x.js", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/media/x", "/nowhere"],
)
def test_nothing_of_streamlit_is_open(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code in (303, 401)


@pytest.mark.parametrize("path", ["/", "/login", "/health/live", f"{PREFIX}login.css", "/assets/x", "/nowhere"])
def test_every_answer_has_the_security_headers(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_page_and_its_files_open_with_a_session(http: httpx.Client, cookie: str) -> None:
    page = http.get("/", headers={"Cookie": cookie})
    assert "<title>Web analytics</title>" in page.text
    script = page.text.split('crossorigin src="')[1].split('"')[0]
    loaded = http.get(script, headers={"Cookie": cookie})
    assert loaded.status_code == 200
    assert {name: loaded.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


@pytest.mark.parametrize("path", ["/login", "/"])
def test_files_that_a_page_names_are_there(http: httpx.Client, cookie: str, path: str) -> None:
    page = http.get(path, headers={"Cookie": cookie} if path == "/" else {})
    named = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text)
    assert len(named) >= 2
    for file in named:
        assert http.get(file).status_code == 200, file


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/media/x", "/nowhere"])
def test_what_the_page_does_not_need_is_absent_even_with_a_session(http: httpx.Client, cookie: str, path: str) -> None:
    assert http.get(path, headers={"Cookie": cookie}).status_code == 404


def test_a_session_opens_the_socket(address: str, cookie: str) -> None:
    _open_socket(address, f"http://{address}", cookie)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None, "http://127.0.0.1:1"])
def test_a_socket_of_another_origin_is_refused_even_with_a_session(
    address: str, cookie: str, origin: str | None
) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        _open_socket(address, origin, cookie)


@pytest.mark.parametrize("cookie", [None, f"{COOKIE_NAME}=forged.token"])
def test_a_socket_without_session_is_refused(address: str, cookie: str | None) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        _open_socket(address, f"http://{address}", cookie)


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_form_of_another_origin_is_refused(http: httpx.Client, path: str, origin: str) -> None:
    form = {"name": "anna", "password": PASSWORD}
    answer = http.post(path, data=form, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_logging_out_ends_the_socket_too(http: httpx.Client, address: str, cookie: str) -> None:
    answer = http.post("/logout", headers={"Origin": f"http://{address}", "Cookie": cookie})
    assert answer.status_code == 303
    with pytest.raises(InvalidStatus, match="403"):
        _open_socket(address, f"http://{address}", cookie)


def test_a_login_survives_a_restart_and_ends_in_the_file(tmp_path: Path) -> None:
    records = tmp_path / "dashboard.sqlite"
    with dashboard_process("http://127.0.0.1:1", "key", HASH, tmp_path, records) as port, _client(port) as http:
        cookie = _log_in(http, f"127.0.0.1:{port}")
    with dashboard_process("http://127.0.0.1:1", "key", HASH, tmp_path, records) as port, _client(port) as http:
        assert http.get("/", headers={"Cookie": cookie}).status_code == 200
        with contextlib.closing(sqlite3.connect(records)) as file:
            file.execute("DELETE FROM sessions")
            file.commit()
        assert http.get("/", headers={"Cookie": cookie}).status_code == 303


def _client(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False)
