"""The login form, its answer and the way out.

`GET /login` shows a form in plain HTML, `POST /login` sets the cookie, `POST /logout` takes it away.
The origin of both posts has been checked by the middleware before.
"""

import html
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.asset_addresses import PREFIX
from dashboard.login.passwords import Passwords, TooManyAttemptsError
from dashboard.login.sessions import COOKIE_NAME, Sessions
from dashboard.options import DashboardOptions

_PAGE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8").replace("{assets}", PREFIX)
_MAX_BODY_BYTES = 8192
_MAX_FIELDS = 8
_OWN_PAGE = re.compile(r"(/[a-z-]{0,32})(?:\?[!-~]{0,1024})?")
_NO_STORE = {"Cache-Control": "no-store"}
_log = logging.getLogger(__name__)

_WRONG = "The name or the password is wrong."
_TOO_MANY = "Too many attempts. Please wait a little and try again."
_BAD_FORM = "The form did not arrive whole. Please try again."


_BROKEN = "The login cannot be kept just now. Please try again later."


class LoginPages:
    """The form and its answers.

    Args:
        options: who may log in.
        passwords: checks them.
        sessions: begins and ends logins.
        paths: where pages are to which a login can lead.
    """

    def __init__(
        self, options: DashboardOptions, passwords: Passwords, sessions: Sessions, paths: Collection[str]
    ) -> None:
        self._options = options
        self._users = {user.name: user for user in options.users}
        self._hashes = {user.name: user.password_hash for user in options.users}
        self._passwords = passwords
        self._sessions = sessions
        self._paths = paths

    def routes(self) -> list[BaseRoute]:
        """`/login` and `/logout`."""
        return [
            _route("/login", self._show, "GET"),
            _route("/login", self._enter, "POST"),
            _route("/logout", self._leave, "POST"),
            _route("/logout", _back, "GET"),
        ]

    async def _show(self, request: Request) -> Response:
        next_page = self._own_page(request.query_params.get("next", "/"))
        if self._sessions.read(request.cookies.get(COOKIE_NAME, "")) is not None:
            return RedirectResponse(next_page, status_code=303, headers=_NO_STORE)
        return _form(next_page)

    async def _enter(self, request: Request) -> Response:
        fields = await _fields(request)
        if fields is None:
            return _form("/", _BAD_FORM, status=400)
        next_page = self._own_page(fields.get("next", "/"))
        name, network = fields["name"], self._options.network_of(request.scope)
        try:
            is_right = await self._passwords.check(self._hashes, name, fields["password"], network)
            if not is_right:
                return _form(next_page, _WRONG, name, status=403)
            token = self._sessions.issue(self._users[name])
        except TooManyAttemptsError as error:
            refused = _form(next_page, _TOO_MANY, name, status=429)
            refused.headers["Retry-After"] = str(error.retry_after_seconds)
            return refused
        except sqlite3.Error as error:
            _log.error("login_not_kept", extra={"error": type(error).__name__})
            return _form(next_page, _BROKEN, name, status=503)
        response = RedirectResponse(next_page, status_code=303, headers=_NO_STORE)
        response.set_cookie(
            COOKIE_NAME,
            token,
            max_age=self._options.session_seconds,
            httponly=True,
            samesite="lax",
            secure=_over_tls(request),
        )
        return response

    async def _leave(self, request: Request) -> Response:
        self._sessions.end(request.cookies.get(COOKIE_NAME, ""))
        response = RedirectResponse("/login", status_code=303, headers=_NO_STORE)
        response.delete_cookie(COOKIE_NAME, httponly=True, samesite="lax", secure=_over_tls(request))
        return response

    def _own_page(self, target: str) -> str:
        """The target if it is a page of ours with a query, else our first page: never another host."""
        found = _OWN_PAGE.fullmatch(target)
        return target if found and found[1] in self._paths else "/"


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
