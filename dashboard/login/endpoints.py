"""The login form, its answer and the way out.

`GET /login` shows a form in plain HTML, `POST /login` sets the cookie, `POST /logout` takes it away.
The origin of both posts has been checked by the middleware before.
"""

import html
import re
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.login.passwords import Passwords, TooManyAttemptsError
from dashboard.login.sessions import COOKIE_NAME, Sessions

_PAGE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
_MAX_BODY_BYTES = 8192
_MAX_FIELDS = 8
_OWN_PAGE = re.compile(r"(/[a-z-]{0,32})(?:\?[!-~]{0,1024})?")
_NO_STORE = {"Cache-Control": "no-store"}

_WRONG = "The name or the password is wrong."
_TOO_MANY = "Too many attempts. Please wait a little and try again."
_BAD_FORM = "The form did not arrive whole. Please try again."


def login_routes(
    passwords: Passwords, sessions: Sessions, lifetime_seconds: int, paths: Collection[str] = ("/",)
) -> list[BaseRoute]:
    """Routes of `/login` and `/logout`.

    Args:
        passwords: checks them.
        sessions: issues and revokes cookies.
        lifetime_seconds: of a cookie.
        paths: where pages are to which a login can lead.
    """

    def own_page(target: str) -> str:
        """The target if it is a page of ours with a query, else our first page: never another host."""
        found = _OWN_PAGE.fullmatch(target)
        return target if found and found[1] in paths else "/"

    async def show(request: Request) -> Response:
        next_page = own_page(request.query_params.get("next", "/"))
        if sessions.read(request.cookies.get(COOKIE_NAME, "")) is not None:
            return RedirectResponse(next_page, status_code=303, headers=_NO_STORE)
        return _form(next_page)

    async def enter(request: Request) -> Response:
        fields = await _fields(request)
        if fields is None:
            return _form("/", _BAD_FORM, status=400)
        next_page = own_page(fields.get("next", "/"))
        name = fields["name"]
        try:
            user = await passwords.check(name, fields["password"])
        except TooManyAttemptsError as error:
            refused = _form(next_page, _TOO_MANY, name, status=429)
            refused.headers["Retry-After"] = str(error.retry_after_seconds)
            return refused
        if user is None:
            return _form(next_page, _WRONG, name, status=403)
        response = RedirectResponse(next_page, status_code=303, headers=_NO_STORE)
        response.set_cookie(
            COOKIE_NAME,
            sessions.issue(user),
            max_age=lifetime_seconds,
            httponly=True,
            samesite="lax",
            secure=_over_tls(request),
        )
        return response

    async def leave(request: Request) -> Response:
        sessions.revoke(request.cookies.get(COOKIE_NAME, ""))
        response = RedirectResponse("/login", status_code=303, headers=_NO_STORE)
        response.delete_cookie(COOKIE_NAME, httponly=True, samesite="lax", secure=_over_tls(request))
        return response

    return [
        _route("/login", show, "GET"),
        _route("/login", enter, "POST"),
        _route("/logout", leave, "POST"),
        _route("/logout", _back, "GET"),
    ]


def _route(path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str) -> Route:
    return Route(path, endpoint, methods=[method])


async def _back(_request: Request) -> Response:
    """Logging out changes something, so a mere link does not do it."""
    return RedirectResponse("/", status_code=303, headers=_NO_STORE)


def _form(next_page: str, message: str = "", name: str = "", status: int = 200) -> HTMLResponse:
    notice = f'<p class="notice" role="alert">{html.escape(message)}</p>' if message else ""
    page = (
        _PAGE.replace("{notice}", notice)
        .replace("{next}", html.escape(next_page))
        .replace("{name}", html.escape(name[:128]))
    )
    return HTMLResponse(page, status_code=status, headers=_NO_STORE)


def _over_tls(request: Request) -> bool:
    """Whether the browser speaks HTTPS, as its own `Origin` says: a proxy may end TLS before us."""
    return request.headers.get("origin", "").startswith("https://")


async def _fields(request: Request) -> dict[str, str] | None:
    """Fields of a URL-encoded login form, None if it is incomplete, too large or something else."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            return None
    try:
        fields = parse_qs(
            bytes(body).decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        return None
    complete = "name" in fields and "password" in fields
    return {field: values[-1] for field, values in fields.items()} if complete else None
