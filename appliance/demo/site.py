"""The demo site: a few pages of a coffee roastery, each with the script tag, served on loopback."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

PAGES = {
    "/": "index.html",
    "/pricing": "pricing.html",
    "/blog": "blog/index.html",
    "/blog/water": "blog/water.html",
    "/blog/harvest": "blog/harvest.html",
    "/blog/cups": "blog/cups.html",
    "/docs": "docs.html",
    "/contact": "contact.html",
    "/thanks": "thanks.html",
    "/app": "app.html",
    "/app/{view}": "app.html",
}
"""File of each path. The application changes its path itself, without loading a page."""

_NO_CACHE = {"Cache-Control": "no-store"}


def create_site(script_tag: str) -> Starlette:
    """The site, with this tag in the head of every page."""
    routes = [Route(path, _page(name, script_tag)) for path, name in PAGES.items()]
    return Starlette(
        routes=[
            *routes,
            Route("/contact/send", _send, methods=["POST"]),
            Route("/style.css", _style),
        ],
        exception_handlers={404: _missing(script_tag)},
    )


def page(name: str, script_tag: str) -> str:
    """One page: its own title and content inside the common frame."""
    title, _, content = _text(name).partition("\n")
    frame = _text("frame.html")
    return frame.replace("{{title}}", title).replace("{{tag}}", script_tag).replace("{{content}}", content)


def _page(name: str, script_tag: str) -> Callable[[Request], Awaitable[Response]]:
    text = page(name, script_tag)

    async def answer(_request: Request) -> Response:
        return HTMLResponse(text, headers=_NO_CACHE)

    return answer


def _missing(script_tag: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    text = page("missing.html", script_tag)

    async def answer(_request: Request, _error: Exception) -> Response:
        return HTMLResponse(text, status_code=404, headers=_NO_CACHE)

    return answer


async def _send(_request: Request) -> Response:
    """The form goes nowhere: what was typed is not even read."""
    return RedirectResponse("/thanks", status_code=303)


async def _style(_request: Request) -> Response:
    return Response(_text("style.css"), media_type="text/css", headers=_NO_CACHE)


def _text(name: str) -> str:
    return files("appliance.demo").joinpath("pages", *name.split("/")).read_text(encoding="utf-8")
