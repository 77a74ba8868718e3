"""The login form, its answer and the way out."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import argon2
import httpx
import pytest
from starlette.routing import Router

from dashboard.login.endpoints import LoginPages
from dashboard.login.passwords import ATTEMPTS, NETWORK_ATTEMPTS, Passwords
from dashboard.login.sessions import COOKIE_NAME, Sessions
from dashboard.options import DashboardOptions, DashboardUser
from dashboard.records import Records

HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ANNA = DashboardUser("anna", HASHER.hash("right"))
RIGHT = {"name": "anna", "password": "right", "next": "/?site=a.example"}


def now() -> float:
    return 1000.0


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(Records(), (ANNA,), 3600, 3600, now)


@pytest.fixture
async def browser(sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    options = DashboardOptions("", "", (ANNA,), session_seconds=3600, network_of=lambda scope: scope["client"][0])
    app = Router(routes=LoginPages(options, Passwords(now), sessions, {"/", "/live"}).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://stats.example") as client:
        yield client


async def test_the_form_posts_to_ourselves_and_is_not_stored(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/login")
    assert answer.status_code == 200
    assert '<form method="post" action="/login">' in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_the_right_password_sets_a_cookie_scripts_cannot_read(
    browser: httpx.AsyncClient, sessions: Sessions
) -> None:
    answer = await browser.post("/login", data=RIGHT, headers={"Origin": "http://stats.example"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?site=a.example"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=3600" in cookie
    assert "Secure" not in cookie
    assert sessions.read(answer.cookies[COOKIE_NAME]) == ANNA


async def test_over_https_the_cookie_never_travels_in_clear(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/login", data=RIGHT, headers={"Origin": "https://stats.example"})
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_wrong_password_says_so_and_keeps_the_name(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/login", data={**RIGHT, "password": "wrong"})
    assert answer.status_code == 403
    assert "wrong" in answer.text
    assert 'value="anna"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_an_unknown_name_gets_the_very_same_page(browser: httpx.AsyncClient) -> None:
    wrong_password = await browser.post("/login", data={"name": "anna", "password": "x"})
    wrong_name = await browser.post("/login", data={"name": "ben", "password": "x"})
    assert wrong_name.text == wrong_password.text.replace("anna", "ben")
    assert wrong_name.status_code == wrong_password.status_code


async def test_names_and_targets_are_escaped(browser: httpx.AsyncClient) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = await browser.post("/login", data={"name": hostile, "password": "x", "next": "/?" + hostile})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_too_many_attempts_are_told_to_wait(browser: httpx.AsyncClient) -> None:
    for _ in range(ATTEMPTS):
        await browser.post("/login", data={"name": "anna", "password": "x"})
    answer = await browser.post("/login", data=RIGHT)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_one_network_that_tries_many_names_is_told_to_wait_too(browser: httpx.AsyncClient) -> None:
    for number in range(NETWORK_ATTEMPTS):
        assert (await browser.post("/login", data={"name": f"x{number}", "password": "x"})).status_code == 403
    assert (await browser.post("/login", data={"name": "y", "password": "x"})).status_code == 429


async def test_a_login_that_cannot_be_kept_is_said_and_sets_no_cookie(
    browser: httpx.AsyncClient, sessions: Sessions
) -> None:
    sessions._records.close()
    answer = await browser.post("/login", data=RIGHT)
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("target", ["/", "/live", "/live?site=a.example"])
async def test_a_login_leads_to_the_page_that_was_asked_for(browser: httpx.AsyncClient, target: str) -> None:
    answer = await browser.post("/login", data={**RIGHT, "next": target})
    assert answer.headers["location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/login",
        "javascript:alert(1)",
        "/?a\r\nb",
        "/x",
        "/live/x",
        "/live#x",
    ],
)
async def test_no_target_leads_to_another_page(browser: httpx.AsyncClient, target: str) -> None:
    answer = await browser.post("/login", data={**RIGHT, "next": target})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "body",
    [b"", b"name", b"\xff\xfe", b"name=%ff&password=x", b"a=1&" * 20, urlencode({"name": "x" * 9000}).encode()],
)
async def test_a_broken_form_is_shown_again(browser: httpx.AsyncClient, body: bytes) -> None:
    answer = await browser.post("/login", content=body)
    assert answer.status_code == 400
    assert "<form" in answer.text


async def test_who_is_logged_in_skips_the_form(browser: httpx.AsyncClient, sessions: Sessions) -> None:
    browser.cookies.set(COOKIE_NAME, sessions.issue(ANNA))
    answer = await browser.get("/login?next=/%3Fsite%3Da")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?site=a")


async def test_logging_out_ends_the_session_and_takes_the_cookie(
    browser: httpx.AsyncClient, sessions: Sessions
) -> None:
    token = sessions.issue(ANNA)
    answer = await browser.post("/logout", headers={"Cookie": f"{COOKIE_NAME}={token}"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert sessions.read(token) is None


async def test_a_mere_link_does_not_log_out(browser: httpx.AsyncClient, sessions: Sessions) -> None:
    token = sessions.issue(ANNA)
    answer = await browser.get("/logout", headers={"Cookie": f"{COOKIE_NAME}={token}"})
    assert answer.headers["location"] == "/"
    assert sessions.read(token) == ANNA
