"""Lets through to Streamlit who has a shared link, below the link's own path, and asks for its password if it has one.

Such a visitor needs no cookie, except where a link has a password. A link without one may stand in a frame of the
configured origins; the header that allows it is `dashboard.middleware.headers`'.
"""

import html
from collections.abc import Collection
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.asset_addresses import PREFIX
from dashboard.login.passwords import Passwords, TooManyAttemptsError
from dashboard.options import DashboardOptions
from dashboard.sharing.address import COOKIE_NAME, EMBEDDED, HEADER, LinkAddress, of_path
from dashboard.sharing.links import Link, Links

OPEN = "/open"
"""Below a link: takes its password."""
_PAGE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8").replace("{assets}", PREFIX)
_NO_STORE = {"Cache-Control": "no-store"}
_POLICY_VIOLATION = 1008
_MAX_BODY_BYTES = 4096

_GONE = "This link does not exist, or it has ended."
_NO_FRAME = "This link cannot be shown inside another page."
_WRONG = "The password is wrong."
_TOO_MANY = "Too many attempts. Please wait a little and try again."


class LinkGate:
    """Serves the paths of shared links and passes everything else to those who log in.

    Args:
        inner: the dashboard behind the gates.
        others: everything that is no shared link.
        links: knows them.
        passwords: checks those of links.
        options: how long a given password holds, and who may frame.
        paths: where pages are.
    """

    def __init__(
        self,
        inner: ASGIApp,
        others: ASGIApp,
        links: Links,
        passwords: Passwords,
        options: DashboardOptions,
        paths: Collection[str],
    ) -> None:
        self._inner = inner
        self._others = others
        self._links = links
        self._passwords = passwords
        self._options = options
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the link in a header, ask for the password, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._others(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != HEADER.encode()]
        scope = {**scope, "headers": headers}
        address = of_path(scope["path"])
        if address is None:
            await self._others(scope, receive, send)
            return
        link = self._links.find(address.token)
        refusal = await self._refusal(address, link, scope, receive)
        if refusal is None:
            marked = [*headers, (HEADER.encode(), address.header.encode())]
            inside = {"path": address.inner, "raw_path": b"", "headers": marked, "base": address.base}
            await self._inner({**scope, **inside}, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "link"})
        else:
            await refusal(scope, receive, send)

    async def _refusal(
        self, address: LinkAddress, link: Link | None, scope: Scope, receive: Receive
    ) -> Response | None:
        """What is answered instead of the dashboard; None: nothing is in the way."""
        if link is None:
            return _page("", _GONE, 404) if address.inner in self._paths else PlainTextResponse(_GONE, 404, _NO_STORE)
        if address.kind == EMBEDDED and (link.password_hash or not self._options.embed_origins):
            return _page("", _NO_FRAME, 403)
        if not address.inner:
            return RedirectResponse(address.base, 308, _NO_STORE)
        if link.password_hash and scope["type"] == "http" and (scope["method"], address.inner) == ("POST", OPEN):
            return await self._open(address, link, Request(scope, receive))
        if self._links.is_open(link, HTTPConnection(scope).cookies.get(COOKIE_NAME, "")):
            return None
        if address.inner in self._paths:
            return _page(address.base)
        return PlainTextResponse("This link wants its password first.\n", 401, _NO_STORE)

    async def _open(self, address: LinkAddress, link: Link, request: Request) -> Response:
        password = await _password(request)
        if password is None:
            return _page(address.base, "The form did not arrive whole. Please try again.", 400)
        network = self._options.network_of(request.scope)
        try:
            is_right = await self._passwords.check({link.id: link.password_hash}, link.id, password, network)
        except TooManyAttemptsError as error:
            refused = _page(address.base, _TOO_MANY, 429)
            refused.headers["Retry-After"] = str(error.retry_after_seconds)
            return refused
        if not is_right:
            return _page(address.base, _WRONG, 403)
        seconds = self._options.session_seconds
        response = RedirectResponse(address.base, 303, _NO_STORE)
        response.set_cookie(
            COOKIE_NAME,
            self._links.proof(link, int(self._options.clock()) + seconds),
            max_age=seconds,
            path=address.base,
            httponly=True,
            samesite="lax",
            secure=Headers(scope=request.scope).get("origin", "").startswith("https://"),
        )
        return response


def _page(base: str, message: str = "", status: int = 200) -> HTMLResponse:
    """The form of a link's password; without a base only the message."""
    notice = f'<p class="notice" role="alert">{html.escape(message)}</p>' if message else ""
    form = _FORM.replace("{action}", html.escape(base.rstrip("/") + OPEN)) if base else ""
    return HTMLResponse(_PAGE.replace("{notice}", notice).replace("{form}", form), status, _NO_STORE)


_FORM = """<form method="post" action="{action}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off" required autofocus>
<button type="submit">Open</button>
</form>"""


async def _password(request: Request) -> str | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            return None
    try:
        fields = parse_qs(bytes(body).decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=2)
        return fields["password"][-1]
    except (ValueError, KeyError):
        return None
